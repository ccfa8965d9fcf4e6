// KafkaCommands: the commands topics on Kafka, <namespace>.<context>.commands.
//
// Order       as the port says. Messages of transactions count once those are committed.
// Threading   as the port says. `told` is called by librdkafka's threads.
// Limits      per partition read ahead: 1 MiB, and one message more.
// Errors      open(): refused for topics with other settings or another number of partitions.
//             take(): as the port says. With skips_deleted_commands, messages that were deleted
//             before they were taken are a line of the log and no Error.
#pragma once

#include <mutex>

#include "engine/adapters/kafka/extent.h"
#include "engine/adapters/kafka/library.h"
#include "engine/ports/command_source.h"

namespace holdfast::kafka {

class KafkaCommands final : public CommandSource {
public:
    // Makes the topics that are missing.
    static std::expected<std::unique_ptr<KafkaCommands>, Error> open(const Settings& settings);
    ~KafkaCommands() override;

    std::expected<void, Error> begin(PartitionId at, std::uint64_t offset) override;
    void end(PartitionId at) override;
    std::expected<std::optional<CommandMessage>, Error> take(PartitionId at) override;
    std::optional<std::uint64_t> end_offset(PartitionId at) const override;
    void on_waiting(std::function<void()> told) override;

private:
    struct Reading {
        Queue queue;
        std::uint64_t next = 0;
        bool has_answered = false;
    };
    explicit KafkaCommands(const Settings& settings) : settings_(settings) {}
    std::expected<void, Error> name_topics();
    static void wake(rd_kafka_t* client, void* self);
    std::expected<std::optional<CommandMessage>, Error> fail(PartitionId at,
                                                             rd_kafka_resp_err_t code);
    Error out_of_reach(PartitionId at, std::uint64_t next, const Extent& there) const;
    std::string name_of(PartitionId at) const;

    Settings settings_;
    mutable std::mutex telling_;
    std::function<void()> told_ = [] {};
    Client client_;
    std::map<std::uint8_t, Topic> topics_;  // by the context's number
    std::map<PartitionId, Reading> readings_;
};

}  // namespace holdfast::kafka
