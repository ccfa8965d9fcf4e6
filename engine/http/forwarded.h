// Forwarded: commands that other engines of the namespace were asked for and this one leads.
//
// Order      commands to one partition are decided in the order they stand in.
// Invariant  what comes from a peer goes no further: it is decided here, or it is said that it is
//            not led here.
// Limits     engine/wire/peer.h; it was charged and admitted where it was asked, so here it is not.
// Errors     request_is_malformed: bytes that are no such message, or name no partition. What
//            became of each command stands in its answer.
#pragma once

#include <vector>

#include "engine/http/router.h"
#include "engine/runtime/engine.h"

namespace holdfast::http {

// Not for the public: it stands in no /openapi.json.
Row forwarded_row(Engine& engine);

}  // namespace holdfast::http
