// SeededGateway: a payment gateway whose answers a seed chooses: yes, no, late, twice or none.
//
// Invariant  it stays with what it said: the same operation is answered the same way every time.
#pragma once

#include <map>

#include "tests/support/conversation.h"

namespace holdfast {

class SeededGateway {
public:
    SeededGateway(Random& random, Conversation& shop) : random_(random), shop_(shop) {}

    // Hears what was asked since; some of it gets lost on the way, until it is reliable.
    void listen() {
        for (auto& asked : shop_.take_asked())
            if (is_reliable_ || !random_.one_in(4)) waiting_.push_back(std::move(asked));
    }
    // Answers one question; false when it was asked none.
    bool answer() {
        listen();
        if (waiting_.empty()) return false;
        const auto place = random_.between(0, static_cast<std::int64_t>(waiting_.size()) - 1);
        const auto asked = waiting_[static_cast<std::size_t>(place)];
        if (is_reliable_ || !random_.one_in(10)) waiting_.erase(waiting_.begin() + place);
        const bool yes = succeeds(asked);
        shop_.ask<Payment>(
            asked.payment,
            payment::RecordAnswer{asked.ask.operation, asked.ask.kind,
                                  yes ? payment::Outcome::succeeded : payment::Outcome::failed,
                                  known<Reference>("reference"),
                                  known<Label>(yes ? "" : "the bank says no")});
        return true;
    }
    void be_reliable() { is_reliable_ = true; }

private:
    bool succeeds(const Conversation::Asked& asked) {
        const auto name =
            std::string(asked.payment.raw()).append("/").append(asked.ask.operation.raw());
        const auto odds = asked.ask.kind == payment::Kind::authorization ? 5 : 25;
        return succeeds_.try_emplace(name, !random_.one_in(odds)).first->second;
    }

    Random& random_;
    Conversation& shop_;
    std::vector<Conversation::Asked> waiting_;
    std::map<std::string, bool> succeeds_;
    bool is_reliable_ = false;
};

}  // namespace holdfast
