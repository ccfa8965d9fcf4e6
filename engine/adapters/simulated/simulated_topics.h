// SimulatedTopics: commands topics in memory, which several engines read and a test produces to;
// and SimulatedCommandSource, one engine's end of them. By its seed a message is late, or a read
// fails.
//
// Threading  one thread.
#pragma once

#include <map>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/command_source.h"

namespace holdfast::simulated {

// Each is how often in 1,000.
struct TopicFaults {
    std::uint32_t late = 0;    // what is there is not seen this time
    std::uint32_t failed = 0;  // reads
};

class SimulatedTopics {
public:
    // Its offset is given here.
    std::uint64_t produce(PartitionId at, CommandMessage message);
    void skip(PartitionId at, std::uint64_t offsets) { partitions_[at].next += offsets; }
    void delete_below(PartitionId at, std::uint64_t offset);  // which is there, or the next one
    void make_anew(PartitionId at) { partitions_[at] = {}; }
    std::uint64_t end(PartitionId at) const;  // behind the last message
    std::vector<std::uint64_t> offsets(PartitionId at) const;

    TopicFaults faults;

private:
    friend class SimulatedCommandSource;
    struct Partition {
        std::map<std::uint64_t, CommandMessage> messages;
        std::uint64_t begin = 0, next = 0;
    };
    std::map<PartitionId, Partition> partitions_;
};

class SimulatedCommandSource final : public CommandSource {
public:
    SimulatedCommandSource(SimulatedTopics& topics, std::uint64_t seed)
        : topics_(topics), random_(seed) {}

    std::expected<void, Error> begin(PartitionId at, std::uint64_t offset) override;
    void end(PartitionId at) override { readings_.erase(at); }
    std::expected<std::optional<CommandMessage>, Error> take(PartitionId at) override;
    std::optional<std::uint64_t> end_offset(PartitionId at) const override;
    void on_waiting(std::function<void()>) override {}

private:
    SimulatedTopics& topics_;
    Seeded random_;
    struct Reading {
        std::uint64_t next = 0;
        bool has_answered = false;
    };
    std::map<PartitionId, Reading> readings_;
};

}  // namespace holdfast::simulated
