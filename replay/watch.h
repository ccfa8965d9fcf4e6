// Watch: how far a verb is, on stderr; and whether somebody asked it to end (Ctrl-C, SIGTERM).
//
// Threading  one at a time in the process.
// Errors     at(): refused, when it was asked to end; interrupted_by() says by which signal.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string_view>

#include "engine/ports/error.h"

namespace holdfast::replay {

class Watch {
public:
    // `shown`: somebody looks at stderr. `afterwards`: what to know when it was asked to end.
    explicit Watch(bool shown, std::string_view afterwards = "nothing was changed");
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    void expect(std::uint64_t records) { total_ = records; }
    std::expected<void, Error> at(std::string_view where, std::uint64_t done);
    static int interrupted_by();  // a signal, or 0

private:
    void show(std::string_view where, std::uint64_t done);

    using Clock = std::chrono::steady_clock;
    bool shown_, has_shown_ = false;
    std::string_view afterwards_;
    std::uint64_t total_ = 0;
    Clock::time_point began_ = Clock::now(), next_ = began_;
};

}  // namespace holdfast::replay
