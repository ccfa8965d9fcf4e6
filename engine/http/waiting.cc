#include "engine/http/waiting.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>

#include "engine/http/lane.h"
#include "engine/http/signal.h"
#include "projections/token.h"

namespace holdfast::http {
namespace {

constexpr std::chrono::seconds wait_by_default{10};

std::expected<projections::Token, Problem> tokens_in(std::string_view list,
                                                     std::uint32_t generation) {
    projections::Token all;
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        const auto one = projections::Token::from_text(list.substr(0, end));
        if (!one) return std::unexpected(Problem(problems::consistency_token_is_malformed));
        if (one->generation() != generation)
            return std::unexpected(Problem(problems::consistency_token_is_of_another_generation));
        all.merge(*one);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return all;
}

// Rings while it lives, whenever the views have moved on.
class Progress {
public:
    Progress(projections::Watchers& watchers, const Signal& signal)
        : watchers_(watchers), number_(watchers.on_progress(signal.ringer())) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { watchers_.forget(number_); }

private:
    projections::Watchers& watchers_;
    projections::Watchers::Number number_;
};

}  // namespace

Task<std::optional<Problem>> wait_for(const Core& core, const Request& request) {
    const auto text = request.query_value("wait_for");
    if (!text) co_return std::nullopt;
    const auto token = tokens_in(*text, core.engine.generation());
    if (!token) co_return token.error();
    if (token->empty()) co_return Problem(problems::consistency_token_is_malformed);
    if (core.projector.reached(*token)) co_return std::nullopt;
    Signal signal(co_await boost::asio::this_coro::executor);
    const Progress progress(core.projector.watchers(), signal);
    const auto deadline = SteadyClock::now() + request.headers.wait.value_or(wait_by_default);
    while (!core.projector.reached(*token)) {
        const bool is_rung = co_await signal.wait(deadline);
        if (!is_rung) co_return Problem(problems::view_lags_behind).header("Retry-After", "1");
    }
    co_return std::nullopt;
}

}  // namespace holdfast::http
