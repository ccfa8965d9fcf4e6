// What becomes of an order once it is confirmed, over HTTP, with the program itself: what
// warehouses and back offices ask, what they are answered, and what the read models say then.
#include "tests/support/served_shop.h"

namespace holdfast {
namespace {

class AfterTheSale : public ServedShop {
protected:
    AfterTheSale() { shop.open_with("cup", 10); }

    // An order of so many cups, at 100 a piece.
    HttpResponse order(const std::string& id, int quantity,
                       const std::string& token = "tok_approve") {
        shop.open_cart("cart-" + id, "cup", quantity);
        auto ordered = shop.complete("cart-" + id, id, 100 * quantity, token);
        EXPECT_EQ(ordered.result_int(), 201U) << ordered.body();
        return ordered;
    }
    // Follow-ups are on their way when a command is answered: asks until they are there.
    Body wait_until(const std::string& path, std::initializer_list<std::string_view> at,
                    const std::string& value) {
        const auto response =
            shop.get_until(path, [&](const auto& answer) { return Body(answer).at(at) == value; });
        EXPECT_EQ(Body(response).at(at), value) << path << ": " << response.body();
        return Body(response);
    }
    std::string fulfillment_of(const std::string& order) {
        std::string found;
        const auto response = shop.get_until(
            "/v1/fulfillments?location=main&state=requested", [&](const auto& answer) {
                const Body queue(answer);
                for (int i = 0; !queue.at({"items", std::to_string(i), "order"}).empty(); ++i)
                    if (queue.at({"items", std::to_string(i), "order"}) == order)
                        found = queue.at({"items", std::to_string(i), "fulfillment"});
                return !found.empty();
            });
        EXPECT_NE(found, "") << order << ": " << response.body();
        return found;
    }
    static std::string pence(const std::string& operation, int amount) {
        return R"({"operation":")" + operation + R"(","amount":{"currency":"GBP","amount":)" +
               std::to_string(amount) + "}}";
    }
};

TEST_F(AfterTheSale, a_warehouse_accepts_what_it_will_send) {
    order("o1", 2);
    const auto id = fulfillment_of("o1");
    const auto path = "/v1/fulfillments/" + id;
    const auto accepted = shop.post(path + "/accept");
    ASSERT_EQ(accepted.result_int(), 200U) << accepted.body();
    EXPECT_EQ(Body(accepted).at({"id"}), id);
    EXPECT_EQ(Body(accepted).at({"events", "0", "type"}), "Accepted");
    EXPECT_EQ(Body(shop.get(path, accepted)).at({"state"}), "accepted");
    const Body queue(shop.get("/v1/fulfillments?location=main&state=accepted", accepted));
    EXPECT_EQ(queue.at({"items", "0", "fulfillment"}), id);
    const Body requested(shop.get("/v1/fulfillments?state=requested", accepted));
    EXPECT_EQ(requested.at({"items", "0", "fulfillment"}), "");
    const auto again = shop.post(path + "/accept");
    EXPECT_EQ(again.result_int(), 200U);
    EXPECT_EQ(again["ETag"], accepted["ETag"]);
}

TEST_F(AfterTheSale, what_a_warehouse_rejects_is_cancelled_and_its_money_let_go) {
    order("o1", 2);
    const auto path = "/v1/fulfillments/" + fulfillment_of("o1");
    const auto rejected = shop.post(path + "/reject", R"({"why":"a broken shelf"})");
    ASSERT_EQ(rejected.result_int(), 200U) << rejected.body();
    EXPECT_EQ(Body(rejected).at({"events", "0", "type"}), "Rejected");
    const Body row(shop.get(path, rejected));
    EXPECT_EQ(row.at({"state"}), "ended");
    EXPECT_EQ(row.at({"rejected_because"}), "a broken shelf");
    const auto cancelled = wait_until("/v1/orders/o1", {"state"}, "cancelled");
    EXPECT_EQ(cancelled.at({"lines", "0", "cancelled"}), "2");
    EXPECT_EQ(wait_until("/v1/payments/o1-p1", {"state"}, "voided").at({"voided"}), "200");
    wait_until("/v1/availability?sku=cup", {"items", "0", "available"}, "10");
    EXPECT_EQ(problem_in(shop.post(path + "/accept")), "fulfillment_has_ended");
}

TEST_F(AfterTheSale, orders_are_listed_by_their_customer) {
    const auto cart = shop.ask("PUT /v1/carts/c1",
                               R"({"currency":"GBP","customer":"ann","lines":[{"line":"1",
                                   "sku":"cup","quantity":1,"unit_price":100}]})");
    ASSERT_EQ(cart.result_int(), 201U) << cart.body();
    const auto hers = shop.complete("c1", "hers", 100);
    ASSERT_EQ(hers.result_int(), 201U) << hers.body();
    const auto last = order("nobodys", 1);
    const Body listed(shop.get("/v1/orders?customer=ann", hers));
    EXPECT_EQ(listed.at({"items", "0", "order"}), "hers");
    EXPECT_EQ(listed.at({"items", "1", "order"}), "");
    const Body none(shop.get("/v1/orders?customer=bob", last));
    EXPECT_EQ(none.at({"items", "0", "order"}), "");
}

