// What a context answers to a command, and what it may know besides its state and the command.
//
// Invariant  nothing here changes while decisions are made but `now`, which is in the record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/domain/types.h"

namespace holdfast {

// The business says no: why, the number the client needs to go on, and what it is about.
template <class Rejection> struct Refusal {
    Rejection why;
    std::int64_t detail = 0;
    std::string subject;
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

// The events of an accepted command (none when the wish is already fulfilled), or why not.
template <class Event, class Rejection>
using Decided = std::expected<std::vector<Event>, Refusal<Rejection>>;

// Moves each event in. An initializer list would copy them, and their vectors with them.
template <class Event, class... Events> std::vector<Event> list_of(Events&&... events) {
    std::vector<Event> list;
    list.reserve(sizeof...(events));
    (list.emplace_back(std::forward<Events>(events)), ...);
    return list;
}

// What kind of no a rejection is, for whoever answers it in another language.
enum class Answer : std::uint8_t { conflict, missing, invalid, declined };

// A rejection as clients know it: its name, its kind, and what its detail counts ("" for nothing).
template <class Rejection> struct Explained {
    Rejection why;
    std::string_view name;
    Answer answer;
    std::string_view detail;
};

// Whether a table of explanations has its rejections in their order, so that a number is a place.
template <class Rejection, std::size_t N>
consteval bool in_order(const Explained<Rejection> (&rows)[N]) {
    for (std::size_t i = 0; i < N; ++i)
        if (static_cast<std::size_t>(rows[i].why) != i + 1) return false;
    return true;
}

enum class CaptureWhen : std::uint8_t { at_confirmation = 1, at_shipment };

// The server's settings that decisions use. Kept in the log; a decision names its number.
struct Policy {
    std::uint32_t number = 1;
    Duration reservation_ttl_ms = known<Duration>(600'000);
    Duration reservation_ttl_max_ms = known<Duration>(86'400'000);
    Duration claim_ms = known<Duration>(3'600'000);   // an order's hold, before stock asks after it
    Duration checkout_ms = known<Duration>(900'000);  // an order not paid by then is given up
    Duration gateway_ms = known<Duration>(30'000);  // a gateway's answer, before it is asked again
    CaptureWhen capture = CaptureWhen::at_shipment;
    auto members() {
        return std::tie(number, reservation_ttl_ms, reservation_ttl_max_ms, claim_ms, checkout_ms,
                        gateway_ms, capture);
    }
    friend bool operator==(const Policy&, const Policy&) = default;
};

namespace stock {
class Locations;
}

struct Terms {
    Time now;
    std::uint16_t partitions;
    const Policy& policy;
    const stock::Locations& locations;
    bool seen_before = false;  // the command's natural id was used once already
};

}  // namespace holdfast
