// Intake: messages of the commands topics become inputs of the partitions that are led here.
//
// Order       a partition's messages are decided in the order of their offsets, between what comes
//             to it otherwise.
// Invariant   where it reads on is what the partition's own records say: Position::commands_next.
//             Each message is given with the offset that it follows, and decided only when that is
//             the partition's next one: none twice and none left out, whatever was lost between.
// Threading   step() by one thread; destroyed after the engine's threads have ended.
// Limits      of each partition 256 messages, or 1 MiB of them, are not durable at a time, so that
//             other commands never wait behind more; none is taken while half of what the engine
//             takes is in flight.
// Errors      a partition of a topic that cannot be read, or lacks messages, is logged, counted as
//             stuck, and tried again every second; the others go on.
#pragma once

#include <deque>
#include <mutex>

#include "engine/ports/command_source.h"
#include "engine/ports/metrics.h"
#include "engine/runtime/engine.h"

namespace holdfast {

// What a message says: the bytes of a command record; or why it is turned away, and the bytes of it
// that may be kept.
struct Understood {
    std::string command;
    std::shared_ptr<const TurnedAway> turned_away = {};
};
// An Error: not now. `is_poison`: the process died twice of reading it, so it is not to be read.
using Understand = std::function<std::expected<Understood, Error>(
    PartitionId at, const CommandMessage& message, bool is_poison)>;

class Intake {
public:
    Intake(Engine& engine, CommandSource& source, Understand understand, Metrics& metrics);

    // Gives on what is there; whether there was anything.
    bool step();
    // Called when step() may have something to do, by any thread.
    void on_waiting(std::function<void()> told);

    static constexpr std::size_t messages_max = 256, bytes_max = 1 << 20;
    static constexpr std::int64_t after_a_failure_ms = 1'000;

private:
    // One partition of one topic.
    struct Feed {
        explicit Feed(const Processor& of) : processor(of) {}
        PartitionId at() const { return processor.at(); }
        const Processor& processor;
        bool is_begun = false;
        std::uint64_t next = 0;  // the next message is the first from this offset on
        std::int64_t retry_at_ms = 0;
        std::optional<CommandMessage> kept = {};  // taken, and not given yet
        std::string trouble = {};                 // what keeps it from being read
        Counter* taken = nullptr;
        Gauge *lag = nullptr, *stuck = nullptr;
        // Of what was given and is not answered; and whether one of it was not decided.
        std::atomic<std::size_t> messages = 0, bytes = 0;
        std::atomic<bool> is_off = false, is_full = false;
    };

    bool step(Feed& feed);
    bool is_ready(Feed& feed);
    void begin(Feed& feed);
    void stop(Feed& feed);
    void fail(Feed& feed, const Error& why);
    void tell(Feed& feed, std::string trouble);
    bool has_room(Feed& feed) const;
    bool give_next(Feed& feed);
    void give(Feed& feed, Understood understood);
    void hear(Feed& feed, std::size_t bytes, const std::expected<Answered, Error>& answer);
    void count(Feed& feed, const Answered& answered);

    Engine& engine_;
    CommandSource& source_;
    Understand understand_;
    Metrics& metrics_;
    Deciding::Place reading_;
    std::deque<Feed> feeds_;
    mutable std::mutex mutex_;
    std::function<void()> told_ = [] {};
    std::int64_t logged_at_ms_ = 0;  // these two under the mutex: what was turned away
    std::uint64_t not_logged_ = 0;
};

}  // namespace holdfast