TEST_F(AfterTheSale, an_order_whose_capture_fails_is_listed_for_somebody) {
    order("good", 1);
    order("bad", 1, "tok_capture_fails");
    for (const auto* id : {"good", "bad"}) {
        const auto shipped = shop.post("/v1/fulfillments/" + fulfillment_of(id) + "/ship");
        ASSERT_EQ(shipped.result_int(), 200U) << shipped.body();
    }
    wait_until("/v1/payments/good-p1", {"state"}, "captured");
    const auto stuck = wait_until("/v1/orders?stuck=true", {"items", "0", "order"}, "bad");
    EXPECT_EQ(stuck.at({"items", "0", "payments", "0", "failure"}), "the capture was refused");
    EXPECT_EQ(stuck.at({"items", "1", "order"}), "");
}

TEST_F(AfterTheSale, money_is_captured_refunded_and_voided_in_parts) {
    order("o1", 3);
    const std::string path = "/v1/payments/o1-p1";
    const auto ask = [&](const std::string& step, const std::string& body, const char* event) {
        const auto asked = shop.post(path + step, body);
        ASSERT_EQ(asked.result_int(), 200U) << asked.body();
        EXPECT_EQ(Body(asked).at({"events", "0", "type"}), event);
    };
    ask("/capture", pence("c1", 120), "CaptureAsked");
    EXPECT_EQ(wait_until(path, {"captured"}, "120").at({"state"}), "captured");
    ask("/refund", pence("r1", 50), "RefundAsked");
    EXPECT_EQ(wait_until(path, {"refunded"}, "50").at({"state"}), "captured");
    EXPECT_EQ(problem_in(shop.post(path + "/refund", pence("r2", 71))),
              "amount_exceeds_what_is_captured");
    ask("/void", pence("v1", 30), "VoidAsked");
    wait_until(path, {"voided"}, "30");
    ask("/void", "{}", "VoidAsked");  // what is left
    const auto row = wait_until(path, {"voided"}, "180");
    EXPECT_EQ(row.at({"authorized"}), "300");
    EXPECT_EQ(row.at({"operations", "1", "operation"}), "c1");
    EXPECT_EQ(row.at({"operations", "1", "state"}), "succeeded");
    EXPECT_EQ(row.at({"operations", "1", "gateway_reference"}), "sandbox:o1-p1:c1");
    const auto order = wait_until("/v1/orders/o1", {"payments", "0", "voided"}, "180");
    EXPECT_EQ(order.at({"payments", "0", "captured"}), "120");
    EXPECT_EQ(order.at({"payments", "0", "refunded"}), "50");
}

TEST_F(AfterTheSale, a_reservation_that_is_extended_is_the_one_that_is_answered) {
    const auto held =
        shop.post("/v1/skus/cup/reservations", R"({"quantity":1,"reservation":"r1"})");
    ASSERT_EQ(held.result_int(), 201U) << held.body();
    EXPECT_EQ(Body(held).at({"id"}), "r1");
    const auto path = "/v1/skus/cup/reservations/r1";
    const auto longer = shop.post(path + std::string("/extend"), R"({"ttl_ms":3600000})");
    ASSERT_EQ(longer.result_int(), 200U) << longer.body();
    EXPECT_EQ(Body(longer).at({"id"}), "r1");
    EXPECT_EQ(Body(longer).at({"events", "0", "type"}), "Extended");
    const auto gone = shop.ask("DELETE " + std::string(path));
    EXPECT_EQ(Body(gone).at({"id"}), "r1") << gone.body();
    const auto twice = shop.post(path + std::string("/extend"), R"({"reservation":"r2"})");
    EXPECT_EQ(problem_in(twice), "field_is_not_as_given");
}

}  // namespace
}  // namespace holdfast
