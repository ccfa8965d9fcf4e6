// SandboxGateway: the gateway that is built in. It moves no money; what it answers is written on
// the token, so that a storefront can try every outcome before it has a contract with anyone.
//
//   tok_approve, and any other tok_...   succeeds
//   tok_decline                          the authorization fails: the card was declined
//   tok_capture_fails                    authorizes, and every capture fails
//   tok_void_fails, tok_refund_fails     likewise
//   tok_unknown_then_approve             answers unknown; succeeds when it is asked again
//   tok_slow                             succeeds, 3 s late
//   tok_timeout                          never answers
//   anything else                        fails: it is a token of some real gateway
//
// Invariant  an answer depends on the request alone, so a repeat gets the same one after any crash.
// Order      answers that are due together come in the order they were asked for.
// Threading  as the port; without latency an answer comes inside ask(), otherwise inside step().
#pragma once

#include <map>
#include <mutex>

#include "engine/ports/payment_gateway.h"

namespace holdfast::sandbox {

class SandboxGateway final : public PaymentGateway {
public:
    explicit SandboxGateway(std::int64_t latency_ms) : latency_ms_(latency_ms) {}

    void ask(const GatewayRequest& request,
             std::function<void(const GatewayAnswer&)> answer) override;
    std::optional<std::int64_t> step(std::int64_t now_ms) override;

private:
    struct Due {
        GatewayAnswer what;
        std::function<void(const GatewayAnswer&)> answer;
    };
    std::int64_t latency_ms_;
    std::mutex mutex_;
    std::multimap<std::int64_t, Due> due_;  // by the time to answer
};

}  // namespace holdfast::sandbox
