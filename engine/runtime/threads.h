// Threads: runs an Engine: a thread a shard, one for the log, one for checkpoints and gateways;
// where there are other engines one that claims what is to be led; and where there are commands
// topics one that reads them. The only file of the runtime that starts a thread.
//
// Threading  start and destroy by one thread; failed() is called once, by any of its own.
// Errors     failed(error): the log or the store gave up; the process is to end.
#pragma once

#include <thread>

#include "engine/runtime/intake.h"

namespace holdfast {

class Threads {
public:
    // `durable` is called whenever more of the log is, by the thread that on_durable() names.
    Threads(Engine& engine, std::function<void(const Error&)> failed, std::function<void()> durable,
            Intake* intake = nullptr);
    // Ends them; what is in flight is settled first, for at most the time given, then a last cut is
    // made.
    void stop(std::chrono::milliseconds at_most);
    ~Threads();

private:
    void run_shard(Shard& shard);
    void run_log();
    void run_chores();
    void run_claims();
    void run_intake(const std::stop_token& stop);
    void last_cut();
    void fail(const Error& error);

    Engine& engine_;
    std::function<void(const Error&)> failed_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> has_failed_ = false;
    Doorbell log_bell_, chores_bell_, claims_bell_, intake_bell_;
    std::vector<std::thread> threads_;
    Intake* intake_;         // null: there are no commands topics
    std::jthread intaking_;  // ends first, so that what is in flight comes to an end
};

}  // namespace holdfast
