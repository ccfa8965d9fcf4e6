// Relaying: a thread that tells outsiders what becomes durable: of the partitions that this engine
// leads; of the others it takes what was told, to go on there when it leads them.
//
// Order      who leads a partition's orders relays it. For moments two may believe that they do:
//            the feeds let one of them write, and both find out (feed_sink.h).
// Threading  wake() by any thread, stop() by the one that made it.
// Errors     what a round could not do is logged and tried again a second later; the engine goes on
//            without. failed(error): the store gave up; the process is to end.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "engine/ports/metrics.h"
#include "engine/runtime/engine.h"
#include "projections/relay.h"

namespace holdfast {

class Relaying {
public:
    struct Uses {
        const EventLog& log;
        ViewStore& store;
        FeedSink& feeds;
        Metrics& metrics;
        std::function<void(const Error&)> failed;
    };
    Relaying(Uses uses, const EngineSettings& engine);
    ~Relaying() { stop(); }
    Relaying(const Relaying&) = delete;
    Relaying& operator=(const Relaying&) = delete;

    void wake() { bell_.ring(); }
    void stop();  // after what is durable by now was told
    // Durable records of the partitions led here that no public topic tells of yet.
    std::uint64_t behind() const;

private:
    using Clock = std::chrono::steady_clock;
    struct Partition {
        Clock::time_point due = {};
        bool is_in_trouble = false;
    };
    void run();
    bool step(std::uint16_t number, Partition& partition);
    bool leads(std::uint16_t partition) const;
    void count();

    Uses uses_;
    projections::Relay relay_;
    std::array<Counter*, feeds_count> told_;  // messages, by feed
    Doorbell bell_;
    std::atomic<bool> stopping_ = false;
    std::vector<Partition> partitions_;
    std::thread thread_;
};

}  // namespace holdfast
