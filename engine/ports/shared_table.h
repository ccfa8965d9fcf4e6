// SharedTable: rows by name that all engines of a namespace have, each in its own memory.
//
// Order       every engine is told the changes in one order. One that begins to follow later may be
//             told the last change of a name alone, in the place of that one.
// Durability  what is told is durable.
// Threading   follow() first, and once; then the others, by any thread. `told` is called by one
//             thread at a time, and must not write.
// Limits      write() and catch_up() wait for a few seconds at most.
// Errors      unavailable: not in time; what was to be written may still be, even later. damaged:
//             changes are missing. follow() also fails with what `told` says; after it that is a
//             line in the log.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/error.h"

namespace holdfast {

class SharedTable {
public:
    struct Row {
        std::string name;
        std::optional<std::vector<std::uint8_t>> value;  // none: it is gone
    };
    using Value = std::optional<std::span<const std::uint8_t>>;
    using Told = std::function<std::expected<void, Error>(std::string_view name, Value value)>;

    virtual ~SharedTable() = default;

    // Tells of all there is, and from then on of what changes.
    virtual std::expected<void, Error> follow(Told told) = 0;
    // Durable, and told here, when it returns.
    virtual std::expected<void, Error> write(const std::vector<Row>& rows) = 0;
    // Told here of everything that was durable when it was called.
    virtual std::expected<void, Error> catch_up() = 0;
};

}  // namespace holdfast
