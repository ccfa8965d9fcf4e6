// PaymentGateway: one that moves money and is asked from outside the deterministic core.
//
// Invariant  a payment's and an operation's id together are the gateway's idempotency key: asked
//            again, it happens once and the definite answer stays the same. Only an `unknown` may
//            become definite later.
// Order      none: answers come in any order, twice, late or never.
// Lifetime   `answer` is kept until it is called or the gateway is destroyed.
// Threading  ask(), step(): by any thread. `answer` is called by the gateway's own threads, or
//            inside ask() or step(): it takes no lock that its caller may hold.
// Limits     token, reference and detail at most 200 bytes of UTF-8; never a card number.
// Errors     none: what went wrong between here and the gateway is an `unknown` with its detail, or
//            `failed` when it is certain that nothing was sent.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace holdfast {

struct GatewayRequest {
    enum Kind : std::uint8_t { authorization = 1, capture, void_, refund };
    Kind kind = authorization;
    std::string payment;    // its id: what ties a capture, void or refund to its authorization
    std::string operation;  // its id within the payment
    std::string token;      // the gateway's own name for the card or account
    std::int64_t amount_minor = 0;
    std::string currency;       // ISO 4217
    std::uint32_t attempt = 1;  // how often this operation has been asked, with this time
    std::int64_t at_ms = 0;     // the asker's clock
};

struct GatewayAnswer {
    // unknown: it may or may not have happened; ask again with the same operation.
    enum Outcome : std::uint8_t { succeeded = 1, failed, unknown };
    Outcome outcome = unknown;
    std::string reference;  // the gateway's name for what it did
    std::string detail;     // why not, for people
};

class PaymentGateway {
public:
    virtual ~PaymentGateway() = default;

    virtual void ask(const GatewayRequest& request,
                     std::function<void(const GatewayAnswer&)> answer) = 0;

    // Gives the answers that are due; says when the next one here is. A gateway with threads of its
    // own has nothing to do in it.
    virtual std::optional<std::int64_t> step(std::int64_t now_ms) = 0;
};

}  // namespace holdfast
