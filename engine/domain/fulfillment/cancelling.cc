#include <algorithm>

#include "engine/domain/fulfillment/handles.h"

namespace holdfast::fulfillment {

template <> Decision handle(const State& fulfillment, const CancelLines& cancel, const Terms&) {
    if (fulfillment.stage == Stage::none) return reject(Rejection::fulfillment_is_unknown);
    if (std::ranges::find(fulfillment.cancellations, cancel.cancellation) !=
        fulfillment.cancellations.end())
        return nothing_to_do();
    CancellationAnswered answer{*fulfillment.order, cancel.cancellation, {}, {}};
    const LineId* line = nullptr;
    std::int64_t left = 0;
    const auto wanted = sorted(cancel.lines);
    for (const auto& units : wanted) {
        if (!line || *line != units.line) {
            line = &units.line;
            const auto* progress = fulfillment.lines.find(*line);
            left = progress ? left_of(*progress) : 0;
        }
        const auto cancelled = std::min(left, units.quantity.raw());
        const auto refused = units.quantity.raw() - cancelled;
        left -= cancelled;
        if (cancelled > 0) answer.cancelled.push_back({*line, known<Quantity>(cancelled)});
        if (refused > 0) answer.refused.push_back({*line, known<Quantity>(refused)});
    }
    const bool ends =
        fulfillment.stage != Stage::ended && units_in(answer.cancelled) == units_left(fulfillment);
    if (ends) return accept(std::move(answer), Ended{*fulfillment.order});
    return accept(std::move(answer));
}

template <> void apply(State& fulfillment, const CancellationAnswered& answered) {
    fulfillment.cancellations.push_back(answered.cancellation);
    for (const auto& [line, quantity] : answered.cancelled)
        fulfillment.lines.find(line)->cancelled += units(quantity);
}

}  // namespace holdfast::fulfillment
