// DrivenKafkaLog: a KafkaLog without threads and librdkafka: the FencedLog that ships, over
// simulated brokers, driven by calls.
//
// Order     what the threads of a KafkaLog do, read_on() and confirm_owned() do; while own() waits
//           all of it goes on, and what was left behind arrives.
// Lifetime  what is on its way when it goes is left behind, as by a process that is killed.
// Errors    as KafkaLog's.
#pragma once

#include "tests/support/simulated_brokers.h"

namespace holdfast::kafka {

class DrivenKafkaLog final : public EventLog {
public:
    DrivenKafkaLog(SimulatedBrokers& brokers, std::vector<PartitionId> partitions,
                   std::string address = {});

    void read_all();
    bool read_on();  // one message; whether there was one
    void confirm_owned();

    std::vector<std::expected<void, Error>> own(std::span<const PartitionId> these) override;
    std::expected<void, Error> read_to_end() override;
    void release(PartitionId at) override { log_.release(at); }
    std::expected<void, Error> append(PartitionId at, Sequence first, std::uint32_t count,
                                      Blob blob) override;
    Sequence end(PartitionId at) const override { return log_.end(at); }
    Sequence durable(PartitionId at) const override;
    std::expected<Sequence, Error> acknowledged(PartitionId at) const override {
        return log_.acknowledged(at);
    }
    std::string leader(PartitionId at) const override { return log_.leader(at); }
    std::expected<StoredBatch, Error> read(PartitionId at, Sequence from) const override;
    std::expected<std::uint32_t, Error> flush() override;
    void on_durable(std::function<void()> told) override { on_durable_ = std::move(told); }
    void on_waiting(std::function<void()> told) override { on_waiting_ = std::move(told); }
    bool one_order() const override { return false; }

private:
    template <class IsSo> void wait_until(IsSo is_so);
    std::expected<void, Error> renew_producer();
    std::expected<void, Error> read_to_end(PartitionId at);
    std::expected<void, Error> claim(PartitionId at);
    std::expected<void, Error> confirm(PartitionId at);

    SimulatedBrokers& brokers_;
    std::vector<PartitionId> partitions_;
    SimulatedClient client_;
    FencedLog log_;
    std::function<void()> on_durable_ = [] {};
    std::function<void()> on_waiting_ = [] {};
};

}  // namespace holdfast::kafka
