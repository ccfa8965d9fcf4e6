// Machine: all streams of one context in one partition: commands become decision records.
//
// Order      execute() takes inputs in their order, which is the order of the records it writes.
// Invariant  the state is exactly what taking the written records gives; execute() takes its own.
// Threading  one thread owns it.
// Errors     an error of the store or a record that cannot be taken is final: the shard stops.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "engine/domain/decision.h"
#include "engine/domain/payment/payment.h"
#include "engine/ports/state_store.h"
#include "engine/runtime/deciding.h"
#include "engine/runtime/memory.h"
#include "engine/runtime/position.h"
#include "engine/wire/record.h"

namespace holdfast {

// A message of a commands topic of which nothing can be decided: what is known of who sent it, why.
struct TurnedAway {
    wire::Envelope envelope;
    wire::Objection objection;
};

// A command on its way to a decision: the bytes of its context's CommandRecord, and where they came
// from. Or a question, which is not decided.
struct Input {
    wire::Origin origin;
    std::string command;           // of one that is turned away: what may be kept of its bytes
    wire::CommandId asks_of = {};  // what became of the command of that id
    std::uint64_t follows = 0;     // commands topic: it is the first message from this offset on
    std::shared_ptr<const TurnedAway> turned_away = {};
};

// What became of an input: the record that answers it, now or long ago, or why there is none.
struct Taken {
    enum How : std::uint8_t {
        decided,       // by the record `sequence` of this batch
        repeated,      // by the record `sequence`, earlier
        key_was_used,  // for another request, decided by `sequence`
        dropped,       // a follow-up, or a topic's message, that is not the next one
        not_known,     // to who only asks: it was not decided here
    };
    How how = decided;
    Sequence sequence = 0;
};

// What the partition is told to ask a gateway, once the record is durable.
struct GatewayAsk {
    Sequence sequence = 0;
    std::string payment;
    payment::Ask ask;
    wire::Envelope cause;
};

// What execute() made of its inputs.
struct Executed {
    std::vector<Taken> taken;  // one an input, of the first ones: their records fill a batch
    std::vector<std::pair<Sequence, wire::Addressed>> follow_ups;
    std::vector<GatewayAsk> asks;
    void clear() { taken.clear(), follow_ups.clear(), asks.clear(); }
};

// A stream as it stands, without the points of time in it: those follow the other streams, too, as
// a partition's time never goes back.
struct StreamState {
    std::string_view key;
    Version version;
    std::string_view undated;  // its canonical bytes (wire/state.h), its children's behind them
};

struct MachineSettings {
    PartitionId at;
    std::uint16_t partitions = 0;
    bool own_times = false;                   // a request's own time counts, not the clock
    Memory* memory = nullptr;                 // of the shard that runs it; never null
    std::int64_t kept_ms = 7 * 86'400'000LL;  // how long a command's answer is kept by its key
    Deciding::Place deciding = {};            // of the shard that runs it
    // A batch takes no more inputs when its records are that large, whatever the inputs' size:
    // below what a Kafka broker takes, and with its last record below the smallest segment.
    std::size_t batch_bytes_max = 700'000;
};

class Machine {
public:
    virtual ~Machine() = default;

    // Appends to `done`, until the batch is full: at least one input is taken, and what is not is
    // to come again. `clock_ms` is the owner's clock, or the time of a history's own.
    virtual std::expected<void, Error> execute(std::span<const Input* const> inputs,
                                               std::int64_t clock_ms, wire::BatchWriter& to,
                                               Executed& done) = 0;
    // A record of the log, in order: live after a restart, and in every replay.
    virtual std::expected<void, Error> take(Sequence sequence, wire::RecordView record) = 0;
    virtual void batch_was_taken(const wire::BatchHeader& header) = 0;

    virtual const Position& position() const = 0;
    virtual const Policy& policy() const = 0;
    // The latest time that a client said, of the records taken; 0: none. With own times.
    virtual std::int64_t asked_ms() const = 0;

    // Streams whose deadline has passed, as inputs; each is given out once until it is decided.
    virtual std::expected<std::vector<Input>, Error> due(Time now, std::size_t max) = 0;
    virtual std::optional<Time> next_due() const = 0;
    // What gateways were asked and did not answer, as far as the state knows: after a restart.
    virtual std::expected<std::vector<GatewayAsk>, Error> open_asks() = 0;

    // What a cut has to hold, and how much that is by now.
    virtual std::size_t rows_to_cut() const = 0;
    virtual void cut(CutRows& rows) = 0;  // in sections
    virtual void ingested() = 0;
    // Between two batches: streams that were not used in so many leave memory, where they may.
    virtual void drop_unused(std::uint64_t batches) = 0;
    virtual std::expected<void, Error> restore() = 0;  // from the store's cut

    // About what the streams in memory take.
    virtual std::size_t streams_bytes() const = 0;
    // Those in memory that had an event, in no order.
    virtual void each_stream(const std::function<void(const StreamState&)>& visit) const = 0;
    // A broken invariant of any stream in memory, with its key. For verify and the simulator.
    virtual std::optional<std::string> first_broken_rule() const = 0;
};

// Each context's is made in machine_<context>.cc.
template <class C>
std::unique_ptr<Machine> machine_of(const MachineSettings& settings, const StateStore& store);
std::unique_ptr<Machine> make_machine(const MachineSettings& settings, const StateStore& store);

}  // namespace holdfast
