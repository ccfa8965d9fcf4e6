// From a cart to an order over HTTP, with the program itself, to every end a checkout has.
#include <set>

#include "engine/domain/contexts.h"
#include "projections/token.h"
#include "tests/support/served_shop.h"

namespace holdfast {
namespace {

using Checkout = ServedShop;

TEST_F(Checkout, answers_with_the_order_when_it_is_paid) {
    shop.open_with("cup", 10);
    shop.open_cart("c1", "cup", 3);
    const auto ordered = shop.complete("c1", "o1", 300);
    ASSERT_EQ(ordered.result_int(), 201U) << ordered.body();
    EXPECT_EQ(ordered["Location"], "/v1/orders/o1");
    EXPECT_EQ(Body(ordered).at({"state"}), "confirmed");
    EXPECT_EQ(Body(ordered).at({"total"}), "300");
    const auto order = shop.get("/v1/orders/o1", ordered);
    EXPECT_EQ(order["ETag"], ordered["ETag"]);
    EXPECT_EQ(Body(order).at({"lines", "0", "open"}), "3");
    EXPECT_EQ(Body(shop.get("/v1/carts/c1", ordered)).at({"order"}), "o1");
}

// Whatever of it is read next.
TEST_F(Checkout, answers_with_a_token_of_all_that_it_touched) {
    shop.open_with("cup", 10);
    shop.open_cart("c1", "cup", 3);
    const auto ordered = shop.complete("c1", "o1", 300);
    const auto token = projections::Token::from_text(std::string(ordered["Holdfast-Token"]));
    ASSERT_TRUE(token);
    std::set<std::uint8_t> contexts;
    for (const auto& position : token->positions()) contexts.insert(position.at.context);
    EXPECT_EQ(contexts, (std::set<std::uint8_t>{Stock::number, Cart::number, Order::number,
                                                Payment::number}));
    EXPECT_EQ(Body(shop.get("/v1/availability?sku=cup", ordered)).at({"items", "0", "available"}),
              "7");
    EXPECT_EQ(Body(shop.get("/v1/payments/o1-p1", ordered)).at({"authorized"}), "300");
}

TEST_F(Checkout, says_what_is_short_and_opens_the_cart_again) {
    shop.open_with("cup", 2);
    shop.open_cart("c1", "cup", 3);
    const auto refused = shop.complete("c1", "o1", 300);
    EXPECT_EQ(refused.result_int(), 409U);
    EXPECT_EQ(problem_in(refused), "stock_is_insufficient");
    EXPECT_EQ(Body(refused).at({"shortages", "0", "sku"}), "cup");
    EXPECT_EQ(Body(refused).at({"shortages", "0", "available"}), "2");
    EXPECT_EQ(shop.receive("cup", 1).result_int(), 200U);
    EXPECT_EQ(shop.complete("c1", "o2", 300).result_int(), 201U);
}

TEST_F(Checkout, counts_as_available_only_what_orders_can_have) {
    shop.open_with("cup", 2);
    const auto back = shop.ask("PUT /v1/locations/back", R"({"accepts_orders":false})");
    ASSERT_EQ(back.result_int(), 200U) << back.body();
    shop.get("/v1/locations/back", back);
    const auto more = shop.post("/v1/skus/cup/movements",
                                R"({"kind":"receive","location":"back","quantity":40})");
    ASSERT_EQ(more.result_int(), 200U) << more.body();
    shop.open_cart("c1", "cup", 3);
    const auto refused = shop.complete("c1", "o1", 300);
    EXPECT_EQ(problem_in(refused), "stock_is_insufficient");
    EXPECT_EQ(Body(refused).at({"shortages", "0", "available"}), "2");
    EXPECT_EQ(Body(shop.get("/v1/orders/o1", refused)).at({"shortages", "0", "available"}), "2");
}

TEST_F(Checkout, sells_no_more_of_a_sku_in_one_order_than_its_policy_allows) {
    shop.open_with("cup", 10);
    const auto policy = shop.ask("PUT /v1/skus/cup", R"({"cart_max":2})");
    ASSERT_EQ(policy.result_int(), 200U) << policy.body();
    shop.open_cart("c1", "cup", 3);
    const auto refused = shop.complete("c1", "o1", 300);
    EXPECT_EQ(refused.result_int(), 409U) << refused.body();
    EXPECT_EQ(problem_in(refused), "stock_is_insufficient");
    EXPECT_EQ(Body(refused).at({"shortages", "0", "why"}), "cart_limit_is_exceeded");
    EXPECT_EQ(Body(refused).at({"shortages", "0", "available"}), "2");
    shop.open_cart("c2", "cup", 2);
    EXPECT_EQ(shop.complete("c2", "o2", 200).result_int(), 201U);
}

TEST_F(Checkout, says_that_the_payment_was_declined_and_lets_the_stock_go) {
    shop.open_with("cup", 3);
    shop.open_cart("c1", "cup", 3);
    const auto declined = shop.complete("c1", "o1", 300, "tok_decline");
    EXPECT_EQ(declined.result_int(), 402U);
    EXPECT_EQ(problem_in(declined), "payment_was_declined");
    const auto paid = shop.complete("c1", "o2", 300);
    EXPECT_EQ(paid.result_int(), 201U) << paid.body();
}

TEST_F(Checkout, does_not_show_an_order_of_another_cart_under_an_id_that_is_taken) {
    shop.open_with("cup", 10);
    shop.open_cart("hers", "cup", 3);
    shop.open_cart("his", "cup", 1);
    const auto note = shop.ask("PATCH /v1/carts/hers", R"({"personal":{"name":"Ann"}})");
    ASSERT_EQ(note.result_int(), 200U) << note.body();
    ASSERT_EQ(shop.complete("hers", "o1", 300).result_int(), 201U);
    const auto body = Shop::payment_of("o1", 100);
    const auto taken = shop.post_again("/v1/carts/his/complete", body, "his");
    EXPECT_EQ(taken.result_int(), 409U) << taken.body();
    EXPECT_EQ(problem_in(taken), "order_exists_already");
    EXPECT_EQ(taken.body().find("Ann"), taken.body().npos);
    const auto again = shop.post_again("/v1/carts/his/complete", body, "his");
    EXPECT_EQ(again.result_int(), 409U);
    EXPECT_EQ(again["Idempotent-Replayed"], "true");
    EXPECT_EQ(Body(shop.get("/v1/carts/his", taken)).at({"state"}), "open");
    EXPECT_EQ(shop.complete("his", "o2", 100).result_int(), 201U);  // it is open again
}

TEST_F(Checkout, answers_at_once_when_asked_to) {
    shop.open_with("cup", 3);
    shop.open_cart("c1", "cup", 3);
    const auto begun =
        shop.post("/v1/carts/c1/complete", Shop::payment_of("o1", 300, "tok_timeout"),
                  "Prefer: respond-async\r\n");
    EXPECT_EQ(begun.result_int(), 202U) << begun.body();
    EXPECT_EQ(begun["Location"], "/v1/orders/o1");
    EXPECT_EQ(Body(begun).at({"events", "0", "type"}), "Frozen");
}

// Who did not wait long enough asks again with the same key.
TEST_F(Checkout, goes_on_when_nobody_waits_for_it_and_lets_nobody_change_the_cart) {
    shop.open_with("cup", 3);
    shop.open_cart("c1", "cup", 2);
    const std::string path = "/v1/carts/c1/complete";
    const auto body = Shop::payment_of("o1", 200, "tok_slow");
    const auto begun = shop.post_again(path, body, "mine", "Prefer: wait=0\r\n");
    EXPECT_EQ(begun.result_int(), 202U) << begun.body();
    EXPECT_EQ(begun["Location"], "/v1/orders/o1");
    for (const std::string change : {"PATCH /v1/carts/c1", "DELETE /v1/carts/c1/lines/1"}) {
        const auto refused = shop.ask(change, change.starts_with("PATCH") ? "{}" : "");
        EXPECT_EQ(refused.result_int(), 409U) << change;
        EXPECT_EQ(problem_in(refused), "cart_is_frozen") << change;
        EXPECT_EQ(Body(refused).at({"subject"}), "o1") << change;
    }
    const auto ended = shop.post_again(path, body, "mine");
    EXPECT_EQ(ended.result_int(), 201U) << ended.body();
    EXPECT_EQ(ended["Idempotent-Replayed"], "true");
    EXPECT_EQ(Body(ended).at({"state"}), "confirmed");
}

TEST_F(Checkout, says_who_did_what_and_why) {
    shop.open_with("cup", 3);
    const auto ordered = shop.post("/v1/orders",
                                   R"({"order":"o1","currency":"GBP","total":100,"channel":"phone",
                                       "actor":"kim","lines":[{"line":"1","sku":"cup",
                                       "quantity":1,"unit_price":100}],
                                       "payments":[{"amount":100,"token":"tok_approve"}]})");
    ASSERT_EQ(ordered.result_int(), 201U) << ordered.body();
    const auto cancelled =
        shop.post("/v1/orders/o1/cancel", R"({"actor":"lee","reason":"changed her mind"})");
    ASSERT_EQ(cancelled.result_int(), 200U) << cancelled.body();
    const Body order(shop.get("/v1/orders/o1", cancelled));
    EXPECT_EQ(order.at({"placed", "channel"}), "phone");
    EXPECT_EQ(order.at({"timeline", "0", "what"}), "begun");
    EXPECT_EQ(order.at({"timeline", "0", "actor"}), "kim");
    EXPECT_EQ(order.at({"timeline", "4", "what"}), "cancellation_asked");
    EXPECT_EQ(order.at({"timeline", "4", "actor"}), "lee");
    EXPECT_EQ(order.at({"timeline", "4", "reason"}), "changed her mind");
    EXPECT_EQ(order.at({"timeline", "5", "what"}), "lines_cancelled");
    EXPECT_EQ(order.at({"timeline", "5", "actor"}), "lee") << "the warehouse answered her";
}

TEST_F(Checkout, refuses_what_nobody_ever_had) {
    shop.open_with("cup", 1);
    shop.open_cart("c1", "jug", 1);
    const auto refused = shop.complete("c1", "o1", 100);
    EXPECT_EQ(refused.result_int(), 409U);
    EXPECT_EQ(Body(refused).at({"shortages", "0", "sku"}), "jug");
    EXPECT_EQ(Body(refused).at({"shortages", "0", "why"}), "sku_is_unknown");
    const auto again = shop.complete("c1", "o1", 100);
    EXPECT_EQ(problem_in(again), "order_ended_without_a_sale");
}

TEST(CheckoutInTime, is_given_up_when_the_gateway_does_not_answer) {
    const TemporaryFolder folder;
    const EngineProcess engine(folder.path(), {"--checkout-ms", "200"});
    Shop shop(engine.port());
    shop.open_with("cup", 3);
    shop.open_cart("c1", "cup", 3);
    const auto given_up = shop.complete("c1", "o1", 300, "tok_timeout");
    EXPECT_EQ(given_up.result_int(), 409U) << given_up.body();
    EXPECT_EQ(problem_in(given_up), "order_was_given_up");
    const auto cart = shop.get("/v1/carts/c1", given_up);
    EXPECT_EQ(Body(cart).at({"state"}), "open");
    EXPECT_EQ(Body(cart).at({"reopened_because"}), "order_was_given_up");
    const auto paid = shop.complete("c1", "o2", 300);
    EXPECT_EQ(paid.result_int(), 201U) << "its units are free again: " << paid.body();
}

TEST_F(Checkout, needs_no_cart) {
    shop.open_with("cup", 3);
    const auto ordered =
        shop.post("/v1/orders",
                  R"({"order":"till-1","currency":"GBP","total":200,"lines":[{"line":"1",
                      "sku":"cup","quantity":2,"unit_price":100}],
                      "payments":[{"amount":200,"outside":true}]})");
    ASSERT_EQ(ordered.result_int(), 201U) << ordered.body();
    EXPECT_EQ(Body(ordered).at({"order"}), "till-1");
}

