// Card number: whether a text holds one, by length and check digit. Such a text is refused wherever
// it stands; only gateways' tokens come in.
//
// Limits  a guard against accidents, not against somebody who hides a number. A number is 13 to 19
//         digits, also of full width, Luhn's check digit right. Between them are runs of at most 3
//         blanks (spaces, no-break and thin ones) or dashes; or of dots, slashes or underscores,
//         perhaps with blanks, when these are of one kind, the groups of 3 to 6 digits, and the
//         first digit 2 to 6. Other ids look like that too, and one in ten has the right digit by
//         chance. So these are let pass: digits in a word with letters (UUIDs, hexadecimal); what
//         a plus precedes (telephones); what begins with 0; and of 13 or 14 digits, the lengths of
//         milliseconds and of bar codes, all that does not begin with 3 to 6 as cards of these
//         lengths do, or is an EAN. Of a JSON number that is nobody's field it is the digits
//         before point and exponent, when they begin with 2 to 6 as payment cards do: times in
//         micro- and nanoseconds begin with 1.
// Source  ISO/IEC 7812-1, annex B; GS1 General Specifications, 7.9.
#pragma once

#include <string_view>

namespace holdfast::wire {

bool has_a_card_number(std::string_view text);
bool is_a_card_number_in_json(std::string_view number);

}  // namespace holdfast::wire
