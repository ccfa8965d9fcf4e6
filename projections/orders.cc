#include "projections/orders.h"

#include <algorithm>

#include "engine/wire/fields.h"

namespace holdfast::projections {
namespace {

LineShareRow share_of(const order::LineShare& share) {
    return {share.line, share.quantity.raw(), share.amount.raw()};
}
std::vector<LineShareRow> shares_of(const std::vector<order::LineShare>& shares) {
    std::vector<LineShareRow> rows;
    rows.reserve(shares.size());
    for (const auto& share : shares) rows.push_back(share_of(share));
    return rows;
}

OrderLineRow line_of(const Line& line) {
    const auto total = total_of(line);
    const auto quantity = line.quantity.raw();
    return {.line = line.line,
            .sku = line.sku,
            .label = std::string(line.label.raw()),
            .quantity = quantity,
            .unit_price = line.unit_price.raw(),
            .discounts = line.discounts,
            .taxes = line.taxes,
            .total = total ? total->raw() : 0,
            .untracked = line.untracked,
            .open = quantity};
}

OrderRow row_of(const order::Begun& begun, const Told<Order>& told) {
    const auto& envelope = told.envelope();
    OrderRow row{.order = begun.order,
                 .cart = begun.cart,
                 .customer = begun.customer,
                 .country = begun.country,
                 .currency = begun.currency,
                 .total = begun.total.raw(),
                 .charges = begun.charges,
                 .placed = {told.at(), envelope.channel, envelope.actor, envelope.reference,
                            envelope.metadata},
                 .personal = begun.personal};
    row.lines.reserve(begun.lines.size());
    for (const auto& line : begun.lines) row.lines.push_back(line_of(line));
    for (const auto& tender : begun.payments)
        row.payments.push_back({.payment = order::payment_of(begun.order, row.payments.size() + 1),
                                .amount = tender.amount.raw(),
                                .gateway = tender.gateway,
                                .outside = tender.outside});
    return row;
}

class Folding {
public:
    Folding(OrderRow& row, const Told<Order>& told) : row_(row), told_(told) {}

    // ---- the checkout ----

    Folded apply(const order::Begun&) { return note("begun"); }
    Folded apply(const order::Placed&) { return enter(order::Stage::paying, "placed"); }
    Folded apply(const order::Confirmed&) { return enter(order::Stage::confirmed, "confirmed"); }
    Folded apply(const order::Refused& refused) {
        for (const auto& [sku, why, available] : refused.shortages)
            row_.shortages.push_back({sku, std::string(why.raw()), available.raw()});
        return enter(order::Stage::refused, "refused");
    }
    Folded apply(const order::Declined& declined) {
        return enter(order::Stage::declined, "declined", declined.payment.raw(),
                     declined.detail.raw());
    }
    Folded apply(const order::GivenUp&) { return enter(order::Stage::given_up, "given_up"); }
    Folded apply(const order::StockAsked&) { return {}; }
    Folded apply(const order::StockReserved&) { return {}; }
    Folded apply(const order::StockLetGo&) { return {}; }

    // ---- units ----

    Folded apply(const order::CancellationAsked& asked) {
        return note("cancellation_asked", asked.cancellation.raw());
    }
    Folded apply(const order::LinesCancelled& cancelled) {
        for (const auto& share : cancelled.lines) {
            auto* line = line_of(share.line);
            if (!line) return unknown(share.line);
            line->cancelled += share.quantity.raw();
            line->open -= share.quantity.raw();
            line->amount_cancelled += share.amount.raw();
        }
        row_.charges_cancelled += cancelled.charges.raw();
        return note("lines_cancelled", cancelled.cancellation.raw());
    }
    Folded apply(const order::CancellationRefused& refused) {
        return note("cancellation_refused", refused.cancellation.raw());
    }
    Folded apply(const order::Cancelled&) { return enter(order::Stage::cancelled, "cancelled"); }
    Folded apply(const order::Shipped& shipped) {
        if (auto folded = deliver(shipped.lines); !folded) return folded;
        row_.shipments.push_back({.shipment = shipped.shipment,
                                  .fulfillment = shipped.fulfillment,
                                  .at_ms = told_.at(),
                                  .lines = shares_of(shipped.lines)});
        return note("shipped", shipped.shipment.raw());
    }
    Folded apply(const order::Completed& completed) {
        if (auto folded = deliver(completed.delivered); !folded) return folded;
        return enter(order::Stage::completed, "completed");
    }
    Folded apply(const order::Returned& returned) {
        for (const auto& share : returned.shares) {
            auto* line = line_of(share.line);
            if (!line) return unknown(share.line);
            line->returned += share.quantity.raw();
            line->amount_returned += share.amount.raw();
        }
        row_.returns.push_back({returned.returned, told_.at(), told_.envelope().reason,
                                returned.refund.raw(), shares_of(returned.shares)});
        return note("returned", returned.returned.raw());
    }

