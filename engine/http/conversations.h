// Conversations: waiting for what a durable command sets going in other contexts: an order's
// checkout, and a cancellation's answers from its warehouses.
//
// Order   a command was answered durably first, so a client that stops waiting loses nothing.
// Errors  nothing, when the deadline passed before the outcome was there: the answer is 202.
#pragma once

#include "engine/http/answering.h"
#include "engine/http/lane.h"

namespace holdfast::http {

struct Waiting {
    const Core& core;
    const Asked& asked;
    const Told& told;
    std::string_view path;
    SteadyClock::time_point deadline;
};

// Whether an accepted command is only the beginning.
bool has_more_to_come(const Asked& asked, const Told& told);

// 201 with the order; 409 stock_is_insufficient; 402 payment_was_declined; ...
Task<std::optional<Response>> checkout(Waiting waiting);
// 200 with all events of the cancellation.
Task<std::optional<Response>> cancellation(Waiting waiting);
// 202, with where to look.
Response accepted(const Waiting& waiting);

}  // namespace holdfast::http
