// HttpPeers: asks other engines over HTTP, a message of many commands at a time.
//
// Order      what goes to one partition goes over one line, behind what went before, once that was
//            told. What is told unavailable may still be under way: its connection is given up, and
//            what comes next goes over another.
// Lifetime   what is not answered when it goes is told to nobody. It goes once the resolver of the
//            system has found the name that it looks for, or given it up.
// Threading  ask(): by any; one thread of its own asks and tells.
// Limits     HttpPeersSettings. A line whose peer cannot be reached, or is late, gives up whatever
//            waits for it: nobody waits for long.
// Errors     the port's. Each is counted by its reason, and logged when it begins, for another
//            reason, and when it ends.
#pragma once

#include <memory>

#include "engine/adapters/web/peer_line.h"
#include "engine/ports/metrics.h"

namespace holdfast::web {

struct HttpPeersSettings {
    PeerLineSettings line;
    std::size_t lines = 8;              // to one address; each takes a part of the partitions
    std::size_t commands_max = 16'384;  // that were asked and not answered
    std::size_t bytes_max = 64 << 20;   // of them
    std::size_t message_commands_max = 256;
    std::size_t message_bytes_max = 1 << 20;  // but one command at least
};

class HttpPeers final : public Peers {
public:
    HttpPeers(HttpPeersSettings settings, Metrics& metrics);
    ~HttpPeers() override;
    HttpPeers(const HttpPeers&) = delete;
    HttpPeers& operator=(const HttpPeers&) = delete;

    void ask(const std::string& address, PeerQuestion question, PeerTold told) override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace holdfast::web
