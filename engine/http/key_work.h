// KeyWork: keys are made and dropped beside the I/O threads, by one thread, for all at once who
// came meanwhile: so nobody waits longer than the key store does twice.
//
// Lifetime   ends before the server whose tasks wait for it; those are told that it failed.
// Threading  by any I/O thread; a task is resumed on its own.
// Errors     false: the key store is unavailable, and said so in the log; say it again.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "engine/http/message.h"
#include "engine/ports/key_store.h"

namespace holdfast::http {

class KeyWork {
public:
    explicit KeyWork(KeyStore& keys)
        : keys_(keys), thread_([this](const std::stop_token& stop) { run(stop); }) {}
    ~KeyWork();

    Task<bool> prepare(std::vector<std::string> subjects);
    Task<bool> forget(std::vector<std::string> subjects);

private:
    using Result = std::expected<void, Error>;
    struct Gathered {
        std::vector<std::string> subjects;
        std::vector<std::function<void(bool)>> told;
    };
    Task<bool> wait(Gathered& gathered, std::vector<std::string> subjects);
    void run(const std::stop_token& stop);
    template <class Act> void work(Gathered& gathered, std::string_view doing, Act act);

    KeyStore& keys_;
    std::mutex mutex_;
    std::condition_variable_any bell_;
    Gathered to_make_, to_forget_;
    std::jthread thread_;  // begins when all else is there
};

}  // namespace holdfast::http
