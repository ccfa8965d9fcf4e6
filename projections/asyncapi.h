// AsyncAPI: the document that says what the public topics hold, made from the messages themselves.
//
// Invariant  a message is in it because it is one: nothing is listed twice by hand.
// Source     AsyncAPI 3.0, whose schemas are JSON Schema's; CloudEvents 1.0, structured mode.
#pragma once

#include <string>

namespace holdfast::published {

std::string asyncapi(const std::string& name_space);

}  // namespace holdfast::published
