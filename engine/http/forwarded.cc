#include "engine/http/forwarded.h"

#include "engine/http/posting.h"
#include "engine/runtime/forwarding.h"
#include "engine/wire/fields.h"
#include "engine/wire/peer.h"

namespace holdfast::http {
namespace {

Response malformed(std::string_view why) {
    return Problem(problems::request_is_malformed).detail(why).response();
}

wire::PeerOutcome outcome_of(const Posting& posting) {
    if (posting) return told_of(*posting);
    return std::unexpected(Error{Error::overloaded, "too much is in flight"});
}

Task<Response> answer(Engine& engine, const Request& request) {
    auto questions = wire::read_peer_questions(request.body());
    if (!questions) co_return malformed(wire::name_of(questions.error()));
    std::vector<Posted> commands;
    for (auto& question : *questions) {
        if (question.generation != engine.generation())
            co_return malformed("partitions of another generation of the namespace");
        auto posted = posted_by(std::move(question), engine.settings().partitions);
        if (!posted)
            co_return malformed(
                "a partition that is not there, a time that is none, or nothing that is asked");
        commands.push_back(*std::move(posted));
    }
    const auto postings = co_await post_all(engine, std::move(commands));
    std::vector<wire::PeerOutcome> answers;
    answers.reserve(postings.size());
    for (const auto& posting : postings) answers.push_back(outcome_of(posting));
    Response response(200);
    response.body(wire::peer_media_type, wire::to_bytes(answers));
    co_return response;
}

}  // namespace

Row forwarded_row(Engine& engine) {
    Row row{Method::post,
            wire::peer_path,
            {Scope::peer},
            Shedding::never,
            [&engine](Request& request) { return answer(engine, request); },
            "Commands that another engine was asked for."};
    row.body = {{wire::peer_media_type}, wire::peer_questions_bytes_max};
    row.cost = [](const Request&) { return std::size_t{0}; };
    return row;
}

}  // namespace holdfast::http
