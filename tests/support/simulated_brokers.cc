#include "tests/support/simulated_brokers.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace holdfast::kafka {
namespace {

wire::Hash256 hash_of(const Fence& fence) {
    wire::Sha256 hash;
    hash.add(std::as_bytes(std::span(&fence, 1)));
    return hash.finish();
}

Error silence() { return {Error::unavailable, "the simulated brokers do not answer"}; }

}  // namespace

// ---- the brokers ----

// What a reader without the rule would take, a reader with it is made to take.
Fence SimulatedBrokers::forge(const Topic& topic, std::uint64_t writer, Fence fence) const {
    if (fence.count == 0) return fence;
    if (const auto found = topic.forged.find(fence.previous); found != topic.forged.end())
        fence.previous = found->second;
    const auto next = topic.chain.following(fence.count, fence.checksum);
    if (forged_.epochs || (forged_.own_epochs && writer == topic.writer)) {
        fence.epoch = next.epoch;
        fence.nonce = next.nonce;
    }
    if (forged_.previous) fence.previous = next.previous;
    return fence;
}

std::int64_t SimulatedBrokers::store(std::uint64_t writer, const Sent& sent) {
    auto& topic = at(sent.at);
    const auto fence = forge(topic, writer, sent.fence);
    switch (topic.chain.take(fence)) {
        case Chain::Verdict::opened: topic.writer = writer; break;
        case Chain::Verdict::taken:
            topic.batches.push_back({fence.first, fence.count, sent.blob});
            if (std::memcmp(&fence, &sent.fence, sizeof fence) != 0)
                topic.forged.insert_or_assign(hash_of(sent.fence), hash_of(fence));
            break;
        case Chain::Verdict::passed_over: break;
    }
    topic.messages.push_back({fence, sent.blob, sent.address});
    return end(sent.at) - 1;
}

void SimulatedBrokers::leave_behind(std::uint64_t writer, std::deque<Sent> sent) {
    if (!sent.empty()) late_.push_back({writer, std::move(sent)});
}

void SimulatedBrokers::arrive() {
    if (late_.empty() || !answers) return;
    std::swap(late_[random.up_to(late_.size() - 1)], late_.back());
    for (const auto& sent : late_.back().sent) store(late_.back().writer, sent);
    late_.pop_back();
}

std::expected<StoredBatch, Error> SimulatedBrokers::batch_at(PartitionId at,
                                                             History::Place place) const {
    const auto& stored = topics_.at(at).messages[static_cast<std::size_t>(place.offset)];
    if (stored.fence.first == place.first && stored.fence.count == place.count)
        return StoredBatch{place.first, place.count, stored.blob};
    return std::unexpected(Error{Error::damaged, "the batch is not there any more"});
}

// ---- one engine's end ----

std::expected<void, Error> SimulatedClient::send(Sent what) {
    is_over_ = is_over_ || brokers_.random.happens(brokers_.faults.over);
    if (is_over_ || brokers_.random.happens(brokers_.faults.full))
        return std::unexpected(Error{Error::unavailable, "the producer takes nothing"});
    on_way_.push_back(std::move(what));
    return {};
}

std::expected<void, Error> SimulatedClient::start_reading(PartitionId at, std::int64_t offset) {
    places_.insert_or_assign(at, offset);
    return {};
}

std::string SimulatedClient::name_of(PartitionId at) const {
    return std::to_string(at.context) + "/" + std::to_string(at.partition);
}

void SimulatedClient::report(Sent sent, Report report) {
    reports_.back().push_back({std::move(sent), std::move(report)});
}

void SimulatedClient::fail(Sent sent) {
    report(sent, {-1, silence()});
    const auto becomes = brokers_.random.up_to(2);
    if (becomes == 0 && brokers_.answers) brokers_.store(writer_, sent);
    if (becomes == 1) brokers_.leave_behind(writer_, {std::move(sent)});
}

bool SimulatedClient::deliver() {
    auto& random = brokers_.random;
    if (on_way_.empty()) return false;
    const auto at = on_way_[random.up_to(on_way_.size() - 1)].at;
    const auto first = std::ranges::find(on_way_, at, &Sent::at);
    auto sent = std::move(*first);
    on_way_.erase(first);
    if (is_over_ || !brokers_.answers || random.happens(brokers_.faults.fails)) {
        fail(std::move(sent));
        return true;
    }
    auto offset = brokers_.store(writer_, sent);
    if (random.happens(brokers_.faults.twice)) {
        if (random.happens(500))
            brokers_.store(writer_, sent);
        else
            brokers_.leave_behind(writer_, {sent});
    }
    if (random.happens(brokers_.faults.unknown)) offset = -1;
    report(std::move(sent), {offset});
    return true;
}

bool SimulatedClient::hear(FencedLog& log) {
    const auto begin = brokers_.random.up_to(reports_.size() - 1);
    for (std::size_t i = 0; i < reports_.size(); ++i) {
        auto& reports = reports_[(begin + i) % reports_.size()];
        if (reports.empty()) continue;
        auto [sent, report] = std::move(reports.front());
        reports.pop_front();
        if (brokers_.forges_offsets() && report.offset >= 0)
            report.offset = log.history(sent.at)->offset();
        made_durable_ += log.hear(sent, report) ? 1U : 0U;
        return true;
    }
    return false;
}

bool SimulatedClient::fetch() {
    if (fetched_ || places_.empty() || !brokers_.answers) return false;
    const auto begin = brokers_.random.up_to(places_.size() - 1);
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const auto place =
            std::next(places_.begin(), static_cast<std::ptrdiff_t>((begin + i) % places_.size()));
        auto& [at, offset] = *place;
        if (offset >= brokers_.end(at)) continue;
        const auto& stored = brokers_.at(at).messages[static_cast<std::size_t>(offset)];
        fetched_.emplace(at, Received{offset, stored.fence, stored.blob, stored.address});
        ++offset;
        return true;
    }
    return false;
}

bool SimulatedClient::look_at(FencedLog& log) {
    if (!fetched_) return false;
    auto [at, message] = *std::exchange(fetched_, std::nullopt);
    log.look_at(at, std::move(message));
    return true;
}

// The old one's messages are given up, which is reported now or after what the new one sends.
void SimulatedClient::renew_producer() {
    while (!on_way_.empty()) {
        fail(std::move(on_way_.front()));
        on_way_.pop_front();
    }
    std::erase_if(reports_, [](const auto& reports) { return reports.empty(); });
    reports_.emplace_back();
    is_over_ = false;
}

std::optional<std::int64_t> SimulatedClient::end_of(PartitionId at) {
    auto& random = brokers_.random;
    if (!brokers_.answers) return std::nullopt;
    const auto end = brokers_.end(at);
    if (!random.happens(brokers_.faults.stale_end)) return end;
    if (random.happens(500)) return std::nullopt;
    return std::max<std::int64_t>(0, end - static_cast<std::int64_t>(random.up_to(3)));
}

void SimulatedClient::time_out() {
    for (const auto& sent : on_way_) report(sent, {-1, silence()});
    leave_all_behind();
}

void SimulatedClient::leave_all_behind() {
    brokers_.leave_behind(writer_, std::exchange(on_way_, {}));
}

}  // namespace holdfast::kafka
