// SimulatedBrokers: Kafka as a FencedLog meets it, in memory and in one thread, with what it, its
// network and librdkafka may do to what engines write: it is on its way, stored later, twice, or
// never; reported late, without its offset, or as failed though it is stored, then or much later,
// also when its process is gone; an end is answered late or not at all. What others write, and
// what is damaged or gone, is for tests on a real broker.
//
// Order    of a producer and a partition: as it was sent, and reported so. What failed or was left
//          behind comes when it likes.
// Forging  a rule is switched off by forging what it looks at, when a message is stored or
//          reported: the code that has the rule is the one that ships.
#pragma once

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "engine/adapters/kafka/fenced_log.h"
#include "engine/adapters/simulated/seeded.h"

namespace holdfast::kafka {

// How often in 1,000.
struct BrokerFaults {
    std::uint32_t fails = 0;      // a message is reported as failed; stored, stored late or never
    std::uint32_t twice = 0;      // it is stored again, at once or late
    std::uint32_t unknown = 0;    // it is reported without its offset
    std::uint32_t full = 0;       // the producer's queue, at a send
    std::uint32_t over = 0;       // the producer ends, at a send
    std::uint32_t stale_end = 0;  // where a partition ends is not answered, or as it was before
    std::uint32_t unread = 0;     // an old batch is not fetched in time
    std::uint32_t slow = 0;       // no more is delivered in a flush
};

// Which rule is off: every message passes it.
struct Forged {
    bool previous = false;    // it names the batch before it
    bool epochs = false;      // it is of the epoch that is open
    bool own_epochs = false;  // the same, of what the open epoch's writer sent before it opened it
    bool offsets = false;     // it is reported at the offset that its writer expects
};

class SimulatedBrokers {
public:
    struct Stored {
        Fence fence;
        Blob blob;
        std::string address;
    };
    struct Topic {
        std::vector<Stored> messages;
        std::vector<StoredBatch> batches;  // those that count, for whoever reads all of them
        Chain chain;
        std::uint64_t writer = 0;                       // whose epoch is open
        std::map<wire::Hash256, wire::Hash256> forged;  // of a fence: what became of it
    };
    explicit SimulatedBrokers(std::uint64_t seed, Forged forged = {})
        : random(seed), forged_(forged) {}

    Topic& at(PartitionId at) { return topics_[at]; }
    std::int64_t end(PartitionId of) { return static_cast<std::int64_t>(at(of).messages.size()); }
    std::int64_t store(std::uint64_t writer, const Sent& sent);
    // They come some time, one behind the other.
    void leave_behind(std::uint64_t writer, std::deque<Sent> sent);
    bool is_awaited() const { return !late_.empty(); }  // something that was left behind
    void arrive();                                      // what was left behind at once
    // damaged: there is something else.
    std::expected<StoredBatch, Error> batch_at(PartitionId at, History::Place place) const;
    bool forges_offsets() const { return forged_.offsets; }

    BrokerFaults faults;
    bool answers = true;
    simulated::Seeded random;
    std::uint64_t writers = 0;  // so far

private:
    Fence forge(const Topic& topic, std::uint64_t writer, Fence fence) const;

    Forged forged_;
    std::map<PartitionId, Topic> topics_;
    struct Late {
        std::uint64_t writer;
        std::deque<Sent> sent;
    };
    std::vector<Late> late_;
};

// One engine's end of them: its producer, and what it reads. When it goes, as in a kill, what is on
// its way is left behind.
class SimulatedClient final : public Brokers {
public:
    explicit SimulatedClient(SimulatedBrokers& brokers)
        : brokers_(brokers), writer_(++brokers.writers) {}
    ~SimulatedClient() override { leave_all_behind(); }
    SimulatedClient(const SimulatedClient&) = delete;
    SimulatedClient& operator=(const SimulatedClient&) = delete;

    std::expected<void, Error> send(Sent what) override;
    bool producer_is_over() const override { return is_over_; }
    std::expected<void, Error> start_reading(PartitionId at, std::int64_t offset) override;
    void stop_reading(PartitionId at) override { places_.erase(at); }
    std::string name_of(PartitionId at) const override;

    // What happens next, of each kind; whether there was anything.
    bool deliver();                // a message that is on its way
    bool hear(FencedLog& log);     // a report
    bool fetch();                  // a message that is read, and not looked at yet
    bool look_at(FencedLog& log);  // one that was fetched
    // The connection stalls for too long: all that is on its way is reported as failed, and comes
    // later.
    void time_out();

    void renew_producer();
    std::uint32_t take_made_durable() { return std::exchange(made_durable_, 0); }  // batches
    std::optional<std::int64_t> end_of(PartitionId at);

private:
    struct Heard {
        Sent sent;
        Report report;
    };
    void report(Sent sent, Report report);
    void fail(Sent sent);
    void leave_all_behind();

    SimulatedBrokers& brokers_;
    std::uint64_t writer_;  // this engine, as long as it lives
    bool is_over_ = false;
    std::uint32_t made_durable_ = 0;
    std::deque<Sent> on_way_;
    std::deque<std::deque<Heard>> reports_ = {{}};  // of each producer it had
    std::map<PartitionId, std::int64_t> places_;
    std::optional<std::pair<PartitionId, Received>> fetched_;
};

// For a log whose counts nobody looks at.
inline const Counted& nobody_counts() {
    static Metrics metrics;
    static const Counted counted(metrics);
    return counted;
}

}  // namespace holdfast::kafka
