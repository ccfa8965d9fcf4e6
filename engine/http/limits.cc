#include "engine/http/limits.h"

#include <algorithm>
#include <array>

namespace holdfast::http {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t clients_max = 65'536;
constexpr std::string_view everybody_else;  // no client has an empty name

std::uint32_t seconds_of(std::int64_t nanoseconds) {
    return static_cast<std::uint32_t>((nanoseconds + second - 1) / second);
}

}  // namespace

// Who owes nothing is as good as unknown. At most once a second: it looks at all of them.
void RateLimits::tidy(Nanoseconds now) {
    if (now - tidied_at_ < second) return;
    tidied_at_ = now;
    std::erase_if(accounts_, [&](const auto& account) { return account.second <= now; });
}

RateLimits::Nanoseconds& RateLimits::paid_at(std::string_view client, Nanoseconds now) {
    if (const auto found = accounts_.find(client); found != accounts_.end()) return found->second;
    if (accounts_.size() >= clients_max) tidy(now);
    if (accounts_.size() >= clients_max) client = everybody_else;
    return accounts_.try_emplace(std::string(client), now).first->second;
}

Account RateLimits::charge(std::string_view client, std::uint32_t cost,
                           std::chrono::steady_clock::time_point now) {
    const Nanoseconds share = second / limit_.per_second, full = share * limit_.burst;
    const Nanoseconds at = std::chrono::nanoseconds(now.time_since_epoch()).count();
    const Nanoseconds price = share * std::min(cost, limit_.burst);
    const std::scoped_lock lock(mutex_);
    auto& paid = paid_at(client, at);
    const Nanoseconds debt = std::max<Nanoseconds>(paid - at, 0);
    const bool is_within = debt + price <= full;
    const Nanoseconds owed = is_within ? debt + price : debt;
    paid = at + owed;
    return {is_within, static_cast<std::uint32_t>((full - owed) / share), seconds_of(owed),
            is_within ? 0 : seconds_of(debt + price - full)};
}

void RateLimits::describe(const Account& account, Response& to) const {
    const auto window = std::max(1U, limit_.burst / limit_.per_second);
    to.header("RateLimit-Policy",
              "\"client\";q=" + std::to_string(limit_.burst) + ";w=" + std::to_string(window));
    to.header("RateLimit", "\"client\";r=" + std::to_string(account.remaining) +
                               ";t=" + std::to_string(account.full_again_s));
    if (!account.is_within) to.header("Retry-After", std::to_string(account.retry_after_s));
}

// Carts may fill half of the places, reservations three quarters, checkouts all of them.
InFlight::Place InFlight::enter(Shedding shedding) {
    const std::array<std::uint32_t, 4> most{most_ / 2, most_ / 4 * 3, most_, UINT32_MAX};
    const auto before = now_.fetch_add(1, std::memory_order_relaxed);
    Place place(this);
    if (before >= most[static_cast<std::size_t>(shedding)]) place.reset();
    return place;
}

}  // namespace holdfast::http
