// Processor: one partition in this engine. It follows what another engine decides; or it leads, and
// is the partition's one writer: inputs in, decision records out, in order.
//
// Order       inputs are decided in the order they were given; answers come in that order.
// Invariant   every record was decided from exactly the records before it. A follower's state is
//             what the durable records give.
// Durability  nothing is answered, and no gateway asked, before the record that says so is durable.
//             Follow-ups are passed on at once where the log keeps one order, else when durable.
// Threading   one thread owns it; role(), behind() and commands_next() by any. It owns no thread,
//             lock or timer.
// Errors      a partition that is lost to another engine, or whose log does not answer, is lost:
//             what was decided and is not durable is forgotten, and who waits for it told so. After
//             any other Error the shard stops, and a restart recovers from the checkpoint and the
//             log; where there is no other engine every Error is such a one.
#pragma once

#include <atomic>
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
// conflict: it was not decided, nobody leads where it was looked for. unavailable: it may have been
// decided. overloaded: it was not decided, the engine that leads has too much to do.
using Reply = std::function<void(std::expected<Answered, Error>)>;

struct Given {
    Input input;
    Reply reply;  // may be empty: nobody waits
};

// Where a processor's words go: to other partitions, and to gateways.
class Listener {
public:
    virtual ~Listener() = default;
    // Goes nowhere when `to` is led elsewhere: there it is taken from the record that says it.
    virtual void pass(PartitionId to, Input follow_up) = 0;
    virtual void ask(GatewayAsk ask) = 0;
    virtual void settled(std::size_t inputs) = 0;  // these are durable, or needed no record
    // How far `to` has taken what `from` said; and that it now has.
    virtual std::uint64_t heard(PartitionId from, PartitionId to) const = 0;
    virtual void hear(PartitionId from, PartitionId to, std::uint64_t n) = 0;
    // Somebody leads now: what others say to it is to be passed on again.
    virtual void began_to_lead() = 0;
    // Of which generation all partitions are: the first that somebody found, or began.
    virtual std::uint32_t agree_on(std::uint32_t generation) = 0;
    virtual std::uint32_t generation() const = 0;
    // It has taken more records, or begun again with less.
    virtual void moved(PartitionId at, const Machine& machine) = 0;
};

struct ProcessorSettings {
    MachineSettings machine;
    std::size_t inputs_max = 8'192;  // of one batch
    wire::Genesis genesis;  // which its log begins with, or has to have begun with, but for the
                            // generation: that is the log's
    wire::Open open;        // the settings it leads under
    bool alone = true;      // no other engine writes its log
};

class Processor {
public:
    enum class Role : std::uint8_t {
        follows,
        claims,  // follows, and its log is about to be owned
        leads,
        resigns,  // decides nothing more; what it decided becomes durable
        lost,     // waits until nothing of its machine is used any more, to begin again
    };

    Processor(const ProcessorSettings& settings, EventLog& log, const StateStore& store,
              Listener& listener);

    PartitionId at() const { return settings_.machine.at; }
    Role role() const { return role_.load(std::memory_order_acquire); }
    bool leads() const { return role() == Role::leads; }
    std::uint64_t behind() const;  // durable records that it did not take yet; by any thread
    // Of the commands topic, as far as it has decided: the next offset to take. By any thread, of
    // one that leads.
    std::uint64_t commands_next() const { return commands_next_.load(std::memory_order_acquire); }
    bool is_lost() const { return role() == Role::lost; }
    // Whether its state may be ahead of what is durable.
    bool is_ahead() const { return role() == Role::leads || role() == Role::resigns; }
    Machine& machine() { return *machine_; }
    const Machine& machine() const { return *machine_; }

    // ---- following ----

    // The state as of the cut; follow() goes on from there. Refused when the log began with other
    // settings.
    std::expected<void, Error> restore();
    // Refused when its log is empty and those of others are of a later generation: who copies into
    // that begins all of them.
    std::expected<void, Error> may_begin() const;
    // Takes the durable records that it has not, about so many, and passes on what they say;
    // whether there was one.
    std::expected<bool, Error> follow(std::uint64_t records_max);
    // Passes on again what others have not heard.
    std::expected<void, Error> relay_unheard();

    // ---- becoming another ----

    // Between the two the log is owned, by another thread; claims() by that one too.
    void claims() { role_ = Role::claims; }
    void claims_no_more() { role_ = Role::follows; }
    // Takes what is left of the log, and begins to decide: an empty one with the genesis, settings
    // that differ from those in the log under a new number.
    std::expected<void, Error> lead(std::int64_t clock_ms);
    // Decides nothing more; once all is durable it follows again.
    void resign();
    // After Role::lost, when no cut holds anything of its machine.
    std::expected<void, Error> begin_again();

    // ---- leading ----

    void give(Given&& given);
    // Decides what waits, one batch of it; whether there was anything. `writer` is empty before
    // and after.
    std::expected<bool, Error> decide(std::int64_t clock_ms, Time timers_until,
                                      wire::BatchWriter& writer);
    // Answers what has become durable; whether there was anything.
    std::expected<bool, Error> settle();

private:
    // A batch on its way to the disk, and who waits for it.
    struct Unsettled {
        Sequence first = 0, end = 0;
        Blob batch;
        std::vector<Given> given;
        Executed executed;
    };

    std::expected<void, Error> check_genesis();
    std::expected<void, Error> begin();
    std::expected<void, Error> take(const StoredBatch& stored);
    void tell_heard();
    template <class Act> void each_follow_up(const wire::BatchView& batch, Act act) const;
    bool is_unheard(PartitionId to, std::uint64_t n) const;
    template <class Act> std::expected<void, Error> each_unheard(Sequence from, Act act) const;
    std::expected<void, Error> take_the_rest(std::int64_t clock_ms);
    std::expected<void, Error> open_under(std::int64_t clock_ms);
    template <class Record> std::expected<void, Error> write(const Record& record);
    std::expected<bool, Error> lose(const Error& why);

    std::expected<void, Error> append(Unsettled& batch, wire::BatchWriter& writer);
    std::expected<std::vector<Given>, Error> take_waiting(Time timers_until);
    void give_back(Unsettled& batch);
    void pass(Sequence sequence, const wire::Addressed& follow_up);
    void hear(const Unsettled& batch);
    void answer(const Unsettled& batch);
    std::expected<Answered, Error> find(const Taken& taken, const Unsettled& batch,
                                        const std::vector<wire::RecordView>& records) const;
    Sequence oldest_unheard();
    void turn_away(const Given& given, const Error& why);
    void turn_all_away(const Error& why);

    ProcessorSettings settings_;
    EventLog& log_;
    const StateStore& store_;
    Listener& listener_;
    std::unique_ptr<Machine> machine_;
    std::atomic<Role> role_ = Role::follows;
    std::atomic<Sequence> followed_ = 0;
    std::atomic<std::uint64_t> commands_next_ = 0;
    bool genesis_is_checked_ = false;
    std::deque<Given> waiting_;
    std::deque<Unsettled> unsettled_;
    // What was said and maybe not heard yet, oldest first; of a leader.
    struct Said {
        Sequence sequence;
        PartitionId to;
        std::uint64_t n;
    };
    std::deque<Said> said_;
};

}  // namespace holdfast