    // ---- money ----

    Folded apply(const order::PaymentAuthorized& authorized) {
        auto* payment = payment_of(authorized.payment);
        if (!payment) return unknown(authorized.payment);
        payment->authorized += authorized.amount.raw();
        return note("payment_authorized", authorized.payment.raw());
    }
    Folded apply(const order::PaymentDeclined& declined) {
        auto* payment = payment_of(declined.payment);
        if (!payment) return unknown(declined.payment);
        payment->failure = declined.detail.raw();
        return note("payment_declined", declined.payment.raw(), declined.detail.raw());
    }
    Folded apply(const order::CaptureAsked& asked) {
        return ask(asked, [&](OrderPaymentRow& payment) {
            payment.capture_asked =
                std::max(payment.capture_asked, payment.captured) + asked.amount.raw();
        });
    }
    Folded apply(const order::SettlementAsked& asked) {
        return ask(asked, [&](OrderPaymentRow& payment) {
            payment.capture_asked = asked.capture.raw();
            payment.void_asked = true;
        });
    }
    Folded apply(const order::VoidAsked& asked) {
        return ask(asked, [](OrderPaymentRow& payment) { payment.void_asked = true; });
    }
    Folded apply(const order::RefundAsked& asked) {
        return ask(asked,
                   [&](OrderPaymentRow& payment) { payment.refund_asked += asked.amount.raw(); });
    }
    Folded apply(const order::PaymentCaptured& captured) {
        return pay(captured, &OrderPaymentRow::captured, "payment_captured");
    }
    Folded apply(const order::PaymentVoided& voided) {
        return pay(voided, &OrderPaymentRow::voided, "payment_voided");
    }
    Folded apply(const order::PaymentRefunded& refunded) {
        return pay(refunded, &OrderPaymentRow::refunded, "payment_refunded");
    }
    Folded apply(const order::PaymentFailed& failed) {
        auto* payment = payment_of(failed.payment);
        if (!payment) return unknown(failed.payment);
        payment->failure = failed.detail.raw();
        row_.needs_attention = true;
        return note(wire::name_of(failed.trouble), failed.payment.raw(), failed.detail.raw());
    }

private:
    Folded note(std::string_view what, std::string_view subject = {},
                std::string_view detail = {}) {
        const auto& envelope = told_.envelope();
        row_.timeline.push_back({told_.at(), std::string(what), std::string(subject),
                                 std::string(detail), envelope.actor, envelope.reason});
        return {};
    }
    Folded enter(order::Stage state, std::string_view what, std::string_view subject = {},
                 std::string_view detail = {}) {
        row_.state = state;
        return note(what, subject, detail);
    }
    Folded deliver(const std::vector<order::LineShare>& shares) {
        for (const auto& share : shares) {
            auto* line = line_of(share.line);
            if (!line) return unknown(share.line);
            line->shipped += share.quantity.raw();
            line->open -= share.quantity.raw();
            line->amount_shipped += share.amount.raw();
        }
        return {};
    }
    template <class Event, class Change> Folded ask(const Event& event, Change change) {
        auto* payment = payment_of(event.payment);
        if (!payment) return unknown(event.payment);
        change(*payment);
        return {};
    }
    template <class Event>
    Folded pay(const Event& event, std::int64_t OrderPaymentRow::* sum, std::string_view what) {
        auto* payment = payment_of(event.payment);
        if (!payment) return unknown(event.payment);
        payment->*sum += event.amount.raw();
        if (is_made_good()) row_.needs_attention = false;
        return note(what, event.payment.raw());
    }

