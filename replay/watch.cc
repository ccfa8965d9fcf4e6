#include "replay/watch.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

namespace holdfast::replay {
namespace {

constexpr std::chrono::milliseconds shown_every{200};

volatile std::sig_atomic_t asked_to_end = 0;
void note(int signal) { asked_to_end = signal; }

}  // namespace

Watch::Watch(bool shown, std::string_view afterwards) : shown_(shown), afterwards_(afterwards) {
    asked_to_end = 0;
    std::signal(SIGINT, note);
    std::signal(SIGTERM, note);
}

Watch::~Watch() {
    if (has_shown_) std::fprintf(stderr, "\r\x1b[K");
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

int Watch::interrupted_by() { return asked_to_end; }

std::expected<void, Error> Watch::at(std::string_view where, std::uint64_t done) {
    if (asked_to_end != 0)
        return std::unexpected(Error{Error::refused, "interrupted in " + std::string(where) +
                                                         ", after " + std::to_string(done) +
                                                         " records; " + std::string(afterwards_)});
    if (shown_ && Clock::now() >= next_) show(where, done);
    return {};
}

void Watch::show(std::string_view where, std::uint64_t done) {
    next_ = Clock::now() + shown_every;
    has_shown_ = true;
    const auto share = total_ == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total_);
    const std::chrono::duration<double> so_far = Clock::now() - began_;
    const auto left = share > 0 ? so_far.count() * (1 - share) / share : 0;
    std::fprintf(stderr, "\r\x1b[K%3.0f %%  %llu of %llu records, %.*s, %.0f s left", 100 * share,
                 static_cast<unsigned long long>(done), static_cast<unsigned long long>(total_),
                 static_cast<int>(where.size()), where.data(), left);
}

}  // namespace holdfast::replay
