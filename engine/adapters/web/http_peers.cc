#include "engine/adapters/web/http_peers.h"

#include <array>
#include <atomic>
#include <cassert>
#include <deque>
#include <map>
#include <thread>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <spdlog/spdlog.h>

namespace holdfast::web {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;

// As Failure::Reason, and three that are no failures of a message.
constexpr std::array<std::string_view, 10> reasons{
    "unreachable", "untrusted",  "broken",  "timed_out", "unauthorized",
    "refused",     "unreadable", "not_led", "too_much",  "not_confirmed"};
enum : std::size_t { not_led = Failure::unreadable + 1, too_much, not_confirmed };
static_assert(not_confirmed + 1 == reasons.size());

struct Waiting {
    PeerQuestion question;
    PeerTold told;
};

// What goes in one message.
struct Batch {
    std::vector<PeerQuestion> questions;
    std::vector<PeerTold> told;
};

using Place = std::pair<std::string, std::size_t>;  // an address, and which of its lines

// A line and what waits for it.
struct Lane {
    Lane(asio::io_context& context, const PeerLineSettings& settings, Place at)
        : place(std::move(at)),
          line(context, settings, place.first),
          bell(context.get_executor()) {}
    Place place;
    PeerLine line;
    std::deque<Waiting> waiting;
    Timer bell;
};

}  // namespace

struct HttpPeers::Parts {
    Parts(HttpPeersSettings with, Metrics& metrics);

    bool enter(std::size_t bytes);
    void leave(std::size_t bytes);
    void take(const std::string& address, Waiting one);
    Task<void> run(Lane& lane);
    Batch batch_of(Lane& lane) const;
    void tell(Batch& batch, std::vector<wire::PeerOutcome> answers);
    void fail(Lane& lane, Batch& batch, const Failure& failure);
    Counter& counter_of(const wire::PeerOutcome& answer) const;
    void note(const std::string& address, const Failure* failure);

    const HttpPeersSettings settings;
    Counter& forwarded;
    std::array<Counter*, reasons.size()> failed{};
    std::atomic<std::size_t> commands = 0, bytes = 0;  // that are under way
    asio::io_context context{1};
    asio::executor_work_guard<Executor> work{context.get_executor()};
    std::map<Place, std::unique_ptr<Lane>> lanes;
    std::map<std::string, Failure::Reason> troubled;  // addresses, and why
    std::thread thread;
};

HttpPeers::Parts::Parts(HttpPeersSettings with, Metrics& metrics)
    : settings(std::move(with)),
      forwarded(metrics.counter("holdfast_commands_forwarded_total",
                                "Commands that the engine which leads their partition answered.")) {
    for (std::size_t i = 0; i < reasons.size(); ++i)
        failed[i] = &metrics.counter("holdfast_commands_not_forwarded_total",
                                     "Commands that another engine leads and did not answer.",
                                     {{"reason", std::string(reasons[i])}});
}

HttpPeers::HttpPeers(HttpPeersSettings settings, Metrics& metrics)
    : parts_(std::make_unique<Parts>(std::move(settings), metrics)) {
    parts_->thread = std::thread([parts = parts_.get()] { parts->context.run(); });
}

HttpPeers::~HttpPeers() {
    parts_->context.stop();
    parts_->thread.join();
}

void HttpPeers::ask(const std::string& address, PeerQuestion question, PeerTold told) {
    Waiting one{std::move(question), std::move(told)};
    if (!parts_->enter(one.question.command.size())) {
        parts_->failed[too_much]->add();
        return one.told(std::unexpected(
            Error{Error::overloaded, "too many commands are on their way to other engines"}));
    }
    asio::post(parts_->context, [parts = parts_.get(), address, one = std::move(one)]() mutable {
        parts->take(address, std::move(one));
    });
}

