#include "engine/http/asking.h"

#include <algorithm>
#include <charconv>

#include "engine/http/browser.h"
#include "engine/http/command_schema.h"
#include "engine/runtime/addressing.h"
#include "engine/wire/card_number.h"
#include "engine/wire/fields.h"
#include "engine/wire/personal.h"

namespace holdfast::http {
namespace {

constexpr std::size_t given_max = 16;
constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";

using wire::Given;

// Names and values that the request itself gives, with the memory of what was worked out.
class Supplied {
public:
    void add(std::string_view name, std::string_view value, bool fallback = false) {
        assert(count_ < given_max);
        list_[count_++] = {name, value, fallback};
    }
    std::span<const Given> all() const { return {list_.data(), count_}; }
    std::string_view value(std::string_view name) const {
        const auto found = std::ranges::find(all(), name, &Given::name);
        return found == all().end() ? std::string_view() : found->value;
    }

private:
    std::array<Given, given_max> list_;
    std::size_t count_ = 0;
};

// Calls visit(name) for each parameter of a route's path, and literal(text) for what is between.
template <class Literal, class Visit>
void each_piece(std::string_view path, Literal literal, Visit visit) {
    while (!path.empty()) {
        const auto open = std::min(path.find('{'), path.size());
        literal(path.substr(0, open));
        path.remove_prefix(open);
        if (path.empty()) return;
        const auto close = path.find('}');
        visit(path.substr(1, close - 1));
        path.remove_prefix(close + 1);
    }
}

std::string filled(std::string_view path, const Supplied& supplied) {
    std::string text;
    each_piece(
        path, [&](std::string_view literal) { text += literal; },
        [&](std::string_view name) { text += supplied.value(name); });
    return text;
}

std::unexpected<Problem> refused(ProblemKind kind) { return std::unexpected(Problem(kind)); }
std::unexpected<Problem> refused(Malformed what, std::string_view member) {
    wire::JsonProblem problem{what, ""};
    wire::append_step(problem.path, member);
    return std::unexpected(problem_of(problem));
}

// When a UUIDv7 was made; nothing for any other key (RFC 9562, section 5.7).
std::optional<std::int64_t> made_at_ms(std::string_view key) {
    if (key.size() != 36 || key[8] != '-' || key[13] != '-' || key[14] != '7') return {};
    const std::string digits = std::string(key.substr(0, 8)).append(key.substr(9, 4));
    std::int64_t time = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + 12, time, 16);
    if (error != std::errc() || stop != digits.data() + 12) return {};
    return time;
}

std::expected<wire::CommandId, Problem> id_of(const Core& core, const Wish& wish) {
    if (wish.key.empty()) {
        if (wish.route.method == Method::post) return refused(problems::idempotency_key_is_missing);
        return wire::CommandId();
    }
    const auto& settings = core.engine.settings();
    const auto made = settings.own_times ? std::nullopt : made_at_ms(wish.key);
    if (made && *made + settings.kept_ms < core.engine.now_ms())
        return refused(problems::idempotency_key_is_too_old);
    return http::id_of(wish.principal.client, wish.key, wish.path);
}

std::expected<std::string_view, Problem> message_of(const Wish& wish, Supplied& supplied) {
    if (!wish.route.message.empty()) return wish.route.message;
    const auto* kind = wish.body.find("kind");
    if (!kind) return refused(Malformed::field_is_missing, "kind");
    if (kind->kind != wire::JsonKind::text)
        return refused(Malformed::field_has_the_wrong_type, "kind");
    const auto found = std::ranges::find(movements, kind->text, &Movement::kind);
    if (found == movements.end()) return refused(Malformed::value_is_outside_its_range, "kind");
    supplied.add("kind", found->kind);
    return found->message;
}

// The body's own id, or the one that follows from the command's.
std::string_view made_by(const Wish& wish, std::string_view derived) {
    const auto* own = wish.body.find(wish.route.made);
    return own && own->kind == wire::JsonKind::text ? own->text : derived;
}

// In a body the reader of JSON looks for one; here, in what stands beside it.
std::optional<Problem> card_number_in(std::string_view key, const Supplied& supplied) {
    const auto refuse = [](std::string_view where, std::string_view name) {
        const auto what = wire::name_of(Malformed::card_number_is_not_accepted);
        return Problem({400, what}).with(where, name);
    };
    if (wire::has_a_card_number(key)) return refuse("header", "Idempotency-Key");
    for (const auto& [name, value, fallback] : supplied.all())
        if (wire::has_a_card_number(value)) return refuse("parameter", name);
    return {};
}

// What an order asks of its payments has ids of its own, which say that it was the order.
bool is_reserved(const CommandRoute& route, std::string_view made) {
    if (route.context != Payment::number) return false;
    const auto operation = OperationId::from(made);
    return operation && order::is_an_orders(*operation);
}

// A stream's key is an id of its context, which the path's characters need not be.
std::expected<std::string, Problem> key_of(const CommandRoute& route, std::string_view id) {
    std::expected<void, Malformed> checked;
    with_context(route.context, [&]<class C>(C) {
        if (const auto key = C::Key::from(id); !key) checked = std::unexpected(key.error());
    });
    if (!checked) return refused(checked.error(), route.stream);
    return stream_of(route, id);
}

std::expected<std::optional<std::uint64_t>, Problem> version_of(const Wish& wish,
                                                                Supplied& supplied) {
    const auto* version = wish.body.find("version");
    if (!version) return wish.if_match;
    supplied.add("version", version->text);
    std::uint64_t number = 0;
    const auto text = version->text;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc() && stop == text.data() + text.size();
    if (version->kind != wire::JsonKind::number || !is_whole)
        return refused(Malformed::field_has_the_wrong_type, "version");
    return wish.if_match ? wish.if_match : number;
}

// Whose data it is when nobody is named: that of the stream, which a repeat names too.
SubjectId guest_of(std::string_view stream) {
    const auto name = std::string("g:").append(stream.substr(0, SubjectId::bytes_max - 2));
    return SubjectId::from(name).value();
}

// The command, or whose key it lacks.
std::optional<Problem> build(Asked& asked, std::string_view message, wire::JsonRequest request) {
    const auto* how = wire::json_message(asked.route->context, message);
    assert(how);  // a route names a message of its context
    auto bytes = how->command(std::move(request));
    if (bytes) {
        asked.command = *std::move(bytes);
        return {};
    }
    if (const auto* problem = std::get_if<wire::JsonProblem>(&bytes.error()))
        return problem_of(*problem);
    const auto* missing = std::get_if<wire::KeyIsMissing>(&bytes.error());
    if (!missing) return keys_are_unavailable();
    asked.keyless = missing->subject.raw();
    return {};
}

std::expected<std::optional<Time>, Problem> own_time_of(const Core& core, const Wish& wish) {
    if (!wish.own_time_ms) return std::nullopt;
    if (!wish.principal.scopes.has(Scope::admin))
        return std::unexpected(scope_is_insufficient({Scope::admin}));
    if (!core.engine.settings().own_times) return refused(problems::own_times_are_not_kept);
    const auto time = Time::from(*wish.own_time_ms);
    if (!time) return refused(problems::header_is_malformed);
    return *time;
}

}  // namespace

