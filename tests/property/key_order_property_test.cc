#include <set>

#include <gtest/gtest.h>

#include "engine/ports/cut_rows.h"
#include "engine/ports/key_order.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

// Keys that differ late, end early, or end where another goes on with zeros.
std::set<std::string> some_keys(Random& random, const std::string& beginning) {
    const std::string characters("\0a\xff", 3);
    std::set<std::string> keys;
    for (auto n = random.between(0, 60); n != 0; --n) {
        auto key = beginning + std::string(static_cast<std::size_t>(random.between(0, 18)), 'a');
        for (auto more = random.between(0, 4); more != 0; --more) key += random.pick(characters);
        keys.insert(key);
    }
    return keys;
}

std::vector<std::string> in_any_order(Random& random, const std::set<std::string>& keys) {
    std::vector<std::string> mixed(keys.begin(), keys.end());
    for (auto left = mixed.size(); left > 1; --left)
        std::swap(mixed[left - 1], mixed[random.next() % left]);
    return mixed;
}

TEST(KeyOrder, is_that_of_the_whole_keys) {
    Random random(1);
    for (int round = 0; round < 500; ++round) {
        const std::string beginning(static_cast<std::size_t>(random.between(0, 20)), 'b');
        const auto keys = some_keys(random, beginning);
        auto mixed = in_any_order(random, keys);
        const auto same = static_cast<std::size_t>(random.between(0, std::ssize(beginning)));
        put_in_key_order(std::span(mixed), same,
                         [](const std::string& key) { return std::string_view(key); });
        ASSERT_EQ(mixed, std::vector(keys.begin(), keys.end()));
    }
}

// A section that is made while the rows are put in order, and one that is dropped, among others.
TEST(CutRows, finish_in_the_order_of_their_keys) {
    Random random(2);
    for (int round = 0; round < 500; ++round) {
        CutRows rows;
        std::vector<std::string> expected;
        for (const std::string beginning : {"first", "made", "none", "second"}) {
            const auto keys = some_keys(random, beginning);
            const auto add = [mixed = in_any_order(random, keys)](CutRows& to) {
                for (const auto& key : mixed) to.add({key}, "of " + key);
            };
            const bool is_made = beginning == "made";
            rows.section(beginning.size(), is_made ? add : std::function<void(CutRows&)>());
            if (!is_made) add(rows);
            if (beginning != "none") expected.insert(expected.end(), keys.begin(), keys.end());
        }
        rows.drop_sections(2, 3);
        rows.finish();
        std::vector<std::string> finished;
        for (const auto& row : rows) {
            finished.emplace_back(row.key);
            ASSERT_EQ(row.value, "of " + finished.back());
        }
        ASSERT_EQ(finished, expected);
    }
}

}  // namespace
}  // namespace holdfast
