// Limits: how much one client may ask, and how much may be under way at once.
//
// Threading  any thread.
// Limits     remembers 65,536 clients with a debt; beyond them, all others share one bucket.
// Source     draft-ietf-httpapi-ratelimit-headers; GCRA (ITU-T I.371) as the token bucket.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/http/message.h"

namespace holdfast::http {

struct RateLimit {
    static constexpr std::uint32_t most = 1'000'000;  // of both
    std::uint32_t per_second = 0;                     // 0: no limit
    std::uint32_t burst = 1;                          // how many may come at once, at least one
};

// One client's account after a request was charged to it, or could not be.
struct Account {
    bool is_within = true;
    std::uint32_t remaining = 0;
    std::uint32_t full_again_s = 0;
    std::uint32_t retry_after_s = 0;
};

class RateLimits {
public:
    explicit RateLimits(RateLimit limit) : limit_(limit) {}
    bool is_limited() const { return limit_.per_second != 0; }

    // `cost`: how many requests this one counts as, at most the burst.
    Account charge(std::string_view client, std::uint32_t cost,
                   std::chrono::steady_clock::time_point now);
    void describe(const Account& account, Response& to) const;

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Nanoseconds = std::int64_t;
    void tidy(Nanoseconds now);
    Nanoseconds& paid_at(std::string_view client, Nanoseconds now);

    RateLimit limit_;
    std::mutex mutex_;
    Nanoseconds tidied_at_ = 0;
    // When a client's debt is paid: each request adds its share of a second.
    std::unordered_map<std::string, Nanoseconds, Hash, std::equal_to<>> accounts_;
};

// Who goes first when there is too much: the first named is shed first.
enum class Shedding : std::uint8_t { carts, reservations, checkouts, never };

class InFlight {
public:
    explicit InFlight(std::uint32_t most) : most_(most) {}

    // A place among what is under way, given back when it goes; null when there is none.
    struct Leave {
        void operator()(InFlight* place) const {
            place->now_.fetch_sub(1, std::memory_order_relaxed);
        }
    };
    using Place = std::unique_ptr<InFlight, Leave>;

    Place enter(Shedding shedding);
    std::uint32_t now() const { return now_.load(std::memory_order_relaxed); }

private:
    std::uint32_t most_;
    std::atomic<std::uint32_t> now_ = 0;
};

}  // namespace holdfast::http