    // Whether the payments did all that was asked of them, and a completed order is paid for.
    bool is_made_good() const {
        std::int64_t captured = 0, due = row_.total - row_.charges_cancelled;
        for (const auto& payment : row_.payments) {
            captured += payment.captured;
            const auto is_voided = payment.captured + payment.voided >= payment.authorized;
            if (payment.captured < payment.capture_asked ||
                payment.refunded < payment.refund_asked || (payment.void_asked && !is_voided))
                return false;
        }
        for (const auto& line : row_.lines) due -= line.amount_cancelled;
        return row_.state != order::Stage::completed || captured >= due;
    }
    OrderLineRow* line_of(const LineId& id) {
        const auto at = std::ranges::find(row_.lines, id, &OrderLineRow::line);
        return at == row_.lines.end() ? nullptr : &*at;
    }
    OrderPaymentRow* payment_of(const PaymentId& id) {
        const auto at = std::ranges::find(row_.payments, id, &OrderPaymentRow::payment);
        return at == row_.payments.end() ? nullptr : &*at;
    }
    template <class Id> Folded unknown(const Id& id) const {
        return unfoldable("an event names what the order does not have", id.raw());
    }

    OrderRow& row_;
    const Told<Order>& told_;
};

// ---- the lists ----

std::string place_of(const OrderRow& row) {
    return sortable(row.placed.at_ms).append(row.order.raw());
}
std::string place_by_state(const OrderRow& row) {
    return joined({"state", wire::name_of(row.state), place_of(row)});
}
void list(const OrderRow& row, Rows& rows) {
    rows.mark(joined({"all", place_of(row)}));
    if (row.customer) rows.mark(joined({"customer", row.customer->raw(), place_of(row)}));
    rows.mark(place_by_state(row));
}
struct Listed {
    order::Stage state;
    bool needs_attention;
    explicit Listed(const OrderRow& row) : state(row.state), needs_attention(row.needs_attention) {}
};
void list_again(const OrderRow& row, const Listed& before, Rows& rows) {
    if (row.state != before.state) {
        rows.unmark(joined({"state", wire::name_of(before.state), place_of(row)}));
        rows.mark(place_by_state(row));
    }
    if (row.needs_attention == before.needs_attention) return;
    const auto place = joined({"attention", place_of(row)});
    row.needs_attention ? rows.mark(place) : rows.unmark(place);
}

OrderRow* row_of(const Told<Order>& told, Rows& rows, const Happened<Order>& stream) {
    if (auto* row = rows.find<OrderRow>(stream.key)) return row;
    const auto* begun = std::get_if<order::Begun>(&stream.events.front());
    if (!begun) return nullptr;
    auto& row = rows.put(stream.key, row_of(*begun, told));
    list(row, rows);
    return &row;
}

Folded fold(const Told<Order>& told, Rows& rows) {
    return each_stream(told, [&](const Happened<Order>& stream) -> Folded {
        auto* row = row_of(told, rows, stream);
        if (!row) return unfoldable("an event is of an order that never began", stream.key);
        const Listed before(*row);
        Folding folding(*row, told);
        for (const auto& event : stream.events) {
            const auto folded =
                std::visit([&](const auto& one) { return folding.apply(one); }, event);
            if (!folded) return folded;
        }
        row->version = stream.version;
        row->changed_at_ms = told.at();
        list_again(*row, before, rows);
        return {};
    });
}

}  // namespace

View orders_view() { return {"orders", 1, Fold<Order>(fold)}; }

}  // namespace holdfast::projections
