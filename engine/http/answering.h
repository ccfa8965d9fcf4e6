// Answering: from a decision's record to the response, or the problem, that its client reads.
#pragma once

#include <array>

#include "engine/http/asking.h"
#include "engine/http/posting.h"
#include "engine/wire/json_decision.h"
#include "projections/token.h"

namespace holdfast::http {

// What was decided, as far as the one stream that was asked is concerned.
struct Told {
    std::optional<Problem> problem;      // none: it was accepted
    std::optional<fb::Outcome> outcome;  // none: nothing was decided
    std::string document;                // {"id", "version", "events"}
    Version version = 0;
    projections::Token token;
    std::string command;  // its id; empty without a key
    bool is_repeat = false;
};

// Counts what was decided, by context and outcome.
class Outcomes {
public:
    explicit Outcomes(Metrics& metrics);
    void count(std::uint8_t context, fb::Outcome outcome) {
        counters_[context - 1U][static_cast<std::size_t>(outcome) - 1]->add();
    }

private:
    std::array<std::array<Counter*, 6>, contexts_count> counters_{};
};

// Why it was not done; nothing when it was. A version may have come by If-Match, or in the body.
std::optional<Problem> problem_in(const wire::JsonDecision& decision, bool is_by_if_match);
// What a rejection of that kind is in HTTP.
unsigned status_of(Answer answer);

Told tell(const Core& core, const Asked& asked, const Posting& posting);
// Why there is no record that answers.
Problem not_answered(const Posting& posting);

// A response with what every answer of a write has.
Response respond(unsigned status, const Told& told, std::string document);
Response respond(const Asked& asked, const Told& told);
// A problem with the same.
Response respond(Problem problem, const Told& told, std::string_view path);

}  // namespace holdfast::http
