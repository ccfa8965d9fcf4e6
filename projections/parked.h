// Parked: a decision that a view could not fold, kept as it is for whoever finds out why.
#pragma once

#include "projections/view.h"

namespace holdfast::projections {

struct ParkedRow {
    static constexpr std::string_view family =
        "record";  // key: view / context / partition / number
    std::string view, context = {};
    std::uint16_t partition = 0;
    Sequence sequence = 0;
    std::string why = {};
    std::vector<std::uint8_t> record = {};  // its bytes in the log
    friend bool operator==(const ParkedRow&, const ParkedRow&) = default;
};

}  // namespace holdfast::projections
