#include "engine/domain/follow_ups/said.h"

namespace holdfast {
namespace {

using namespace fulfillment;

std::vector<order::LineUnits> to_the_order(const std::vector<fulfillment::LineUnits>& lines) {
    std::vector<order::LineUnits> units;
    units.reserve(lines.size());
    for (const auto& [line, quantity] : lines) units.push_back({line, quantity});
    return units;
}

struct Saying {
    FulfillmentId fulfillment;
    std::vector<FollowUp>& said;

    void operator()(const fulfillment::Shipped& shipped) const {
        say(said, shipped.order,
            order::NoteShipped{fulfillment, shipped.shipment, to_the_order(shipped.lines)});
    }
    void operator()(const CancellationAnswered& answered) const {
        say(said, answered.order,
            order::NoteCancelAnswer{fulfillment, answered.cancellation,
                                    to_the_order(answered.cancelled),
                                    to_the_order(answered.refused)});
    }
    void operator()(const Rejected& rejected) const {
        say(said, rejected.order, order::NoteRejected{fulfillment, to_the_order(rejected.lines)});
    }
    template <class Event> void operator()(const Event&) const {}  // nobody waits for it
};

// A request that is refused is a warehouse that will not.
std::vector<FollowUp> refused(const FulfillmentId& id, const Request& request) {
    std::vector<FollowUp> said;
    order::NoteRejected note{id, {}};
    for (const auto& item : request.items) note.lines.push_back({item.line, item.quantity});
    say(said, request.order, std::move(note));
    return said;
}

}  // namespace

std::vector<FollowUp> follow_ups(const Outcome<Fulfillment>& fulfillment) {
    const auto id = known<FulfillmentId>(fulfillment.key);
    std::vector<FollowUp> said;
    if (fulfillment.decided) {
        for (const auto& event : *fulfillment.decided) std::visit(Saying{id, said}, event);
    } else if (const auto* request = std::get_if<Request>(&fulfillment.command)) {
        return refused(id, *request);
    }
    return said;
}

}  // namespace holdfast