bool HttpPeers::Parts::enter(std::size_t size) {
    const auto before = commands.fetch_add(1, std::memory_order_relaxed);
    const auto bytes_before = bytes.fetch_add(size, std::memory_order_relaxed);
    if (before < settings.commands_max && bytes_before + size <= settings.bytes_max) return true;
    leave(size);
    return false;
}
void HttpPeers::Parts::leave(std::size_t size) {
    commands.fetch_sub(1, std::memory_order_relaxed);
    bytes.fetch_sub(size, std::memory_order_relaxed);
}

void HttpPeers::Parts::take(const std::string& address, Waiting one) {
    const auto [context_number, partition] = one.question.to;
    Place place{address, (context_number + std::size_t{partition} * 5) % settings.lines};
    auto& lane = lanes[place];
    const bool is_new = !lane;
    if (is_new) lane = std::make_unique<Lane>(context, settings.line, std::move(place));
    lane->waiting.push_back(std::move(one));
    if (is_new)
        asio::co_spawn(context, run(*lane),
                       [](const std::exception_ptr& failure) { assert(!failure); });
    else
        lane->bell.cancel();
}

// One message at a time: what comes meanwhile goes in the next one.
Task<void> HttpPeers::Parts::run(Lane& lane) {
    for (;;) {
        if (lane.waiting.empty()) {
            lane.bell.expires_after(settings.line.idle_time);
            co_await lane.bell.async_wait(as_result);
            if (lane.waiting.empty()) break;
        }
        auto batch = batch_of(lane);
        auto answers = co_await lane.line.exchange(batch.questions);
        note(lane.place.first, answers ? nullptr : &answers.error());
        if (answers)
            tell(batch, *std::move(answers));
        else
            fail(lane, batch, answers.error());
    }
    lanes.erase(Place(lane.place));
}

Batch HttpPeers::Parts::batch_of(Lane& lane) const {
    Batch batch;
    std::size_t size = 0;
    while (!lane.waiting.empty() && batch.questions.size() < settings.message_commands_max) {
        auto& next = lane.waiting.front();
        size += next.question.command.size();
        if (size > settings.message_bytes_max && !batch.questions.empty()) break;
        batch.questions.push_back(std::move(next.question));
        batch.told.push_back(std::move(next.told));
        lane.waiting.pop_front();
    }
    return batch;
}

void HttpPeers::Parts::tell(Batch& batch, std::vector<wire::PeerOutcome> answers) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
        leave(batch.questions[i].command.size());
        counter_of(answers[i]).add();
        batch.told[i](std::move(answers[i]));
    }
}

void HttpPeers::Parts::fail(Lane& lane, Batch& batch, const Failure& failure) {
    failed[failure.reason]->add(batch.told.size());
    for (std::size_t i = 0; i < batch.told.size(); ++i) {
        leave(batch.questions[i].command.size());
        batch.told[i](std::unexpected(failure.error));
    }
    auto unsent = failure.error;
    if (unsent.code == Error::unavailable) unsent.code = Error::conflict;
    for (const auto& [question, told] : std::exchange(lane.waiting, {})) {
        failed[failure.reason]->add();
        leave(question.command.size());
        told(std::unexpected(unsent));
    }
}

Counter& HttpPeers::Parts::counter_of(const wire::PeerOutcome& answer) const {
    if (answer) return forwarded;
    switch (answer.error().code) {
        case Error::conflict: return *failed[not_led];
        case Error::overloaded: return *failed[Failure::refused];
        default: return *failed[not_confirmed];
    }
}

// Told when it begins, when it is for another reason, and when it ends.
void HttpPeers::Parts::note(const std::string& address, const Failure* failure) {
    const auto before = troubled.find(address);
    if (failure && (before == troubled.end() || before->second != failure->reason)) {
        troubled.insert_or_assign(address, failure->reason);
        spdlog::warn("event=forwarding_fails to={} reason={} why=\"{}\"", address,
                     reasons[failure->reason], failure->error.detail);
    }
    if (!failure && before != troubled.end()) {
        troubled.erase(before);
        spdlog::info("event=forwarding_works_again to={}", address);
    }
}

}  // namespace holdfast::web
