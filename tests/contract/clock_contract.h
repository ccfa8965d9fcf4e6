// What every Clock keeps. An adapter's test names a fixture:
//
//     struct Fixture {
//         const Clock& clock();
//         void let_time_pass();  // at least a millisecond
//     };
//     INSTANTIATE_TYPED_TEST_SUITE_P(System, ClockContract, Fixture);
#pragma once

#include <gtest/gtest.h>

#include "engine/ports/clock.h"

namespace holdfast {

template <class Fixture> class ClockContract : public testing::Test {
protected:
    Fixture fixture_;
};

TYPED_TEST_SUITE_P(ClockContract);

TYPED_TEST_P(ClockContract, counts_milliseconds_since_1970) {
    constexpr std::int64_t year_2020_ms = 1'577'836'800'000, year_10000_ms = 253'402'300'800'000;
    EXPECT_GE(this->fixture_.clock().now_ms(), year_2020_ms);
    EXPECT_LT(this->fixture_.clock().now_ms(), year_10000_ms);
}

TYPED_TEST_P(ClockContract, moves_on_with_time) {
    auto last_ms = this->fixture_.clock().now_ms();
    for (int i = 0; i < 5; ++i) {
        this->fixture_.let_time_pass();
        EXPECT_GT(this->fixture_.clock().now_ms(), last_ms);
        last_ms = this->fixture_.clock().now_ms();
    }
}

REGISTER_TYPED_TEST_SUITE_P(ClockContract, counts_milliseconds_since_1970, moves_on_with_time);

}  // namespace holdfast
