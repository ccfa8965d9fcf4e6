// Writers: clients of two engines, one to a partition of stock, each of which writes on and on and
// asks the other engine when one does not do it; and when each of them was told that it is done.
//
// Lifetime   the engines may go and come back at the same ports.
// Threading  each writer has a thread of its own; everything here is for the one that made them.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace holdfast::bench {

class Writers {
public:
    using Steady = std::chrono::steady_clock;
    using Ports = std::array<std::atomic<std::uint16_t>, 2>;

    Writers(const Ports& ports, std::uint16_t partitions);

    // How long each was told nothing at most since then, in microseconds; those that waited
    // longest first.
    std::vector<std::uint32_t> longest_waits_us(Steady::time_point since) const;
    // Each was told something since then.
    bool were_all_answered(Steady::time_point since) const;
    std::size_t answers() const;

private:
    struct Writer {
        std::string sku;
        mutable std::mutex mutex;
        std::vector<Steady::time_point> answered;
        std::jthread thread;
    };
    void write_on(const std::stop_token& stop, Writer& writer, std::size_t engine) const;

    const Ports& ports_;
    std::deque<Writer> writers_;
};

}  // namespace holdfast::bench
