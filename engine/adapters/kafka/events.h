// EventTopics: the events topics of all contexts, as one client names them; and what a message of
// them says.
//
// Lifetime  goes before its client.
#pragma once

#include <map>

#include "engine/adapters/kafka/chain.h"
#include "engine/adapters/kafka/library.h"

namespace holdfast::kafka {

using EventTopics = std::map<std::uint8_t, Topic>;  // by the context's number

std::expected<EventTopics, Error> event_topics(const Client& client, const Settings& settings);

// "shop.stock.events, partition 3"
std::string name_of(const Settings& settings, PartitionId at);
std::optional<PartitionId> partition_of(const EventTopics& topics, const Message& message);

std::optional<Fence> fence_of(const Message& message);
// Where the writer of an Open is reached; empty: it does not say.
std::string address_of(const Message& message);
// The batch that the message carries, as its fence says; damaged when it does not.
std::expected<Blob, Error> blob_of(const Message& message, const Fence& fence);

}  // namespace holdfast::kafka
