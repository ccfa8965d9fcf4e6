// Token: how far into the log a reader wants a read model to be: what a write answers with, so that
// the next read sees it.
//
// Invariant  one position a partition, the furthest; sorted by partition. They are of one
//            generation: in another the same numbers are other records.
// Limits     256 partitions; some 5 characters each.
// Errors     from_text() gives nothing for a text that no token's text() is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/event_log.h"

namespace holdfast::projections {

class Token {
public:
    struct Position {
        PartitionId at;
        Sequence sequence = 0;  // the record itself is to be seen
        friend bool operator==(const Position&, const Position&) = default;
    };
    static constexpr std::size_t positions_max = 256;

    Token() = default;
    explicit Token(std::uint32_t generation) : generation_(generation) {}

    void add(PartitionId at, Sequence sequence);
    // Of the same generation, or into an empty one.
    void merge(const Token& other);
    const std::vector<Position>& positions() const { return positions_; }
    bool empty() const { return positions_.empty(); }
    std::uint32_t generation() const { return generation_; }

    std::string text() const;
    static std::optional<Token> from_text(std::string_view text);
    friend bool operator==(const Token&, const Token&) = default;

private:
    std::uint32_t generation_ = 1;
    std::vector<Position> positions_;
};

}  // namespace holdfast::projections
