#include "engine/http/topic_commands.h"

#include <algorithm>
#include <charconv>

#include <boost/beast/core/string.hpp>

#include "engine/wire/base64url.h"
#include "engine/wire/card_number.h"
#include "engine/wire/personal.h"

namespace holdfast::http {
namespace {

namespace beast = boost::beast;
using wire::JsonKind;
using wire::JsonNode;

constexpr std::size_t body_bytes_max = 1U << 20U;
constexpr std::size_t path_bytes_max = 1'024, if_match_bytes_max = 22;
constexpr std::size_t kept_bytes_max = 2U << 20U;  // of a message that is turned away

std::unexpected<Problem> wrong(std::string_view header, std::string_view rule) {
    Problem problem(problems::header_is_malformed);
    problem.with("header", header).detail(rule);
    return std::unexpected(std::move(problem));
}

bool is_visible(std::string_view text, std::size_t bytes_max) {
    return !text.empty() && text.size() <= bytes_max &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '"'; });
}

std::unexpected<Problem> card_number_in(std::string_view header) {
    const auto name = wire::name_of(Malformed::card_number_is_not_accepted);
    return std::unexpected(Problem({400, name}).with("header", header));
}

// {"subject", "sealed"}: what POST /v1/customers/{customer}/personal-data answered.
std::optional<Sealed> sealed_in(const JsonNode& personal) {
    if (personal.kind != JsonKind::object || personal.children() != 2) return {};
    const auto* subject = personal.find("subject");
    const auto* sealed = personal.find("sealed");
    if (!subject || !sealed || subject->kind != JsonKind::text || sealed->kind != JsonKind::text)
        return {};
    const auto whose = SubjectId::from(subject->text);
    auto box = wire::from_base64url(sealed->text);
    if (!whose || !box || box->size() <= box_bytes_more || box->size() > sealed_bytes_max)
        return {};
    return Sealed{*whose, *std::move(box)};
}

// A box that nobody can open any more is taken as it is: its subject was forgotten meanwhile.
wire::Sealer taking(KeyStore& keys, const Sealed& sealed) {
    return [&keys, &sealed](std::optional<SubjectId>,
                            std::string_view) -> std::expected<wire::Sealing, wire::SealFailure> {
        const auto text = keys.open(sealed.subject.raw(), sealed.box);
        if (!text && text.error().code == Error::damaged)
            return std::unexpected(Error{Error::refused, text.error().detail});
        if (!text) return std::unexpected(text.error());
        if (!*text) return wire::Sealing{sealed, 0};
        const auto fingerprint = keys.fingerprint(sealed.subject.raw(), **text);
        if (!fingerprint) return std::unexpected(fingerprint.error());
        return wire::Sealing{sealed, fingerprint->value_or(0)};
    };
}

bool may_be_kept(std::string_view bytes, std::string_view problem) {
    const auto card = wire::name_of(Malformed::card_number_is_not_accepted);
    return bytes.size() <= kept_bytes_max && problem != card &&
           problem != problems::personal_data_is_not_sealed.name &&
           problem != problems::command_is_poison.name &&
           bytes.find("\"personal\"") == std::string_view::npos && !wire::has_a_card_number(bytes);
}

std::expected<std::optional<std::uint64_t>, Problem> version_in(std::string_view if_match) {
    if (if_match.empty()) return std::nullopt;
    auto digits = if_match;
    if (digits.size() > 2 && digits.front() == '"' && digits.back() == '"')
        digits = digits.substr(1, digits.size() - 2);
    std::uint64_t version = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (error != std::errc() || stop != digits.data() + digits.size())
        return wrong("if-match", "a version");
    return version;
}

std::string_view media_type_in(std::string_view content_type) {
    const auto type = content_type.substr(0, content_type.find(';'));
    return type.substr(0, type.find_last_not_of(' ') + 1);
}

}  // namespace

struct TopicCommands::Said {
    std::string_view client, key, method, path, traceparent, if_match, content_type;

    bool has_id() const {
        return is_visible(client, wire::name_bytes_max) && is_idempotency_key(key) &&
               is_visible(path, path_bytes_max);
    }
};

TopicCommands::TopicCommands(const Core& core, Scopes scopes) : core_(core), scopes_(scopes) {}

std::expected<Understood, Error> TopicCommands::understand(PartitionId at,
                                                           const CommandMessage& message,
                                                           bool is_poison) {
    wire::Envelope envelope;
    auto command = is_poison ? std::unexpected(Problem(problems::command_is_poison))
                             : command_of(at, message, envelope);
    if (command) return Understood{*std::move(command)};
    const auto& problem = command.error();
    if (problem.name() == problems::keys_are_unavailable.name)
        return std::unexpected(Error{Error::unavailable, "sealed data cannot be looked at now"});
    TurnedAway turned_away{
        std::move(envelope),
        {std::string(problem.name()), static_cast<std::uint16_t>(problem.status()),
         problem.response().body(), message.value.size()}};
    const bool is_kept = may_be_kept(message.value, problem.name());
    // Of what must not be kept not even a hash, which is soon guessed.
    if (is_kept)
        turned_away.envelope.fingerprint =
            wire::blake2b_64(std::array{std::string_view(message.value)});
    return Understood{is_kept ? message.value : std::string(),
                      std::make_shared<const TurnedAway>(std::move(turned_away))};
}

