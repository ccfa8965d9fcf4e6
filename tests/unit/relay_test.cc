// How the relay takes over, goes on and refuses; relay_property_test.cc has what it survives.
#include "projections/relay.h"

#include <gmock/gmock.h>

#include "tests/support/sold.h"
#include "tests/support/told_feeds.h"

namespace holdfast::projections {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto north = known<LocationId>("north");

class RelayOfFeeds : public ::testing::Test, public ToldFeeds {
protected:
    void receive(int quantity, std::string_view sku = "MUG") {
        tell<Stock>(sku, {stock::Received{known<MovementId>("m"), north, pieces(quantity)}});
    }
    std::vector<FeedRecord>& told() {
        return topics.partitions[mugs].feeds[place_of(Feed::public_events)];
    }
    const std::uint16_t mugs = partition_of("MUG", partitions);
    simulated::SimulatedFeeds others{topics, 2};
    simulated::SimulatedViewStore rows{2};
    Relay other{log, rows, others, {.name_space = "shop", .partitions = partitions}};
};

TEST_F(RelayOfFeeds, says_nothing_when_nothing_happened) {
    lead_all();
    for (const auto& [partition, there] : topics.partitions)
        for (const auto& feed : there.feeds) EXPECT_TRUE(feed.empty());
}

TEST_F(RelayOfFeeds, goes_on_where_another_stopped) {
    receive(1);
    lead_all();
    receive(2);
    ASSERT_TRUE(other.lead(mugs));
    ASSERT_THAT(told(), SizeIs(2));
    EXPECT_THAT(told()[1].value, HasSubstr(R"("sequence":"0000000002")"));
    EXPECT_THAT(told()[1].value, HasSubstr(R"("on_hand":3)"));
}

TEST_F(RelayOfFeeds, writes_nothing_once_another_has_taken_over) {
    receive(1);
    lead_all();
    ASSERT_TRUE(other.lead(mugs));
    receive(2);
    const auto refused = relay.lead(mugs);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::conflict);
    EXPECT_THAT(told(), SizeIs(1));
}

TEST_F(RelayOfFeeds, follows_another_and_no_further_than_it_told) {
    receive(1);
    ASSERT_TRUE(other.follow(mugs));  // nothing was told yet
    lead_all();
    receive(2);
    for (bool moved = true; moved;) moved = other.follow(mugs).value();
    EXPECT_THAT(told(), SizeIs(1));
    ASSERT_TRUE(other.lead(mugs));
    EXPECT_THAT(told(), SizeIs(2));
    EXPECT_EQ(other.behind(mugs), 0U);
}

TEST_F(RelayOfFeeds, fills_topics_that_were_made_anew_from_the_beginning) {
    receive(1);
    receive(2);
    lead_all();
    const auto before = told();
    told().clear();
    feeds.let_go(mugs);
    receive(3);
    EXPECT_FALSE(relay.lead(mugs));  // it finds out, and takes over again
    lead_all();
    ASSERT_THAT(told(), SizeIs(3));
    EXPECT_EQ(told()[0].value, before[0].value);
    EXPECT_EQ(told()[1].value, before[1].value);
}

TEST_F(RelayOfFeeds, refuses_topics_that_tell_of_another_log) {
    receive(1);
    lead_all();
    auto& last = told().back();
    last.place.replace(last.place.find("log=") + 4, 4, "beef");
    const auto refused = other.lead(mugs);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("another log"));
}

TEST_F(RelayOfFeeds, stops_at_a_record_that_it_cannot_read) {
    receive(1);
    tell_nonsense({Stock::number, mugs});
    const auto stopped = relay.lead(mugs);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Error::damaged);
    EXPECT_THAT(stopped.error().detail, HasSubstr("the batch from record 2"));
}

}  // namespace
}  // namespace holdfast::projections
