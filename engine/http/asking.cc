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

// A route's path with what its parameters are.
template <class ValueOf> std::string filled(std::string_view path, ValueOf value_of) {
    std::string text;
    each_piece(
        path, [&](std::string_view literal) { text += literal; },
        [&](std::string_view name) { text += value_of(name); });
    return text;
}

Problem malformed(Malformed what, std::string_view member) {
    wire::JsonProblem problem{what, ""};
    wire::append_step(problem.path, member);
    return problem_of(problem);
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

// What an order asks of its payments has ids of its own, which say that it was the order.
bool is_reserved(const CommandRoute& route, std::string_view made) {
    if (route.context != Payment::number) return false;
    const auto operation = OperationId::from(made);
    return operation && order::is_an_orders(*operation);
}

// Whose data it is when nobody is named: that of the stream, which a repeat names too.
SubjectId guest_of(std::string_view stream) {
    const auto name = std::string("g:").append(stream.substr(0, SubjectId::bytes_max - 2));
    return SubjectId::from(name).value();
}

// From a wish to a command, one concern after the other; each may be why there is none.
class Asking {
public:
    Asking(const Core& core, const Wish& wish) : core_(core), wish_(wish) {
        asked_.route = &wish.route;
        asked_.is_by_if_match = wish.if_match.has_value();
        each_piece(
            wish.route.path, [](std::string_view) {},
            [&](std::string_view name) { supplied_.add(name, wish.parameters[name]); });
    }
    std::expected<Asked, Problem> asked() {
        constexpr std::array concerns{
            &Asking::who_asks,         &Asking::by_which_key,    &Asking::at_what_time,
            &Asking::what_is_made,     &Asking::which_message,   &Asking::for_an_order,
            &Asking::at_which_version, &Asking::of_which_stream, &Asking::in_which_bytes};
        for (const auto concern : concerns)
            if (auto problem = (this->*concern)()) return std::unexpected(*std::move(problem));
        return std::move(asked_);
    }

private:
    std::optional<Problem> who_asks() { return objection_to_browser(wish_); }
    std::optional<Problem> by_which_key();
    std::optional<Problem> at_what_time();
    std::optional<Problem> what_is_made();
    std::optional<Problem> which_message();
    std::optional<Problem> for_an_order();
    std::optional<Problem> at_which_version();
    std::optional<Problem> of_which_stream();
    std::optional<Problem> in_which_bytes();

    const Core& core_;
    const Wish& wish_;
    Supplied supplied_;
    std::string derived_;  // the id of what is made when nobody gives one
    std::string_view message_;
    std::optional<std::uint64_t> version_;
    Asked asked_;
};

std::optional<Problem> Asking::by_which_key() {
    if (wish_.key.empty() && wish_.route.method == Method::post)
        return Problem(problems::idempotency_key_is_missing);
    if (wire::has_a_card_number(wish_.key))
        return Problem({400, wire::name_of(Malformed::card_number_is_not_accepted)})
            .with("header", "Idempotency-Key");
    const auto& settings = core_.engine.settings();
    const auto made = settings.own_times ? std::nullopt : made_at_ms(wish_.key);
    if (made && *made + settings.kept_ms < core_.engine.now_ms())
        return Problem(problems::idempotency_key_is_too_old);
    if (!wish_.key.empty())
        asked_.id = id_of(wish_.principal.client, wish_.key, wish_.route, wish_.parameters);
    derived_ = text_of(asked_.id);
    return {};
}

std::optional<Problem> Asking::at_what_time() {
    if (!wish_.own_time_ms) return {};
    if (!wish_.principal.scopes.has(Scope::admin)) return scope_is_insufficient({Scope::admin});
    if (!core_.engine.settings().own_times) return Problem(problems::own_times_are_not_kept);
    const auto time = Time::from(*wish_.own_time_ms);
    if (!time) return Problem(problems::header_is_malformed).with("header", "Holdfast-Time");
    asked_.own_time = *time;
    return {};
}

// The path or the body says it, or it follows from the command's id.
std::optional<Problem> Asking::what_is_made() {
    const auto made = wish_.route.made, stream = wish_.route.stream;
    if (!made.empty() && supplied_.value(made).empty()) {
        const auto* own = wish_.body.find(made);
        const bool is_own = own && own->kind == wire::JsonKind::text;
        supplied_.add(made, is_own ? own->text : derived_, made != stream);
    }
    asked_.made = supplied_.value(made.empty() ? stream : made);
    if (is_reserved(wish_.route, asked_.made)) return Problem(problems::operation_id_is_reserved);
    return {};
}

std::optional<Problem> Asking::which_message() {
    for (const auto& [name, value, fallback] : wish_.route.defaults)
        supplied_.add(name, value, fallback);
    message_ = wish_.route.message;
    if (!message_.empty()) return {};
    const auto* kind = wish_.body.find("kind");
    if (!kind) return malformed(Malformed::field_is_missing, "kind");
    if (kind->kind != wire::JsonKind::text)
        return malformed(Malformed::field_has_the_wrong_type, "kind");
    const auto found = std::ranges::find(movements, kind->text, &Movement::kind);
    if (found == movements.end()) return malformed(Malformed::value_is_outside_its_range, "kind");
    supplied_.add("kind", found->kind);
    message_ = found->message;
    return {};
}

// Which order it is for is an order's own to say.
std::optional<Problem> Asking::for_an_order() {
    if (wish_.route.context != Stock::number || !wish_.body.find("order")) return {};
    return malformed(Malformed::field_is_unknown, "order");
}

std::optional<Problem> Asking::at_which_version() {
    version_ = wish_.if_match;
    const auto* version = wish_.body.find("version");
    if (!version) return {};
    supplied_.add("version", version->text);
    std::uint64_t number = 0;
    const auto text = version->text;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc() && stop == text.data() + text.size();
    if (version->kind != wire::JsonKind::number || !is_whole)
        return malformed(Malformed::field_has_the_wrong_type, "version");
    if (version_.value_or(number) != number)
        return malformed(Malformed::field_is_not_as_given, "version");
    version_ = number;
    return {};
}

// A stream's key is an id of its context, which the path's characters need not be.
std::optional<Problem> Asking::of_which_stream() {
    const auto& route = wish_.route;
    const auto id = supplied_.value(route.stream);
    std::optional<Problem> problem;
    with_context(route.context, [&]<class C>(C) {
        if (const auto key = C::Key::from(id); !key) problem = malformed(key.error(), route.stream);
    });
    if (problem) return problem;
    asked_.stream = stream_of(route, id);
    asked_.created =
        filled(route.created_at, [&](std::string_view name) { return supplied_.value(name); });
    return {};
}

// The command, or whose key it lacks.
std::optional<Problem> Asking::in_which_bytes() {
    wire::JsonRequest request{&wish_.body, wish_.route.inside, supplied_.all(), asked_.stream,
                              version_};
    request.envelope.id = asked_.id;
    request.envelope.client = wish_.principal.client;
    if (wish_.traceparent.size() <= wire::traceparent_bytes_max)
        request.envelope.traceparent = wish_.traceparent;
    request.envelope.asked_at_ms = asked_.own_time;
    const auto guest = guest_of(supplied_.value(wish_.route.stream));
    const auto seal = wire::sealing_by(core_.keys, guest);
    request.sealer = wish_.sealer ? wish_.sealer : &seal;
    const auto* how = wire::json_message(wish_.route.context, message_);
    assert(how);  // a route names a message of its context
    auto bytes = how->command(std::move(request));
    if (bytes) {
        asked_.command = *std::move(bytes);
        return {};
    }
    if (const auto* problem = std::get_if<wire::JsonProblem>(&bytes.error()))
        return problem_of(*problem);
    if (const auto* failed = std::get_if<Error>(&bytes.error());
        failed && failed->code == Error::refused && wish_.sealer)
        return Problem(problems::sealed_data_is_damaged);
    const auto* missing = std::get_if<wire::KeyIsMissing>(&bytes.error());
    if (!missing) return keys_are_unavailable();
    asked_.keyless = missing->subject.raw();
    return {};
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

wire::CommandId id_of(std::string_view client, std::string_view key, const CommandRoute& route,
                      const PathParameters& path) {
    const auto spelt = filled(route.path, [&](std::string_view name) { return path[name]; });
    return wire::command_id(client, std::string(key).append(" ").append(spelt));
}

Problem keys_are_unavailable() {
    return Problem(problems::keys_are_unavailable).header("Retry-After", "1");
}

Problem problem_of(const wire::JsonProblem& problem) {
    return Problem({400, wire::name_of(problem.what)}).with("pointer", problem.path);
}

std::expected<Asked, Problem> ask(const Core& core, const Wish& wish) {
    return Asking(core, wish).asked();
}

}  // namespace holdfast::http
