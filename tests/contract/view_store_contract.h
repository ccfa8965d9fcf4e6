// What every ViewStore keeps, whatever stores it. An adapter's test names a fixture:
//
//     struct Fixture {
//         ViewStore& store();  // empty at first
//         void restart();      // as after a crash: store() is another object
//     };
//     INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, ViewStoreContract, Fixture);
#pragma once

#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "engine/ports/view_store.h"

namespace holdfast {

using ViewRows = std::vector<std::pair<std::string, std::string>>;

template <class Fixture> class ViewStoreContract : public testing::Test {
protected:
    ViewStore& store() { return fixture_.store(); }
    void restart() { fixture_.restart(); }

    void write(const std::vector<Row>& rows) {
        const auto written = store().write(rows);
        ASSERT_TRUE(written) << written.error().detail;
    }
    void sync() {
        const auto synced = store().sync();
        ASSERT_TRUE(synced) << synced.error().detail;
    }
    std::optional<std::string> get(std::string_view key) {
        auto found = store().get(key);
        EXPECT_TRUE(found) << found.error().detail;
        return found ? *std::move(found) : std::nullopt;
    }
    ViewRows scan(std::string_view from, std::string_view until, bool newest_first = false) {
        ViewRows rows;
        const auto scanned = store().scan(from, until, newest_first, [&](auto key, auto value) {
            rows.emplace_back(key, value);
            return true;
        });
        EXPECT_TRUE(scanned) << scanned.error().detail;
        return rows;
    }

private:
    Fixture fixture_;
};

TYPED_TEST_SUITE_P(ViewStoreContract);

TYPED_TEST_P(ViewStoreContract, begins_empty) {
    EXPECT_EQ(this->get("a"), std::nullopt);
    EXPECT_EQ(this->scan("", ""), ViewRows());
    EXPECT_EQ(this->scan("", "", true), ViewRows());
    this->sync();
}

TYPED_TEST_P(ViewStoreContract, keeps_the_later_of_two_rows_with_one_key) {
    this->write({{"a", "1"}, {"b", "1"}, {"a", "2"}, {"b", std::nullopt}});
    EXPECT_EQ(this->get("a"), "2");
    EXPECT_EQ(this->get("b"), std::nullopt);
}

TYPED_TEST_P(ViewStoreContract, keeps_any_bytes) {
    using namespace std::string_literals;
    this->write({{"\0"s, ""}, {"\xff\0"s, "\0\xff"s}});
    EXPECT_EQ(this->get("\0"s), "");
    EXPECT_EQ(this->get("\xff\0"s), "\0\xff"s);
    EXPECT_EQ(this->get("\xff"), std::nullopt);
}

TYPED_TEST_P(ViewStoreContract, scans_from_either_end_without_the_upper_bound) {
    this->write({{"a", "1"}, {"b", "2"}, {"b\x80", "3"}, {"c", "4"}});
    EXPECT_EQ(this->scan("a", "c"), (ViewRows{{"a", "1"}, {"b", "2"}, {"b\x80", "3"}}));
    EXPECT_EQ(this->scan("a", "c", true), (ViewRows{{"b\x80", "3"}, {"b", "2"}, {"a", "1"}}));
    EXPECT_EQ(this->scan("b", "b\x90", true), (ViewRows{{"b\x80", "3"}, {"b", "2"}}));
    EXPECT_EQ(this->scan("b", "", true), (ViewRows{{"c", "4"}, {"b\x80", "3"}, {"b", "2"}}));
    EXPECT_EQ(this->scan("", ""), (ViewRows{{"a", "1"}, {"b", "2"}, {"b\x80", "3"}, {"c", "4"}}));
    EXPECT_EQ(this->scan("x", "", true), ViewRows());
    EXPECT_EQ(this->scan("b", "b", true), ViewRows());
    EXPECT_EQ(this->scan("c", "a", true), ViewRows());
    EXPECT_EQ(this->scan("c", "a"), ViewRows());
}

TYPED_TEST_P(ViewStoreContract, scans_until_the_visitor_has_enough) {
    this->write({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    for (const bool newest_first : {false, true}) {
        std::string seen;
        const auto scanned = this->store().scan("", "", newest_first, [&](auto key, auto) {
            seen += key;
            return seen.size() < 2;
        });
        EXPECT_TRUE(scanned);
        EXPECT_EQ(seen, newest_first ? "cb" : "ab");
    }
}

TYPED_TEST_P(ViewStoreContract, scans_the_rows_of_one_moment) {
    this->write({{"a", "1"}, {"b", "1"}, {"c", "1"}});
    ViewRows seen;
    const auto scanned = this->store().scan("", "", true, [&](auto key, auto value) {
        if (seen.empty()) this->write({{"a", "2"}, {"a2", "2"}, {"b", std::nullopt}});
        seen.emplace_back(key, value);
        return true;
    });
    EXPECT_TRUE(scanned);
    EXPECT_EQ(seen, (ViewRows{{"c", "1"}, {"b", "1"}, {"a", "1"}}));
}

TYPED_TEST_P(ViewStoreContract, keeps_what_was_synced_over_a_crash) {
    this->write({{"a", "1"}, {"b", "1"}});
    this->write({{"b", std::nullopt}, {"bookmark", "2"}});
    this->sync();
    this->restart();
    EXPECT_EQ(this->scan("", ""), (ViewRows{{"a", "1"}, {"bookmark", "2"}}));
}

TYPED_TEST_P(ViewStoreContract, loses_last_writes_only_and_never_a_part_of_one) {
    for (int round = 0; round < 20; ++round) {
        const auto of = [&](int write) { return std::to_string(round * 1'000 + write); };
        this->write({{"bookmark", of(0)}, {"row", of(0)}});
        this->sync();
        for (int write = 1; write <= 10; ++write)
            this->write({{"row", of(write)}, {"bookmark", of(write)}});
        this->restart();
        EXPECT_EQ(this->get("row"), this->get("bookmark"));
        EXPECT_GE(std::stoi(this->get("row").value_or("-1")), round * 1'000);
    }
}

TYPED_TEST_P(ViewStoreContract, agrees_with_a_map_over_any_writes) {
    std::mt19937 random(20'112);
    std::map<std::string, std::string> model;
    for (int step = 0; step < 300; ++step) {
        std::vector<Row> rows;
        for (auto count = random() % 20; count != 0; --count) {
            const auto key = std::to_string(random() % 60);
            if (random() % 4 == 0) {
                rows.push_back({key, std::nullopt});
                model.erase(key);
            } else {
                rows.push_back({key, std::to_string(random())});
                model[key] = *rows.back().value;
            }
        }
        this->write(rows);
        if (random() % 20 == 0) {
            this->sync();
            this->restart();
        }
        ASSERT_EQ(this->scan("", ""), ViewRows(model.begin(), model.end()));
        ASSERT_EQ(this->scan("", "", true), ViewRows(model.rbegin(), model.rend()));
    }
}

REGISTER_TYPED_TEST_SUITE_P(ViewStoreContract, begins_empty,
                            keeps_the_later_of_two_rows_with_one_key, keeps_any_bytes,
                            scans_from_either_end_without_the_upper_bound,
                            scans_until_the_visitor_has_enough, scans_the_rows_of_one_moment,
                            keeps_what_was_synced_over_a_crash,
                            loses_last_writes_only_and_never_a_part_of_one,
                            agrees_with_a_map_over_any_writes);

}  // namespace holdfast