TEST_F(Checkout, ends_in_parcels_and_returns) {
    shop.open_with("cup", 3);
    shop.open_cart("c1", "cup", 3);
    const auto ordered = shop.complete("c1", "o1", 300);
    ASSERT_EQ(ordered.result_int(), 201U);
    std::string fulfillment;
    while (fulfillment.empty()) {
        const auto queue = shop.get("/v1/fulfillments?location=main", ordered);
        fulfillment = Body(queue).at({"items", "0", "fulfillment"});
    }
    const auto shipped = shop.post("/v1/fulfillments/" + fulfillment + "/ship",
                                   R"({"shipment":"p1","carrier":"bike","tracking":"42"})");
    ASSERT_EQ(shipped.result_int(), 200U) << shipped.body();
    std::string state;
    for (; state != "completed"; state = Body(shop.ask("GET /v1/orders/o1")).at({"state"})) {
    }
    const auto returned = shop.post("/v1/orders/o1/returns",
                                    R"({"lines":[{"line":"1","quantity":1,"condition":"sellable"}],
                      "restock":true,"refund":true})");
    EXPECT_EQ(returned.result_int(), 201U) << returned.body();
    const auto order = shop.get("/v1/orders/o1", returned);
    EXPECT_EQ(Body(order).at({"lines", "0", "returned"}), "1");
    const auto same_id =
        shop.post("/v1/orders/o1/returns", R"({"returned":")" + Body(returned).at({"id"}) +
                                               R"(","lines":[{"line":"1","quantity":1,
                      "condition":"sellable"}],"restock":true})");
    EXPECT_EQ(problem_in(same_id), "return_exists_with_other_contents");
}

TEST_F(Checkout, is_called_off_when_the_warehouse_agrees) {
    shop.open_with("cup", 3);
    shop.open_cart("c1", "cup", 3);
    ASSERT_EQ(shop.complete("c1", "o1", 300).result_int(), 201U);
    const auto cancelled =
        shop.post("/v1/orders/o1/cancel", R"({"lines":[{"line":"1","quantity":1}]})");
    ASSERT_EQ(cancelled.result_int(), 200U) << cancelled.body();
    EXPECT_EQ(Body(cancelled).at({"events", "0", "type"}), "CancellationAsked");
    EXPECT_EQ(Body(cancelled).at({"events", "1", "type"}), "LinesCancelled");
    const auto order = shop.get("/v1/orders/o1", cancelled);
    EXPECT_EQ(Body(order).at({"lines", "0", "cancelled"}), "1");
    EXPECT_EQ(Body(order).at({"lines", "0", "open"}), "2");
}

}  // namespace
}  // namespace holdfast
