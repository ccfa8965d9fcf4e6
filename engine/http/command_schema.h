// Command schema: what the OpenAPI document says of a command's request and of its answers.
#pragma once

#include "engine/http/command_routes.h"

namespace holdfast::http {

void document(Row& row, const CommandRoute& route);
void document_batch(Row& row);

// The bodies of POST /v1/skus/{sku}/movements: `kind`, and the message that it asks for.
struct Movement {
    std::string_view kind, message;
};
inline constexpr std::array movements{
    Movement{"receive", "Receive"}, Movement{"adjust", "Adjust"}, Movement{"count", "Count"},
    Movement{"reclassify", "Reclassify"}, Movement{"write_off", "WriteOff"}};

// Headers that commands and reads share.
inline constexpr std::string_view prefer_wait =
    "wait=<seconds>, at most 60: how long to wait for it; 10 when nothing is said.";

}  // namespace holdfast::http
