// Lane: one view on its way through its context's partitions.
//
// Invariant  `moved` and what `rows` holds are of one step: written together, or both forgotten.
// Threading  one thread, but what Published holds: any.
#pragma once

#include <atomic>
#include <memory>
#include <span>

#include "engine/wire/batch.h"
#include "projections/bookmarks.h"

namespace holdfast::projections {

// What other threads see of a view.
class Published {
public:
    explicit Published(std::uint16_t partitions)
        : partitions_(partitions), next_(std::make_unique<std::atomic<Sequence>[]>(partitions)) {}

    bool reached(std::uint16_t partition, Sequence sequence) const {
        return partition < partitions_ && next_[partition].load() > sequence;
    }
    Sequence next(std::uint16_t partition) const { return next_[partition]; }
    void reach(std::uint16_t partition, Sequence next) { next_[partition] = next; }
    std::uint32_t serving() const { return serving_; }  // 0: no version yet
    void serve(std::uint32_t version) { serving_ = version; }

private:
    std::uint16_t partitions_;
    std::unique_ptr<std::atomic<Sequence>[]> next_;
    std::atomic<std::uint32_t> serving_ = 0;
};

// Where in the log a record is.
struct Place {
    PartitionId at;
    Sequence sequence = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
};
// "order/3 at 1234", for an operator.
std::string text_of(const Place& place);

struct Lane {
    enum class Stage : std::uint8_t { building, live, stopped };

    Lane(const View& of, const ViewStore& store, std::uint16_t partitions)
        : view(of),
          rows(store, of.prefix()),
          marks(partitions),
          moved(partitions),
          published(partitions) {}

    std::uint8_t context() const { return static_cast<std::uint8_t>(view.fold.index() + 1); }
    bool is_past(const Place& place) const {
        return moved[place.at.partition].next > place.sequence;
    }
    void drop() {
        rows.drop();
        moved = marks;
    }

    View view;
    Rows rows;
    Stage stage = Stage::building;
    std::vector<Bookmark> marks;  // as stored, by partition
    std::vector<Bookmark> moved;  // as they will be
    Published published;
};

// A record that a view cannot take; or nobody, because it does not decode (lane is null then).
struct Poison {
    Lane* lane;
    Place place;
    std::string why;
};

// Folds a record into the lanes, which are of the record's context; those that are past it already
// are left out. A lane that cannot fold it may have changed its rows by then, and only then.
std::expected<void, Poison> fold_record(std::span<Lane* const> lanes, const Place& place,
                                        wire::RecordView record);

}  // namespace holdfast::projections
