// Recall: what became of a command that was sent, by its id, or by its client, key and path.
//
// Order       it is asked where commands are decided, behind those that were sent before: one that
//             is on its way is waited for.
// Invariant   nothing is decided by asking. A client sees its own commands, a browser those on its
//             cart, an admin all.
// Limits      as long as a command's answer is kept by its key: 7 days. Without its path it is
//             asked for in every partition of every context: not by browsers, and charged as so
//             many requests.
// Lifetime    longer than the Server that calls its rows' handlers; shorter than what Core names.
// Errors      command_is_unknown: it was never decided, or it is another client's. An id, a key or
//             a path that no command can have had is malformed: it says nothing of what was sent.
#pragma once

#include "engine/http/answering.h"

namespace holdfast::http {

class Recall {
public:
    explicit Recall(const Core& core);

    std::vector<Row> rows();

private:
    Task<Response> by_id(Request& request) const;
    Task<Response> by_key(Request& request) const;
    Task<Response> find(Request& request, wire::CommandId id,
                        std::vector<PartitionId> partitions) const;
    Response answer(const Request& request, std::span<const PartitionId> partitions,
                    std::span<const Posting> postings) const;
    // What may have been sent to the path, one for each method: none when it is no command's.
    std::vector<CommandMatch> commands_at(std::string_view path) const;
    std::vector<PartitionId> partitions_of(std::span<const CommandMatch> commands) const;
    std::vector<PartitionId> everywhere() const;

    Core core_;
    CommandRouter router_;
};

}  // namespace holdfast::http
