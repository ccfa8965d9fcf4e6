// Waiting: until the read models show what a consistency token stands for.
//
// Order    a write's answer has a token; a read that waits for it sees that write and everything
//          before it in its partition.
// Errors   consistency_token_is_malformed; consistency_token_is_of_another_generation; and
//          view_lags_behind when the wait is over before it is seen.
// Source   Prefer: wait=<seconds> (RFC 7240) says how long, 10 seconds when it says nothing.
#pragma once

#include "engine/http/core.h"
#include "engine/http/router.h"

namespace holdfast::http {

// The parameter of every read: one token, or several, separated by commas.
inline const QueryParameter wait_for_parameter{
    "wait_for", "A Holdfast-Token, or several, separated by commas: what they stand for is seen."};

Task<std::optional<Problem>> wait_for(const Core& core, const Request& request);

}  // namespace holdfast::http
