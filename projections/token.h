// Token: how far into the log a reader wants a read model to be: what a write answers with, so that
// the next read sees it.
//
// Invariant  one position a partition, the furthest; sorted by partition.
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

    void add(PartitionId at, Sequence sequence);
    void merge(const Token& other);
    const std::vector<Position>& positions() const { return positions_; }
    bool empty() const { return positions_.empty(); }

    std::string text() const;
    static std::optional<Token> from_text(std::string_view text);
    friend bool operator==(const Token&, const Token&) = default;

private:
    std::vector<Position> positions_;
};

}  // namespace holdfast::projections
