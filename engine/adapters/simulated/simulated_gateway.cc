#include "engine/adapters/simulated/simulated_gateway.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace holdfast::simulated {

void SimulatedGateway::ask(const GatewayRequest& request, Answer answer) {
    now_ms_ = std::max(now_ms_, request.at_ms);
    if (random_.happens(faults_.lost)) return;
    const auto hear = [this, line = line_, answer = std::move(answer)](const GatewayAnswer& what) {
        if (line == line_) answer(what);
    };
    due_.emplace(through_ms(), [this, request, hear] { reach(request, hear); });
}

std::optional<std::int64_t> SimulatedGateway::step(std::int64_t now_ms) {
    now_ms_ = std::max(now_ms_, now_ms);
    while (!due_.empty() && due_.begin()->first <= now_ms_) {
        const auto through = due_.extract(due_.begin());
        through.mapped()();
    }
    const auto behind = behind_.step(now_ms_);
    if (due_.empty()) return behind;
    return std::min(due_.begin()->first, behind.value_or(due_.begin()->first));
}

void SimulatedGateway::reach(const GatewayRequest& request, const Answer& answer) {
    auto on_time = request;
    on_time.at_ms = now_ms_;
    behind_.ask(on_time, [this, request, answer](const GatewayAnswer& what) {
        come_back(request, what, answer);
    });
}

void SimulatedGateway::come_back(const GatewayRequest& request, const GatewayAnswer& what,
                                 const Answer& answer) {
    if (what.outcome != GatewayAnswer::unknown) {
        const auto first =
            happened_.try_emplace({request.payment, request.operation}, Operation{request, what})
                .first;
        assert(first->second.answer.outcome == what.outcome);
    }
    const auto send = [&](const GatewayAnswer& heard) {
        due_.emplace(through_ms(), [answer, heard] { answer(heard); });
    };
    const auto heard = random_.happens(faults_.unknown)
                           ? GatewayAnswer{GatewayAnswer::unknown, {}, "the connection broke"}
                           : what;
    if (!random_.happens(faults_.lost)) send(heard);
    if (random_.happens(faults_.twice)) send(heard);
}

}  // namespace holdfast::simulated
