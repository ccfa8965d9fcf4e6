// Teller: writes decisions into a log in memory, as an engine would have.
//
// Order   each decision is a batch of its own unless together() joins them; durable at once.
#pragma once

#include <map>

#include <gtest/gtest.h>

#include "engine/adapters/simulated/simulated_log.h"
#include "engine/domain/partition.h"
#include "engine/wire/record.h"

namespace holdfast {

// A command that any stream of the context could have had: what was asked is no view's business.
inline stock::Command some_command(Stock) { return stock::Expire{}; }
inline cart::Command some_command(Cart) { return cart::Discard{}; }
inline order::Command some_command(Order) { return order::GiveUp{}; }
inline payment::Command some_command(Payment) { return payment::AskAgain{}; }
inline fulfillment::Command some_command(Fulfillment) { return fulfillment::Accept{}; }

class Teller {
public:
    static constexpr std::uint16_t partitions = 4;

    // What the records to come say beside their events.
    wire::DecisionHeader header;

    template <class C>
    PartitionId tell(std::string_view key, std::vector<typename C::Event> events) {
        return tell<C>(key, some_command(C{}), std::move(events));
    }
    template <class C>
    PartitionId tell(
        std::string_view key, typename C::Command command,
        std::expected<std::vector<typename C::Event>, Refusal<typename C::Rejection>> decided) {
        wire::Decision<C> decision;
        decision.header = header;
        if (!decided) decision.header.outcome = fb::Outcome::refused;
        auto& version = versions_[std::string(C::name).append(key)];
        decision.parts.push_back(
            {std::string(key), {}, version, std::move(command), std::move(decided)});
        if (decision.parts[0].decided) version += decision.parts[0].decided->size();
        return append<C>(key, decision);
    }
    template <class C> PartitionId append(std::string_view key, const wire::Decision<C>& decision) {
        const PartitionId at{C::number, partition_of(key, partitions)};
        write(writer_, decision);
        store(at);
        return at;
    }
    // A decision of no meaning.
    PartitionId tell_nonsense(PartitionId at) {
        return tell_record(at, [](wire::BatchWriter& to) {
            to.add(fb::RecordKind::decision, fb::CreatePolicy(to.builder(), 1, 2, 3, 4, 5, 6));
        });
    }
    // What every log begins with.
    PartitionId tell_genesis(PartitionId at, std::uint32_t generation = 1) {
        return tell_record(at, [&](wire::BatchWriter& to) {
            write(to, wire::Genesis{.namespace_name = "shop",
                                    .generation = generation,
                                    .at = at,
                                    .partitions = partitions});
        });
    }

    simulated::SimulatedLog log{1};

private:
    template <class Write> PartitionId tell_record(PartitionId at, Write write_to) {
        write_to(writer_);
        store(at);
        return at;
    }
    void store(PartitionId at) {
        wire::BatchHeader batch;
        batch.context = at.context;
        batch.partition = at.partition;
        batch.first = log.end(at);
        batch.previous = last_[at];
        const auto blob = writer_.seal(batch);
        last_[at] = batch.hash;
        ASSERT_TRUE(log.append(at, batch.first, batch.count, blob));
        ASSERT_TRUE(log.flush());
    }

    wire::BatchWriter writer_;
    std::map<PartitionId, wire::Hash256> last_;
    std::map<std::string, Version> versions_;
};

}  // namespace holdfast
