#include "engine/adapters/kafka/topic_table.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace holdfast::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int32_t partition = 0;
constexpr std::string_view ticking = "tick";
constexpr milliseconds slice{100};  // of waiting, to see whether it is over
constexpr std::chrono::seconds between_words{1};

int left_until(Clock::time_point until) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    return static_cast<int>(std::clamp(left, milliseconds(0), slice).count());
}

SharedTable::Value value_of(const Message& message) {
    if (message->payload == nullptr) return std::nullopt;
    return std::span(static_cast<const std::uint8_t*>(message->payload), message->len);
}

}  // namespace

std::expected<std::unique_ptr<TopicTable>, Error> TopicTable::open(const Settings& settings,
                                                                   const TopicPlan& plan,
                                                                   Times times) {
    std::unique_ptr<TopicTable> table(new TopicTable(settings, plan.name, times));
    // The end is told by an event: the last offsets may have been compacted away.
    auto reading = settings;
    reading.properties["enable.partition.eof"] = "true";
    auto reader = make_consumer(reading);
    if (!reader) return std::unexpected(reader.error());
    table->reader_ = *std::move(reader);
    if (auto made = make_topic(table->reader_, settings, plan); !made)
        return std::unexpected(made.error());
    auto from = topic_of(table->reader_, plan.name);
    if (!from) return std::unexpected(from.error());
    table->from_ = *std::move(from);
    return table;
}

TopicTable::~TopicTable() {
    ticking_ = {};
    reading_ = {};
    if (from_) rd_kafka_consume_stop(from_.get(), partition);
    give_up_producer();
}

// ---- reading ----

std::expected<void, Error> TopicTable::follow(Told told) {
    told_ = std::move(told);
    if (rd_kafka_consume_start(from_.get(), partition, RD_KAFKA_OFFSET_BEGINNING) != 0)
        return std::unexpected(error_of(rd_kafka_last_error(), "reading " + topic_));
    if (auto read = read_to_end(); !read) return read;
    reading_ = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested())
            if (auto read = read_on(); !read)
                spdlog::error("event=row_is_refused topic={} why=\"{}\"", topic_,
                              read.error().detail);
    });
    ticking_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
    return {};
}

std::expected<void, Error> TopicTable::read_to_end() {
    std::unique_lock writing(writing_);
    const auto end = end_offset(Clock::now() + settings_.patience);
    writing.unlock();
    if (!end) return std::unexpected(end.error());
    auto moved_at = Clock::now(), said_at = moved_at;
    while (next_ < *end) {
        const auto before = next_;
        if (auto read = read_on(); !read) return read;
        if (stuck_) return std::unexpected(*stuck_);
        const auto now = Clock::now();
        if (next_ != before) moved_at = now;
        if (now - moved_at > settings_.patience)
            return std::unexpected(
                Error{Error::unavailable, fmt::format("{} is read to offset {} of {}, and no "
                                                      "further",
                                                      topic_, before, *end)});
        if (now - said_at < between_words) continue;
        said_at = now;
        spdlog::info("event=reading topic={} offset={} of={}", topic_, next_, *end);
    }
    spdlog::info("event=read topic={} offset={}", topic_, next_);
    return {};
}

std::expected<void, Error> TopicTable::read_on() {
    const Message message(
        rd_kafka_consume(from_.get(), partition, static_cast<int>(slice.count())));
    return message ? look_at(message) : std::expected<void, Error>();
}

// What `told` says of it; trouble with the brokers is for the log, and passes.
std::expected<void, Error> TopicTable::look_at(const Message& message) {
    const bool is_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    std::expected<void, Error> taken;
    std::optional<Error> stuck;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const std::string_view name(static_cast<const char*>(message->key), message->key_len);
        if (name != ticking) taken = told_(name, value_of(message));
    } else if (!is_end) {
        auto error = error_of(message->err, "reading " + topic_);
        spdlog::warn("event=kafka_reader why=\"{}\"", error.detail);
        if (error.code != Error::damaged) return {};
        error.detail += "; what is missing is found out at the next start";
        stuck = std::move(error);
    }
    const std::lock_guard lock(mutex_);
    if (stuck)
        stuck_ = std::move(stuck);
    else
        next_ = std::max(next_, message->offset + (is_end ? 0 : 1));
    read_.notify_all();
    return taken;
}

