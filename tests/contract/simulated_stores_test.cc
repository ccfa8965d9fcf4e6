#include "engine/adapters/simulated/simulated_stores.h"

#include <set>

#include "tests/contract/state_store_contract.h"
#include "tests/contract/view_store_contract.h"

namespace holdfast::simulated {
namespace {

struct StateFixture {
    StateStore& store() { return state; }
    void restart() {}
    SimulatedStateStore state{1};
};
struct ViewFixture {
    ViewStore& store() { return views; }
    void restart() { views.crash(); }
    SimulatedViewStore views{1};
};

}  // namespace
}  // namespace holdfast::simulated

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, StateStoreContract, simulated::StateFixture);
// It belongs to one thread.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StateStoreOfThreads);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, ViewStoreContract, simulated::ViewFixture);
}  // namespace holdfast

namespace holdfast::simulated {
namespace {

std::string last_write_after_crash(std::uint64_t seed) {
    SimulatedViewStore views(seed);
    EXPECT_TRUE(views.write({{"row", "0"}}));
    EXPECT_TRUE(views.sync());
    for (const auto* text : {"1", "2", "3"}) EXPECT_TRUE(views.write({{"row", text}}));
    views.crash();
    return views.get("row").value().value_or("none");
}

TEST(SimulatedViewStore, loses_any_number_of_the_last_writes_by_its_seed) {
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        seen.insert(last_write_after_crash(seed));
        EXPECT_EQ(last_write_after_crash(seed), last_write_after_crash(seed));
    }
    EXPECT_EQ(seen, (std::set<std::string>{"0", "1", "2", "3"}));
}

TEST(SimulatedStateStore, leaves_open_whether_a_failed_cut_was_taken) {
    std::set<std::size_t> rows;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SimulatedStateStore state(seed, {.write_unavailable = 1'000});
        const auto ingested = state.ingest({{"a", "1"}, {"b", "1"}});
        ASSERT_FALSE(ingested);
        EXPECT_EQ(ingested.error().code, Error::unavailable);
        std::size_t seen = 0;
        EXPECT_TRUE(state.scan("", "", [&](auto, auto) { return ++seen, true; }));
        rows.insert(seen);
    }
    EXPECT_EQ(rows, (std::set<std::size_t>{0, 2}));
}

TEST(SimulatedStores, fail_to_read_when_they_are_told_to) {
    const SimulatedStateStore state(1, {.read_unavailable = 1'000});
    EXPECT_FALSE(state.get(std::vector<std::string>{"a"}));
    EXPECT_FALSE(state.scan("", "", [](auto, auto) { return true; }));
    SimulatedViewStore views(1, {.read_unavailable = 1'000});
    EXPECT_FALSE(views.get("a"));
    EXPECT_FALSE(views.scan("", "", false, [](auto, auto) { return true; }));
    views.set_faults({});
    EXPECT_TRUE(views.get("a"));
}

}  // namespace
}  // namespace holdfast::simulated
