// Engine: every partition of every context over one log, those that it leads and those that other
// engines lead; the inside that HTTP, the simulator, the benches and the tests drive.
//
// Order       commands to one key are decided in the order they were posted; but one that was told
//             unavailable may still be decided, after what was posted later.
// Durability  an answer comes when the record that holds it is durable.
// Threading   post(), give(), want(), waits_for(), led(), behind() by any thread. Everything else
//             by one thread; Threads (threads.h) gives each shard, the log, the checkpoint and the
//             claims one of their own.
// Limits      inputs_in_flight_max commands at a time; more are refused as overload, at once.
// Errors      what start(), step() and ingest() return is final: nothing is answered any more, and
//             a restart recovers. Where there are other engines, a partition that was lost to one
//             of them, or whose log does not answer, is no such Error: who waits there is told so,
//             it is followed again, and while it is wanted, claimed again.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>

#include "engine/ports/clock.h"
#include "engine/ports/payment_gateway.h"
#include "engine/ports/peers.h"
#include "engine/runtime/open_asks.h"
#include "engine/runtime/own_times.h"
#include "engine/runtime/shard.h"

namespace holdfast {

struct EngineSettings {
    std::string namespace_name = "holdfast";
    std::uint16_t partitions = 8;
    std::uint16_t shards = 1;
    bool own_times = false;
    bool alone = true;  // leads everything from its start on; else what it is told to
    std::size_t memory_bytes_max = std::size_t{512} << 20;
    std::int64_t kept_ms = 7 * 86'400'000LL;
    std::size_t inputs_in_flight_max = 65'536;
    Policy policy;
    ShardSettings shard;
};

struct EnginePorts {
    EventLog& log;
    StateStore& store;
    const Clock& clock;
    std::map<std::string, PaymentGateway*, std::less<>> gateways;
    std::span<std::byte> deciding = {};  // outlives the process: see Deciding
    Peers* peers = nullptr;  // who decides what they lead; none: it is not decided. Used by post()
};

// What somebody wants decided: bytes of the context's CommandRecord, for the stream `key`.
struct Posted {
    std::uint8_t context = 0;
    std::string_view key;
    fb::Source source = fb::Source::direct;
    std::string command;
    std::optional<Time> asked_at_ms;     // own times: the latest moves the timers on
    std::optional<PartitionId> to = {};  // this partition, not its key's
    wire::CommandId asks_of = {};        // instead of a command: what became of the one of that id
    bool is_forwarded = false;           // another engine wants it: it is decided here, or nowhere
};

class Engine final : public Listener {
public:
    static std::expected<std::unique_ptr<Engine>, Error> start(const EngineSettings& settings,
                                                               const EnginePorts& ports);

    // False: too much is in flight already, nothing was taken. What another engine leads is decided
    // there, if that one is known.
    bool post(Posted posted, Reply reply);
    // The same of an input that is for this partition, and is decided here or nowhere.
    void give(PartitionId to, Input input, Reply reply);
    PartitionId partition_of(std::uint8_t context, std::string_view key) const;
    std::size_t in_flight() const { return in_flight_; }

    // These partitions, of every context, are for this engine to lead; no others. What others lead
    // it claims a moment later: they are told the same, and may still have something on its way.
    void want(std::span<const std::uint16_t> partitions);
    // Why it does not lead yet what it is to lead; empty when it does.
    std::string waits_for() const;
    std::size_t led() const;  // of all contexts
    // Of all partitions, as their logs began; the first one while nothing is known of them.
    std::uint32_t generation() const override { return std::max(generation_.load(), 1U); }
    std::uint64_t behind() const;  // records of others that its state does not have yet

    // ---- driven ----
    std::span<const std::unique_ptr<Shard>> shards() const { return shards_; }
    std::span<Processor* const> processors() const { return processors_; }
    // Where who reads for this engine notes what it reads.
    Deciding::Place reading_place() { return deciding_.place(shards_.size()); }
    std::expected<bool, Error> step(Shard& shard);
    std::expected<bool, Error> ingest();  // the cuts that are ready
    std::optional<std::int64_t> step_gateways();
    // Owns the logs of what is wanted and not led yet, and gives up what is led and not wanted.
    // Blocks as long as the log does. Whether it got all that it tried for.
    bool step_claims();
    // Of a history that several engines load: looks how far the log is, so that timers may fire.
    // Blocks as long as the log does; by step_claims()'s thread. Whether it could, if it had to.
    bool step_own_times();

    const EngineSettings& settings() const { return settings_; }
    // What earlier processes were deciding when they died, and how often.
    std::span<const Deciding::Death> deaths() const { return deciding_.deaths(); }
    // The process is about to end: no death of what is being decided. By any thread.
    void end_deciding() { deciding_.end(); }
    EventLog& log() { return ports_.log; }
    std::int64_t now_ms() const { return ports_.clock.now_ms(); }

private:
    Engine(const EngineSettings& settings, const EnginePorts& ports);
    std::expected<void, Error> recover();
    std::expected<void, Error> check_clock() const;
    std::expected<void, Error> lead_all();
    ProcessorSettings settings_of(PartitionId at);
    template <class Act> std::expected<void, Error> each_processor(Act act);
    Processor& processor(PartitionId at) const;
    Shard& shard_of(PartitionId at) { return *shards_[at.partition % shards_.size()]; }
    void resign_unwanted();
    Time timers_until() const;
    bool shares_a_history() const { return settings_.own_times && !settings_.alone; }
    void forward(const std::string& leader, PartitionId to, Posted posted, Reply reply);
    void move_on(std::int64_t own_ms);  // a history's clock
    void answer_ask(const GatewayAsk& ask, const GatewayAnswer& answer);

    void pass(PartitionId to, Input follow_up) override;
    void ask(GatewayAsk ask) override;
    void settled(std::size_t inputs) override;
    std::uint64_t heard(PartitionId from, PartitionId to) const override;
    void hear(PartitionId from, PartitionId to, std::uint64_t n) override;
    void began_to_lead() override;
    std::uint32_t agree_on(std::uint32_t generation) override;
    void moved(PartitionId at, const Machine& machine) override;
    std::size_t place(PartitionId from, PartitionId to) const;

    EngineSettings settings_;
    EnginePorts ports_;
    Deciding deciding_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::vector<Processor*> processors_;     // all of them, by partition and then by context
    std::vector<std::atomic<bool>> wanted_;  // by partition
    std::atomic<bool> was_told_ = false;     // what is wanted
    std::atomic<std::int64_t> told_at_ms_ = 0;
    std::vector<std::atomic<std::uint64_t>> heard_;  // [from][to]
    OpenAsks asks_;
    std::atomic<std::size_t> in_flight_ = 0;  // inputs, and what gateways are waited for
    std::atomic<std::int64_t> own_now_ms_ = 0;
    std::atomic<std::uint32_t> generation_ = 0;  // none found yet
    OwnTimes own_times_;                         // where there are other engines
};

}  // namespace holdfast
