#include "projections/payments.h"

#include <algorithm>

namespace holdfast::projections {
namespace {

class Folding {
public:
    Folding(PaymentRow& row, Time at) : row_(row), at_(at) {}

    Folded apply(const payment::AuthorizationAsked& asked) {
        row_.gateway = asked.gateway;
        row_.outside = !asked.gateway;
        row_.asked = asked.amount.amount.raw();
        return begin(asked.operation, OperationKind::authorization, asked.amount.amount);
    }
    Folded apply(const payment::CaptureAsked& asked) {
        return begin(asked.operation, OperationKind::capture, asked.amount);
    }
    Folded apply(const payment::VoidAsked& asked) {
        return begin(asked.operation, OperationKind::void_, asked.amount);
    }
    Folded apply(const payment::RefundAsked& asked) {
        return begin(asked.operation, OperationKind::refund, asked.amount);
    }

    Folded apply(const payment::Authorized& done) { return succeed(done, row_.authorized); }
    Folded apply(const payment::Captured& done) { return succeed(done, row_.captured); }
    Folded apply(const payment::Voided& done) { return succeed(done, row_.voided); }
    Folded apply(const payment::Refunded& done) { return succeed(done, row_.refunded); }

    Folded apply(const payment::Declined& no) { return fail(no); }
    Folded apply(const payment::CaptureFailed& no) { return fail(no); }
    Folded apply(const payment::VoidFailed& no) { return fail(no); }
    Folded apply(const payment::RefundFailed& no) { return fail(no); }

    Folded apply(const payment::AskedAgain& again) {
        auto* operation = find(again.operation);
        if (!operation) return unknown(again.operation);
        operation->attempts = again.attempt;
        return {};
    }
    Folded apply(const payment::VoidDeferred&) { return {}; }

private:
    Folded begin(const OperationId& id, OperationKind kind, Amount amount) {
        row_.operations.push_back(
            {.operation = id, .kind = kind, .amount = amount.raw(), .asked_at_ms = at_});
        return {};
    }
    template <class Event> Folded succeed(const Event& event, std::int64_t& sum) {
        auto* operation = find(event.operation);
        if (!operation) return unknown(event.operation);
        operation->state = payment::Standing::succeeded;
        operation->gateway_reference = event.gateway_reference.raw();
        operation->answered_at_ms = at_;
        sum += event.amount.raw();
        return {};
    }
    template <class Event> Folded fail(const Event& event) {
        auto* operation = find(event.operation);
        if (!operation) return unknown(event.operation);
        operation->state = payment::Standing::failed;
        operation->detail = event.detail.raw();
        operation->answered_at_ms = at_;
        return {};
    }
    PaymentOperationRow* find(const OperationId& id) {
        const auto at = std::ranges::find(row_.operations, id, &PaymentOperationRow::operation);
        return at == row_.operations.end() ? nullptr : &*at;
    }
    static Folded unknown(const OperationId& id) {
        return unfoldable("an event answers an operation that was not asked", id.raw());
    }

    PaymentRow& row_;
    Time at_;
};

PaymentState state_of(const PaymentRow& row) {
    if (row.authorized == 0)
        return row.operations.back().state == payment::Standing::failed ? PaymentState::declined
                                                                        : PaymentState::pending;
    if (row.captured > 0)
        return row.refunded == row.captured ? PaymentState::refunded : PaymentState::captured;
    return row.voided == row.authorized ? PaymentState::voided : PaymentState::authorized;
}

PaymentRow* row_of(const Told<Payment>& told, Rows& rows, const Happened<Payment>& stream) {
    if (auto* row = rows.find<PaymentRow>(stream.key)) return row;
    const auto id = PaymentId::from(stream.key);
    const auto* asked = std::get_if<payment::AuthorizationAsked>(&stream.events.front());
    if (!id || !asked) return nullptr;
    rows.mark(joined({"of_order", asked->order.raw(), stream.key}));
    return &rows.put(stream.key, PaymentRow{.payment = *id,
                                            .order = asked->order,
                                            .currency = asked->amount.currency,
                                            .asked_at_ms = told.at()});
}

Folded fold(const Told<Payment>& told, Rows& rows) {
    return each_stream(told, [&](const Happened<Payment>& stream) -> Folded {
        auto* row = row_of(told, rows, stream);
        if (!row) return unfoldable("an event is of a payment that was never asked", stream.key);
        Folding folding(*row, told.at());
        for (const auto& event : stream.events) {
            const auto folded =
                std::visit([&](const auto& one) { return folding.apply(one); }, event);
            if (!folded) return folded;
        }
        row->state = state_of(*row);
        row->version = stream.version;
        row->changed_at_ms = told.at();
        return {};
    });
}

}  // namespace

View payments_view() { return {"payments", 1, Fold<Payment>(fold)}; }

}  // namespace holdfast::projections
