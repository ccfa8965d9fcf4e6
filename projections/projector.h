// Projector: runs views over the log: folds what is durable, writes rows and bookmarks together.
//
// Order       each view takes each partition's records in order, and every record once; between
//             partitions there is no order (view.h says why none is needed).
// Invariant   the rows of a view are those of its bookmarks, also after a crash: what was not
//             written is folded again, to the same rows. A view whose version moved is built from
//             zero beside the old one, which serves as it last was until the new one has caught up.
// Durability  a power cut may lose the last writes, bookmarks and rows alike.
// Threading   start() and step() by one thread; the rest by any.
// Errors      start(): the store's. step(): the log's and the store's; the next step begins again
//             at the bookmarks that it then finds, because a write that failed may have happened;
//             damaged also when a view being built meets a record that it cannot fold: that view
//             stops where it is, the others go on with the next step. A view that serves parks such
//             a record, whole, and goes on.
#pragma once

#include <list>
#include <map>

#include "projections/lane.h"
#include "projections/token.h"
#include "projections/watchers.h"

namespace holdfast::projections {

// Every view there is.
std::vector<View> all_views();

class Projector {
public:
    struct Settings {
        std::uint16_t partitions = 8;
        std::size_t records_max = 8'192;   // a step
        std::size_t bytes_max = 8 << 20;   // of records, a step
        bool park_while_building = false;  // instead of stopping
    };

    Projector(const EventLog& log, ViewStore& store, const std::vector<View>& views,
              Settings settings);

    // Reads the bookmarks. A view that followed another log than this one is emptied and built
    // anew; the answer names those.
    std::expected<std::vector<std::string>, Error> start();

    // Folds what is durable, up to the settings' limits, and writes it; erases what old versions
    // left. How many records and rows that were; 0 when nothing is left to do.
    std::expected<std::size_t, Error> step();

    // Whether reads of the view, or of all, see what the token stands for.
    bool reached(const Token& token, std::string_view view) const;
    bool reached(const Token& token) const;

    // How many durable records reads of the view that is furthest behind do not see.
    std::uint64_t records_behind() const;

    // What the keys of a view's rows begin with; nothing while it has never been built.
    std::optional<std::string> prefix(std::string_view view) const;
    // Whether the view is of the version the program knows, and follows the log.
    bool is_live(std::string_view view) const;
    std::uint64_t parked() const { return parked_; }

    Watchers& watchers() { return watchers_; }
    // Called after each write of one row of a view that is live.
    template <class T>
    Watchers::Number watch(std::string_view view, std::string_view key, Watchers::Call call) {
        const auto* lane = find(view);
        assert(lane);
        return watchers_.watch(lane->view.prefix() + joined({T::family, key}), std::move(call));
    }

private:
    struct Taken {
        std::size_t records = 0, bytes = 0;
    };
    using Lanes = std::vector<Lane*>;
    // What ended a step early: the machinery, or a record that a view cannot fold.
    using Halted = std::variant<Error, Poison>;

    const Lane* find(std::string_view view) const;
    std::expected<void, Error> make_sure();
    std::expected<void, Error> load(Lane& lane, std::vector<std::string>& emptied);
    std::expected<bool, Error> follows_this_log(const Lane& lane) const;
    std::expected<void, Error> empty(Lane& lane);

    std::expected<Taken, Halted> fold();
    std::expected<bool, Halted> fold_batch(const Lanes& lanes, PartitionId at, Taken& taken);
    std::optional<Halted> fold_one(const Lanes& lanes, const Place& place, wire::RecordView record);
    // Else everything that is durable was taken: a view being built has caught up.
    bool is_full(const Taken& taken) const {
        return taken.records >= settings_.records_max || taken.bytes >= settings_.bytes_max;
    }
    std::expected<void, Error> halt(Halted halted);
    bool may_park(const Lane& lane) const {
        return lane.stage == Lane::Stage::live || settings_.park_while_building;
    }
    void park(const Poison& poison, wire::RecordView record);
    std::expected<std::size_t, Error> write(const Taken& taken);
    void go_live(Lane& lane);
    void settle();
    void drop();

    const EventLog& log_;
    ViewStore& store_;
    Settings settings_;
    std::list<Lane> lanes_;
    Rows parked_rows_;
    std::map<std::pair<const Lane*, Place>, std::string> poison_;  // to be parked in this step
    std::uint64_t parking_ = 0;                                    // parked in this step
    std::vector<std::string> leaving_;  // versioned names of views whose rows are to be erased
    bool is_sure_ = false;              // what is stored is what the lanes say
    std::vector<Row> unsure_;           // of a write that may have happened
    std::uint16_t turn_ = 0;            // the partition that a step begins with
    std::atomic<std::uint64_t> parked_ = 0;
    Watchers watchers_;
};

}  // namespace holdfast::projections