std::string stream_of(const CommandRoute& route, std::string_view id) {
    return route.message == "SetLocation" ? everywhere_mark + std::string(id) : std::string(id);
}

// 128 bits as 26 letters and digits (RFC 4648, base32, lower case).
std::string text_of(const wire::CommandId& id) {
    std::string text;
    for (int shift = 125; shift >= 0; shift -= 5) {
        const auto high = shift >= 64 ? id.high >> (shift - 64) : shift == 60 ? id.high << 4 : 0;
        const auto low = shift < 64 ? id.low >> shift : 0;
        text += base32_digits[(high | low) & 31U];
    }
    return text;
}

std::optional<wire::CommandId> command_id_in(std::string_view text) {
    wire::CommandId id;
    for (const char c : text) {
        const auto digit = base32_digits.find(c);
        if (digit == base32_digits.npos) return {};
        id.high = id.high << 5U | id.low >> 59U;
        id.low = id.low << 5U | digit;
    }
    return id && text_of(id) == text ? std::optional(id) : std::nullopt;
}

wire::CommandId id_of(std::string_view client, std::string_view key, std::string_view path) {
    return wire::command_id(client, std::string(key).append(" ").append(path));
}

Problem keys_are_unavailable() {
    return Problem(problems::keys_are_unavailable).header("Retry-After", "1");
}

Problem problem_of(const wire::JsonProblem& problem) {
    return Problem({400, wire::name_of(problem.what)}).with("pointer", problem.path);
}

std::expected<Asked, Problem> ask(const Core& core, const Wish& wish) {
    if (auto objection = objection_to_browser(wish)) return std::unexpected(*std::move(objection));
    const auto id = id_of(core, wish);
    if (!id) return std::unexpected(id.error());
    const auto time = own_time_of(core, wish);
    if (!time) return std::unexpected(time.error());
    Asked asked{&wish.route, {}, {}, {}, {}, *id, *time, wish.if_match.has_value()};
    const auto derived = text_of(*id);
    Supplied supplied;
    each_piece(
        wish.route.path, [](std::string_view) {},
        [&](std::string_view name) { supplied.add(name, wish.parameters[name]); });
    if (auto card = card_number_in(wish.key, supplied)) return std::unexpected(*std::move(card));
    if (!wish.route.made.empty() && supplied.value(wish.route.made).empty())
        supplied.add(wish.route.made, made_by(wish, derived), wish.route.made != wish.route.stream);
    asked.made = supplied.value(wish.route.made.empty() ? wish.route.stream : wish.route.made);
    if (is_reserved(wish.route, asked.made)) return refused(problems::operation_id_is_reserved);
    for (const auto& [name, value, fallback] : wish.route.defaults)
        supplied.add(name, value, fallback);
    const auto message = message_of(wish, supplied);
    if (!message) return std::unexpected(message.error());
    if (wish.route.context == Stock::number && wish.body.find("order"))
        return refused(Malformed::field_is_unknown, "order");
    const auto version = version_of(wish, supplied);
    if (!version) return std::unexpected(version.error());
    auto key = key_of(wish.route, supplied.value(wish.route.stream));
    if (!key) return std::unexpected(std::move(key.error()));
    asked.stream = *std::move(key);
    asked.created = filled(wish.route.created_at, supplied);

    wire::JsonRequest request{&wish.body, wish.route.inside, supplied.all(), asked.stream,
                              *version};
    request.envelope.id = *id;
    request.envelope.client = wish.principal.client;
    if (wish.traceparent.size() <= wire::traceparent_bytes_max)
        request.envelope.traceparent = wish.traceparent;
    request.envelope.asked_at_ms = *time;
    const auto seal = wire::sealing_by(core.keys, guest_of(supplied.value(wish.route.stream)));
    request.sealer = &seal;
    if (auto problem = build(asked, *message, std::move(request)))
        return std::unexpected(*std::move(problem));
    return asked;
}

}  // namespace holdfast::http
