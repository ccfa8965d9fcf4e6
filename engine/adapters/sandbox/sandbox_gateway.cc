#include "engine/adapters/sandbox/sandbox_gateway.h"

#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::sandbox {
namespace {

constexpr std::int64_t slow_ms = 3'000;

GatewayAnswer failed(std::string why) { return {GatewayAnswer::failed, {}, std::move(why)}; }

GatewayAnswer succeeded(const GatewayRequest& request) {
    return {GatewayAnswer::succeeded, "sandbox:" + request.payment + ":" + request.operation, {}};
}

// Nothing: it never answers.
std::optional<GatewayAnswer> answer_to(const GatewayRequest& request) {
    using Kind = GatewayRequest::Kind;
    const std::string_view token = request.token;
    const auto asks = [&](Kind kind, std::string_view of) {
        return request.kind == kind && token == of;
    };
    if (!token.starts_with("tok_"))
        return failed("the sandbox knows only tokens that begin with tok_");
    if (token == "tok_timeout") return std::nullopt;
    if (asks(Kind::authorization, "tok_decline")) return failed("the card was declined");
    if (asks(Kind::capture, "tok_capture_fails")) return failed("the capture was refused");
    if (asks(Kind::void_, "tok_void_fails")) return failed("the void was refused");
    if (asks(Kind::refund, "tok_refund_fails")) return failed("the refund was refused");
    if (token == "tok_unknown_then_approve" && request.attempt < 2)
        return GatewayAnswer{GatewayAnswer::unknown, {}, "the connection broke; ask again"};
    return succeeded(request);
}

}  // namespace

void SandboxGateway::ask(const GatewayRequest& request,
                         std::function<void(const GatewayAnswer&)> answer) {
    auto what = answer_to(request);
    if (!what) return;
    const auto wait_ms = latency_ms_ + (request.token == "tok_slow" ? slow_ms : 0);
    if (wait_ms == 0) return answer(*what);
    const std::scoped_lock lock(mutex_);
    due_.emplace(request.at_ms + wait_ms, Due{*std::move(what), std::move(answer)});
}

std::optional<std::int64_t> SandboxGateway::step(std::int64_t now_ms) {
    std::vector<Due> now;
    std::optional<std::int64_t> next;
    {
        const std::scoped_lock lock(mutex_);
        const auto later = due_.upper_bound(now_ms);
        for (auto due = due_.begin(); due != later; ++due) now.push_back(std::move(due->second));
        due_.erase(due_.begin(), later);
        if (!due_.empty()) next = due_.begin()->first;
    }
    for (const auto& due : now) due.answer(due.what);
    return next;
}

}  // namespace holdfast::sandbox