// ---- writing ----

std::expected<void, Error> TopicTable::write(const std::vector<Row>& rows) {
    const std::lock_guard one_at_a_time(writing_);
    const auto until = Clock::now() + times_.patience;
    if (auto made = renew_producer(); !made) return made;
    auto sent = send(rows);
    while (sent && delivered_.unreported != 0 && Clock::now() < until)
        rd_kafka_poll(producer_.get(), left_until(until));
    if (sent && delivered_.unreported == 0 && delivered_.failed == RD_KAFKA_RESP_ERR_NO_ERROR)
        return wait_until_told(delivered_.end, until);
    if (sent && delivered_.failed == RD_KAFKA_RESP_ERR_NO_ERROR)
        delivered_.failed = RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (sent) sent = std::unexpected(error_of(delivered_.failed, "writing to " + topic_));
    give_up_producer();
    return sent;
}

std::expected<void, Error> TopicTable::send(const std::vector<Row>& rows) {
    delivered_ = {};
    for (const auto& [name, value] : rows) {
        // Copied at once; librdkafka takes no const.
        auto* bytes = value ? const_cast<std::uint8_t*>(value->data()) : nullptr;
        const auto size = value ? value->size() : 0;
        const auto code = rd_kafka_producev(
            producer_.get(), RD_KAFKA_V_RKT(to_.get()), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_KEY(name.data(), name.size()),
            RD_KAFKA_V_VALUE(static_cast<void*>(bytes), size),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return std::unexpected(error_of(code, "writing to " + topic_));
        ++delivered_.unreported;
    }
    return {};
}

void TopicTable::hear(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
    auto& delivered = static_cast<TopicTable*>(self)->delivered_;
    --delivered.unreported;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) delivered.failed = message->err;
    delivered.end = std::max(delivered.end, message->offset + 1);
}

std::expected<void, Error> TopicTable::renew_producer() {
    if (producer_) return {};
    auto client = make_producer(settings_, hear, this);
    if (!client) return std::unexpected(client.error());
    auto to = topic_of(*client, topic_);
    if (!to) return std::unexpected(to.error());
    producer_ = *std::move(client);
    to_ = *std::move(to);
    return {};
}

void TopicTable::give_up_producer() {
    if (!producer_) return;
    rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (delivered_.unreported != 0)
        rd_kafka_poll(producer_.get(), static_cast<int>(slice.count()));
    to_.reset();
    producer_.reset();
}

std::expected<void, Error> TopicTable::catch_up() {
    const std::lock_guard one_at_a_time(writing_);
    const auto until = Clock::now() + times_.patience;
    const auto end = end_offset(until);
    if (!end) return std::unexpected(end.error());
    return wait_until_told(*end, until);
}

// Where the topic ends.
std::expected<std::int64_t, Error> TopicTable::end_offset(Until until) {
    if (auto made = renew_producer(); !made) return std::unexpected(made.error());
    return end_of(producer_, topic_, partition, until);
}

std::expected<void, Error> TopicTable::wait_until_told(std::int64_t offset, Until until) {
    std::unique_lock lock(mutex_);
    const bool told = read_.wait_until(lock, until, [&] { return stuck_ || next_ >= offset; });
    if (stuck_) return std::unexpected(*stuck_);
    if (told) return {};
    return std::unexpected(
        Error{Error::unavailable,
              fmt::format("{} is read to offset {} of {} so far", topic_, next_, offset)});
}

void TopicTable::tick(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any bell;  // which only `stop` rings
    while (!stop.stop_requested()) {
        if (auto ticked = write({Row{std::string(ticking), std::vector<std::uint8_t>{0}}}); !ticked)
            spdlog::warn("event=no_tick why=\"{}\"", ticked.error().detail);
        bell.wait_for(lock, stop, times_.tick_every, [] { return false; });
    }
}

}  // namespace holdfast::kafka
