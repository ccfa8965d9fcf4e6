#include "projections/fulfillments.h"

#include <algorithm>

namespace holdfast::projections {
namespace {

class Folding {
public:
    Folding(FulfillmentRow& row, Time at) : row_(row), at_(at) {}

    Folded apply(const fulfillment::Requested& requested) {
        for (const auto& [line, sku, quantity] : requested.items)
            row_.items.push_back({line, sku, quantity.raw()});
        row_.personal = requested.personal;
        return {};
    }
    Folded apply(const fulfillment::Accepted&) {
        row_.state = fulfillment::Stage::accepted;
        return {};
    }
    Folded apply(const fulfillment::Rejected& rejected) {
        row_.rejected_because = rejected.why.raw();
        return count(rejected.lines, &FulfillmentItemRow::cancelled);
    }
    Folded apply(const fulfillment::Shipped& shipped) {
        ParcelRow parcel{shipped.shipment, at_, std::string(shipped.carrier.raw()),
                         std::string(shipped.tracking.raw())};
        for (const auto& [line, quantity] : shipped.lines)
            parcel.lines.push_back({line, quantity.raw()});
        row_.shipments.push_back(std::move(parcel));
        return count(shipped.lines, &FulfillmentItemRow::shipped);
    }
    Folded apply(const fulfillment::CancellationAnswered& answered) {
        return count(answered.cancelled, &FulfillmentItemRow::cancelled);
    }
    Folded apply(const fulfillment::Ended&) {
        row_.state = fulfillment::Stage::ended;
        return {};
    }

private:
    Folded count(const std::vector<fulfillment::LineUnits>& lines,
                 std::int64_t FulfillmentItemRow::* counter) {
        for (const auto& [line, quantity] : lines) {
            const auto item = std::ranges::find(row_.items, line, &FulfillmentItemRow::line);
            if (item == row_.items.end())
                return unfoldable("an event names a line that was not requested", line.raw());
            (*item).*counter += quantity.raw();
        }
        return {};
    }

    FulfillmentRow& row_;
    Time at_;
};

// Where a fulfillment stands in the queues, by its state and regardless of it.
std::array<std::string, 2> places_by_state(const FulfillmentRow& row) {
    const auto state = wire::name_of(row.state);
    const auto place = sortable(row.requested_at_ms).append(row.fulfillment.raw());
    return {joined({"state", state, place}),
            joined({"at_state", row.location.raw(), state, place})};
}
std::array<std::string, 3> places(const FulfillmentRow& row) {
    const auto place = sortable(row.requested_at_ms).append(row.fulfillment.raw());
    return {joined({"all", place}), joined({"at", row.location.raw(), place}),
            joined({"of_order", row.order.raw(), row.fulfillment.raw()})};
}

FulfillmentRow* row_of(const Told<Fulfillment>& told, Rows& rows,
                       const Happened<Fulfillment>& stream) {
    if (auto* row = rows.find<FulfillmentRow>(stream.key)) return row;
    const auto id = FulfillmentId::from(stream.key);
    const auto* requested = std::get_if<fulfillment::Requested>(&stream.events.front());
    if (!id || !requested) return nullptr;
    auto& row = rows.put(stream.key, FulfillmentRow{.fulfillment = *id,
                                                    .order = requested->order,
                                                    .location = requested->location,
                                                    .requested_at_ms = told.at()});
    for (const auto& key : places(row)) rows.mark(key);
    for (const auto& key : places_by_state(row)) rows.mark(key);
    return &row;
}

Folded fold(const Told<Fulfillment>& told, Rows& rows) {
    return each_stream(told, [&](const Happened<Fulfillment>& stream) -> Folded {
        auto* row = row_of(told, rows, stream);
        if (!row)
            return unfoldable("an event is of a fulfillment that was never requested", stream.key);
        const auto before = row->state;
        const auto old_places = places_by_state(*row);
        Folding folding(*row, told.at());
        for (const auto& event : stream.events) {
            const auto folded =
                std::visit([&](const auto& one) { return folding.apply(one); }, event);
            if (!folded) return folded;
        }
        if (row->state != before) {
            for (const auto& key : old_places) rows.unmark(key);
            for (const auto& key : places_by_state(*row)) rows.mark(key);
        }
        row->version = stream.version;
        row->changed_at_ms = told.at();
        return {};
    });
}

}  // namespace

View fulfillments_view() { return {"fulfillments", 1, Fold<Fulfillment>(fold)}; }

}  // namespace holdfast::projections
