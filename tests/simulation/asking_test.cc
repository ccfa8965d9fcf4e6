// What became of a command is asked by its id alone.
#include <gtest/gtest.h>

#include "engine/runtime/forwarding.h"
#include "tests/support/driven_shop.h"

namespace holdfast {
namespace {

// The answers of all partitions of all contexts, but for those that do not know it.
std::vector<std::pair<PartitionId, Answered>> ask(DrivenEngine& shop, const wire::CommandId& id) {
    std::vector<std::pair<PartitionId, Answered>> known;
    int unknown = 0;
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t partition = 0; partition < shop.settings.partitions; ++partition) {
            Posted posted{context, {}, fb::Source::direct, {}, {}};
            const PartitionId at{context, partition};
            posted.to = at;
            posted.asks_of = id;
            EXPECT_TRUE(shop.engine().post(posted, [&, at](std::expected<Answered, Error> answer) {
                if (answer.value().how == Taken::not_known)
                    ++unknown;
                else
                    known.emplace_back(at, *answer);
            }));
        }
    shop.run();
    EXPECT_EQ(known.size() + static_cast<std::size_t>(unknown),
              contexts_count * std::size_t{shop.settings.partitions});
    return known;
}

TEST(Asking, is_answered_by_the_record_of_the_command_where_it_was_decided) {
    DrivenEngine shop(1);
    receive(shop, "A", 5);
    const auto decided = shop.answers.at("receive-A").sequence;
    const auto expect_known = [&] {
        const auto known = ask(shop, wire::command_id("test", "receive-A"));
        ASSERT_EQ(known.size(), 1U);
        EXPECT_EQ(known[0].first, shop.engine().partition_of(Stock::number, "A"));
        EXPECT_EQ(known[0].second.how, Taken::repeated);
        EXPECT_EQ(known[0].second.sequence, decided);
        EXPECT_EQ(wire::read_decision<Stock>(known[0].second.record)->parts.at(0).key, "A");
    };
    expect_known();
    shop.state();  // its ids are in the store from here on
    shop.crash();
    shop.run();
    expect_known();
    EXPECT_TRUE(ask(shop, wire::command_id("test", "receive-B")).empty());
}

TEST(Asking, decides_nothing_and_looks_at_no_stream) {
    DrivenEngine shop(1);
    receive(shop, "A", 5);
    const auto state = shop.state();
    shop.crash();
    shop.run();
    const auto bytes = shop.streams_bytes();
    ask(shop, wire::command_id("test", "receive-A"));
    ask(shop, wire::command_id("test", "receive-B"));
    EXPECT_EQ(shop.streams_bytes(), bytes);
    EXPECT_EQ(shop.state(), state);
}

TEST(Asking, is_another_thing_than_a_command_between_engines_too) {
    const auto is_posted = [](const std::string& command, std::uint64_t high, std::uint64_t low) {
        return posted_by({{1, 0}, command, {}, {high, low}}, 1).has_value();
    };
    EXPECT_TRUE(is_posted("a command", 0, 0));
    EXPECT_TRUE(is_posted("", 0, 1));
    EXPECT_TRUE(is_posted("", 1, 0));
    EXPECT_FALSE(is_posted("", 0, 0));
    EXPECT_FALSE(is_posted("a command", 1, 2));
}

}  // namespace
}  // namespace holdfast
