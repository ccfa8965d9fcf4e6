// Values that cannot be mistaken for one another, and what every context shares.
//
// Invariant  a value that exists obeys its kind's rule; from() is the only door.
// Limits     each kind says its own: characters in bytes, times in milliseconds since 1970 UTC.
#pragma once

#include <cassert>
#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace holdfast {

enum class Malformed : std::uint8_t {
    value_is_outside_its_range = 1,
    text_is_empty,
    text_is_too_long,
    text_is_not_utf8,
    text_has_a_forbidden_character,
    list_is_too_long,
    field_is_missing,
    field_is_unknown,
    field_has_the_wrong_type,
    message_is_unknown,
    bytes_are_damaged,
    text_is_not_json,
    nesting_is_too_deep,
    field_is_repeated,
    field_is_not_as_given,
    card_number_is_not_accepted,
};

// ---- numbers ----

template <class Kind, class Representation> class Number {
public:
    using Raw = Representation;
    static constexpr std::expected<Number, Malformed> from(Raw raw) {
        if (!Kind::allows(raw)) return std::unexpected(Malformed::value_is_outside_its_range);
        return Number(raw);
    }
    constexpr Raw raw() const { return raw_; }
    friend constexpr auto operator<=>(Number, Number) = default;

    // Sums of one kind stay of that kind; leaving its range is a bug, not an input.
    friend constexpr Number operator+(Number a, Number b) { return checked(a.raw_ + b.raw_); }
    friend constexpr Number operator-(Number a, Number b) { return checked(a.raw_ - b.raw_); }
    constexpr Number& operator+=(Number other) { return *this = *this + other; }
    constexpr Number& operator-=(Number other) { return *this = *this - other; }

private:
    constexpr explicit Number(Raw raw) : raw_(raw) {}
    static constexpr Number checked(Raw raw) {
        assert(Kind::allows(raw));
        return Number(raw);
    }
    Raw raw_;
};

template <std::int64_t Min, std::int64_t Max> struct Within {
    static constexpr std::int64_t min = Min, max = Max;
    static constexpr bool allows(std::int64_t raw) { return raw >= Min && raw <= Max; }
};

constexpr std::int64_t units_max = 1'000'000'000'000;
constexpr std::int64_t quantity_max = 1'000'000'000;
constexpr std::int64_t amount_max = 1'000'000'000'000'000;
constexpr std::int64_t time_max_ms = 253'402'300'799'999;  // the last millisecond of year 9999

struct AnyUnits : Within<0, units_max> {};
struct AnyQuantity : Within<1, quantity_max> {};
struct AnyChange : Within<-quantity_max, quantity_max> {};
struct AnyTime : Within<0, time_max_ms> {};
struct AnyDuration : Within<0, 31'536'000'000> {};
struct AnyPriority : Within<0, 1'000'000> {};

using Units = Number<AnyUnits, std::int64_t>;        // a count of pieces, may be none
using Quantity = Number<AnyQuantity, std::int64_t>;  // a count that somebody asked for
using Change = Number<AnyChange, std::int64_t>;      // a count up or down
using Time = Number<AnyTime, std::int64_t>;
using Duration = Number<AnyDuration, std::int64_t>;  // milliseconds, up to a year
using Priority = Number<AnyPriority, std::int64_t>;  // 0 comes first
using Version = std::uint64_t;                       // events applied to a stream

// A literal the author knows to be valid.
template <class T> constexpr T known(typename T::Raw raw) { return T::from(raw).value(); }

constexpr Units no_units = known<Units>(0);
constexpr Units units(Quantity quantity) { return known<Units>(quantity.raw()); }
constexpr Time later(Time time, Duration by) {
    return known<Time>(time.raw() > time_max_ms - by.raw() ? time_max_ms : time.raw() + by.raw());
}

// ---- names ----

constexpr bool is_id_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~' || c == ':' || c == '+';
}

