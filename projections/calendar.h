// Calendar: the day and month of a time, in UTC, as they are written and sorted.
//
// Source  ISO 8601: 2011-12-09, 2011-12.
#pragma once

#include <chrono>
#include <string>

#include "engine/domain/types.h"

namespace holdfast::projections {

inline std::string day_of(Time time) {
    using namespace std::chrono;
    const year_month_day date(floor<days>(sys_time<milliseconds>(milliseconds(time.raw()))));
    const auto digits = [](unsigned number) {
        return std::string(1, static_cast<char>('0' + number / 10)) +
               static_cast<char>('0' + number % 10);
    };
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    return digits(year / 100) + digits(year % 100) + "-" +
           digits(static_cast<unsigned>(date.month())) + "-" +
           digits(static_cast<unsigned>(date.day()));
}
inline std::string month_of(Time time) { return day_of(time).substr(0, 7); }

}  // namespace holdfast::projections
