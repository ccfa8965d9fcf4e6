// Whether a context explains each of its rejections by the name that stands in its code.
#pragma once

#include <string_view>

#include <gtest/gtest.h>

#include "engine/wire/fields.h"

namespace holdfast {

// The rejections are numbered from 1 to `count`; the next number has no name.
template <class C> void expect_explained(std::uint8_t count) {
    using Rejection = typename C::Rejection;
    for (std::uint8_t number = 1; number <= count; ++number) {
        const auto why = static_cast<Rejection>(number);
        EXPECT_EQ(explain(why).why, why);
        EXPECT_EQ(explain(why).name, wire::name_of(why));
    }
    EXPECT_EQ(wire::name_of(static_cast<Rejection>(count + 1)), "") << "is not explained";
}

}  // namespace holdfast
