// KafkaLog, the other half: becoming the owner.
#include <map>
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/adapters/kafka/kafka_log.h"

namespace holdfast::kafka {
namespace {

std::uint64_t new_nonce() {
    std::random_device random;
    return std::uint64_t{random()} << 32 | random();
}

}  // namespace

// All are asked for before the first is waited for: each is one way to the brokers and back.
std::vector<std::expected<void, Error>> KafkaLog::own(std::span<const PartitionId> these) {
    const auto begun = std::chrono::steady_clock::now();
    std::vector<Claim> claims;
    for (const auto at : these) {
        // One that we own may be another's by now: nothing was written since.
        release(at);
        auto& claim = claims.emplace_back(at);
        if (!log_.history(at))
            claim.owned = std::unexpected(Error{Error::refused, name_of(at) + " is not there"});
    }
    std::optional<Error> silence;  // brokers that do not answer once are not asked again
    const auto each = [&](auto act) {
        for (auto& [at, owned] : claims) {
            if (silence) owned = std::unexpected(*silence);
            if (owned) owned = act(at);
            if (!owned && owned.error().code == Error::unavailable) silence = owned.error();
        }
    };
    std::map<std::uint8_t, Error> gone;  // nor of a topic that they do not have
    const auto read = [&](PartitionId at) -> std::expected<void, Error> {
        if (const auto found = gone.find(at.context); found != gone.end())
            return std::unexpected(found->second);
        auto done = read_to_end(at);
        if (!done && done.error().code == Error::refused) gone.emplace(at.context, done.error());
        return done;
    };
    each([this](PartitionId) { return renew_producer(); });
    each(read);
    each([this](PartitionId at) { return claim(at); });
    each([this](PartitionId at) { return confirm(at); });
    std::vector<std::expected<void, Error>> results;
    for (auto& [at, owned] : claims) {
        if (owned) {
            const auto took = std::chrono::steady_clock::now() - begun;
            counted_.take_over.observe(
                static_cast<std::uint64_t>(took / std::chrono::microseconds(1)));
        } else {
            counted_.not_taken.add();
            spdlog::warn("event=not_owned partition=\"{}\" why=\"{}\"", name_of(at),
                         owned.error().detail);
        }
        results.push_back(std::move(owned));
    }
    return results;
}

void KafkaLog::release(PartitionId at) {
    const Lock lock(mutex_);
    log_.release(at);
}

std::expected<void, Error> KafkaLog::renew_producer() {
    std::shared_ptr<Producer> old;
    {
        const Lock lock(mutex_);
        if (!log_.needs_producer()) return {};
        old = std::exchange(producer_, nullptr);
    }
    if (old) old->give_up();  // who still polls it is done at once
    old.reset();
    auto made =
        Producer::open(settings_, [this](const Sent& sent, rd_kafka_resp_err_t code,
                                         std::int64_t offset) { hear(sent, code, offset); });
    if (!made) return std::unexpected(made.error());
    if (auto named = (*made)->name_topics(); !named) return named;
    const Lock lock(mutex_);
    producer_ = *std::move(made);
    log_.has_producer();
    return {};
}

std::expected<void, Error> KafkaLog::read_to_end() {
    if (auto made = renew_producer(); !made) return made;
    for (const auto at : partitions_)
        if (auto read = read_to_end(at); !read) return read;
    return {};
}

std::expected<void, Error> KafkaLog::read_to_end(PartitionId at) {
    const auto end = producer_->end_of(at, settings_.patience);
    if (!end) return std::unexpected(end.error());
    Lock lock(mutex_);
    std::expected<void, Error> read;
    const auto is_answered = [&] {
        read = log_.has_read_to(at, *end);
        return read || read.error().code != Error::unavailable;
    };
    // As long as it goes forward there is no hurry.
    for (std::int64_t before = -1, now = 0; before != now;) {
        before = log_.history(at)->offset();
        if (looked_at_.wait_for(lock, settings_.patience, is_answered)) return read;
        now = log_.history(at)->offset();
    }
    return read;
}

std::expected<void, Error> KafkaLog::claim(PartitionId at) {
    const Lock lock(mutex_);
    return log_.claim(at, new_nonce());
}

// Reads on until an Open of its epoch counts: ours, or that of another.
std::expected<void, Error> KafkaLog::confirm(PartitionId at) {
    Lock lock(mutex_);
    std::optional<std::expected<void, Error>> answer;
    looked_at_.wait_for(lock, settings_.patience, [&] {
        answer = log_.became_of_claim(at);
        return answer.has_value();
    });
    if (answer) return *std::move(answer);
    log_.give_up_claim(at);
    return std::unexpected(
        Error{Error::unavailable, "the brokers do not answer: owning " + name_of(at)});
}

// An owner that writes learns from its reports that somebody else does; one that does not, by a
// look at where the partition ends.
void KafkaLog::confirm_owned(const std::stop_token& stop) {
    for (const auto at : partitions_) {
        Lock lock(mutex_);
        if (!log_.owns(at) || log_.needs_producer() || stop.stop_requested()) continue;
        auto producer = producer_;
        lock.unlock();
        const auto end = producer->end_of(at, std::chrono::seconds(1));
        producer.reset();  // the last who has it hears its reports, which takes the lock
        lock.lock();
        if (end) log_.see_end(at, *end);  // without an answer the next batch will find out
    }
}

}  // namespace holdfast::kafka
