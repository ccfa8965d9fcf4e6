#include "engine/http/answering.h"

#include <algorithm>

#include "engine/domain/contexts.h"
#include "engine/http/problem_list.h"
#include "engine/wire/personal.h"

namespace holdfast::http {
namespace {

Problem problem_of(const wire::JsonRefusal& refusal) {
    Problem problem({status_of(refusal.answer), refusal.name});
    if (!refusal.counts.empty()) problem.with(refusal.counts, refusal.detail);
    if (!refusal.subject.empty()) problem.with("subject", refusal.subject);
    return problem;
}

// The names of a version that is no more are no problem's.
Problem problem_of(const wire::Objection& objection) {
    const auto all = all_problems();
    const auto found = std::ranges::find(all, objection.name, &ProblemKind::name);
    if (found == all.end()) return Problem(problems::command_is_malformed);
    return Problem::recorded({objection.status, found->name}, objection.problem);
}

Problem stale(const wire::JsonDecided& part, bool is_by_if_match) {
    Problem problem(is_by_if_match ? problems::precondition : problems::version_is_stale);
    return problem.with("current_version", static_cast<std::int64_t>(part.before));
}

std::string document_of(const wire::JsonDecided& part, const Asked& asked) {
    std::string text = R"({"id":)";
    wire::append_text(text, asked.made);
    text += R"(,"version":)";
    wire::append_number(text, part.after);
    return text.append(R"(,"events":)").append(part.events).append("}");
}

void head(Response& response, const Told& told) {
    if (!told.token.empty()) response.header("Holdfast-Token", told.token.text());
    if (!told.command.empty()) response.header("Holdfast-Command", told.command);
    if (told.is_repeat) response.header("Idempotent-Replayed", "true");
}

Told refused(Problem problem) {
    Told told;
    told.problem = std::move(problem);
    return told;
}

}  // namespace

unsigned status_of(Answer answer) {
    switch (answer) {
        case Answer::conflict: return 409;
        case Answer::missing: return 404;
        case Answer::invalid: return 422;
        case Answer::declined: return 402;
    }
    return 409;
}

std::optional<Problem> problem_in(const wire::JsonDecision& decision, bool is_by_if_match) {
    switch (decision.header.outcome) {
        case fb::Outcome::accepted: return {};
        case fb::Outcome::stale: return stale(decision.parts.front(), is_by_if_match);
        case fb::Outcome::malformed: return Problem(problems::command_is_malformed);
        case fb::Outcome::poison: return Problem(problems::command_is_poison);
        case fb::Outcome::turned_away: return problem_of(*decision.header.objection);
        default: break;
    }
    const auto& refusal = decision.parts.front().refusal;
    return refusal ? problem_of(*refusal) : Problem(problems::record_is_damaged);
}

Outcomes::Outcomes(Metrics& metrics) {
    constexpr std::array outcomes{fb::Outcome::accepted, fb::Outcome::refused,
                                  fb::Outcome::stale,    fb::Outcome::malformed,
                                  fb::Outcome::poison,   fb::Outcome::turned_away};
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (const auto outcome : outcomes)
            with_context(context, [&]<class C>(C) {
                counters_[context - 1U][static_cast<std::size_t>(outcome) - 1] = &metrics.counter(
                    "holdfast_http_decisions_total", "Decisions that were answered over HTTP.",
                    {{"context", std::string(C::name)},
                     {"outcome", std::string(wire::name_of(outcome))}});
            });
}

Problem not_answered(const Posting& posting) {
    const auto again = [](ProblemKind kind) { return Problem(kind).header("Retry-After", "1"); };
    if (!posting) return again(problems::engine_is_overloaded);
    switch (posting->error().code) {
        case Error::conflict: return again(problems::partition_has_no_leader);
        case Error::unavailable: return again(problems::outcome_is_unknown);
        case Error::overloaded: return again(problems::engine_is_overloaded);
        default: return Problem(problems::record_is_damaged);
    }
}

Told tell(const Core& core, const Asked& asked, const Posting& posting) {
    if (!posting || !*posting) return refused(not_answered(posting));
    const auto& answered = **posting;
    if (answered.how == Taken::key_was_used)
        return refused(Problem(problems::idempotency_key_was_used));
    const auto open = wire::opening_by(core.keys);
    const auto decision =
        wire::decision_from(asked.route->context, answered.record, wire::Wanted::answer, &open);
    if (!decision) return refused(Problem(problems::record_is_damaged));
    Told told;
    if (asked.id) told.command = text_of(asked.id);
    told.is_repeat = answered.how == Taken::repeated;
    const auto at = core.engine.partition_of(asked.route->context, asked.stream);
    told.token = projections::Token(core.engine.generation());
    told.token.add(at, answered.sequence);
    if (!told.is_repeat) told.outcome = decision->header.outcome;
    told.problem = problem_in(*decision, asked.is_by_if_match);
    if (decision->parts.empty()) return told;
    told.version = decision->parts.front().after;
    if (!told.problem) told.document = document_of(decision->parts.front(), asked);
    return told;
}

Response respond(unsigned status, const Told& told, std::string document) {
    Response response(status);
    response.header("ETag", "\"" + std::to_string(told.version) + "\"");
    head(response, told);
    return std::move(response.body("application/json", std::move(document)));
}

Response respond(const Asked& asked, const Told& told) {
    auto response = respond(asked.created.empty() ? 200 : 201, told, told.document);
    if (!asked.created.empty()) response.header("Location", asked.created);
    return response;
}

Response respond(Problem problem, const Told& told, std::string_view path) {
    auto response = problem.instance(path).response();
    head(response, told);
    return response;
}

}  // namespace holdfast::http
