// Peers: the other engines of the namespace, which decide what they lead and say what became of it.
//
// Order      what is asked at one address for one partition comes there in the order it was asked,
//            or not at all; but what was told unavailable may still be decided there, after what
//            was asked later.
// Lifetime   `told` is kept until it is called, once, or until the Peers are destroyed.
// Threading  ask(): by any thread. `told` is called by one of the adapter's own, or inside ask():
//            it takes no lock that its caller may hold.
// Errors     conflict: nothing was decided; nobody there was reached, or leads it. overloaded:
//            nothing was decided; here or there too much is under way. unavailable: it may have
//            been decided.
#pragma once

#include <optional>
#include <utility>

#include "engine/ports/event_log.h"

namespace holdfast {

struct PeerQuestion {
    PartitionId to;
    std::string command;  // bytes of the context's CommandRecord; empty when it only asks
    std::optional<std::int64_t> asked_at_ms = {};
    // What became of the command of that id, its high and low half, which is not to be decided.
    std::pair<std::uint64_t, std::uint64_t> asks_of = {};
    std::uint32_t generation = 1;  // of whose partitions `to` is one
    friend bool operator==(const PeerQuestion&, const PeerQuestion&) = default;
};

// What became of it, durably: `how` as the engine numbers it, and the record that says so.
struct PeerAnswer {
    std::uint8_t how = 0;
    Sequence sequence = 0;
    Bytes record;
    friend bool operator==(const PeerAnswer&, const PeerAnswer&) = default;
};

using PeerTold = std::function<void(std::expected<PeerAnswer, Error>)>;

class Peers {
public:
    virtual ~Peers() = default;
    // Of the engine that is reached at the address, host:port, as EventLog::leader() says it.
    virtual void ask(const std::string& address, PeerQuestion question, PeerTold told) = 0;
};

}  // namespace holdfast
