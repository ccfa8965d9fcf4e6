#include "engine/http/key_work.h"

#include <iterator>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <spdlog/spdlog.h>

namespace holdfast::http {
namespace {

namespace asio = boost::asio;
using Awaiting = asio::use_awaitable_t<Executor>;

}  // namespace

KeyWork::~KeyWork() {
    thread_ = {};
    for (const auto* gathered : {&to_make_, &to_forget_})
        for (const auto& tell : gathered->told) tell(false);
}

Task<bool> KeyWork::prepare(std::vector<std::string> subjects) {
    return wait(to_make_, std::move(subjects));
}

Task<bool> KeyWork::forget(std::vector<std::string> subjects) {
    return wait(to_forget_, std::move(subjects));
}

Task<bool> KeyWork::wait(Gathered& gathered, std::vector<std::string> subjects) {
    const auto executor = co_await asio::this_coro::executor;
    const auto begin = [&](auto handler) {
        const auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        const std::lock_guard lock(mutex_);
        std::ranges::move(subjects, std::back_inserter(gathered.subjects));
        gathered.told.emplace_back([executor, kept](bool done) {
            asio::post(executor, [kept, done] {
                auto once = std::move(*kept);
                std::move(once)(done);
            });
        });
        bell_.notify_one();
    };
    co_return co_await asio::async_initiate<const Awaiting, void(bool)>(begin, Awaiting());
}

void KeyWork::run(const std::stop_token& stop) {
    const auto has_come = [this] { return !to_make_.told.empty() || !to_forget_.told.empty(); };
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            if (!bell_.wait(lock, stop, has_come)) return;
        }
        if (stop.stop_requested()) return;
        work(to_make_, "making", [this](const auto& subjects) { return keys_.prepare(subjects); });
        work(to_forget_, "forgetting",
             [this](const auto& subjects) { return keys_.forget(subjects); });
    }
}

template <class Act> void KeyWork::work(Gathered& gathered, std::string_view doing, Act act) {
    Gathered these;
    {
        const std::lock_guard lock(mutex_);
        std::swap(these, gathered);
    }
    if (these.told.empty()) return;
    const Result done = act(these.subjects);
    if (!done)
        spdlog::warn("event=keys_unavailable doing={} subjects={} why=\"{}\"", doing,
                     these.subjects.size(), done.error().detail);
    for (const auto& tell : these.told) tell(done.has_value());
}

}  // namespace holdfast::http
