// What is sold and for how much: the lines, charges and payments that a cart and its order share.
//
// Invariant  money is integer minor units of one currency a cart; a total is a sum, never a product
//            of rates: discounts and taxes are amounts the storefront computed.
// Limits     2,000 lines a cart, 20 discounts and 20 taxes a line, 50 charges, 10 payments; and all
//            of it takes 1,000,000 bytes at most, so that one record can tell of it several times.
#pragma once

#include <optional>

#include "engine/domain/types.h"

namespace holdfast {

struct AnyAmount : Within<0, amount_max> {};
struct AnyRate : Within<0, 10'000'000> {};
struct AnyLineQuantity : Within<1, 10'000'000> {};
using Amount = Number<AnyAmount, std::int64_t>;
using Rate = Number<AnyRate, std::int64_t>;  // parts per million, for the invoice only
using LineQuantity = Number<AnyLineQuantity, std::int64_t>;

constexpr Amount no_amount = known<Amount>(0);

// ISO 4217: three letters. The engine never converts and never divides by an exponent.
class Currency {
public:
    using Raw = std::string_view;
    static constexpr std::expected<Currency, Malformed> from(std::string_view raw) {
        if (raw.empty()) return std::unexpected(Malformed::text_is_empty);
        if (raw.size() != 3) return std::unexpected(Malformed::value_is_outside_its_range);
        for (const char c : raw)
            if (c < 'A' || c > 'Z')
                return std::unexpected(Malformed::text_has_a_forbidden_character);
        return Currency(raw);
    }
    constexpr std::string_view raw() const { return {letters_, 3}; }
    friend constexpr auto operator<=>(const Currency&, const Currency&) = default;

private:
    constexpr explicit Currency(std::string_view raw) : letters_{raw[0], raw[1], raw[2]} {}
    char letters_[3];
};

constexpr std::size_t lines_max = 2'000;
constexpr std::size_t charges_max = 50;
constexpr std::size_t payments_max = 10;
constexpr std::size_t adjustments_max = 20;
constexpr std::int64_t sale_bytes_max = 1'000'000;

// clang-format off
struct Money    { Amount amount; Currency currency;
                  auto members() { return std::tie(amount, currency); }
                  friend bool operator==(const Money&, const Money&) = default; };
struct Discount { Label label; Amount amount;
                  auto members() { return std::tie(label, amount); }
                  friend bool operator==(const Discount&, const Discount&) = default; };
struct Tax      { Label label; Rate rate_ppm; Amount amount; bool included;  // already in the price
                  auto members() { return std::tie(label, rate_ppm, amount, included); }
                  friend bool operator==(const Tax&, const Tax&) = default; };
// clang-format on

// One line. `untracked` takes no stock (a voucher, a service); a named reservation is consumed.
struct Line {
    LineId line;
    Sku sku;
    LineQuantity quantity;
    Amount unit_price;
    std::vector<Discount> discounts;
    std::vector<Tax> taxes;
    std::optional<ReservationId> reservation;
    bool untracked;
    Label label;
    auto members() {
        return std::tie(line, sku, quantity, unit_price, discounts, taxes, reservation, untracked,
                        label);
    }
    friend bool operator==(const Line&, const Line&) = default;
};

enum class ChargeKind : std::uint8_t { shipping = 1, fee };
struct Charge {
    ChargeId charge;
    ChargeKind kind;
    Label label;
    Amount amount;
    std::vector<Tax> taxes;
    auto members() { return std::tie(charge, kind, label, amount, taxes); }
    friend bool operator==(const Charge&, const Charge&) = default;
};

// How the customer means to pay: a gateway's token, or money that was taken elsewhere (outside).
struct Tender {
    Amount amount;
    GatewayToken token;
    std::optional<GatewayName> gateway;
    bool outside;
    auto members() { return std::tie(amount, token, gateway, outside); }
    friend bool operator==(const Tender&, const Tender&) = default;
};

// What a line or charge costs; nothing when its discounts exceed it or it leaves the range.
std::optional<Amount> total_of(const Line& line);
std::optional<Amount> total_of(const Charge& charge);
std::optional<Amount> total_of(const std::vector<Line>& lines, const std::vector<Charge>& charges);

// About what they take in a record.
std::int64_t bytes_of(const Line& line);
std::int64_t bytes_of(const Charge& charge);
std::int64_t bytes_of(const std::vector<Line>& lines, const std::vector<Charge>& charges);

// What `quantity` further units of a line cost, when `before` of its `whole` units were split off
// already: the parts of any split sum to the total, to the minor unit.
Amount share_of(Amount total, std::int64_t whole, std::int64_t before, std::int64_t quantity);

}  // namespace holdfast
