#include "tests/support/driven_shop.h"

namespace holdfast {
namespace {

TEST(Checkout, ends_with_a_confirmed_order_and_a_fulfillment) {
    DrivenEngine shop(1);
    receive(shop, "A", 5);
    receive(shop, "B", 5);
    fill_cart(shop, "cart-1", {line("A", 2, 100), line("B", 1, 50)});
    complete(shop, "cart-1", 250, "tok_approve");
    shop.run();
    EXPECT_EQ((events<Order, order::Confirmed>(shop, "cart-1").size()), 1U);
    EXPECT_EQ((events<Cart, cart::Converted>(shop, "cart-1").size()), 1U);
    const auto fulfillment = std::string(order::fulfillment_of(id<OrderId>("cart-1"), 1).raw());
    ASSERT_EQ((events<Fulfillment, fulfillment::Requested>(shop, fulfillment).size()), 1U);
    shop.post<Fulfillment>("ship", fulfillment,
                           fulfillment::Ship{id<ShipmentId>("s1"), {}, {}, {}});
    shop.run();
    EXPECT_EQ((events<Order, order::Completed>(shop, "cart-1").size()), 1U);
    const auto payment = std::string(order::payment_of(id<OrderId>("cart-1"), 1).raw());
    const auto captured = events<Payment, payment::Captured>(shop, payment);
    ASSERT_EQ(captured.size(), 1U);
    EXPECT_EQ(captured[0].amount.raw(), 250);
}

TEST(Checkout, gives_back_what_it_held_when_one_line_is_short) {
    DrivenEngine shop(2);
    receive(shop, "A", 5);
    receive(shop, "B", 5);
    fill_cart(shop, "cart-1", {line("A", 5, 100), line("B", 6, 50)});
    complete(shop, "cart-1", 800, "tok_approve");
    shop.run();
    EXPECT_EQ((events<Order, order::Refused>(shop, "cart-1").size()), 1U);
    fill_cart(shop, "cart-2", {line("A", 5, 100), line("B", 5, 50)});
    complete(shop, "cart-2", 750, "tok_approve");
    shop.run();
    EXPECT_EQ((events<Order, order::Confirmed>(shop, "cart-2").size()), 1U);
}

TEST(Checkout, answers_a_repeated_command_from_its_record) {
    DrivenEngine shop(3);
    receive(shop, "A", 5);
    fill_cart(shop, "cart-1", {line("A", 1, 100)});
    const auto first = shop.answers.at("open-cart-1").sequence;
    fill_cart(shop, "cart-1", {line("A", 1, 100)});
    EXPECT_EQ(shop.answers.at("open-cart-1").how, Taken::repeated);
    EXPECT_EQ(shop.answers.at("open-cart-1").sequence, first);
    shop.state();
    shop.crash();
    fill_cart(shop, "cart-1", {line("A", 1, 100)});
    EXPECT_EQ(shop.answers.at("open-cart-1").how, Taken::repeated);
    EXPECT_EQ(shop.answers.at("open-cart-1").sequence, first);
}

// For seven days by its key; a movement's own id is never forgotten.
TEST(Checkout, answers_a_repeated_command_for_seven_days) {
    constexpr std::int64_t day_ms = 86'400'000;
    DrivenEngine shop(8);
    shop.post<Stock>("location", "@main", open_warehouse());
    shop.run();
    const auto again = [&] {
        shop.crash();
        shop.post<Stock>("receive", "A", receive(5));
        shop.run();
        return shop.answers.at("receive");
    };
    const auto first = again();
    EXPECT_EQ(first.how, Taken::decided);
    for (int days = 0; days < 6; ++days) {
        shop.clock.pass(day_ms);
        EXPECT_EQ(again().how, Taken::repeated) << days;
    }
    shop.clock.pass(day_ms - 1'000);
    shop.post<Stock>("another", "A", stock::Expire{});  // now its partition knows the time
    shop.run();
    EXPECT_EQ(again().how, Taken::repeated);
    EXPECT_EQ(shop.answers.at("receive").sequence, first.sequence);
    shop.clock.pass(2'000);
    shop.post<Stock>("yet another", "A", stock::Expire{});
    shop.run();
    EXPECT_EQ(again().how, Taken::decided);
    EXPECT_EQ(shop.decision<Stock>("receive").parts[0].decided.error().why,
              stock::Rejection::movement_was_recorded_before);
    EXPECT_EQ((events<Stock, stock::Received>(shop, "A").size()), 1U);
}

// Crashes after each number of steps of one checkout; then it goes on, and the end is the same.
TEST(Checkout, ends_once_wherever_the_engine_dies) {
    for (int steps = 0; steps < 30; ++steps) {
        DrivenEngine shop(100 + static_cast<std::uint64_t>(steps));
        receive(shop, "A", 5);
        receive(shop, "B", 5);
        fill_cart(shop, "cart-1", {line("A", 2, 100), line("B", 1, 50)});
        complete(shop, "cart-1", 250, "tok_approve");
        for (int i = 0; i < steps; ++i) shop.step();
        shop.crash();
        shop.run();
        complete(shop, "cart-1", 250, "tok_approve");
        shop.run();
        EXPECT_EQ((events<Order, order::Confirmed>(shop, "cart-1").size()), 1U) << steps;
        const auto payment = std::string(order::payment_of(id<OrderId>("cart-1"), 1).raw());
        EXPECT_EQ((events<Payment, payment::Authorized>(shop, payment).size()), 1U) << steps;
        EXPECT_EQ((events<Stock, stock::Committed>(shop, "A").size()), 1U) << steps;
        EXPECT_EQ((events<Stock, stock::Committed>(shop, "B").size()), 1U) << steps;
    }
}

TEST(Settings, have_a_number_each_that_decisions_name) {
    DrivenEngine shop(6);
    const auto number_after = [&](const std::string& key) {
        shop.crash();
        fill_cart(shop, key, {});
        return shop.decision<Cart>("open-" + key).header.policy;
    };
    EXPECT_EQ(number_after("as-it-was"), 1U);
    shop.policy.gateway_ms = known<Duration>(5'000);
    EXPECT_EQ(number_after("changed"), 2U);
    EXPECT_EQ(number_after("not-changed"), 2U);
    shop.policy = Policy{};
    EXPECT_EQ(number_after("changed-back"), 3U);
}

std::size_t largest_batch(DrivenEngine& shop) {
    std::size_t bytes = 0;
    for (const auto& shard : shop.engine().shards())
        for (const auto& processor : shard->processors())
            for (Sequence from = 0; from < shop.log.durable(processor->at());) {
                const auto stored = shop.log.read(processor->at(), from).value();
                bytes = std::max(bytes, stored.blob->size());
                from = stored.first + stored.count;
            }
    return bytes;
}

// As many lines as a cart takes, and on each the taxes that bring it to its limit of bytes: every
// record that tells of it can be read again.
TEST(Checkout, takes_the_largest_cart_there_is) {
    DrivenEngine shop(6);
    std::vector<Line> lines;
    const auto tax = Tax{{}, known<Rate>(0), known<Amount>(1), false};
    for (std::size_t i = 0; i < lines_max; ++i) {
        lines.push_back(line("A", 1, 10));
        lines.back().line = id<LineId>(std::to_string(i));
        lines.back().taxes.assign(13, tax);
    }
    const auto each = static_cast<std::int64_t>(lines_max);
    ASSERT_GT(bytes_of(lines, {}), sale_bytes_max - 100 * each);
    receive(shop, "A", each);
    fill_cart(shop, "cart-1", std::move(lines));
    complete(shop, "cart-1", 23 * each, "tok_approve");
    shop.run();
    EXPECT_EQ((events<Order, order::Confirmed>(shop, "cart-1").size()), 1U);
    EXPECT_LT(largest_batch(shop), 8U << 20) << "it fits the smallest segment, and a message";
    const auto live = shop.state();
    shop.store = simulated::SimulatedStateStore(7);
    shop.crash();
    EXPECT_EQ(shop.state(), live);
}

TEST(State, is_the_same_from_the_log_alone) {
    DrivenEngine shop(4);
    receive(shop, "A", 5);
    fill_cart(shop, "cart-1", {line("A", 2, 100)});
    complete(shop, "cart-1", 200, "tok_approve");
    shop.run();
    auto live = shop.state();
    shop.store = simulated::SimulatedStateStore(5);
    shop.crash();
    EXPECT_EQ(shop.state(), live);
}

}  // namespace
}  // namespace holdfast
