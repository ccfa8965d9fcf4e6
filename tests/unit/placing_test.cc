#include "replay/placing.h"

#include <gmock/gmock.h>

#include "engine/domain/partition.h"
#include "tests/support/sold.h"

namespace holdfast::replay {
namespace {

using testing::ElementsAre;

const LocationId warehouse = known<LocationId>("main");
const Move to_three{5, 2, 3};

wire::DecidedPart<Stock> received(std::string key) {
    stock::Received event{known<MovementId>("m"), warehouse, pieces(1)};
    wire::DecidedPart<Stock> part{
        std::move(key), {}, 4, stock::Receive{known<MovementId>("m"), warehouse, pieces(1)}, {}};
    part.decided->emplace_back(event);
    return part;
}
wire::DecidedPart<Stock> refused(std::string key) {
    auto part = received(std::move(key));
    part.decided =
        std::unexpected(Refusal<stock::Rejection>{stock::Rejection::stock_is_insufficient, 0, {}});
    return part;
}
wire::DecidedPart<Stock> location(std::string key) {
    wire::DecidedPart<Stock> part{
        std::move(key), {}, 0, stock::SetLocation{warehouse, {}, known<Priority>(0), true}, {}};
    part.decided->emplace_back(stock::LocationSet{warehouse, {}, known<Priority>(0), true});
    return part;
}
wire::Decision<Stock> decision(std::vector<wire::DecidedPart<Stock>> parts) {
    wire::Decision<Stock> decision;
    decision.header.envelope.client = "shop";
    decision.header.at_ms = known<Time>(1'000);
    decision.header.origin = {fb::Source::commands_topic, 9, {}, 0, 0};
    decision.header.follow_ups = {{{3, 1}, 7, "bytes"}};
    decision.parts = std::move(parts);
    return decision;
}
// A key of partition `of` of two, and of partition `to` of three.
std::string key(std::uint16_t of, std::uint16_t to, const std::string& begin = "") {
    for (int i = 0;; ++i) {
        auto key = begin + "k" + std::to_string(i);
        if (partition_of(key, 2) == of && partition_of(key, 3) == to) return key;
    }
}
std::vector<std::uint16_t> places(const std::vector<Placed<Stock>>& placed) {
    std::vector<std::uint16_t> places;
    for (const auto& one : placed) places.push_back(one.partition);
    return places;
}

TEST(Placing, takes_a_decision_to_the_partition_of_its_stream) {
    const auto placed = place(decision({received(key(1, 2))}), 1, to_three);
    ASSERT_THAT(places(placed), ElementsAre(2));
    const auto& header = placed.front().decision.header;
    EXPECT_EQ(header.generation, 5U);
    EXPECT_EQ(header.origin.position, 9U);
    EXPECT_EQ(header.follow_ups.size(), 1U);
}

TEST(Placing, keeps_the_generation_that_decided) {
    auto old = decision({received(key(1, 2))});
    old.header.generation = 2;
    EXPECT_EQ(place(old, 1, to_three).front().decision.header.generation, 2U);
}

TEST(Placing, takes_a_group_apart_and_says_once_what_it_said) {
    const auto one = key(0, 1), other = key(0, 2), third = key(0, 1, "x");
    const auto placed =
        place(decision({received(one), received(other), received(third)}), 0, to_three);
    ASSERT_THAT(places(placed), ElementsAre(1, 2));
    ASSERT_EQ(placed[0].decision.parts.size(), 2U);
    EXPECT_EQ(placed[0].decision.parts[0].key, one);
    EXPECT_EQ(placed[0].decision.parts[1].key, third);
    EXPECT_EQ(placed[1].decision.parts[0].key, other);
    EXPECT_EQ(placed[0].decision.header.follow_ups.size(), 1U);
    EXPECT_TRUE(placed[1].decision.header.follow_ups.empty());
    EXPECT_EQ(placed[1].decision.header.envelope.client, "shop");
}

TEST(Placing, leaves_a_refused_group_readable_where_no_stream_refused) {
    auto group = decision({received(key(0, 1)), refused(key(0, 2))});
    group.header.outcome = fb::Outcome::refused;
    const auto placed = place(group, 0, to_three);
    ASSERT_THAT(places(placed), ElementsAre(1, 2));
    for (const auto& one : placed) {
        wire::BatchWriter writer;
        wire::write(writer, one.decision);
        wire::BatchHeader header;
        const auto batch = writer.seal(header);
        const auto read = wire::read_decision<Stock>(wire::view_own(*batch).record(0).bytes);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->header.outcome, fb::Outcome::refused);
        EXPECT_EQ(read->header.generation, 5U);
    }
}

TEST(Placing, takes_a_location_from_its_home_to_every_partition) {
    const auto home = key(1, 2, "@");
    const auto placed = place(decision({location(home)}), 1, to_three);
    ASSERT_THAT(places(placed), ElementsAre(2, 0, 1));
    EXPECT_EQ(placed[0].decision.header.origin.source, fb::Source::commands_topic);
    for (const std::size_t told : {1, 2}) {
        EXPECT_EQ(placed[told].decision.header.origin.source, fb::Source::follow_up);
        EXPECT_EQ(placed[told].decision.header.origin.from, (PartitionId{Stock::number, 1}));
        EXPECT_TRUE(placed[told].decision.header.follow_ups.empty());
    }
    EXPECT_TRUE(place(decision({location(home)}), 0, to_three).empty());
}

TEST(Placing, tells_nobody_of_a_location_that_did_not_change) {
    auto same = location(key(1, 2, "@"));
    same.decided->clear();
    EXPECT_THAT(places(place(decision({same}), 1, to_three)), ElementsAre(2));
}

TEST(Placing, takes_what_was_not_decided_where_its_command_belongs_if_that_can_be_read) {
    wire::Command<Stock> command;
    command.parts.push_back({key(1, 2), {}, stock::Expire{}});
    auto poison = decision({});
    poison.header.outcome = fb::Outcome::poison;
    poison.header.raw = wire::to_bytes(command);
    EXPECT_THAT(places(place(poison, 1, to_three)), ElementsAre(2));
    auto malformed = decision({});
    malformed.header.outcome = fb::Outcome::malformed;
    malformed.header.raw = "these bytes say nothing";
    EXPECT_THAT(places(place(malformed, 1, to_three)), ElementsAre(1));
    EXPECT_THAT(places(place(malformed, 1, Move{1, 2, 1})), ElementsAre(0));
}

}  // namespace
}  // namespace holdfast::replay
