// SimulatedGateway: a bad line to another gateway. By its seed a request is lost or comes late, an
// answer is lost, comes late, twice, or as `unknown` although something happened.
//
// Invariant  the same seed and calls give the same answers. happened() is what the gateway behind
//            the line did, whoever heard of it.
// Threading  one thread.
#pragma once

#include <map>
#include <string>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/payment_gateway.h"

namespace holdfast::simulated {

// Each is how often in 1,000.
struct GatewayFaults {
    std::uint32_t lost = 0;         // requests, and answers
    std::uint32_t unknown = 0;      // answers
    std::uint32_t twice = 0;        // answers
    std::uint32_t late_ms_max = 0;  // each way
};

class SimulatedGateway final : public PaymentGateway {
public:
    struct Operation {
        GatewayRequest request;
        GatewayAnswer answer;
    };

    using Id = std::pair<std::string, std::string>;  // a payment's, and its operation's

    SimulatedGateway(PaymentGateway& behind, std::uint64_t seed, GatewayFaults faults)
        : behind_(behind), random_(seed), faults_(faults) {}

    void ask(const GatewayRequest& request,
             std::function<void(const GatewayAnswer&)> answer) override;
    std::optional<std::int64_t> step(std::int64_t now_ms) override;

    void set_faults(GatewayFaults faults) { faults_ = faults; }

    // The asker died: what is on the line still happens, and nobody hears of it.
    void hang_up() { ++line_; }

    // Every operation that has ended behind the line: each has happened once.
    const std::map<Id, Operation>& happened() const { return happened_; }

private:
    using Answer = std::function<void(const GatewayAnswer&)>;

    std::int64_t through_ms() {
        return now_ms_ + static_cast<std::int64_t>(random_.up_to(faults_.late_ms_max));
    }
    void reach(const GatewayRequest& request, const Answer& answer);
    void come_back(const GatewayRequest& request, const GatewayAnswer& what, const Answer& answer);

    PaymentGateway& behind_;
    Seeded random_;
    GatewayFaults faults_;
    std::uint32_t line_ = 0;
    std::int64_t now_ms_ = 0;
    std::multimap<std::int64_t, std::function<void()>> due_;  // on the line, by when it is through
    std::map<Id, Operation> happened_;
};

}  // namespace holdfast::simulated
