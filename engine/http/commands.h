// Commands: every request that changes something: read, posted, answered when it is durable.
//
// Lifetime   longer than the Server that calls its rows' handlers; shorter than what Core names.
// Threading  any thread.
#pragma once

#include "engine/http/conversations.h"
#include "engine/http/keys_in_flight.h"

namespace holdfast::http {

class Commands {
public:
    explicit Commands(const Core& core);

    // The rows of all command routes, and of the batch.
    std::vector<Row> rows();

private:
    // An element of a batch on its way: its place among what was posted, or why it was not.
    struct Element {
        std::optional<Problem> problem;
        std::string path;
        Asked asked;
        KeysInFlight::Claim claim;
        std::size_t posted = 0;
    };

    Task<Response> answer(const CommandRoute& route, Request& request);
    Task<Response> converse(Waiting waiting);
    std::expected<Asked, Problem> ask(const CommandRoute& route, const Request& request) const;
    Task<std::expected<Asked, Problem>> ask_with_key(const CommandRoute& route,
                                                     const Request& request,
                                                     std::vector<std::string> of_whom);
    std::expected<KeysInFlight::Claim, Problem> claim(const wire::CommandId& id);
    Told tell(const Asked& asked, const Posting& posting);

    Task<Response> answer_batch(Request& request);
    std::vector<Element> read(std::span<const std::string_view> texts, const Request& batch);
    Element read(std::string_view text, const Request& batch);
    static std::vector<std::string> keyless_in(std::span<const Element> elements);
    std::expected<Asked, Problem> ask(const wire::JsonNode& element, const Request& batch,
                                      std::string& path);
    struct Answered {
        Told told;
        Response response;
    };
    Answered answer(const Element& element, const std::vector<Posting>& postings);

    Core core_;
    Outcomes outcomes_;
    KeysInFlight in_flight_;
    CommandRouter router_;  // for elements of batches
};

}  // namespace holdfast::http
