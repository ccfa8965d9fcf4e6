#include "engine/runtime/engine.h"

#include <algorithm>
#include <cassert>

#include "engine/domain/contexts.h"
#include "engine/domain/partition.h"
#include "engine/runtime/addressing.h"
#include "engine/runtime/forwarding.h"
#include "engine/wire/record.h"

namespace holdfast {
namespace {

constexpr const char* engine_version = "0.1.0";

// The gateway's answer to one attempt is one command, however often it is given.
wire::CommandId answer_id(const GatewayAsk& ask, const GatewayAnswer& answer) {
    const auto attempt = std::to_string(ask.ask.attempt) + "/" + std::to_string(answer.outcome);
    const std::string operation(ask.ask.operation.raw());
    return wire::command_id("gateway/" + ask.payment, operation + "/" + attempt);
}

template <std::size_t Max> Text<Max> shortened(std::string_view text) {
    for (auto size = std::min(text.size(), Max);; --size)  // never in the middle of a character
        if (const auto fits = Text<Max>::from(text.substr(0, size)))
            return *fits;
        else if (size == 0)
            return {};
}

}  // namespace

Engine::Engine(const EngineSettings& settings, const EnginePorts& ports)
    : settings_(settings),
      ports_(ports),
      deciding_(ports.deciding),
      wanted_(settings.partitions),
      heard_(std::size_t{contexts_count} * settings.partitions * contexts_count *
             settings.partitions),
      own_times_(shares_a_history() ? settings.partitions : 0) {
    for (std::uint16_t s = 0; s < settings.shards; ++s) {
        // Of those p with p mod shards = s.
        const auto partitions = (settings.partitions + settings.shards - 1U - s) / settings.shards;
        const Memory memory{settings.memory_bytes_max / settings.partitions * partitions};
        shards_.push_back(std::make_unique<Shard>(settings.shard, memory, ports.store, ports.log));
    }
    for (std::uint16_t p = 0; p < settings.partitions; ++p)
        for (std::uint8_t context = 1; context <= contexts_count; ++context) {
            const PartitionId at{context, p};
            auto made = std::make_unique<Processor>(settings_of(at), ports.log, ports.store, *this);
            processors_.push_back(made.get());
            shard_of(at).own(std::move(made));
        }
}

ProcessorSettings Engine::settings_of(PartitionId at) {
    ProcessorSettings processor;
    processor.machine = {at,
                         settings_.partitions,
                         settings_.own_times,
                         &shard_of(at).memory(),
                         settings_.kept_ms,
                         deciding_.place(at.partition % shards_.size())};
    processor.genesis.namespace_name = settings_.namespace_name;
    processor.genesis.at = at;
    processor.genesis.partitions = settings_.partitions;
    processor.genesis.own_times = settings_.own_times;
    processor.open.engine = engine_version;
    processor.open.policy = settings_.policy;
    processor.alone = settings_.alone;
    return processor;
}

Processor& Engine::processor(PartitionId at) const { return *processors_[place_of(at)]; }

// ---- start ----

std::expected<std::unique_ptr<Engine>, Error> Engine::start(const EngineSettings& settings,
                                                            const EnginePorts& ports) {
    std::unique_ptr<Engine> engine(new Engine(settings, ports));
    if (const auto recovered = engine->recover(); !recovered)
        return std::unexpected(recovered.error());
    return engine;
}

template <class Act> std::expected<void, Error> Engine::each_processor(Act act) {
    for (auto* one : processors_)
        if (std::expected<void, Error> done = act(*one); !done) return done;
    return {};
}

std::expected<void, Error> Engine::recover() {
    auto done = each_processor([&](Processor& one) { return one.restore(); });
    if (!done) return done;
    if (done = each_processor([](const Processor& one) { return one.may_begin(); }); !done)
        return done;
    for (const auto& shard : shards_)
        if (done = shard->replay(); !done) return done;
    if (done = check_clock(); !done) return done;
    return settings_.alone ? lead_all() : done;
}

// What one says to another is relayed once all lead.
std::expected<void, Error> Engine::lead_all() {
    std::vector<PartitionId> all;
    all.reserve(processors_.size());
    for (const auto* one : processors_) all.push_back(one->at());
    for (const auto& owned : ports_.log.own(all))
        if (!owned) return owned;
    auto done = each_processor([&](Processor& one) { return one.lead(now_ms()); });
    if (!done) return done;
    for (const auto& shard : shards_)
        if (done = shard->relay_unheard(); !done) return done;
    if (const auto flushed = ports_.log.flush(); !flushed) return std::unexpected(flushed.error());
    return {};
}

// Time never goes back: what was once decided at a wrong time would be the time of all that
// follows.
std::expected<void, Error> Engine::check_clock() const {
    constexpr std::int64_t ahead_ms_max = 60'000;  // as clocks differ
    if (settings_.own_times) return {};
    std::int64_t last_ms = 0;
    for (const auto* one : processors_)
        last_ms = std::max(last_ms, one->machine().position().last_ms);
    const auto ahead_ms = last_ms - now_ms();
    if (ahead_ms <= ahead_ms_max) return {};
    return std::unexpected(Error{
        Error::refused, "the last decision in the log is " + std::to_string(ahead_ms / 1'000) +
                            " s ahead of this machine's clock: set the clock, or, if it was "
                            "wrong when that was decided, put back a copy from before"});
}

// ---- leading ----

void Engine::want(std::span<const std::uint16_t> partitions) {
    told_at_ms_ = now_ms();
    for (std::uint16_t p = 0; p < settings_.partitions; ++p)
        wanted_[p] = std::ranges::find(partitions, p) != partitions.end();
    was_told_ = true;
    resign_unwanted();  // at once: others claim it in a moment
}

void Engine::resign_unwanted() {
    for (const auto* one : processors_)
        if (one->leads() && !wanted_[one->at().partition]) shard_of(one->at()).resign(one->at());
}

std::string Engine::waits_for() const {
    if (settings_.alone) return {};
    if (!was_told_) return "it is not known yet which partitions are for this engine to lead";
    const auto awaited = std::ranges::count_if(processors_, [this](const auto* one) {
        return wanted_[one->at().partition] && !one->leads();
    });
    return awaited == 0 ? "" : std::to_string(awaited) + " logs are to be owned yet";
}

std::size_t Engine::led() const {
    return static_cast<std::size_t>(std::ranges::count_if(processors_, &Processor::leads));
}

std::uint64_t Engine::behind() const {
    std::uint64_t records = 0;
    for (const auto* one : processors_) records += one->behind();
    return records;
}

bool Engine::step_claims() {
    constexpr std::int64_t moment_ms = 40;
    const auto passed_ms = now_ms() - told_at_ms_;
    const bool may_claim = passed_ms < 0 || passed_ms >= moment_ms;  // a clock may be set back
    resign_unwanted();  // what was being claimed meanwhile
    std::vector<PartitionId> claimed;
    for (auto* one : processors_) {
        const bool is_wanted = wanted_[one->at().partition];
        if (one->role() != Processor::Role::follows || !is_wanted || !may_claim) continue;
        one->claims();
        claimed.push_back(one->at());
    }
    if (claimed.empty()) return true;
    const auto owned = ports_.log.own(claimed);
    for (std::size_t i = 0; i < claimed.size(); ++i)
        if (owned[i])
            shard_of(claimed[i]).lead(claimed[i]);
        else
            processor(claimed[i]).claims_no_more();
    return std::ranges::all_of(owned, [](const auto& one) { return one.has_value(); });
}

void Engine::began_to_lead() {
    for (const auto& shard : shards_) shard->relay();
}

std::uint32_t Engine::agree_on(std::uint32_t generation) {
    std::uint32_t first = 0;
    return generation_.compare_exchange_strong(first, generation) ? generation : first;
}

// ---- inputs ----

PartitionId Engine::partition_of(std::uint8_t context, std::string_view key) const {
    return {context, holdfast::partition_of(key, settings_.partitions)};
}

bool Engine::post(Posted posted, Reply reply) {
    assert(posted.command.empty() == static_cast<bool>(posted.asks_of));
    if (in_flight_.load(std::memory_order_relaxed) >= settings_.inputs_in_flight_max) return false;
    if (posted.asked_at_ms && settings_.own_times) move_on(posted.asked_at_ms->raw());
    ++in_flight_;
    const auto to = posted.to.value_or(partition_of(posted.context, posted.key));
    if (ports_.peers && !posted.is_forwarded && !processor(to).leads())
        if (const auto leader = ports_.log.leader(to); !leader.empty()) {
            forward(leader, to, std::move(posted), std::move(reply));
            return true;
        }
    shard_of(to).post(to,
                      {{{posted.source, 0, {}, 0, 0}, std::move(posted.command), posted.asks_of},
                       std::move(reply)});
    return true;
}

void Engine::give(PartitionId to, Input input, Reply reply) {
    ++in_flight_;
    shard_of(to).post(to, {std::move(input), std::move(reply)});
}

void Engine::forward(const std::string& leader, PartitionId to, Posted posted, Reply reply) {
    const auto& asks_of = posted.asks_of;
    PeerQuestion question{
        to, std::move(posted.command), {}, {asks_of.high, asks_of.low}, generation()};
    if (posted.asked_at_ms) question.asked_at_ms = posted.asked_at_ms->raw();
    ports_.peers->ask(leader, std::move(question),
                      [this, reply = std::move(reply)](std::expected<PeerAnswer, Error> answer) {
                          reply(answered_by(std::move(answer)));
                          --in_flight_;
                      });
}

void Engine::move_on(std::int64_t own_ms) {
    auto now_ms = own_now_ms_.load();
    while (now_ms < own_ms && !own_now_ms_.compare_exchange_weak(now_ms, own_ms)) {
    }
}

void Engine::pass(PartitionId to, Input follow_up) {
    if (!processor(to).leads()) return;
    ++in_flight_;
    shard_of(to).post(to, {std::move(follow_up), {}});
}

void Engine::settled(std::size_t inputs) { in_flight_ -= inputs; }

std::size_t Engine::place(PartitionId from, PartitionId to) const {
    return place_of(from) * contexts_count * settings_.partitions + place_of(to);
}
std::uint64_t Engine::heard(PartitionId from, PartitionId to) const {
    return heard_[place(from, to)].load(std::memory_order_relaxed);
}
void Engine::hear(PartitionId from, PartitionId to, std::uint64_t n) {
    heard_[place(from, to)].store(n, std::memory_order_relaxed);
}

// ---- gateways ----

void Engine::ask(GatewayAsk ask) {
    if (asks_.begin(ask, now_ms() + settings_.policy.gateway_ms.raw())) ++in_flight_;
    GatewayRequest request;
    request.kind = static_cast<GatewayRequest::Kind>(ask.ask.kind);
    request.payment = ask.payment;
    request.operation = ask.ask.operation.raw();
    request.token = ask.ask.token.raw();
    request.amount_minor = ask.ask.amount.amount.raw();
    request.currency = ask.ask.amount.currency.raw();
    request.attempt = ask.ask.attempt;
    request.at_ms = now_ms();
    const auto gateway = ports_.gateways.find(ask.ask.gateway.raw());
    if (gateway == ports_.gateways.end())
        return answer_ask(ask, {GatewayAnswer::failed, "", "the engine has no such gateway"});
    gateway->second->ask(request, [this, ask = std::move(ask)](const GatewayAnswer& answer) {
        answer_ask(ask, answer);
    });
}

void Engine::answer_ask(const GatewayAsk& ask, const GatewayAnswer& answer) {
    wire::Command<Payment> command;
    command.envelope = wire::follow(ask.cause, answer_id(ask, answer));
    command.parts.push_back(
        {ask.payment,
         {},
         payment::RecordAnswer{ask.ask.operation, ask.ask.kind,
                               static_cast<payment::Outcome>(answer.outcome),
                               shortened<Reference::bytes_max>(answer.reference),
                               shortened<Label::bytes_max>(answer.detail)}});
    ++in_flight_;  // an input, as every one; before its ask ends, so that there is always something
    const auto to = partition_of(Payment::number, ask.payment);
    shard_of(to).post(to, {{{fb::Source::gateway, 0, {}, 0, 0}, wire::to_bytes(command)}, {}});
    if (asks_.end(ask)) --in_flight_;
}

// ---- driven ----

// A history's timers fire when a later request has come and every earlier conversation has ended:
// its requests may be sent ahead of the ones before them.
Time Engine::timers_until() const {
    if (!settings_.own_times) return known<Time>(now_ms());
    if (in_flight_ != 0 || std::ranges::any_of(processors_, &Processor::is_lost))
        return known<Time>(0);
    return known<Time>(settings_.alone ? own_now_ms_.load() : own_times_.until(now_ms()));
}

// What another engine's partition asked gateways counts here as long as it would there.
void Engine::moved(PartitionId at, const Machine& machine) {
    if (!shares_a_history()) return;
    const bool asks = at.context == Payment::number && machine.next_due();
    const bool elsewhere = !processor(at).is_ahead();
    own_times_.note(at, machine.position(),
                    asks && elsewhere ? now_ms() + settings_.policy.gateway_ms.raw() : 0);
    move_on(machine.asked_ms());
}

bool Engine::step_own_times() {
    const auto asked_ms = own_now_ms_.load();
    if (!shares_a_history() || asked_ms <= own_times_.confirmed_ms() || in_flight_ != 0)
        return true;
    if (!ports_.log.read_to_end()) return false;
    std::vector<Sequence> ends;
    ends.reserve(processors_.size());
    for (const auto* one : processors_) ends.push_back(ports_.log.durable(one->at()));
    own_times_.confirm(asked_ms, ends);
    return true;
}

std::expected<bool, Error> Engine::step(Shard& shard) {
    return shard.step(now_ms(), timers_until());
}

std::expected<bool, Error> Engine::ingest() {
    bool any = false;
    for (const auto& shard : shards_) {
        if (!shard->checkpoint().ready()) continue;
        if (const auto ingested = shard->checkpoint().ingest(); !ingested)
            return std::unexpected(ingested.error());
        shard->bell().ring();
        any = true;
    }
    return any;
}

std::optional<std::int64_t> Engine::step_gateways() {
    in_flight_ -= asks_.end_due(now_ms());
    std::optional<std::int64_t> next;
    for (const auto& [name, gateway] : ports_.gateways)
        if (const auto due = gateway->step(now_ms()); due && (!next || *due < *next)) next = due;
    return next;
}

}  // namespace holdfast
