#include "tests/support/driven_kafka_log.h"

#include "engine/wire/crc32c.h"

namespace holdfast::kafka {
namespace {

constexpr int patience = 200;  // steps of the brokers

std::unexpected<Error> silence() {
    return std::unexpected(Error{Error::unavailable, "the simulated brokers do not answer"});
}

}  // namespace

DrivenKafkaLog::DrivenKafkaLog(SimulatedBrokers& brokers, std::vector<PartitionId> partitions,
                               std::string address)
    : brokers_(brokers),
      partitions_(std::move(partitions)),
      client_(brokers),
      log_(partitions_, 0, client_, nobody_counts()) {
    log_.advertise(std::move(address));
    static_cast<void>(log_.start());  // nothing that it reads from can be missing here
    log_.has_producer();
}

void DrivenKafkaLog::read_all() {
    while (read_on()) {
    }
}

bool DrivenKafkaLog::read_on() {
    if (!client_.fetch()) return false;
    client_.look_at(log_);
    return true;
}

void DrivenKafkaLog::confirm_owned() {
    for (const auto at : partitions_) {
        if (!log_.owns(at) || log_.needs_producer()) continue;
        if (const auto end = client_.end_of(at)) log_.see_end(at, *end);
    }
}

// ---- owning ----

template <class IsSo> void DrivenKafkaLog::wait_until(IsSo is_so) {
    for (int step = 0; step < patience && !is_so(); ++step) {
        switch (brokers_.random.up_to(9)) {
            case 0: brokers_.arrive(); break;
            case 1:
            case 2:
            case 3: client_.deliver(); break;
            case 4:
            case 5: client_.hear(log_); break;
            default: read_on(); break;
        }
    }
}

std::expected<void, Error> DrivenKafkaLog::renew_producer() {
    if (!log_.needs_producer()) return {};
    if (!brokers_.answers) return silence();
    client_.renew_producer();
    log_.has_producer();
    return {};
}

std::expected<void, Error> DrivenKafkaLog::read_to_end(PartitionId at) {
    const auto end = client_.end_of(at);
    if (!end) return silence();
    wait_until([&] { return log_.has_read_to(at, *end).has_value(); });
    return log_.has_read_to(at, *end);
}

std::expected<void, Error> DrivenKafkaLog::read_to_end() {
    for (const auto at : partitions_)
        if (auto read = read_to_end(at); !read) return read;
    return {};
}

std::expected<void, Error> DrivenKafkaLog::claim(PartitionId at) {
    if (auto read = read_to_end(at); !read) return read;
    return log_.claim(at, brokers_.random.next());
}

std::expected<void, Error> DrivenKafkaLog::confirm(PartitionId at) {
    wait_until([&] { return log_.became_of_claim(at).has_value(); });
    if (auto became = log_.became_of_claim(at)) return *std::move(became);
    log_.give_up_claim(at);
    return silence();
}

// All are claimed before the first is waited for, as KafkaLog does.
std::vector<std::expected<void, Error>> DrivenKafkaLog::own(std::span<const PartitionId> these) {
    std::vector<std::expected<void, Error>> results;
    for (const auto at : these) {
        release(at);
        auto owned = renew_producer();
        results.push_back(owned ? claim(at) : std::move(owned));
    }
    for (std::size_t i = 0; i < these.size(); ++i)
        if (results[i]) results[i] = confirm(these[i]);
    return results;
}

// ---- writing and reading ----

std::expected<void, Error> DrivenKafkaLog::append(PartitionId at, Sequence first,
                                                  std::uint32_t count, Blob blob) {
    const auto checksum = wire::crc32c(*blob);
    if (auto sent = log_.append(at, {first, count, std::move(blob)}, checksum); !sent) return sent;
    on_waiting_();
    return {};
}

std::expected<std::uint32_t, Error> DrivenKafkaLog::flush() {
    while (!brokers_.random.happens(brokers_.faults.slow)) {
        const bool delivered = client_.deliver(), heard = client_.hear(log_);
        if (!delivered && !heard) break;
    }
    const auto made = client_.take_made_durable();
    if (made != 0) on_durable_();
    return made;
}

Sequence DrivenKafkaLog::durable(PartitionId at) const {
    const auto* history = log_.history(at);
    return history ? history->chain().next() : 0;
}

std::expected<StoredBatch, Error> DrivenKafkaLog::read(PartitionId at, Sequence from) const {
    const auto* history = log_.history(at);
    if (!history || from >= history->chain().next()) return StoredBatch{};
    if (auto batch = history->recent(from); batch.blob) return batch;
    if (!brokers_.answers || brokers_.random.happens(brokers_.faults.unread)) return silence();
    return brokers_.batch_at(at, history->place(from));
}

}  // namespace holdfast::kafka
