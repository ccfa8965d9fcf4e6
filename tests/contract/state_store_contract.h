// What every StateStore keeps, whatever stores it. An adapter's test names a fixture:
//
//     struct Fixture {
//         StateStore& store();                    // empty at first
//         void restart();                         // as after a crash: store() is another object
//     };
//     INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, StateStoreContract, Fixture);
//     INSTANTIATE_TYPED_TEST_SUITE_P(RocksDb, StateStoreOfThreads, Fixture);  // if it has threads
#pragma once

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "engine/ports/state_store.h"

namespace holdfast {

using Texts = std::vector<std::pair<std::string, std::string>>;

inline CutRows rows_of(const std::map<std::string, std::optional<std::string>>& changes) {
    CutRows rows;
    for (const auto& [key, value] : changes) rows.add({key}, value);
    return rows;
}

template <class Fixture> class StateStoreContract : public testing::Test {
protected:
    StateStore& store() { return fixture_.store(); }
    void restart() { fixture_.restart(); }

    void ingest(const CutRows& rows) {
        const auto ingested = store().ingest(rows);
        ASSERT_TRUE(ingested) << ingested.error().detail;
    }
    std::vector<std::optional<std::string>> get(const std::vector<std::string>& keys) {
        auto found = store().get(keys);
        EXPECT_TRUE(found) << found.error().detail;
        return found ? *std::move(found) : std::vector<std::optional<std::string>>();
    }
    Texts scan(std::string_view from, std::string_view until) {
        Texts rows;
        const auto scanned = store().scan(from, until, [&](auto key, auto value) {
            rows.emplace_back(key, value);
            return true;
        });
        EXPECT_TRUE(scanned) << scanned.error().detail;
        return rows;
    }

private:
    Fixture fixture_;
};

TYPED_TEST_SUITE_P(StateStoreContract);

TYPED_TEST_P(StateStoreContract, begins_empty) {
    EXPECT_EQ(this->get({"a"}).at(0), std::nullopt);
    EXPECT_EQ(this->scan("", ""), Texts());
}

TYPED_TEST_P(StateStoreContract, answers_in_the_order_of_the_keys) {
    this->ingest({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    const auto found = this->get({"c", "nowhere", "a", "c"});
    EXPECT_EQ(found, (std::vector<std::optional<std::string>>{"3", std::nullopt, "1", "3"}));
    EXPECT_TRUE(this->get({}).empty());
}

TYPED_TEST_P(StateStoreContract, replaces_and_erases_by_a_later_cut) {
    this->ingest({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    this->ingest({{"a", std::nullopt}, {"b", "4"}, {"never", std::nullopt}});
    EXPECT_EQ(this->scan("", ""), (Texts{{"b", "4"}, {"c", "3"}}));
    this->ingest({{"a", "5"}});
    EXPECT_EQ(this->get({"a"}).at(0), "5");
}

TYPED_TEST_P(StateStoreContract, keeps_any_bytes) {
    using namespace std::string_literals;
    const std::string large(1 << 20, 'x');
    this->ingest({{"\0\0"s, ""}, {"\0a"s, "\0"s}, {"b", large}, {"\xff\xff", "\xff\0\xff"s}});
    EXPECT_EQ(this->get({"\0\0"s}).at(0), "");
    EXPECT_EQ(this->get({"\0a"s}).at(0), "\0"s);
    EXPECT_EQ(this->get({"b"}).at(0), large);
    EXPECT_EQ(this->get({"\xff\xff"}).at(0), "\xff\0\xff"s);
    EXPECT_EQ(this->get({"\0"s}).at(0), std::nullopt);
}

TYPED_TEST_P(StateStoreContract, takes_an_empty_cut) {
    this->ingest({{"a", "1"}});
    this->ingest({});
    EXPECT_EQ(this->scan("", ""), (Texts{{"a", "1"}}));
}

TYPED_TEST_P(StateStoreContract, scans_up_to_but_not_including_the_end_bytewise) {
    this->ingest({{"a", "1"}, {"b", "2"}, {"b\x7f", "3"}, {"b\x80", "4"}, {"c", "5"}});
    EXPECT_EQ(this->scan("b", "c"), (Texts{{"b", "2"}, {"b\x7f", "3"}, {"b\x80", "4"}}));
    EXPECT_EQ(this->scan("b\x01", "b\x80"), (Texts{{"b\x7f", "3"}}));
    EXPECT_EQ(this->scan("b\x80", ""), (Texts{{"b\x80", "4"}, {"c", "5"}}));
    EXPECT_EQ(this->scan("b", "b"), Texts());
    EXPECT_EQ(this->scan("c", "b"), Texts());
}

TYPED_TEST_P(StateStoreContract, scans_until_the_visitor_has_enough) {
    this->ingest({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    std::string seen;
    const auto scanned = this->store().scan("", "", [&](auto key, auto) {
        seen += key;
        return seen.size() < 2;
    });
    EXPECT_TRUE(scanned);
    EXPECT_EQ(seen, "ab");
}

TYPED_TEST_P(StateStoreContract, scans_the_rows_of_one_moment) {
    this->ingest({{"a", "1"}, {"b", "1"}, {"c", "1"}});
    Texts seen;
    const auto scanned = this->store().scan("", "", [&](auto key, auto value) {
        if (seen.empty()) this->ingest({{"a2", "2"}, {"b", std::nullopt}, {"c", "2"}});
        seen.emplace_back(key, value);
        return true;
    });
    EXPECT_TRUE(scanned);
    EXPECT_EQ(seen, (Texts{{"a", "1"}, {"b", "1"}, {"c", "1"}}));
    EXPECT_EQ(this->scan("", ""), (Texts{{"a", "1"}, {"a2", "2"}, {"c", "2"}}));
}

TYPED_TEST_P(StateStoreContract, keeps_what_was_ingested_over_a_crash) {
    this->ingest({{"a", "1"}, {"b", "2"}});
    this->ingest({{"b", std::nullopt}, {"c", "3"}});
    this->restart();
    EXPECT_EQ(this->scan("", ""), (Texts{{"a", "1"}, {"c", "3"}}));
    this->ingest({{"d", "4"}});
    this->restart();
    EXPECT_EQ(this->scan("", ""), (Texts{{"a", "1"}, {"c", "3"}, {"d", "4"}}));
}

// Keys as the runtime makes them: <context u8><partition u16><kind><rest>.
inline std::string state_key(std::mt19937& random) {
    using namespace std::string_literals;
    return "\1\0"s + static_cast<char>(random() % 2) + "insct"[random() % 5] +
           std::to_string(random() % 40);
}

TYPED_TEST_P(StateStoreContract, agrees_with_a_map_over_any_cuts_and_crashes) {
    std::mt19937 random(20'111);
    std::map<std::string, std::string> model;
    for (int cut = 0; cut < 150; ++cut) {
        std::map<std::string, std::optional<std::string>> changes;
        for (auto rows = random() % 30; rows != 0; --rows)
            if (random() % 4 == 0)
                changes[state_key(random)] = std::nullopt;
            else
                changes[state_key(random)] = std::to_string(random());
        for (const auto& [key, value] : changes)
            if (value)
                model[key] = *value;
            else
                model.erase(key);
        this->ingest(rows_of(changes));
        if (random() % 20 == 0) this->restart();
        ASSERT_EQ(this->scan("", ""), Texts(model.begin(), model.end())) << "cut " << cut;
        std::vector<std::string> keys;
        for (int i = 0; i < 20; ++i) keys.push_back(state_key(random));
        const auto found = this->get(keys);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto row = model.find(keys[i]);
            EXPECT_EQ(found[i], row == model.end() ? std::nullopt : std::optional(row->second));
        }
    }
}

REGISTER_TYPED_TEST_SUITE_P(StateStoreContract, begins_empty, answers_in_the_order_of_the_keys,
                            replaces_and_erases_by_a_later_cut, keeps_any_bytes, takes_an_empty_cut,
                            scans_up_to_but_not_including_the_end_bytewise,
                            scans_until_the_visitor_has_enough, scans_the_rows_of_one_moment,
                            keeps_what_was_ingested_over_a_crash,
                            agrees_with_a_map_over_any_cuts_and_crashes);

template <class Fixture> class StateStoreOfThreads : public StateStoreContract<Fixture> {};
TYPED_TEST_SUITE_P(StateStoreOfThreads);

TYPED_TEST_P(StateStoreOfThreads, shows_a_cut_whole_or_not_at_all) {
    constexpr int cuts = 60;
    std::atomic<int> ingested = 0;
    const auto key = [](int i) { return std::string("\1\0\1i", 4) + std::to_string(i); };
    const auto check = [&] {
        while (true) {
            const int before = ingested;
            const auto found = this->store().get(std::vector{key(0), key(1), key(before)});
            ASSERT_TRUE(found) << found.error().detail;
            ASSERT_EQ((*found)[0], (*found)[1]);
            ASSERT_GE(std::stoi((*found)[0].value_or("0")), before);
            ASSERT_EQ(before == 0 || (*found)[2].has_value(), true);
            if (before == cuts) return;
        }
    };
    const std::jthread one(check), two(check);
    for (int cut = 1; cut <= cuts; ++cut) {
        const auto number = std::to_string(cut);
        this->ingest(rows_of({{key(0), number}, {key(1), number}, {key(cut), number}}));
        ingested = cut;
    }
}

REGISTER_TYPED_TEST_SUITE_P(StateStoreOfThreads, shows_a_cut_whole_or_not_at_all);

}  // namespace holdfast
