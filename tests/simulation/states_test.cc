// Two histories have the same states where each stream was decided the same, whatever else differs.
#include "replay/states.h"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>

#include "replay/verify.h"
#include "tests/support/driven_shop.h"
#include "tests/support/printed.h"

namespace holdfast::replay {
namespace {

using Lines = std::vector<std::string>;

Lines states_of(const DrivenEngine& shop) {
    Watch watch(false);
    std::size_t streams = 0;
    std::istringstream from(printed([&](std::FILE* file) {
        const auto told = states(shop.log, watch, file);
        EXPECT_TRUE(told) << told.error().detail;
        streams = told.value_or(0);
    }));
    Lines lines;
    for (std::string line; std::getline(from, line);) lines.push_back(line);
    EXPECT_EQ(lines.size(), streams);
    return lines;
}
std::string name_of(const std::string& line) {
    return line.substr(0, line.find(' ', line.find(' ') + 1));
}
// The streams of whose lines one has what the other has not.
Lines difference(const DrivenEngine& a, const DrivenEngine& b) {
    auto one = states_of(a), other = states_of(b);
    EXPECT_FALSE(one.empty());
    std::ranges::sort(one), std::ranges::sort(other);
    Lines names;
    std::ranges::set_symmetric_difference(one, other, std::back_inserter(names));
    for (auto& name : names) name = name_of(name);
    const auto twice = std::ranges::unique(names);
    names.erase(twice.begin(), twice.end());
    return names;
}

const Lines skus{"A", "B", "C", "D", "E", "F"};

std::vector<Line> two_of_each_from(std::size_t first) {
    std::vector<Line> lines;
    for (auto i = first; i < skus.size(); ++i) lines.push_back(line(skus[i], 2, 100));
    return lines;
}

// A cart of each SKU, in that order, and as much time between two of them; none is in stock of Z.
void sell(DrivenEngine& shop, const Lines& in_order, std::int64_t pause_ms) {
    for (const auto& sku : in_order) receive(shop, sku, 5);
    for (const auto& sku : in_order) {
        fill_cart(shop, "cart-" + sku, {line(sku, 2, 100)});
        complete(shop, "cart-" + sku, 200, "tok_approve");
        shop.clock.pass(pause_ms);
        if (pause_ms != 0) shop.run();
    }
    fill_cart(shop, "cart-Z", {line("Z", 1, 100)});
    complete(shop, "cart-Z", 100, "tok_approve");
    shop.run();
}

TEST(States, are_the_same_whatever_the_times_the_threads_and_what_came_first) {
    DrivenEngine one(1, 1), other(2, 4);
    sell(one, skus, 0);
    sell(other, {skus.rbegin(), skus.rend()}, 777);
    EXPECT_EQ(difference(one, other), Lines());
    Watch watch(false);
    EXPECT_NE(verify(one.log, nullptr, watch)->state_hash,
              verify(other.log, nullptr, watch)->state_hash);
}

TEST(States, are_of_every_stream_in_order) {
    DrivenEngine shop(1);
    sell(shop, {"B", "A"}, 0);
    auto lines = states_of(shop);
    Lines names;
    for (auto& line : lines) {
        EXPECT_THAT(line, testing::MatchesRegex("[a-z]+ [^ ]+ [0-9]+ [0-9a-f]+"));
        names.push_back(name_of(line));
    }
    EXPECT_THAT(names, testing::ElementsAre(
                           "stock @main", "stock @main", "stock @main", "stock @main", "stock A",
                           "stock B", "cart cart-A", "cart cart-B", "cart cart-Z", "order cart-A",
                           "order cart-B", "order cart-Z", "payment cart-A-p1", "payment cart-B-p1",
                           "fulfillment cart-A.1", "fulfillment cart-B.1"));
}

TEST(States, name_the_stream_that_differs) {
    DrivenEngine one(1), other(1);
    sell(one, skus, 0);
    sell(other, skus, 0);
    other.post<Stock>("one more", "C", receive(1));
    other.run();
    EXPECT_EQ(difference(one, other), Lines());  // the movement of that id was there
    other.post<Stock>("another", "C",
                      stock::Receive{id<MovementId>("m2"), warehouse, known<Quantity>(1)});
    other.run();
    EXPECT_EQ(difference(one, other), Lines{"stock C"});
}

// A location has a stream in each; an order keeps which it asked last, and what it holds in their
// order.
TEST(States, of_another_number_of_partitions_differ_only_where_streams_speak_of_partitions) {
    DrivenEngine one(1, 2, 4), other(1, 2, 3);
    for (auto* shop : {&one, &other}) {
        sell(*shop, skus, 0);
        fill_cart(*shop, "cart", two_of_each_from(0));
        complete(*shop, "cart", 1'200, "tok_approve");
        shop->run();
    }
    EXPECT_THAT(difference(one, other),
                testing::IsSubsetOf({"order cart", "order cart-Z", "stock @main"}));
}

}  // namespace
}  // namespace holdfast::replay
