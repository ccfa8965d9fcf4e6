#include "replay/remaking.h"

#include "replay/merging.h"
#include "replay/placing.h"

namespace holdfast::replay {
namespace {

constexpr std::uint32_t batch_records_max = 4'096;
constexpr std::size_t batch_bytes_max = 256 << 10;

// A new partition, as far as it is written.
class NewPartition {
public:
    NewPartition(const wire::Genesis& genesis, const TakeBatch& take)
        : genesis_(genesis), take_(take) {
        wire::write(writer_, genesis_);
    }

    template <class C>
    std::expected<void, Error> add(wire::Decision<C>& decision, const Settings& settings) {
        if (settings) use(*settings);
        decision.header.policy = policy_.number;
        wire::write(writer_, decision);
        if (writer_.count() < batch_records_max && writer_.size() < batch_bytes_max) return {};
        return seal();
    }
    std::expected<void, Error> seal() {
        if (writer_.count() == 0) return {};
        wire::BatchHeader header;
        header.context = genesis_.at.context;
        header.partition = genesis_.at.partition;
        header.first = next_;
        header.previous = hash_;
        next_ += writer_.count();
        header.unheard = next_;  // nothing of it is to be said
        const auto blob = writer_.seal(header);
        hash_ = header.hash;
        return take_(genesis_.at, {header.first, header.count, blob});
    }

private:
    // Settings that are not those of the record before have the next number.
    void use(wire::Open settings) {
        settings.policy.number = policy_.number;
        if (has_settings_ && settings.policy == policy_) return;
        if (has_settings_) ++settings.policy.number;
        has_settings_ = true;
        policy_ = settings.policy;
        wire::write(writer_, settings);
    }

    const wire::Genesis genesis_;
    const TakeBatch& take_;
    wire::BatchWriter writer_;
    Sequence next_ = 0;
    wire::Hash256 hash_ = {};
    Policy policy_;
    bool has_settings_ = false;
};

// A context after the other.
class Remaking {
public:
    Remaking(const EventLog& from, const wire::Genesis& old, std::uint16_t partitions, Watch& watch)
        : from_(from),
          old_(old),
          begins_(in_partitions(old, partitions)),
          move_{old.generation, old.partitions, partitions},
          watch_(watch) {}

    std::expected<void, Error> run(const TakeBatch& take) {
        std::expected<void, Error> done;
        for (std::uint8_t context = 1; context <= contexts_count && done; ++context)
            with_context(context, [&]<class C>(C) { done = remake<C>(take); });
        return done;
    }

private:
    template <class C> std::expected<void, Error> remake(const TakeBatch& take) {
        std::vector<NewPartition> made;
        made.reserve(begins_.partitions);
        for (std::uint16_t p = 0; p < begins_.partitions; ++p) {
            auto begins = begins_;
            begins.at = {C::number, p};
            made.emplace_back(begins, take);
        }
        if (auto filled = fill<C>(made); !filled) return filled;
        for (auto& partition : made)
            if (auto sealed = partition.seal(); !sealed) return sealed;
        return {};
    }
    template <class C> std::expected<void, Error> fill(std::vector<NewPartition>& made) {
        auto merging = Merging<C>::begin(from_, old_);
        if (!merging) return std::unexpected(merging.error());
        for (;;) {
            auto merged = merging->next();
            if (!merged) return std::unexpected(merged.error());
            auto& next = *merged;
            if (!next) return {};
            auto go_on = watch_.at(wire::name_of({C::number, next->partition}), ++records_);
            if (!go_on) return go_on;
            for (auto& placed : place(std::move(next->decision), next->partition, move_))
                if (auto added = made[placed.partition].add(placed.decision, next->settings);
                    !added)
                    return added;
        }
    }

    const EventLog& from_;
    wire::Genesis old_, begins_;
    Move move_;
    Watch& watch_;
    std::uint64_t records_ = 0;  // read
};

}  // namespace

wire::Genesis in_partitions(wire::Genesis genesis, std::uint16_t partitions) {
    ++genesis.generation;
    genesis.partitions = partitions;
    return genesis;
}

std::expected<void, Error> remake(const EventLog& from, std::uint16_t partitions, Watch& watch,
                                  const TakeBatch& take) {
    const auto found = genesis_of(from, Stock::number);
    if (!found) return std::unexpected(found.error());
    const auto& genesis = *found;
    if (!genesis) return std::unexpected(Error{Error::refused, "there is no history to copy"});
    return Remaking(from, *genesis, partitions, watch).run(take);
}

}  // namespace holdfast::replay
