#include "engine/wire/json_read.h"

#include <charconv>

namespace holdfast::wire {
namespace {

// Members mostly stand in the schema's order: the search begins behind the last one found.
std::optional<std::size_t> place_of(std::string_view name, std::span<const std::string_view> names,
                                    std::size_t first) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto place = first + i < names.size() ? first + i : first + i - names.size();
        if (names[place] == name) return place;
    }
    return {};
}

}  // namespace

std::expected<std::int64_t, Malformed> integer_from(const JsonNode& node) {
    if (node.kind != JsonKind::number) return std::unexpected(Malformed::field_has_the_wrong_type);
    const auto* last = node.text.data() + node.text.size();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(node.text.data(), last, number);
    if (end != last) return std::unexpected(Malformed::field_has_the_wrong_type);  // 1.0, 1e3
    if (error == std::errc::result_out_of_range)
        return std::unexpected(Malformed::value_is_outside_its_range);
    if (error != std::errc()) return std::unexpected(Malformed::field_has_the_wrong_type);
    return number;
}

std::optional<JsonFault> place_members(const JsonNode& object,
                                       std::span<const std::string_view> names,
                                       std::span<const JsonNode*> places, JsonBeside* beside) {
    std::size_t next = 0;
    for (const auto& member : object) {
        if (const auto place = place_of(member.name, names, next)) {
            places[*place] = &member;
            next = *place + 1;
        } else if (!beside) {
            return JsonFault{Malformed::field_is_unknown, &member};
        } else if (const auto wrong = beside->take(member)) {
            return JsonFault{*wrong, &member};
        }
    }
    return {};
}

}  // namespace holdfast::wire
