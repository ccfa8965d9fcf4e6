#include "engine/domain/fulfillment/fulfillment.h"

#include <algorithm>

#include "engine/domain/fulfillment/handles.h"

namespace holdfast::fulfillment {
namespace {

using enum Rejection;
using enum Answer;

// clang-format off
constexpr Explained<Rejection> explanations[] = {
    {fulfillment_is_unknown,              "fulfillment_is_unknown",              missing,  ""},
    {fulfillment_exists_with_other_items, "fulfillment_exists_with_other_items", conflict, ""},
    {fulfillment_has_ended,               "fulfillment_has_ended",               conflict, ""},
    {line_is_unknown,                     "line_is_unknown",                     missing,  ""},
    {line_id_is_repeated,                 "line_id_is_repeated",                 invalid,  ""},
    {quantity_exceeds_what_is_left,       "quantity_exceeds_what_is_left",       conflict, "left"},
    {shipment_exists_with_other_contents, "shipment_exists_with_other_contents", conflict, ""},
    {too_many_shipments,                  "too_many_shipments",                  conflict, "limit"},
    {too_many_lines,                      "too_many_lines",                      invalid,  "limit"},
    {no_line_was_named,                   "no_line_was_named",                   invalid,  ""},
    {shipping_has_begun,                  "shipping_has_begun",                  conflict, ""},
};
// clang-format on
static_assert(in_order(explanations));

// What the parcels hold, summed by line, is what the lines say was shipped.
bool parcels_add_up(const State& fulfillment) {
    std::vector<LineUnits> sent;
    for (const auto& [shipment, parcel] : fulfillment.shipments)
        sent.insert(sent.end(), parcel.lines.begin(), parcel.lines.end());
    sent = sorted(std::move(sent));
    auto at = sent.begin();
    for (const auto& [line, progress] : fulfillment.lines) {
        std::int64_t units = 0;
        for (; at != sent.end() && at->line == line; ++at) units += at->quantity.raw();
        if (units != progress.shipped.raw()) return false;
    }
    return at == sent.end();
}

}  // namespace

const Explained<Rejection>& explain(Rejection why) {
    const auto place = static_cast<std::size_t>(why) - 1;
    assert(place < std::size(explanations));
    return explanations[place];
}

Decision decide(const State& fulfillment, const Command& command, const Terms& terms) {
    return std::visit(
        [&](const auto& known_command) { return handle(fulfillment, known_command, terms); },
        command);
}

void evolve(State& fulfillment, const Event& event) {
    std::visit([&](const auto& known_event) { apply(fulfillment, known_event); }, event);
}

std::int64_t left_of(const Progress& progress) {
    return progress.requested.raw() - progress.shipped.raw() - progress.cancelled.raw();
}
std::int64_t units_left(const State& fulfillment) {
    std::int64_t left = 0;
    for (const auto& [line, progress] : fulfillment.lines) left += left_of(progress);
    return left;
}
std::int64_t units_in(const std::vector<LineUnits>& lines) {
    std::int64_t units = 0;
    for (const auto& line : lines) units += line.quantity.raw();
    return units;
}
std::vector<LineUnits> rest_of(const State& fulfillment) {
    std::vector<LineUnits> rest;
    for (const auto& [line, progress] : fulfillment.lines)
        if (left_of(progress) > 0) rest.push_back({line, known<Quantity>(left_of(progress))});
    return rest;
}
std::vector<LineUnits> sorted(std::vector<LineUnits> lines) {
    std::ranges::stable_sort(lines, {}, &LineUnits::line);
    return lines;
}

std::optional<std::string_view> broken_rule(const State& fulfillment) {
    for (const auto& [line, progress] : fulfillment.lines)
        if (left_of(progress) < 0) return "shipped + cancelled <= requested";
    if (!parcels_add_up(fulfillment)) return "what the parcels hold is what was shipped";
    if (fulfillment.stage != Stage::none && !fulfillment.order) return "a fulfillment has an order";
    const bool done = fulfillment.stage == Stage::ended || fulfillment.stage == Stage::none;
    if (done != (units_left(fulfillment) == 0))
        return "a fulfillment has ended when nothing is left, and not before";
    return {};
}

}  // namespace holdfast::fulfillment
