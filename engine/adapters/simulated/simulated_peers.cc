#include "engine/adapters/simulated/simulated_peers.h"

#include <set>
#include <vector>

namespace holdfast::simulated {
namespace {

std::unexpected<Error> not_reached() {
    return std::unexpected(Error{Error::conflict, "nobody answers at that address"});
}
std::unexpected<Error> broken() {
    return std::unexpected(Error{Error::unavailable, "the connection is broken"});
}

}  // namespace

void SimulatedNetwork::leave(const std::string& address) {
    engines_.erase(address);
    std::erase_if(asked_, [&](const auto& one) { return one.second.from == address; });
    std::vector<std::uint64_t> waiting;
    for (const auto& [number, asked] : asked_)
        if (asked.to == address) waiting.push_back(number);
    for (const auto number : waiting) tell(number, broken());
}

void SimulatedNetwork::ask(const std::string& from, const std::string& to, PeerQuestion question,
                           PeerTold told) {
    if (!engines_.contains(to) || random_.happens(faults.refused)) return told(not_reached());
    asked_.emplace(next_++, Asked{from, to, std::move(question), std::move(told)});
}

bool SimulatedNetwork::step() {
    if (asked_.empty()) return false;
    std::set<std::pair<std::string, std::string>> waits;  // behind one that is late
    const auto end = next_;
    for (auto number = asked_.begin()->first; number < end; ++number) {
        const auto found = asked_.find(number);
        if (found == asked_.end()) continue;
        auto& asked = found->second;
        if (asked.is_served) {
            if (asked.answer && !random_.happens(faults.late))
                tell(number, random_.happens(faults.lost) ? broken() : *std::move(asked.answer));
        } else if (random_.happens(faults.late)) {
            waits.emplace(asked.from, asked.to);
        } else if (!waits.contains({asked.from, asked.to})) {
            serve(number, asked);
        }
    }
    return true;
}

void SimulatedNetwork::serve(std::uint64_t number, Asked& asked) {
    if (random_.happens(faults.lost)) return tell(number, broken());
    asked.is_served = true;
    const auto answer = [this, number](std::expected<PeerAnswer, Error> one) {
        if (const auto found = asked_.find(number); found != asked_.end())
            found->second.answer = std::move(one);
    };
    if (!engines_.at(asked.to)(std::move(asked.question), answer))
        answer(std::unexpected(Error{Error::overloaded, "too much is under way there"}));
}

void SimulatedNetwork::tell(std::uint64_t number, std::expected<PeerAnswer, Error> answer) {
    const auto told = std::move(asked_.at(number).told);
    asked_.erase(number);
    told(std::move(answer));
}

}  // namespace holdfast::simulated
