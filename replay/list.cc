#include "replay/list.h"

#include <algorithm>
#include <chrono>

#include "engine/wire/fields.h"
#include "engine/wire/json_decision.h"

namespace holdfast::replay {
namespace {

std::unexpected<Error> refuse(const std::string& what) {
    return std::unexpected(Error{Error::refused, what});
}

template <class Event> bool names(std::string_view name) {
    return []<std::size_t... I>(std::string_view wanted, std::index_sequence<I...>) {
        return ((wire::name_of<std::variant_alternative_t<I, Event>>() == wanted) || ...);
    }(name, std::make_index_sequence<std::variant_size_v<Event>>());
}

bool is_event(const Filter& filter) {
    return [&]<class... C>(std::type_identity<std::tuple<C...>>) {
        return (((filter.context.empty() || filter.context == C::name) &&
                 names<typename C::Event>(filter.event)) ||
                ...);
    }(std::type_identity<Contexts>{});
}

std::expected<void, Error> check(const Filter& filter, std::span<const PartitionId> partitions) {
    if (partitions.empty()) return {};
    const auto last = partitions.back().partition;
    if (filter.partition && *filter.partition > last)
        return refuse("--partition " + std::to_string(*filter.partition) + ": the log has 0 to " +
                      std::to_string(last));
    return {};
}

// The commands of a record that decided nothing; empty when it did, or they cannot be read.
std::string undecided(const wire::JsonDecision& decision) {
    const auto& raw = decision.header.raw;
    if (raw.empty()) return {};
    return wire::commands_from(decision.context, std::as_bytes(std::span(raw))).value_or("");
}

// What is left of a listing: the lines go to `to`.
class Listing {
public:
    Listing(const Filter& filter, std::FILE* to)
        : filter_(filter), event_("{\"type\":\"" + filter.event + "\""), to_(to) {}

    bool is_full() const { return filter_.limit != 0 && listed_ == filter_.limit; }
    std::size_t listed() const { return listed_; }
    std::expected<void, Error> show(PartitionId at, Sequence sequence, wire::RecordView record);

private:
    bool holds(const wire::JsonDecision& decision) const;
    bool wants_decisions_only() const {
        return !filter_.stream.empty() || !filter_.event.empty() || !filter_.client.empty() ||
               filter_.refused_only || filter_.since_ms || filter_.before_ms;
    }
    void print(PartitionId at, Sequence sequence, const std::string& rest);

