// Recovery: what the segments hold when a log is opened.
//
// Three things can be wrong with the end of a log. Bytes below the part that is known to be safe do
// not match: the disk lost what was promised, and the log refuses to open. Bytes behind it do not
// match: the last flush was cut off, nobody was told of it, and it is cut away. A segment that was
// being made: it is removed.
//
// Order   cut bytes are zeroed and synced before anything is written behind them, so that they are
//         never read as frames later.
// Errors  damaged: file, byte, and the partition and numbers as far as they can be told.
#pragma once

#include "engine/adapters/segments/catalogue.h"

namespace holdfast::segments {

enum class Access : std::uint8_t {
    repair,        // by the engine: cut, remove, write missing indexes
    look,          // changes nothing
    look_at_safe,  // changes nothing and ignores what is not known to be safe: an engine runs
};

struct Recovered {
    Position base = 0;        // of the segment that is written next
    std::uint64_t bytes = 0;  // of its file; 0: there is no segment yet
    std::uint64_t end = 0;    // where in it the next flush begins
};

class Recovery {
public:
    // `safe` is what MARK says. Segments made ahead in another size than `segment_bytes` are
    // removed by a repair.
    Recovery(Path folder, Access access, Position safe, std::uint64_t segment_bytes)
        : folder_(std::move(folder)),
          access_(access),
          mark_(safe),
          safe_(safe),
          segment_bytes_(segment_bytes) {}

    std::expected<Recovered, Error> run(Catalogue& catalogue);

private:
    struct Segment {
        Position base;
        std::uint64_t bytes;
        bool is_clean = true;
    };
    // The last segment with frames, or the first that lost some, or the first of all.
    struct Tail {
        std::size_t at = 0;
        Scan scan;
    };
    std::expected<void, Error> list();
    std::expected<void, Error> list_one(Position base, const std::vector<Position>& bases);
    Position next_base() const;
    std::unexpected<Error> not_as_it_was(std::vector<Position> bases, std::string_view why) const;
    std::expected<Tail, Error> find_tail();
    std::expected<Scan, Error> scan_visible(const Segment& segment) const;
    std::expected<void, Error> add_full(std::size_t at, Catalogue& catalogue) const;
    std::expected<void, Error> add_unindexed(std::size_t at, Catalogue& catalogue) const;
    std::expected<void, Error> add_tail(const Tail& tail, Catalogue& catalogue) const;
    std::expected<void, Error> repair(const Tail& tail) const;
    std::expected<void, Error> cut(const Segment& segment, const Scan& scan) const;
    bool lost_something(const Segment& segment, const Scan& scan) const {
        return segment.base + scan.end < safe_;
    }

    Path folder_;
    Access access_;
    Position mark_;
    Position safe_;  // what MARK and the frames say
    std::uint64_t segment_bytes_;
    std::vector<Segment> segments_;
};

}  // namespace holdfast::segments
