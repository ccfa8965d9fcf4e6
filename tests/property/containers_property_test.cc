#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "engine/domain/arrival_map.h"
#include "engine/domain/few.h"
#include "engine/domain/flat_map.h"
#include "engine/domain/types.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

using Arrivals = ArrivalMap<ReservationId, std::int64_t>;
struct Arrived {
    std::int64_t value;
    std::uint64_t number;
};
// What an ArrivalMap must be: entries by name, with the number each arrived with.
using Naive = std::map<ReservationId, Arrived>;

std::vector<ReservationId> in_order_of_arrival(const Naive& naive) {
    std::vector<std::pair<std::uint64_t, ReservationId>> order;
    for (const auto& [key, arrived] : naive) order.emplace_back(arrived.number, key);
    std::ranges::sort(order);
    std::vector<ReservationId> keys;
    for (const auto& [number, key] : order) keys.push_back(key);
    return keys;
}

void expect_same(const Arrivals& map, const Naive& naive) {
    ASSERT_EQ(map.size(), naive.size());
    ASSERT_EQ(map.empty(), naive.empty());
    const auto order = in_order_of_arrival(naive);
    std::vector<ReservationId> oldest_first, newest_first;
    map.each([&](const auto& entry) {
        oldest_first.push_back(entry.key);
        ASSERT_EQ(entry.value, naive.at(entry.key).value);
        ASSERT_EQ(entry.number, naive.at(entry.key).number);
        ASSERT_EQ(*map.find(entry.key), entry.value);
        ASSERT_EQ(map.number_of(entry.key), entry.number);
        ASSERT_EQ(map.with_number(entry.number)->key, entry.key);
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
        const auto older = naive.at(order[i - 1]).number, newer = naive.at(order[i]).number;
        ASSERT_EQ(map.from_number(older + 1)->number, newer);
        ASSERT_EQ(map.before_number(newer)->number, older);
        ASSERT_EQ(map.with_number(older + 1) != nullptr, newer == older + 1);
    }
    map.each_newest_first(
        [&](const auto& entry) { return newest_first.push_back(entry.key), true; });
    ASSERT_EQ(oldest_first, order);
    std::ranges::reverse(newest_first);
    ASSERT_EQ(newest_first, order);
}

void expect_touched(Arrivals& map, std::vector<ReservationId> expected) {
    std::vector<ReservationId> touched;
    map.take_touched([&](const ReservationId& key, const Arrivals::Entry* entry) {
        touched.push_back(key);
        ASSERT_EQ(entry != nullptr, map.contains(key));
        ASSERT_EQ(entry ? &entry->value : nullptr, map.find(key));
    });
    std::ranges::sort(touched);
    ASSERT_EQ(std::ranges::adjacent_find(touched), touched.end()) << "listed twice";
    std::ranges::sort(expected);
    expected.erase(std::ranges::unique(expected).begin(), expected.end());
    ASSERT_TRUE(std::ranges::includes(touched, expected)) << "something touched is not listed";
    ASSERT_TRUE(std::ranges::includes(expected, touched)) << "something is listed untouched";
    ASSERT_EQ(map.touched(), 0U);
}

Arrivals decoded(const Naive& naive, std::uint64_t next, Random& random) {
    std::vector<ReservationId> keys;
    for (const auto& [key, arrived] : naive) keys.push_back(key);
    for (std::size_t i = keys.size(); i > 1; --i)
        std::swap(keys[i - 1],
                  keys[static_cast<std::size_t>(random.between(0, std::int64_t(i) - 1))]);
    Arrivals map;
    for (const auto& key : keys) map.restore(key, naive.at(key).value, naive.at(key).number);
    map.restored(next);
    return map;
}

// `names` few: the same come and go; many: the map grows, and its table with it.
void compare_arrivals(std::int64_t names, std::int64_t steps, std::int64_t erase_one_in) {
    Random random(static_cast<std::uint64_t>(names));
    Arrivals map;
    Naive naive;
    std::vector<ReservationId> touched;
    for (std::int64_t step = 0; step < steps; ++step) {
        const auto key = known<ReservationId>(random.name("r", names));
        const auto value = random.between(0, 1'000'000);
        ASSERT_EQ(map.contains(key), naive.contains(key));
        if (!naive.contains(key)) {
            naive.insert({key, {value, map.next_number()}});
            ASSERT_EQ(map.put(key, value), value);
        } else if (random.one_in(erase_one_in)) {
            naive.erase(key);
            map.erase(key);
        } else {
            naive.at(key).value = value;
            map.edit(key) = value;
        }
        touched.push_back(key);
        if (random.one_in(50)) {
            const auto from = static_cast<std::uint64_t>(random.between(0, step + 1));
            const auto* entry = map.from_number(from);
            std::optional<std::uint64_t> expected;
            for (const auto& [name, arrived] : naive)
                if (arrived.number >= from)
                    expected = std::min(expected.value_or(arrived.number), arrived.number);
            ASSERT_EQ(entry != nullptr, expected.has_value());
            if (entry) {
                ASSERT_EQ(entry->number, *expected);
            }
        }
        if (random.one_in(100)) {
            expect_same(map, naive);
            expect_touched(map, std::exchange(touched, {}));
        }
        if (random.one_in(500)) {
            const auto copy = decoded(naive, map.next_number(), random);
            ASSERT_EQ(copy, map);
            expect_same(copy, naive);
            map = copy;
            touched.clear();
        }
    }
    expect_same(map, naive);
}

TEST(ArrivalMap, is_a_map_in_order_of_arrival_while_a_few_come_and_go) {
    compare_arrivals(5, 20'000, 2);
    compare_arrivals(60, 20'000, 2);
}
TEST(ArrivalMap, is_a_map_in_order_of_arrival_while_it_grows) {
    compare_arrivals(3'000, 20'000, 10);
}
TEST(ArrivalMap, differs_by_a_value_a_key_or_an_arrival) {
    const auto a = known<ReservationId>("a"), b = known<ReservationId>("b");
    Arrivals map, same, later;
    map.put(a, 1);
    same.put(a, 1);
    later.put(b, 0);
    later.erase(b);
    later.put(a, 1);
    EXPECT_EQ(map, same);
    EXPECT_NE(map, later);
    same.edit(a) = 2;
    EXPECT_NE(map, same);
    same.edit(a) = 1;
    same.put(b, 1);
    EXPECT_NE(map, same);
    same.erase(b);
    EXPECT_NE(map, same) << "b's number is used up";
}

TEST(FlatMap, is_a_map_in_the_order_of_its_keys) {
    Random random(1);
    FlatMap<Sku, std::int64_t> map;
    std::map<Sku, std::int64_t> naive;
    for (int step = 0; step < 20'000; ++step) {
        const auto key = known<Sku>(random.name("s", 300));
        const auto value = random.between(0, 1'000'000);
        if (random.one_in(3)) {
            naive.erase(key);
            map.erase(key);
        } else if (random.one_in(2)) {
            naive[key] = value;
            ASSERT_EQ(map.put(key, value), value);
        } else if (auto* found = map.find(key)) {
            naive.at(key) = value;
            *found = value;
        }
        ASSERT_EQ(map.contains(key), naive.contains(key));
        ASSERT_EQ(map.size(), naive.size());
        ASSERT_EQ(map.empty(), naive.empty());
        if (!random.one_in(100)) continue;
        ASSERT_TRUE(std::ranges::equal(map, naive, [](const auto& a, const auto& b) {
            return a.first == b.first && a.second == b.second;
        }));
        FlatMap<Sku, std::int64_t> copy;
        for (const auto& entry : map) copy.push_back(entry);
        ASSERT_EQ(copy, map);
    }
}

TEST(Few, is_a_short_vector) {
    Random random(2);
    Few<std::int32_t, 20> few;
    std::vector<std::int32_t> naive;
    for (int step = 0; step < 5'000; ++step) {
        if (few.size() < 20 && random.one_in(2)) {
            const auto item = static_cast<std::int32_t>(random.between(-9, 9));
            few.push_back(item);
            naive.push_back(item);
        } else if (!few.empty()) {
            const auto place = random.between(0, static_cast<std::int64_t>(few.size()) - 1);
            few.erase(static_cast<std::size_t>(place));
            naive.erase(naive.begin() + place);
        }
        ASSERT_TRUE(std::ranges::equal(few, naive));
        ASSERT_EQ(few.empty(), naive.empty());
        if (!naive.empty()) {
            ASSERT_EQ(few.front(), naive.front());
        }
        const auto copy = few;
        ASSERT_EQ(copy, few);
    }
}
TEST(FewDeathTest, stops_beyond_its_limit) {
    Few<std::int32_t, 2> few{1, 2};
    EXPECT_DEATH(few.push_back(3), "Max");
    EXPECT_DEATH((void)few[2], "size_");
}

}  // namespace
}  // namespace holdfast
