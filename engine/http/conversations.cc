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

// The cart that is completed, when that is what was asked.
std::optional<CartId> cart_in(const Asked& asked) {
    if (asked.route->context != Cart::number) return {};
    const auto cart = CartId::from(asked.stream);
    return cart ? std::optional(*cart) : std::nullopt;
}

// Whether the cart that became the order, or was to, is no longer frozen for it: only then may the
// customer be told how it ended, and try again. The view may not even have seen it freeze.
bool has_let_go(const Waiting& waiting, const OrderRow& order) {
    const auto completed = cart_in(waiting.asked);
    const auto& id = completed ? completed : order.cart;
    if (!id) return true;
    const auto cart = waiting.core.views.cart(*id);
    if (!cart || !*cart) return cart && !completed;
    if (completed && (*cart)->version < waiting.told.version) return false;
    return (*cart)->state != cart::Stage::frozen || (*cart)->order != std::optional(order.order);
}

// What was durable of the stream's partition by now is behind what was seen.
void add_position(projections::Token& token, const Core& core, std::uint8_t context,
                  std::string_view stream) {
    const auto at = core.engine.partition_of(context, stream);
    if (const auto durable = core.engine.log().durable(at); durable != 0)
        token.add(at, durable - 1);
}

// Of stock, where the order asked for its lines, and of its payments.
void add_positions_of_the_others(projections::Token& token, const Core& core, const OrderRow& row) {
    for (const auto& line : row.lines)
        if (!line.untracked) add_position(token, core, Stock::number, line.sku.raw());
    for (const auto& payment : row.payments)
        add_position(token, core, Payment::number, payment.payment.raw());
}

// What is said of the command itself, whatever became of its conversation.
Told told_of(const Waiting& waiting) {
    Told told;
    told.is_repeat = waiting.told.is_repeat;
    told.command = waiting.told.command;
    told.token = waiting.told.token;
    return told;
}

// The id was taken: nothing of the order that has it is for whoever completes another cart.
Response taken(const Waiting& waiting) {
    auto told = told_of(waiting);
    add_position(told.token, waiting.core, Cart::number, waiting.asked.stream);
    Problem problem({409, order::explain(order::Rejection::order_exists_already).name});
    problem.with("order", waiting.asked.made);
    return respond(std::move(problem), told, waiting.path);
}

Response outcome(const Waiting& waiting, const OrderRow& row) {
    auto told = told_of(waiting);
    told.version = row.version;
    add_position(told.token, waiting.core, Order::number, row.order.raw());
    if (row.cart) add_position(told.token, waiting.core, Cart::number, row.cart->raw());
    add_positions_of_the_others(told.token, waiting.core, row);
    if (auto problem = problem_in(row)) return respond(*std::move(problem), told, waiting.path);
    const auto open = wire::opening_by(waiting.core.keys);
    auto response = respond(201, told, document(row, &open));
    response.header("Location", waiting.asked.created);
    return response;
}

// How it ended, once that may be told.
std::optional<Response> ending(const Waiting& waiting, const OrderRow& row) {
    const auto cart = cart_in(waiting.asked);
    const bool is_anothers = cart && row.cart != cart;
    if (!is_anothers && !projections::is_decided(row.state)) return {};
    if (!has_let_go(waiting, row)) return {};
    return is_anothers ? taken(waiting) : outcome(waiting, row);
}

// The ending, or nothing yet; then the cart that is waited for is watched too.
std::optional<Response> look(const Waiting& waiting, const OrderId& order,
                             std::optional<Watch<CartRow>>& cart_watch, const Signal& signal) {
    for (;;) {
        const auto row = waiting.core.views.order(order);
        if (!row || !*row) return {};
        if (auto response = ending(waiting, **row)) return response;
        const auto completed = cart_in(waiting.asked);
        const auto& cart = completed ? completed : (*row)->cart;
        if (cart_watch || !cart) return {};
        // It may have let go before it was watched: look again.
        cart_watch.emplace(waiting.core.projector, "carts", cart->raw(), signal);
    }
}

// The answers to one cancellation, collected from the records behind the one that asked.
class Answers {
public:
    static constexpr Sequence records_at_once = 256;

    Answers(const Core& core, const Asked& asked, Sequence behind)
        : log_(core.engine.log()),
          generation_(core.engine.generation()),
          asked_(asked),
          at_(core.engine.partition_of(Order::number, asked.stream)),
          next_(behind) {}

    bool is_complete() const { return is_asked_ && waited_for_.empty(); }
    const std::string& events() const { return events_; }
    Version version() const { return version_; }
    projections::Token token() const {
        projections::Token token(generation_);
        if (next_ != 0) token.add(at_, next_ - 1);
        return token;
    }

    enum class Read : std::uint8_t { all, some, damaged };
    // What is durable by now, or some of it: whoever else is on this thread has a turn in between.
    Read read() {
        for (const auto last = next_ + records_at_once; next_ < log_.durable(at_);) {
            if (next_ >= last) return Read::some;
            const auto stored = log_.read(at_, next_);
            // What cannot be read now is read at the next ring, or not waited for any longer.
            if (!stored && stored.error().code == Error::unavailable) return Read::all;
            if (!stored) return Read::damaged;
            if (stored->count == 0) return Read::all;
            const auto batch = wire::open(*stored->blob);
            if (!batch) return Read::damaged;
            const auto end = std::min(stored->first + stored->count, last);
            batch->each([&](Sequence at, wire::RecordView record) {
                if (at < next_) return true;
                if (at == end || is_complete()) return false;
                take(record);
                ++next_;
                return true;
            });
            if (is_complete()) return Read::all;
        }
        return Read::all;
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
    std::uint32_t generation_;
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
        case Conversation::cancellation:
            // Not one that was there before, by its own id. No text in an event has bare quotes.
            return told.document.find(R"("type":"CancellationAsked")") != std::string::npos;
        default: return false;
    }
}

Task<std::optional<Response>> checkout(Waiting waiting) {
    const auto order = OrderId::from(waiting.asked.made);
    if (!order) co_return std::nullopt;
    Signal signal(co_await asio::this_coro::executor);
    const Watch<OrderRow> watch(waiting.core.projector, "orders", order->raw(), signal);
    std::optional<Watch<CartRow>> cart_watch;
    for (;;) {
        auto response = look(waiting, *order, cart_watch, signal);
        if (response) co_return response;
        const bool is_rung = co_await signal.wait(waiting.deadline);
        if (!is_rung) co_return std::nullopt;
    }
}

Task<std::optional<Response>> cancellation(Waiting waiting) {
    Signal signal(co_await asio::this_coro::executor);
    const Watch<OrderRow> watch(waiting.core.projector, "orders", waiting.asked.stream, signal);
    Answers answers(waiting.core, waiting.asked, waiting.told.token.positions().front().sequence);
    for (;;) {
        const auto read = answers.read();
        if (read == Answers::Read::damaged)
            co_return respond(Problem(problems::record_is_damaged), waiting.told, waiting.path);
        if (read == Answers::Read::some) signal.ringer()();  // go on when it is its turn again
        if (answers.is_complete()) {
            auto told = told_of(waiting);
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
