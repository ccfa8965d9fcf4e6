#include "engine/adapters/simulated/simulated_peers.h"

#include "tests/contract/peers_contract.h"

namespace holdfast::simulated {
namespace {

struct Fixture {
    Fixture() {
        network.join("other", [this](PeerQuestion question, PeerTold told) {
            serve(std::move(question), std::move(told));
            return true;
        });
    }
    Peers& peers() { return own; }
    static std::string address() { return "other"; }
    void run() {
        while (network.step()) {
        }
    }
    Serve serve;
    SimulatedNetwork network{1};
    SimulatedPeers own{network, "own"};
};

// Asked of an engine that answers nothing: what is told when one of the two has left.
std::optional<Error::Code> told_when_it_leaves(const std::string& who) {
    Fixture fixture;
    fixture.serve = [](const PeerQuestion&, const PeerTold&) {};
    std::optional<Error::Code> code;
    fixture.own.ask("other", {{1, 0}, "x"},
                    [&](const auto& answer) { code = answer.error().code; });
    fixture.network.step();
    fixture.network.leave(who);
    return code;
}

TEST(SimulatedPeers, tell_that_the_outcome_is_unknown_when_one_dies) {
    EXPECT_EQ(told_when_it_leaves("other"), Error::unavailable);
    EXPECT_EQ(told_when_it_leaves("own"), std::nullopt);
}

TEST(SimulatedPeers, do_the_same_with_the_same_seed) {
    const auto story = [] {
        Fixture fixture;
        fixture.network.faults = {200, 200, 200};
        fixture.serve = [](const PeerQuestion& question, const PeerTold& told) {
            told(answer_to(question));
        };
        std::string words;
        for (int i = 0; i < 200; ++i) {
            fixture.own.ask("other", {{1, 0}, "x"}, [&words](const auto& answer) {
                words += answer ? 'a' : static_cast<char>('0' + answer.error().code);
            });
            fixture.network.step();
        }
        return words;
    };
    const auto words = story();
    EXPECT_EQ(words, story());
    for (const char outcome : {'a', '1', '2'}) EXPECT_NE(words.find(outcome), std::string::npos);
}

}  // namespace
}  // namespace holdfast::simulated

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, PeersContract, simulated::Fixture);
}  // namespace holdfast
