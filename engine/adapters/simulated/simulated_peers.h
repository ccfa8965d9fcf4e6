// SimulatedNetwork: engines that ask each other, in one thread; and SimulatedPeers, one engine's
// end of it. By its seed a question is refused, lost or late, and an answer is lost or late.
//
// Order      what one asks another comes there in the order it was asked.
// Lifetime   an engine that dies leave()s: whoever waits for its answers is told that the outcome
//            is unknown, and what it waited for itself is told to nobody.
// Threading  one thread.
#pragma once

#include <map>

#include "engine/adapters/simulated/seeded.h"
#include "engine/ports/peers.h"

namespace holdfast::simulated {

// Each is how often in 1,000.
struct NetworkFaults {
    std::uint32_t refused = 0;  // questions, before they are sent
    std::uint32_t lost = 0;     // questions and answers
    std::uint32_t late = 0;     // likewise: not in this step
};

class SimulatedNetwork {
public:
    // False: it has too much to do.
    using Serve = std::function<bool(PeerQuestion, PeerTold)>;

    explicit SimulatedNetwork(std::uint64_t seed) : random_(seed) {}

    void join(const std::string& address, Serve serve) {
        engines_.insert_or_assign(address, std::move(serve));
    }
    void leave(const std::string& address);
    void ask(const std::string& from, const std::string& to, PeerQuestion question, PeerTold told);
    // Brings what is on its way; whether there was anything.
    bool step();

    NetworkFaults faults;

private:
    struct Asked {
        std::string from, to;
        PeerQuestion question;
        PeerTold told;
        bool is_served = false;
        std::optional<std::expected<PeerAnswer, Error>> answer = {};
    };
    void serve(std::uint64_t number, Asked& asked);
    // Forgotten first: who is told may ask again.
    void tell(std::uint64_t number, std::expected<PeerAnswer, Error> answer);

    Seeded random_;
    std::map<std::string, Serve> engines_;
    std::uint64_t next_ = 0;
    std::map<std::uint64_t, Asked> asked_;  // in the order it was asked
};

class SimulatedPeers final : public Peers {
public:
    SimulatedPeers(SimulatedNetwork& network, std::string address)
        : network_(network), address_(std::move(address)) {}
    void ask(const std::string& address, PeerQuestion question, PeerTold told) override {
        network_.ask(address_, address, std::move(question), std::move(told));
    }

private:
    SimulatedNetwork& network_;
    std::string address_;
};

}  // namespace holdfast::simulated