// A short name of letters, digits and -_.~:+ that stands in a path as it is. Held in place: no
// allocation, copied as plain bytes.
template <class Kind> class Id {
public:
    using Raw = std::string_view;
    static constexpr std::size_t bytes_max = Kind::bytes_max;

    static constexpr std::expected<Id, Malformed> from(std::string_view raw) {
        if (raw.empty()) return std::unexpected(Malformed::text_is_empty);
        if (raw.size() > bytes_max) return std::unexpected(Malformed::text_is_too_long);
        for (const char c : raw)
            if (!is_id_character(c))
                return std::unexpected(Malformed::text_has_a_forbidden_character);
        return Id(raw);
    }
    constexpr std::string_view raw() const { return {bytes_, size_}; }
    friend constexpr auto operator<=>(const Id& a, const Id& b) { return a.raw() <=> b.raw(); }
    friend constexpr bool operator==(const Id& a, const Id& b) { return a.raw() == b.raw(); }

private:
    constexpr explicit Id(std::string_view raw) : size_(static_cast<std::uint8_t>(raw.size())) {
        for (std::size_t i = 0; i < raw.size(); ++i) bytes_[i] = raw[i];
    }
    std::uint8_t size_;
    char bytes_[bytes_max] = {};
};

template <std::size_t Max> struct Named {
    static constexpr std::size_t bytes_max = Max;
};
struct AnySku : Named<40> {};
struct AnyLocation : Named<40> {};
struct AnyReservation : Named<40> {};
struct AnyMovement : Named<40> {};
struct AnyCart : Named<36> {};
struct AnyOrder : Named<36> {};
struct AnyLine : Named<40> {};
struct AnyCharge : Named<40> {};
struct AnyPayment : Named<40> {};
struct AnyOperation : Named<40> {};
struct AnyFulfillment : Named<40> {};
struct AnyShipment : Named<40> {};
struct AnyCancellation : Named<40> {};
struct AnyReturn : Named<40> {};
struct AnyCustomer : Named<40> {};
struct AnySubject : Named<40> {};
struct AnyGateway : Named<40> {};

using Sku = Id<AnySku>;
using LocationId = Id<AnyLocation>;
using ReservationId = Id<AnyReservation>;
using MovementId = Id<AnyMovement>;
using CartId = Id<AnyCart>;
using OrderId = Id<AnyOrder>;
using LineId = Id<AnyLine>;
using ChargeId = Id<AnyCharge>;
using PaymentId = Id<AnyPayment>;
using OperationId = Id<AnyOperation>;  // one authorization, capture, void or refund of a payment
using FulfillmentId = Id<AnyFulfillment>;
using ShipmentId = Id<AnyShipment>;
using CancellationId = Id<AnyCancellation>;
using ReturnId = Id<AnyReturn>;
using CustomerId = Id<AnyCustomer>;  // a pseudonym, never a name or an address
using SubjectId = Id<AnySubject>;    // whose key seals personal data
using GatewayName = Id<AnyGateway>;

// ---- text ----

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
constexpr bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) return false;
        if (length > text.size() - i) return false;
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            const bool first = k == 1;
            const unsigned low = first && lead == 0xe0 ? 0xa0 : first && lead == 0xf0 ? 0x90 : 0x80;
            const unsigned high = first && lead == 0xed   ? 0x9f
                                  : first && lead == 0xf4 ? 0x8f
                                                          : 0xbf;
            if (next < low || next > high) return false;
        }
        i += length;
    }
    return true;
}
constexpr bool has_a_control_character(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
    return false;
}

// Free text of at most Max bytes; may be empty; no control characters.
template <std::size_t Max> class Text {
public:
    using Raw = std::string_view;
    static constexpr std::size_t bytes_max = Max;

    Text() = default;
    static constexpr std::expected<Text, Malformed> from(std::string_view raw) {
        if (raw.size() > Max) return std::unexpected(Malformed::text_is_too_long);
        if (!is_utf8(raw)) return std::unexpected(Malformed::text_is_not_utf8);
        if (has_a_control_character(raw))
            return std::unexpected(Malformed::text_has_a_forbidden_character);
        Text text;
        text.text_ = raw;
        return text;
    }
    constexpr std::string_view raw() const { return text_; }
    bool empty() const { return text_.empty(); }
    friend auto operator<=>(const Text&, const Text&) = default;

private:
    std::string text_;
};
using Label = Text<200>;
using Reference = Text<200>;
using CountryName = Text<60>;
using GatewayToken = Text<200>;

// ---- personal data ----

constexpr std::size_t sealed_bytes_max = 16 * 1024;

// Personal data, encrypted at the edge under its subject's key: opaque to every decision.
struct Sealed {
    SubjectId subject;
    std::vector<std::uint8_t> box;
    friend bool operator==(const Sealed&, const Sealed&) = default;
    auto members() { return std::tie(subject, box); }
};

}  // namespace holdfast
