// FeedSink: the public feeds as their relay fills them, partition by partition.
//
// Order       of a partition, as write() was called, the records of one call in their order.
// Invariant   who took a partition over is its one writer: what anybody before him still sends is
//             seen by nobody. The records of one write() are seen all or not at all.
// Durability  what write() returned of is as durable as the log's batches are.
// Threading   one thread.
// Errors      after one of write() it is not known whether that happened: take the partition over
//             again and look. conflict: another took it over. take_over(), ends(): unavailable;
//             damaged: what a feed holds cannot be told from what is left of it.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "engine/ports/error.h"

namespace holdfast {

enum class Feed : std::uint8_t { public_events, fulfillment };
constexpr std::size_t feeds_count = 2;
inline constexpr std::array<Feed, feeds_count> all_feeds = {Feed::public_events, Feed::fulfillment};
constexpr std::size_t place_of(Feed feed) { return static_cast<std::size_t>(feed); }

struct FeedRecord {
    Feed feed;
    std::string key;    // what has one key lies in one partition, in order
    std::string value;  // a CloudEvent, JSON
    std::string place;  // for the relay: how far it is with this record
};

// The place of the last record of each feed; empty where there is none yet.
using FeedEnds = std::array<std::string, feeds_count>;

class FeedSink {
public:
    virtual ~FeedSink() = default;

    virtual std::expected<FeedEnds, Error> take_over(std::uint16_t partition) = 0;
    virtual void let_go(std::uint16_t partition) = 0;
    virtual std::expected<void, Error> write(std::uint16_t partition,
                                             std::span<const FeedRecord> records) = 0;
    // Where another's is.
    virtual std::expected<FeedEnds, Error> ends(std::uint16_t partition) = 0;
};

}  // namespace holdfast
