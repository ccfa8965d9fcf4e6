#include "engine/adapters/kafka/fetcher.h"

#include <algorithm>

#include <fmt/format.h>

namespace holdfast::kafka {
namespace {

constexpr std::size_t streams_max = 8;
constexpr std::int64_t skipped_max = 100;  // further on, a new stream is quicker

}  // namespace

std::expected<std::unique_ptr<Fetcher>, Error> Fetcher::open(const Settings& settings) {
    auto client = make_consumer(settings);
    if (!client) return std::unexpected(client.error());
    auto topics = event_topics(*client, settings);
    if (!topics) return std::unexpected(topics.error());
    return std::unique_ptr<Fetcher>(new Fetcher(settings, *std::move(client), *std::move(topics)));
}

Fetcher::~Fetcher() {
    for (const auto& stream : streams_) end(stream);
}

void Fetcher::end(const Stream& stream) {
    rd_kafka_consume_stop(topics_.at(stream.at.context).get(), stream.at.partition);
}

std::expected<Message, Error> Fetcher::fetch(PartitionId at, std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    auto stream = std::ranges::find(streams_, at, &Stream::at);
    const bool goes_on =
        stream != streams_.end() && offset >= stream->next && offset - stream->next <= skipped_max;
    if (stream != streams_.end()) {
        if (!goes_on) end(*stream);
        streams_.erase(stream);
    }
    if (!goes_on)
        if (auto begun = begin(at, offset); !begun) return std::unexpected(begun.error());
    auto message = wait(at, offset);
    if (message)
        streams_.push_back({at, offset + 1});
    else
        end({at, offset});
    return message;
}

std::expected<void, Error> Fetcher::begin(PartitionId at, std::int64_t offset) {
    if (streams_.size() == streams_max) {
        end(streams_.front());
        streams_.pop_front();
    }
    if (rd_kafka_consume_start(topics_.at(at.context).get(), at.partition, offset) == 0) return {};
    return std::unexpected(error_of(rd_kafka_last_error(), "reading " + name_of(settings_, at)));
}

std::expected<Message, Error> Fetcher::wait(PartitionId at, std::int64_t offset) {
    const auto until = std::chrono::steady_clock::now() + settings_.patience;
    while (std::chrono::steady_clock::now() < until) {
        Message message(rd_kafka_consume(topics_.at(at.context).get(), at.partition, 100));
        if (!message) continue;
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            auto error = error_of(message->err, "reading " + name_of(settings_, at));
            if (error.code == Error::unavailable) continue;
            // What is refused may be allowed again.
            if (error.code == Error::refused) error.code = Error::unavailable;
            return std::unexpected(std::move(error));
        }
        if (message->offset == offset) return message;
        if (message->offset > offset)
            return std::unexpected(Error{
                Error::damaged, fmt::format("{}: the message at offset {} is not there any more",
                                            name_of(settings_, at), offset)});
    }
    return std::unexpected(
        Error{Error::unavailable, "the brokers do not answer: reading " + name_of(settings_, at)});
}

}  // namespace holdfast::kafka
