// Signal: a task waits with a deadline until another thread says that something has changed.
//
// Order      what is rung between two waits is not lost.
// Lifetime   a ringer may outlive the signal; never the I/O thread's context.
// Threading  the signal on its I/O thread; a ringer is called by any.
#pragma once

#include <memory>

#include <boost/asio/post.hpp>

#include "engine/http/lane.h"

namespace holdfast::http {

class Signal {
public:
    explicit Signal(const Executor& executor)
        : executor_(executor), state_(std::make_shared<State>(executor)) {}

    std::function<void()> ringer() const {
        return [executor = executor_, state = state_] {
            boost::asio::post(executor, [state] {
                state->is_rung = true;
                state->timer.cancel();
            });
        };
    }

    // False: the deadline has passed.
    Task<bool> wait(SteadyClock::time_point deadline) {
        const auto state = state_;
        while (!state->is_rung) {
            if (SteadyClock::now() >= deadline) co_return false;
            state->timer.expires_at(deadline);
            co_await state->timer.async_wait(as_result);
        }
        state->is_rung = false;
        co_return true;
    }

private:
    struct State {
        explicit State(const Executor& executor) : timer(executor) {}
        Timer timer;
        bool is_rung = false;
    };
    Executor executor_;
    std::shared_ptr<State> state_;
};

}  // namespace holdfast::http
