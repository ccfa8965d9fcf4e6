// The head of a response as bytes.
//
// Source  RFC 9112, section 4; dates as RFC 9110, section 5.6.7.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "engine/http/message.h"

namespace holdfast::http {

struct Framing {
    unsigned version = 11;  // as Beast counts: 10, 11
    bool keep_alive = true;
};

// Appends status line, the response's own lines, Date, Content-Length, Connection, and the empty
// line.
void append_head(std::string& to, const Response& response, Framing framing, std::time_t now);

}  // namespace holdfast::http
