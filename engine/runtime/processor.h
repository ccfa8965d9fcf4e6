// Processor: the one writer of one partition. Inputs in, decision records out, in order.
//
// Order       inputs are decided in the order they were given; answers come in that order.
// Invariant   every record was decided from exactly the records before it.
// Durability  nothing is answered, and no gateway asked, before the record that says so is durable.
//             Follow-ups are passed on at once where the log keeps one order, else when durable.
// Threading   one thread owns it; it owns no thread, lock or timer.
// Errors      after any Error the shard stops: what was decided but not durable is forgotten, and a
//             restart recovers from the checkpoint and the log.
#pragma once

#include <deque>
#include <functional>

#include "engine/ports/event_log.h"
#include "engine/runtime/machine.h"

namespace holdfast {

// What became of an input, durably. `record` is a view into `batch`.
struct Answered {
    Taken::How how = Taken::decided;
    Sequence sequence = 0;
    Blob batch;
    std::span<const std::byte> record;
};
using Reply = std::function<void(std::expected<Answered, Error>)>;

struct Given {
    Input input;
    Reply reply;  // may be empty: nobody waits
};

// Where a processor's words go: to other partitions, and to gateways.
class Listener {
public:
    virtual ~Listener() = default;
    virtual void pass(PartitionId to, Input follow_up) = 0;
    virtual void ask(GatewayAsk ask) = 0;
    virtual void settled(std::size_t inputs) = 0;  // these are durable, or needed no record
    // How far `to` has taken what `from` said; and that it now has.
    virtual std::uint64_t heard(PartitionId from, PartitionId to) const = 0;
    virtual void hear(PartitionId from, PartitionId to, std::uint64_t n) = 0;
};

struct ProcessorSettings {
    MachineSettings machine;
    std::uint32_t generation = 1;
    std::size_t inputs_max = 8'192;  // of one batch
};

class Processor {
public:
    Processor(const ProcessorSettings& settings, EventLog& log, const StateStore& store,
              Listener& listener);

    // At start, one after the other, for every processor before the next, with a flush of the log
    // after each: a log that began otherwise is refused before anything is written; an empty one
    // begins with `genesis`; the state comes from the cut and the log's tail; what others had
    // not heard is passed on again; settings that differ from those in the log are appended, after
    // that, because a batch says how far its sender was heard.
    std::expected<void, Error> check(const wire::Genesis& genesis) const;
    std::expected<void, Error> begin(const wire::Genesis& genesis);
    std::expected<void, Error> restore();
    // Takes the log's tail, about so many records of it; whether there is more.
    std::expected<bool, Error> replay(std::uint64_t records_max);
    std::expected<void, Error> relay_unheard();
    std::expected<void, Error> open_under(wire::Open open);

    void give(Given given) { waiting_.push_back(std::move(given)); }
    // Decides what waits, one batch of it; whether there was anything.
    std::expected<bool, Error> decide(std::int64_t clock_ms, Time timers_until);
    // Answers what has become durable; whether there was anything.
    std::expected<bool, Error> settle();

    PartitionId at() const { return settings_.machine.at; }
    Machine& machine() { return *machine_; }
    const Machine& machine() const { return *machine_; }
    std::size_t waiting() const { return waiting_.size(); }

private:
    // A batch on its way to the disk, and who waits for it.
    struct Unsettled {
        Sequence first = 0, end = 0;
        Blob batch;
        std::vector<Given> given;
        Executed executed;
    };

    std::expected<void, Error> append(Unsettled& batch);
    std::expected<std::vector<Given>, Error> take_waiting(Time timers_until);
    void give_back(Unsettled& batch);
    void pass(const std::pair<Sequence, wire::Addressed>& follow_up);
    void hear(const Unsettled& batch);
    std::expected<void, Error> answer(const Unsettled& batch);
    std::expected<Answered, Error> find(const Taken& taken, const Unsettled& batch,
                                        const std::vector<wire::RecordView>& records) const;
    Sequence oldest_unheard();

    ProcessorSettings settings_;
    EventLog& log_;
    Listener& listener_;
    std::unique_ptr<Machine> machine_;
    wire::BatchWriter writer_;
    std::deque<Given> waiting_;
    std::deque<Unsettled> unsettled_;
    // What was said and maybe not heard yet, oldest first.
    struct Said {
        Sequence sequence;
        PartitionId to;
        std::uint64_t n;
    };
    std::deque<Said> said_;
};

}  // namespace holdfast
