#include "engine/runtime/intake.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "engine/domain/contexts.h"

namespace holdfast {
namespace {

constexpr std::size_t messages_at_once = 64;  // of a partition, before the next one's turn

// What a message is known by that the process died of while it was read: no command has this id.
InputId input_id_of(PartitionId at, std::uint64_t offset) {
    return {std::uint64_t{0xffff'ffff} << 32 | packed(at), offset};
}

}  // namespace

Intake::Intake(Engine& engine, CommandSource& source, Understand understand, Metrics& metrics)
    : engine_(engine),
      source_(source),
      understand_(std::move(understand)),
      metrics_(metrics),
      reading_(engine.reading_place()) {
    for (const auto* processor : engine.processors()) {
        auto& feed = feeds_.emplace_back(*processor);
        const Labels labels{{"context", std::string(context_name(feed.at().context))}};
        feed.taken =
            &metrics.counter("holdfast_topic_commands_total",
                             "Messages of commands topics that have their record.", labels);
        const Labels of_one{labels.front(), {"partition", std::to_string(feed.at().partition)}};
        feed.lag = &metrics.gauge(
            "holdfast_topic_lag",
            "Messages of a commands topic that wait, of the partitions led here.", of_one);
        feed.stuck = &metrics.gauge(
            "holdfast_topic_stuck",
            "1 while a commands topic's partition that is led here cannot be read.", of_one);
    }
}

void Intake::on_waiting(std::function<void()> told) {
    source_.on_waiting(told);
    const std::lock_guard lock(mutex_);
    told_ = std::move(told);
}

bool Intake::step() {
    bool any = false;
    for (auto& feed : feeds_) any |= step(feed);
    reading_.end();
    return any;
}

bool Intake::step(Feed& feed) {
    if (!is_ready(feed)) return false;
    std::size_t given = 0;
    while (given < messages_at_once && has_room(feed) && give_next(feed)) ++given;
    const auto end = feed.is_begun ? source_.end_offset(feed.at()) : std::nullopt;
    if (end && !feed.kept) tell(feed, "");  // the topic answers, an empty one too
    if (end) feed.lag->set(static_cast<std::int64_t>(*end - std::min(*end, feed.next)));
    return given != 0;
}

// Whether its messages may be given: it is led here, and read from where its records end.
bool Intake::is_ready(Feed& feed) {
    if (!feed.processor.leads()) {
        stop(feed);
        tell(feed, "");
        feed.lag->set(0);
        feed.retry_at_ms = 0;
        return false;
    }
    if (feed.is_off) stop(feed);
    if (feed.is_begun) return engine_.now_ms() >= feed.retry_at_ms;
    // Where its records end is known once nothing is under way.
    if (feed.messages != 0 || engine_.now_ms() < feed.retry_at_ms) return false;
    feed.is_off = false;
    begin(feed);
    return feed.is_begun;
}

void Intake::begin(Feed& feed) {
    feed.next = feed.processor.commands_next();
    if (const auto begun = source_.begin(feed.at(), feed.next); !begun)
        return fail(feed, begun.error());
    feed.is_begun = true;
}

void Intake::stop(Feed& feed) {
    if (feed.is_begun) source_.end(feed.at());
    feed.is_begun = false;
    feed.kept.reset();
}

void Intake::fail(Feed& feed, const Error& why) {
    stop(feed);
    feed.retry_at_ms = engine_.now_ms() + after_a_failure_ms;
    tell(feed, why.detail);
}

// One line when it begins and one when it is over, however often it is tried.
void Intake::tell(Feed& feed, std::string trouble) {
    if (feed.trouble == trouble) return;
    if (trouble.empty())
        spdlog::info("event=commands_go_on partition=\"{}\"", wire::name_of(feed.at()));
    else
        spdlog::error("event=commands_stuck partition=\"{}\" why=\"{}\"", wire::name_of(feed.at()),
                      trouble);
    feed.trouble = std::move(trouble);
    feed.stuck->set(feed.trouble.empty() ? 0 : 1);
}

// A feed without room is looked at again when something of it is done.
bool Intake::has_room(Feed& feed) const {
    feed.is_full = feed.messages >= messages_max || feed.bytes >= bytes_max;
    return !feed.is_full && engine_.in_flight() < engine_.settings().inputs_in_flight_max / 2;
}

bool Intake::give_next(Feed& feed) {
    if (!feed.kept) {
        auto taken = source_.take(feed.at());
        if (!taken) return fail(feed, taken.error()), false;
        if (!*taken) return false;
        feed.kept = *std::move(taken);
    }
    const auto id = input_id_of(feed.at(), feed.kept->offset);
    const bool is_poison = reading_.is_poison(id);
    reading_.begin(id);
    auto understood = understand_(feed.at(), *feed.kept, is_poison);
    if (!understood) {
        feed.retry_at_ms = engine_.now_ms() + after_a_failure_ms;
        return tell(feed, understood.error().detail), false;
    }
    give(feed, *std::move(understood));
    return true;
}

void Intake::give(Feed& feed, Understood understood) {
    const auto offset = feed.kept->offset;
    const auto bytes = feed.kept->value.size();
    Input input{{fb::Source::commands_topic, offset, {}, 0, 0}, std::move(understood.command)};
    input.follows = std::exchange(feed.next, offset + 1);
    input.turned_away = std::move(understood.turned_away);
    feed.kept.reset();
    ++feed.messages;
    feed.bytes += bytes;
    engine_.give(feed.at(), std::move(input),
                 [this, &feed, bytes](const std::expected<Answered, Error>& answer) {
                     hear(feed, bytes, answer);
                 });
}

// By the shard's thread.
void Intake::hear(Feed& feed, std::size_t bytes, const std::expected<Answered, Error>& answer) {
    if (answer && answer->how != Taken::dropped)
        count(feed, *answer);
    else
        feed.is_off = true;
    feed.bytes -= bytes;
    --feed.messages;
    if (!feed.is_full && !feed.is_off) return;
    const std::lock_guard lock(mutex_);
    told_();
}

void Intake::count(Feed& feed, const Answered& answered) {
    constexpr std::int64_t a_line_every_ms = 1'000;
    feed.taken->add();
    if (wire::outcome_of(answered.record) != fb::Outcome::turned_away) return;
    const auto header = wire::read_header(answered.record);
    if (!header || !header->objection) return;
    const auto& why = header->objection->name;
    metrics_
        .counter("holdfast_topic_commands_turned_away_total",
                 "Messages of commands topics of which nothing was decided.",
                 {{"context", std::string(context_name(feed.at().context))}, {"reason", why}})
        .add();
    const std::lock_guard lock(mutex_);
    if (engine_.now_ms() < logged_at_ms_ + a_line_every_ms) {
        ++not_logged_;
        return;
    }
    spdlog::warn(
        "event=command_turned_away partition=\"{}\" offset={} reason={} client=\"{}\" "
        "others={}",
        wire::name_of(feed.at()), header->origin.position, why, header->envelope.client,
        std::exchange(not_logged_, 0));
    logged_at_ms_ = engine_.now_ms();
}

}  // namespace holdfast
