#include "engine/domain/follow_ups/said.h"

namespace holdfast {
namespace {

using namespace payment;
using order::Trouble;

struct Saying {
    PaymentId payment;
    const OrderId& order;
    std::vector<FollowUp>& said;

    void operator()(const Authorized& authorized) const {
        say(said, order, order::NoteAuthorized{payment, authorized.amount});
    }
    void operator()(const payment::Declined& declined) const {
        say(said, order, order::NoteDeclined{payment, declined.detail});
    }
    void operator()(const Captured& captured) const { note<order::NoteCaptured>(captured); }
    void operator()(const Voided& voided) const { note<order::NoteVoided>(voided); }
    void operator()(const Refunded& refunded) const { note<order::NoteRefunded>(refunded); }
    void operator()(const CaptureFailed& failed) const { fail(failed, Trouble::capture_failed); }
    void operator()(const VoidFailed& failed) const { fail(failed, Trouble::void_failed); }
    void operator()(const RefundFailed& failed) const { fail(failed, Trouble::refund_failed); }
    template <class Event> void operator()(const Event&) const {}  // nobody waits for it

    template <class Note, class Event> void note(const Event& event) const {
        say(said, order, Note{payment, event.operation, event.amount});
    }
    template <class Event> void fail(const Event& event, Trouble trouble) const {
        say(said, order,
            order::NotePaymentFailed{payment, event.operation, event.amount, trouble,
                                     event.detail});
    }
};

// What an order wished and the payment refuses is what a human must look at; what somebody else
// wished is answered to them.
struct Refusing {
    PaymentId payment;
    const std::optional<OrderId>& order;
    Label why;
    std::vector<FollowUp>& said;

    void operator()(const Authorize& authorize) const {
        say(said, authorize.order, order::NoteDeclined{payment, why});
    }
    void operator()(const Capture& capture) const {
        fail(capture.operation, capture.amount, Trouble::capture_failed);
    }
    void operator()(const Settle& settle) const {
        fail(settle.operation, settle.capture, Trouble::capture_failed);
    }
    void operator()(const Void& unwanted) const {
        fail(unwanted.operation, unwanted.amount, Trouble::void_failed);
    }
    void operator()(const Refund& refund) const {
        fail(refund.operation, refund.amount, Trouble::refund_failed);
    }
    template <class Other> void operator()(const Other&) const {}  // no order's wish

    void fail(const OperationId& operation, const std::optional<Money>& money,
              Trouble trouble) const {
        if (!order || !order::is_an_orders(operation)) return;
        say(said, *order,
            order::NotePaymentFailed{payment, operation, money ? money->amount : no_amount, trouble,
                                     why});
    }
};

}  // namespace

std::vector<FollowUp> follow_ups(const holdfast::Outcome<Payment>& payment) {
    std::vector<FollowUp> said;
    const auto id = known<PaymentId>(payment.key);
    if (!payment.decided) {
        const auto why = known<Label>(std::string(explain(payment.decided.error().why).name));
        std::visit(Refusing{id, payment.state.order, why, said}, payment.command);
        return said;
    }
    for (const auto& event : *payment.decided)
        std::visit(Saying{id, *payment.state.order, said}, event);
    return said;
}

}  // namespace holdfast
