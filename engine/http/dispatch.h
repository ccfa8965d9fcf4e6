// Dispatch: from a received request to its row's handler, past everything that may refuse it: what
// is asked, how much is under way, what its headers say, who asks, how often, with what body.
//
// Order      cheap refusals first; nothing is charged to a client before it is known who it is.
// Lifetime   longer than the Server that calls it.
// Threading  any thread.
#pragma once

#include <array>
#include <chrono>
#include <memory>

#include "engine/http/credentials.h"
#include "engine/http/limits.h"
#include "engine/http/router.h"
#include "engine/ports/clock.h"
#include "engine/ports/metrics.h"

namespace holdfast::http {

struct DispatchSettings {
    RateLimit rate_limit = {};
    std::uint32_t in_flight_max = 2'048;
};

class Dispatch {
public:
    // What it needs and does not own.
    struct Uses {
        Credentials& credentials;
        const Clock& clock;
        Metrics& metrics;
    };
    Dispatch(std::vector<Row> rows, DispatchSettings settings, Uses uses);

    const Router& router() const { return router_; }
    std::uint32_t in_flight() const { return in_flight_.now(); }
    Task<Response> answer(const Received& received);
    // Why not even the body of the request that begins so is to be read, if so.
    std::optional<Problem> objection_to(const Received& header);

private:
    using Time = std::chrono::steady_clock::time_point;

    // A request on its way to its handler.
    struct Visit {
        explicit Visit(const Received& received) : request{received, {}, {}, {}, {}} {}
        const Time began = std::chrono::steady_clock::now();
        const Row* row = nullptr;
        Request request;
        InFlight::Place place;
        std::optional<Account> account;
    };
    struct Measured {
        std::array<Counter*, 5> by_class{};  // 1xx to 5xx
        Histogram* latency = nullptr;
    };

    // What is to be answered instead of asking the row's handler.
    std::optional<Response> refuse(Visit& visit);
    std::optional<Response> find(Visit& visit);
    std::optional<Problem> identify(Visit& visit);
    std::expected<PrincipalPointer, Problem> who_asks(std::string_view authorization,
                                                      Scopes needed);
    std::optional<Problem> charge(Visit& visit);
    Measured measured(std::string_view method, std::string_view route);
    void finish(const Visit& visit, Response& response);

    Router router_;
    RateLimits rate_limits_;
    InFlight in_flight_;
    Uses uses_;
    std::vector<Measured> measured_;  // as the router's rows, and one for what is no row's
    std::array<Counter*, 3> shed_{};
};

}  // namespace holdfast::http