// What is wrong with the body is said first: then nothing of it is kept that must not be.
std::expected<std::string, Problem> TopicCommands::command_of(PartitionId at,
                                                              const CommandMessage& message,
                                                              wire::Envelope& envelope) {
    const auto said = read(message);
    if (said && said->has_id()) {
        envelope.client = said->client;
        envelope.id = id_of(*said);
        if (said->traceparent.size() <= wire::traceparent_bytes_max)
            envelope.traceparent = said->traceparent;
    }
    if (message.value.size() > body_bytes_max)
        return std::unexpected(Problem(problems::body_is_too_large)
                                   .with("limit", static_cast<std::int64_t>(body_bytes_max)));
    const auto body = json_.parse(message.value.empty() ? "{}" : message.value);
    if (!body) return std::unexpected(problem_of(body.error()));
    if ((*body)->kind == JsonKind::object)
        if (const auto* personal = (*body)->find("personal");
            personal && personal->kind != JsonKind::null && !sealed_in(*personal))
            return std::unexpected(
                Problem(problems::personal_data_is_not_sealed).with("pointer", "/personal"));
    if (!said) return std::unexpected(said.error());
    return ask(at, message, *said, **body);
}

// A path that no command has stands for itself; of one with a card number not even a hash is kept.
wire::CommandId TopicCommands::id_of(const Said& said) const {
    const auto match = router_.route_of(said.method, said.path);
    if (match) return http::id_of(said.client, said.key, match->route, match->path);
    if (match.error().name() == wire::name_of(Malformed::card_number_is_not_accepted)) return {};
    return wire::command_id(said.client, std::string(said.key).append(" ").append(said.path));
}

std::expected<TopicCommands::Said, Problem> TopicCommands::read(
    const CommandMessage& message) const {
    Said said;
    const std::array<std::pair<std::string_view, std::string_view*>, 7> names{
        {{"holdfast-client", &said.client},
         {"holdfast-method", &said.method},
         {"holdfast-path", &said.path},
         {"idempotency-key", &said.key},
         {"traceparent", &said.traceparent},
         {"if-match", &said.if_match},
         {"content-type", &said.content_type}}};
    for (const auto& [name, value] : message.headers) {
        const auto found = std::ranges::find_if(
            names, [&](const auto& known) { return beast::iequals(known.first, name); });
        if (found == names.end()) continue;
        if (!found->second->empty()) return wrong(found->first, "it is given more than once");
        if (wire::has_a_card_number(value)) return card_number_in(found->first);
        *found->second = value;
    }
    if (!is_traceparent(said.traceparent)) said.traceparent = {};
    return said;
}

std::expected<std::string, Problem> TopicCommands::ask(PartitionId at,
                                                       const CommandMessage& message,
                                                       const Said& said, const JsonNode& body) {
    if (!is_visible(said.client, wire::name_bytes_max))
        return wrong("holdfast-client", "who sends it: 1 to 64 characters of visible ASCII");
    if (said.key.empty()) return std::unexpected(Problem(problems::idempotency_key_is_missing));
    if (!is_idempotency_key(said.key))
        return std::unexpected(Problem(problems::idempotency_key_is_malformed));
    if (!is_visible(said.path, path_bytes_max) || !said.path.starts_with('/'))
        return wrong("holdfast-path", "the path of the request that it would be over HTTP");
    if (!is_visible(said.method, name_of(Method::remove).size()))
        return wrong("holdfast-method", "POST, PUT, PATCH or DELETE");
    if (!said.content_type.empty() &&
        !beast::iequals(media_type_in(said.content_type), "application/json"))
        return std::unexpected(
            Problem(problems::media_type_is_not_supported).with("one_of", "application/json"));
    const auto version = said.if_match.size() <= if_match_bytes_max
                             ? version_in(said.if_match)
                             : wrong("if-match", "a version");
    if (!version) return std::unexpected(version.error());
    const auto match = router_.route_of(said.method, said.path);
    if (!match) return std::unexpected(match.error());
    const auto& route = match->route;
    if (route.context != at.context)
        return std::unexpected(Problem(problems::path_is_of_another_topic));
    if (!scopes_.has_one_of(route.scopes))
        return std::unexpected(scope_is_insufficient(route.scopes));
    const Principal principal{std::string(said.client), scopes_, {}, {}};
    const auto* personal = body.kind == JsonKind::object ? body.find("personal") : nullptr;
    const auto sealed = personal ? sealed_in(*personal) : std::nullopt;
    const auto take = sealed ? taking(core_.keys, *sealed) : wire::Sealer();
    auto asked = http::ask(core_, {route,
                                   match->path,
                                   body,
                                   principal,
                                   said.key,
                                   *version,
                                   {},
                                   said.traceparent,
                                   sealed ? &take : nullptr});
    if (!asked) return std::unexpected(std::move(asked.error()));
    if (!asked->keyless.empty()) return std::unexpected(keys_are_unavailable());
    if (message.key != asked->stream)
        return std::unexpected(
            Problem(problems::key_is_not_of_the_stream).with("stream", asked->stream));
    const auto partition = core_.engine.partition_of(at.context, asked->stream).partition;
    if (partition != at.partition)
        return std::unexpected(Problem(problems::key_belongs_to_another_partition)
                                   .with("partition", std::int64_t{partition}));
    return std::move(asked->command);
}

}  // namespace holdfast::http
