// Projecting: a thread that keeps the read models up with the log.
//
// Threading  wake() by any thread, stop() by the one that made it.
// Errors     what a step could not do is logged and tried again, a second later: the log was not to
//            be had. failed(error): the store gave up; the process is to end.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engine/ports/view_store.h"
#include "engine/runtime/doorbell.h"
#include "projections/projector.h"
#include "projections/token.h"

namespace holdfast {

class Projecting {
public:
    Projecting(projections::Projector& projector, ViewStore& store,
               std::function<void(const Error&)> failed);
    ~Projecting() { stop(); }
    Projecting(const Projecting&) = delete;
    Projecting& operator=(const Projecting&) = delete;

    void wake() { bell_.ring(); }
    void stop();  // after what is durable by now was folded

    // Why the last step failed, by any thread; empty when it did not.
    std::string trouble() const;

private:
    void run();
    bool step();

    projections::Projector& projector_;
    ViewStore& store_;
    std::function<void(const Error&)> failed_;
    Doorbell bell_;
    mutable std::mutex mutex_;
    std::string trouble_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

// What is durable now, as a token; and which read model is being built, in words; empty: none.
projections::Token durable_now(const EventLog& log, std::uint16_t partitions);
std::string being_built(const projections::Projector& projector);

}  // namespace holdfast
