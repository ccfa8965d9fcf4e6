// A small budget of memory: streams leave and come back, and nobody can tell.
#include "tests/support/driven_shop.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

constexpr int skus = 400;

std::string sku(std::int64_t number) { return "sku-" + std::to_string(number); }

// The same commands every time, in rounds that make streams cold between two uses.
void sell(DrivenEngine& shop) {
    receive(shop, "A", 1'000);
    Random random(1);
    for (int round = 0; round < 30; ++round) {
        for (int i = 0; i < 60; ++i) {
            const auto name = std::to_string(round) + "-" + std::to_string(i);
            const auto of = sku(random.between(0, skus - 1));
            shop.post<Stock>("receive-" + name, of,
                             stock::Receive{id<MovementId>(name), warehouse, known<Quantity>(2)});
            shop.post<Stock>(
                "reserve-" + name, of,
                stock::Reserve{id<ReservationId>(name), known<Quantity>(3), {}, {}, {}, {}});
        }
        const auto cart = "cart-" + std::to_string(round);
        fill_cart(shop, cart, {line("A", 2, 100)});
        complete(shop, cart, 200, "tok_approve");
        shop.run();
        for (const auto& shard : shop.engine().shards()) shard->cut_now();
        shop.run();
    }
}

std::vector<std::pair<std::string, Sequence>> answers_of(const DrivenEngine& shop) {
    std::vector<std::pair<std::string, Sequence>> answers;
    for (const auto& [key, answer] : shop.answers) {
        EXPECT_EQ(answer.how, key == "location" ? answer.how : Taken::decided);
        answers.emplace_back(key, answer.sequence);
    }
    return answers;
}

TEST(Memory, of_a_small_budget_gives_the_same_answers_and_state) {
    DrivenEngine plenty(1), little(1);
    little.settings.memory_bytes_max = 64 << 10;
    little.crash();
    plenty.crash();
    sell(plenty);
    sell(little);
    EXPECT_LT(little.streams_bytes(), plenty.streams_bytes() / 2);
    EXPECT_EQ(answers_of(little), answers_of(plenty));
    EXPECT_EQ(little.state(), plenty.state());
}

TEST(Memory, that_idle_streams_had_serves_the_busy_ones_of_any_partition) {
    DrivenEngine shop(6, 1);
    shop.settings.memory_bytes_max = 256 << 10;
    shop.crash();
    sell(shop);
    const auto busy = shop.engine().partition_of(Stock::number, sku(0));
    for (int n = 0, of_it = 0; of_it < 200; ++n) {
        if (shop.engine().partition_of(Stock::number, sku(n)) != busy) continue;
        const auto name = "again-" + std::to_string(n);
        shop.post<Stock>(name, sku(n),
                         stock::Receive{id<MovementId>(name), warehouse, known<Quantity>(2)});
        shop.run();
        if (++of_it % 20 != 0) continue;
        for (const auto& shard : shop.engine().shards()) shard->cut_now();
        shop.run();
    }
    for (const auto* processor : shop.engine().processors()) {
        if (processor->at() != busy) continue;
        EXPECT_GT(processor->machine().streams_bytes(), shop.streams_bytes() / 2);
    }
    EXPECT_LT(shop.streams_bytes(), std::size_t{300} << 10);
}

TEST(Memory, is_divided_by_the_partitions_that_each_shard_has) {
    for (std::uint16_t shards = 1; shards <= 7; ++shards) {
        SCOPED_TRACE(shards);
        DrivenEngine shop(7, shards);
        const auto each = shop.settings.memory_bytes_max / shop.settings.partitions;
        std::size_t of_all = 0;
        for (std::uint16_t s = 0; s < shards; ++s) {
            const auto bytes_max = shop.engine().shards()[s]->memory().bytes_max;
            EXPECT_EQ(bytes_max, each * ((shop.settings.partitions + shards - 1U - s) / shards));
            of_all += bytes_max;
        }
        EXPECT_EQ(of_all, shop.settings.memory_bytes_max);
    }
}

TEST(Memory, of_a_small_budget_is_enough_to_recover_from_the_log_alone) {
    DrivenEngine shop(2);
    sell(shop);
    const auto live = shop.state();
    const auto bytes = shop.streams_bytes();
    shop.store = simulated::SimulatedStateStore(3);
    shop.settings.memory_bytes_max = 64 << 10;
    shop.settings.shard.rows_per_cut_max = 200;
    shop.crash();
    std::size_t rows = 0;
    ASSERT_TRUE(shop.store.scan("", "", [&](auto, auto) { return ++rows, true; }));
    EXPECT_GT(rows, 0U) << "it made cuts while it recovered, by which streams are measured too";
    EXPECT_LT(shop.streams_bytes(), bytes / 2);
    EXPECT_EQ(shop.state(), live);
}

TEST(Memory, is_not_filled_by_repeats_which_write_nothing) {
    DrivenEngine shop(5, 1);
    shop.settings.memory_bytes_max = 64 << 10;
    shop.crash();
    receive(shop, "A", 1);
    shop.run();
    for (int round = 0; round < 2; ++round) {
        for (int n = 0; n < skus; ++n) {
            const auto name = std::to_string(n);
            shop.post<Stock>("receive-" + name, sku(n),
                             stock::Receive{id<MovementId>(name), warehouse, known<Quantity>(2)});
            shop.run();
        }
        for (const auto& shard : shop.engine().shards()) shard->cut_now();
        shop.run();
    }
    EXPECT_EQ(shop.answers.at("receive-0").how, Taken::repeated);
    EXPECT_LT(shop.streams_bytes(), std::size_t{128} << 10);
}

TEST(Memory, is_not_filled_while_a_cut_is_written) {
    constexpr std::size_t commands = 1'000;
    DrivenEngine shop(4, 1);
    shop.settings.shard.rows_per_cut_max = 50;
    shop.settings.shard.rows_waiting_max = 200;
    shop.crash();
    receive(shop, "A", 1);
    shop.run();
    shop.answers.clear();
    for (std::size_t n = 0; n < commands; ++n) {
        const auto name = std::to_string(n);
        shop.post<Stock>("receive-" + name, sku(static_cast<std::int64_t>(n % skus)),
                         stock::Receive{id<MovementId>(name), warehouse, known<Quantity>(2)});
        shop.part(0), shop.part(1);  // the shard and the log; nobody writes the cut
    }
    EXPECT_LT(shop.answers.size(), 100U);  // three rows each: the stream, two ids
    EXPECT_GT(shop.answers.size(), 50U);
    shop.run();
    EXPECT_EQ(shop.answers.size(), commands);
}

}  // namespace
}  // namespace holdfast
