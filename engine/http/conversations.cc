#include "engine/http/conversations.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>

#include "engine/http/documents.h"
#include "engine/http/signal.h"
#include "engine/wire/batch.h"
#include "engine/wire/json_decision.h"
#include "engine/wire/personal.h"
#include "engine/wire/record.h"

namespace holdfast::http {
namespace {

namespace asio = boost::asio;
using projections::CartRow;
using projections::OrderRow;

// Rings while it lives, whenever that row of the view is written.
template <class Row> class Watch {
public:
    Watch(projections::Projector& projector, std::string_view view, std::string_view key,
          const Signal& signal)
        : projector_(projector), number_(projector.watch<Row>(view, key, signal.ringer())) {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { projector_.watchers().forget(number_); }

private:
    projections::Projector& projector_;
    projections::Watchers::Number number_;
};

std::string shortages_of(const OrderRow& row) {
    std::string text = "[";
    for (const auto& [sku, why, available] : row.shortages) {
        text += text.size() > 1 ? ",{\"sku\":" : "{\"sku\":";
        wire::append_text(text, sku.raw());
        text += ",\"why\":";
        wire::append_text(text, why);
        text += ",\"available\":";
        wire::append_number(text, available);
        text += '}';
    }
    return text + "]";
}

std::string_view decline_of(const OrderRow& row) {
    for (const auto& payment : row.payments)
        if (!payment.failure.empty()) return payment.failure;
    return {};
}

std::optional<Problem> problem_in(const OrderRow& row) {
    std::optional<Problem> problem;
    if (row.state == order::Stage::refused)
        problem =
            Problem(problems::stock_is_insufficient).with_json("shortages", shortages_of(row));
    if (row.state == order::Stage::declined)
        problem = Problem(problems::payment_was_declined).with("reason", decline_of(row));
    if (row.state == order::Stage::given_up) problem = Problem(problems::order_was_given_up);
    if (problem) problem->with("order", row.order.raw());
    return problem;
}

// Whether the cart that became the order, if one did, is no longer frozen for it: only then may the
// customer be told how it ended, and try again.
bool has_let_go(const projections::Views& views, const OrderRow& order) {
    if (!order.cart) return true;
    const auto cart = views.cart(*order.cart);
    return cart && (!*cart || (*cart)->state != cart::Stage::frozen ||
                    (*cart)->order != std::optional(order.order));
}

// What was durable of the stream's partition by now is behind what was seen.
void add_position(projections::Token& token, const Core& core, std::uint8_t context,
                  std::string_view stream) {
    const auto at = core.engine.partition_of(context, stream);
    if (const auto durable = core.engine.log().durable(at); durable != 0)
        token.add(at, durable - 1);
}

Response outcome(const Waiting& waiting, const OrderRow& row) {
    Told told;
    told.is_repeat = waiting.told.is_repeat;
    told.command = waiting.told.command;
    told.token = waiting.told.token;
    told.version = row.version;
    add_position(told.token, waiting.core, Order::number, row.order.raw());
    if (row.cart) add_position(told.token, waiting.core, Cart::number, row.cart->raw());
    if (auto problem = problem_in(row)) return respond(*std::move(problem), told, waiting.path);
    const auto open = wire::opening_by(waiting.core.keys);
    auto response = respond(201, told, document(row, &open));
    response.header("Location", waiting.asked.created);
    return response;
}

// The answers to one cancellation, collected from the records behind the one that asked.
class Answers {
public:
    Answers(const Core& core, const Asked& asked, Sequence behind)
        : log_(core.engine.log()),
          asked_(asked),
          at_(core.engine.partition_of(Order::number, asked.stream)),
          next_(behind) {}

    bool is_complete() const { return is_asked_ && waited_for_.empty(); }
    const std::string& events() const { return events_; }
    Version version() const { return version_; }
    projections::Token token() const {
        projections::Token token;
        if (next_ != 0) token.add(at_, next_ - 1);
        return token;
    }

    // What is durable by now. False: a record cannot be read.
    bool read() {
        while (next_ < log_.durable(at_)) {
            const auto stored = log_.read(at_, next_);
            if (!stored) return false;
            if (stored->count == 0) return true;
            const auto batch = wire::open(*stored->blob);
            if (!batch) return false;
            for (; next_ < stored->first + stored->count && !is_complete(); ++next_)
                take(batch->record(next_));
            if (is_complete()) return true;
        }
        return true;
    }

private:
    void take(wire::RecordView record) {
        if (record.kind != fb::RecordKind::decision) return;
        const auto decision = wire::read_decision<Order>(record.bytes);
        if (!decision || decision->header.outcome != fb::Outcome::accepted) return;
        for (const auto& part : decision->parts) {
            if (part.key != asked_.stream) continue;
            version_ = part.version + part.decided->size();
            for (const auto& event : *part.decided)
                std::visit([&](const auto& one) { take(one, event); }, event);
        }
    }
    template <class Event> void take(const Event& event, const order::Event& whole) {
        if constexpr (requires { event.cancellation; }) {
            if (event.cancellation.raw() != asked_.made) return;
            events_ += events_.empty() ? "" : ",";
            events_ += wire::to_json(whole);
            note(event);
        }
    }
    void note(const order::CancellationAsked& asked) {
        is_asked_ = true;
        for (const auto& part : asked.parts)
            if (std::ranges::find(waited_for_, part.fulfillment) == waited_for_.end())
                waited_for_.push_back(part.fulfillment);
    }
    void note(const order::LinesCancelled& cancelled) {
        if (cancelled.fulfillment) std::erase(waited_for_, *cancelled.fulfillment);
    }
    void note(const order::CancellationRefused& refused) {
        std::erase(waited_for_, refused.fulfillment);
    }

    const EventLog& log_;
    const Asked& asked_;
    PartitionId at_;
    Sequence next_;
    bool is_asked_ = false;
    std::vector<FulfillmentId> waited_for_;
    std::string events_;
    Version version_ = 0;
};

std::string document_of(const Answers& answers, const Asked& asked) {
    std::string text = R"({"id":)";
    wire::append_text(text, asked.made);
    text += R"(,"version":)";
    wire::append_number(text, answers.version());
    return text.append(R"(,"events":[)").append(answers.events()).append("]}");
}

}  // namespace

bool has_more_to_come(const Asked& asked, const Told& told) {
    switch (asked.route->conversation) {
        case Conversation::checkout: return true;
        case Conversation::cancellation:  // not one that was there before, by its own id
            return told.document.find("\"CancellationAsked\"") != std::string::npos;
        default: return false;
    }
}

Task<std::optional<Response>> checkout(Waiting waiting) {
    const auto& views = waiting.core.views;
    const auto order = OrderId::from(waiting.asked.made);
    if (!order) co_return std::nullopt;
    Signal signal(co_await asio::this_coro::executor);
    auto& projector = waiting.core.projector;
    const Watch<OrderRow> watch(projector, "orders", order->raw(), signal);
    std::optional<Watch<CartRow>> cart_watch;
    for (;;) {
        const auto row = views.order(*order);
        if (row && *row && projections::is_decided((*row)->state)) {
            if (has_let_go(views, **row)) co_return outcome(waiting, **row);
            if (!cart_watch) {
                cart_watch.emplace(projector, "carts", (*row)->cart->raw(), signal);
                continue;  // it may have let go before it was watched
            }
        }
        const bool is_rung = co_await signal.wait(waiting.deadline);
        if (!is_rung) co_return std::nullopt;
    }
}

Task<std::optional<Response>> cancellation(Waiting waiting) {
    Signal signal(co_await asio::this_coro::executor);
    const Watch<OrderRow> watch(waiting.core.projector, "orders", waiting.asked.stream, signal);
    Answers answers(waiting.core, waiting.asked, waiting.told.token.positions().front().sequence);
    for (;;) {
        if (!answers.read())
            co_return respond(Problem(problems::record_is_damaged), waiting.told, waiting.path);
        if (answers.is_complete()) {
            Told told;
            told.is_repeat = waiting.told.is_repeat;
            told.command = waiting.told.command;
            told.version = answers.version();
            told.token = answers.token();
            co_return respond(200, told, document_of(answers, waiting.asked));
        }
        const bool is_rung = co_await signal.wait(waiting.deadline);
        if (!is_rung) co_return std::nullopt;
    }
}

Response accepted(const Waiting& waiting) {
    auto response = respond(202, waiting.told, waiting.told.document);
    const auto& created = waiting.asked.created;
    response.header("Location", created.empty() ? "/v1/orders/" + waiting.asked.stream : created);
    return response;
}

}  // namespace holdfast::http
