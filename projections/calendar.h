// Calendar: the day and month of a time, and the time itself, in UTC, as they are written.
//
// Source  ISO 8601: 2011-12-09, 2011-12; RFC 3339: 2011-12-09T08:26:00.000Z.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

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
inline std::string moment_of(Time time) {
    constexpr std::int64_t day_ms = 86'400'000;
    auto digits = [rest = time.raw() % day_ms](std::int64_t unit, std::size_t count) mutable {
        auto text = std::to_string(rest / unit);
        rest %= unit;
        return std::string(count - text.size(), '0') + text;
    };
    auto clock = digits(3'600'000, 2) + ":";
    clock += digits(60'000, 2) + ":";
    clock += digits(1'000, 2) + ".";
    return day_of(time) + "T" + clock + digits(1, 3) + "Z";
}
inline std::string month_of(Time time) { return day_of(time).substr(0, 7); }

// Whether a text is a day, or a month, as they are written here.
inline bool is_day(std::string_view text) {
    using namespace std::chrono;
    constexpr std::string_view form = "0000-00-00";
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
    const auto number = [&](std::size_t at, std::size_t digits) {
        unsigned value = 0;
        for (const char digit : text.substr(at, digits))
            value = value * 10 + static_cast<unsigned>(digit - '0');
        return value;
    };
    return year_month_day(year(static_cast<int>(number(0, 4))), month(number(5, 2)),
                          day(number(8, 2)))
        .ok();
}
inline bool is_month(std::string_view text) { return is_day(std::string(text) + "-01"); }

}  // namespace holdfast::projections
