// Merging: the decisions of a context's partitions as one sequence.
//
// Order   by time, then by partition, then by number. So each partition keeps its own order, in
//         which time never goes back, and neither does it in the whole.
// Limits  one batch of each partition in memory.
// Errors  damaged: a record that cannot be read, or that another history's genesis begins. refused:
//         a record of a kind that this version cannot take to another partition.
#pragma once

#include <algorithm>
#include <optional>

#include "replay/walk.h"

namespace holdfast::replay {

// Settings as one partition kept them; null before the first.
using Settings = std::shared_ptr<const wire::Open>;

template <class C> struct Merged {
    std::uint16_t partition = 0;
    wire::Decision<C> decision;
    Settings settings;  // under which it was decided
};

template <class C> class Merging {
public:
    // `genesis`: of the history, whichever partition's.
    static std::expected<Merging, Error> begin(const EventLog& log, const wire::Genesis& genesis) {
        Merging merging(log, genesis);
        for (std::uint16_t p = 0; p < genesis.partitions; ++p) {
            merging.sources_.push_back({{C::number, p}});
            if (auto moved = merging.move_on(merging.sources_.back()); !moved)
                return std::unexpected(moved.error());
        }
        return merging;
    }
    // Nothing at the end.
    std::expected<std::optional<Merged<C>>, Error> next() {
        Source* first = nullptr;
        for (auto& source : sources_)
            if (source.decision && (first == nullptr || at_ms(source) < at_ms(*first)))
                first = &source;
        if (first == nullptr) return std::nullopt;
        std::optional<Merged<C>> next(
            {first->at.partition, *std::move(first->decision), first->settings});
        if (auto moved = move_on(*first); !moved) return std::unexpected(moved.error());
        return next;
    }

private:
    struct Source {
        PartitionId at;
        Sequence next = 0;
        Sequence first = 0;
        Blob batch = {};
        std::vector<wire::RecordView> records = {};  // of the batch
        std::unique_ptr<wire::Decision<C>> decision = {};
        Settings settings = {};
    };

    Merging(const EventLog& log, const wire::Genesis& genesis) : log_(log), genesis_(genesis) {}
    static std::int64_t at_ms(const Source& source) { return source.decision->header.at_ms.raw(); }
    // To its next decision.
    std::expected<void, Error> move_on(Source& source) {
        source.decision.reset();
        while (!source.decision && source.next < log_.durable(source.at)) {
            if (source.next >= source.first + source.records.size())
                if (auto got = read(source); !got) return got;
            const auto sequence = source.next++;
            if (auto taken = take(source, source.records[sequence - source.first]); !taken)
                return fault(source.at, sequence, taken.error());
        }
        return {};
    }
    std::expected<void, Error> read(Source& source) {
        const auto stored = log_.read(source.at, source.next);
        if (!stored) return fault(source.at, source.next, stored.error());
        const auto batch = wire::open(*stored->blob);
        if (!batch) return fault(source.at, stored->first, batch.error());
        source.first = stored->first;
        source.batch = stored->blob;
        source.records = batch->records();
        return {};
    }
    std::expected<void, Error> take(Source& source, wire::RecordView record) {
        switch (record.kind) {
            case fb::RecordKind::genesis: {
                auto genesis = genesis_;
                genesis.at = source.at;
                if (wire::read_genesis(record.bytes) == genesis) return {};
                return std::unexpected(Error{Error::damaged, "is another history's genesis"});
            }
            case fb::RecordKind::open: {
                auto open = wire::read_open(record.bytes);
                if (!open) break;
                source.settings = std::make_shared<const wire::Open>(*std::move(open));
                return {};
            }
            case fb::RecordKind::decision: {
                auto decision = wire::read_decision<C>(record.bytes);
                if (!decision) break;
                source.decision = std::make_unique<wire::Decision<C>>(*std::move(decision));
                return {};
            }
            default:
                return std::unexpected(
                    Error{Error::refused, "is a " + std::string(wire::name_of(record.kind)) +
                                              ", which cannot be taken to other partitions yet"});
        }
        return std::unexpected(Error{Error::damaged, "it cannot be read"});
    }

    const EventLog& log_;
    wire::Genesis genesis_;
    std::vector<Source> sources_;
};

}  // namespace holdfast::replay