    const Filter& filter_;
    std::string event_;
    std::FILE* to_;
    std::size_t listed_ = 0;
};

bool Listing::holds(const wire::JsonDecision& decision) const {
    const auto any = [&](auto test) { return std::ranges::any_of(decision.parts, test); };
    const auto& header = decision.header;
    if (!filter_.client.empty() && header.envelope.client != filter_.client) return false;
    if (filter_.refused_only && header.outcome == fb::Outcome::accepted) return false;
    if (filter_.since_ms && header.at_ms.raw() < *filter_.since_ms) return false;
    if (filter_.before_ms && header.at_ms.raw() >= *filter_.before_ms) return false;
    if (!filter_.stream.empty() &&
        !any([&](const auto& part) { return part.key == filter_.stream; }) &&
        undecided(decision).find("{\"key\":\"" + filter_.stream + "\"") == std::string::npos)
        return false;
    return filter_.event.empty() ||
           any([&](const auto& part) { return part.events.find(event_) != std::string::npos; });
}

std::string time_text(std::int64_t at_ms) {
    using namespace std::chrono;
    const sys_time<milliseconds> at{milliseconds(at_ms)};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss time(floor<milliseconds>(at - day));
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
                  unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                  int(time.minutes().count()), int(time.seconds().count()),
                  int(time.subseconds().count()));
    return text;
}

// The names of the events: "Reserved, Claimed".
std::string events_of(const wire::JsonDecided& part) {
    constexpr std::string_view type = "{\"type\":\"";
    std::string names;
    for (auto at = part.events.find(type); at != std::string::npos;
         at = part.events.find(type, at + 1)) {
        const auto name = at + type.size();
        names += (names.empty() ? "" : ", ") +
                 part.events.substr(name, part.events.find('"', name) - name);
    }
    return names.empty() ? "nothing new" : names;
}

// " 2010-12-01T08:26:00.000Z accepted: A-1 Reserve -> Reserved"
std::string brief(const wire::JsonDecision& decision) {
    auto line = " " + time_text(decision.header.at_ms.raw()) + " " +
                std::string(wire::name_of(decision.header.outcome));
    for (const auto& part : decision.parts) {
        line += (&part == decision.parts.data() ? ": " : "; ") + part.key + " " +
                std::string(part.message) + " -> ";
        line += part.refusal ? std::string(part.refusal->name) : events_of(part);
    }
    const auto left = undecided(decision);
    return left.empty() ? line : line + ": " + left;
}

std::expected<void, Error> Listing::show(PartitionId at, Sequence sequence,
                                         wire::RecordView record) {
    if (record.kind != fb::RecordKind::decision) {
        if (wants_decisions_only()) return {};
        const std::string kind(wire::name_of(record.kind));
        print(at, sequence, filter_.brief ? " " + kind : "\"kind\":\"" + kind + "\"}");
        return {};
    }
    const auto decision =
        wire::decision_from(at.context, record.bytes, wire::Wanted::everything, nullptr);
    if (!decision) return fault(at, sequence, Error{Error::damaged, "it cannot be read"});
    if (holds(*decision))
        print(at, sequence, filter_.brief ? brief(*decision) : wire::to_json(*decision).substr(1));
    return {};
}

void Listing::print(PartitionId at, Sequence sequence, const std::string& rest) {
    const auto where = wire::name_of(at);
    const auto number = static_cast<unsigned long long>(sequence);
    if (filter_.brief)
        std::fprintf(to_, "%s %llu%s\n", where.c_str(), number, rest.c_str());
    else
        std::fprintf(to_, "{\"at\":\"%s\",\"sequence\":%llu,%s\n", where.c_str(), number,
                     rest.c_str());
    ++listed_;
}

}  // namespace

std::expected<std::int64_t, Error> time_from(const std::string& text) {
    using namespace std::chrono;
    int year = 0, end = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const auto size = static_cast<int>(text.size());
    const bool whole = std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2uZ%n", &year, &month, &day,
                                   &hour, &minute, &second, &end) == 6 &&
                       end == size;
    end = whole ? end : 0;
    if (!whole) hour = minute = second = 0;
    const bool date_only =
        !whole && std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &end) == 3 &&
        end == size;
    const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                              std::chrono::day(day)};
    if ((!whole && !date_only) || !date.ok() || hour > 23 || minute > 59 || second > 59)
        return refuse(text + " is no time: write 2010-12-01 or 2010-12-01T08:26:00Z");
    const auto at = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
    return duration_cast<milliseconds>(at.time_since_epoch()).count();
}

std::expected<void, Error> check(const Filter& filter) {
    if (filter.event.empty() || is_event(filter)) return {};
    return refuse("--event " + filter.event + ": there is no such event" +
                  (filter.context.empty() ? "" : " in " + filter.context));
}

std::expected<std::size_t, Error> list(const EventLog& log, const Filter& filter, Watch& watch,
                                       std::FILE* to) {
    const auto partitions = partitions_of(log);
    if (!partitions) return std::unexpected(partitions.error());
    if (const auto good = check(filter, *partitions); !good) return std::unexpected(good.error());
    Listing listing(filter, to);
    for (const auto at : *partitions) {
        if (filter.partition && at.partition != *filter.partition) continue;
        if (!filter.context.empty() && !wire::name_of(at).starts_with(filter.context + " "))
            continue;
        const auto walked = each_batch(
            log, at, filter.from,
            [&](const wire::BatchView& batch, const Bytes&) -> std::expected<bool, Error> {
                if (const auto go_on = watch.at(wire::name_of(at), batch.header().first); !go_on)
                    return std::unexpected(go_on.error());
                std::expected<void, Error> shown;
                batch.each([&](Sequence sequence, wire::RecordView record) {
                    if (sequence >= filter.from) shown = listing.show(at, sequence, record);
                    return shown && !listing.is_full();
                });
                if (!shown) return std::unexpected(shown.error());
                return !listing.is_full();
            });
        if (!walked) return std::unexpected(walked.error());
        if (listing.is_full()) break;
    }
    return listing.listed();
}

}  // namespace holdfast::replay
