// Several engines with one namespace: they share its partitions, take over from each other, and
// nothing that was answered is lost or done twice.
#include "tests/broker/engines.h"

namespace holdfast {
namespace {

void receive_all(Engines& engines, const std::string& round, int skus) {
    for (int n = 0; n < skus; ++n) {
        const auto answer = engines.receive(sku_of(n), round + std::to_string(n), 1);
        ASSERT_EQ(answer.result_int(), 200U) << answer.body();
    }
}

// Of each as many are there as rounds were answered.
void expect_all(const EngineProcess& engine, int skus, const std::string& quantity) {
    Shop shop(engine.port());
    for (int n = 0; n < skus; ++n) {
        const auto available = [](const HttpResponse& answer) {
            return Body(answer).at({"items", "0", "available"});
        };
        const auto answer =
            shop.get_until("/v1/availability?sku=" + sku_of(n),
                           [&](const auto& one) { return available(one) == quantity; });
        ASSERT_EQ(available(answer), quantity) << sku_of(n) << '\n' << engine.words();
    }
}

TEST(Engines, share_the_partitions_and_what_is_said_between_them) {
    Engines engines(kafka::shared_broker().bootstrap());
    auto& first = engines.start();
    Engines::wait_until_leads(first, partitions * contexts);
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    receive_all(engines, "alone-", skus);
    auto& second = engines.start();
    Engines::wait_until_leads(first, partitions * contexts / 2);
    Engines::wait_until_leads(second, partitions * contexts / 2);
    receive_all(engines, "shared-", skus);
    // A location is told to every partition, whoever leads it.
    EXPECT_EQ(engines.put("/v1/locations/late", main_location).result_int(), 200U);
    for (auto* engine : {&first, &second}) expect_all(*engine, skus, "2");
    for (auto* engine : {&first, &second}) {
        EXPECT_EQ(Engines::counted(*engine, "holdfast_kafka_partitions_assigned"), partitions / 2);
        EXPECT_GT(Engines::counted(*engine, "holdfast_kafka_append_seconds_count"), 0);
        EXPECT_TRUE(eventually(
            [engine] { return Engines::counted(*engine, "holdfast_follow_records_behind") == 0; }));
    }
    EXPECT_GE(Engines::counted(first, "holdfast_kafka_rebalances_total"), 2);
    EXPECT_GE(Engines::counted(first, "holdfast_kafka_take_over_seconds_count"),
              partitions * contexts);
    engines.verify();
}

std::string cart_of(const std::string& guest) {
    return R"({"currency":"GBP","personal":{"name":")" + guest + R"("}})";
}

// Who leads a cart seals what its guest said; each engine shows it, and none once one forgot it.
TEST(Engines, open_what_another_has_sealed_until_one_has_forgotten) {
    Engines engines(kafka::shared_broker().bootstrap());
    const auto [first, second] = engines.start_two();
    constexpr int carts = 16;  // some in every partition
    const auto path = [](int n) { return "/v1/carts/c" + std::to_string(n); };
    for (int n = 0; n < carts; ++n) {
        const auto opened = engines.put(path(n), cart_of("Guest " + std::to_string(n)));
        ASSERT_EQ(opened.result_int(), 201U) << opened.body();
    }
    const auto hers = engines.put(
        "/v1/carts/hers", R"({"currency":"GBP","customer":"u1","personal":{"name":"Ann"}})");
    ASSERT_EQ(hers.result_int(), 201U) << hers.body();
    const auto is_shown = [](Shop& shop, const std::string& cart, const std::string& text) {
        const auto answer = shop.get_until(
            cart, [&](const auto& one) { return one.body().find(text) != std::string::npos; });
        EXPECT_NE(answer.body().find(text), std::string::npos) << answer.body();
    };
    Shop one(first.port()), other(second.port());
    for (auto* shop : {&one, &other}) {
        for (int n = 0; n < carts; ++n)
            is_shown(*shop, path(n), R"("name":"Guest )" + std::to_string(n) + "\"");
        is_shown(*shop, "/v1/carts/hers", R"("name":"Ann")");
    }
    EXPECT_EQ(one.ask("DELETE /v1/customers/u1/personal-data").result_int(), 204U);
    for (auto* shop : {&one, &other}) is_shown(*shop, "/v1/carts/hers", R"("forgotten":true)");
    engines.verify();
}

void expect_handed_over(const EngineProcess& ended) {
    EXPECT_NE(ended.words().find("event=handed_over left=0\n"), std::string::npos) << ended.words();
}

TEST(Engines, take_over_from_one_that_is_killed_and_from_one_that_leaves) {
    Engines engines(kafka::shared_broker().bootstrap());
    auto& killed = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    auto& leaving = engines.start();
    Engines::wait_until_leads(leaving, partitions * contexts / 2);
    receive_all(engines, "all-", skus);
    engines.end(killed, SIGKILL);
    receive_all(engines, "after-the-kill-", skus);
    auto& last = engines.start();
    Engines::wait_until_leads(last, partitions * contexts / 2);
    engines.end(leaving, SIGTERM);
    expect_handed_over(leaving);
    receive_all(engines, "after-the-leave-", skus);
    receive_all(engines, "all-", skus);  // known, whoever decided it
    Engines::wait_until_leads(last, partitions * contexts);
    expect_all(last, skus, "3");
    engines.verify();
}

// One that stood still for longer than its session: others lead what it had. What it was about to
// write counts nowhere, and it follows them.
TEST(Engines, change_nothing_of_what_others_lead_after_a_stop) {
    Engines engines(kafka::shared_broker().bootstrap());
    auto& zombie = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    receive_all(engines, "before-", skus);
    HttpConnection waiting(zombie.port());
    zombie.signal(SIGSTOP);
    for (int n = 0; n < skus; ++n)
        waiting.send("POST /v1/skus/" + sku_of(n) +
                     "/movements HTTP/1.1\r\nHost: here\r\nIdempotency-Key: late\r\n"
                     "Content-Length: 51\r\n\r\n"
                     R"({"kind":"receive","location":"main","quantity":100})");
    auto& owner = engines.start();
    Engines::wait_until_leads(owner, partitions * contexts);
    zombie.signal(SIGCONT);
    int done = 0;
    for (int n = 0; n < skus; ++n) {
        const auto answer = waiting.receive();
        const auto status = answer.result_int();
        EXPECT_TRUE(status == 200 || status == 503) << answer.body();
        done += status == 200 ? 1 : 0;
    }
    Engines::wait_until_leads(zombie, partitions * contexts / 2);
    const auto fenced = R"(holdfast_kafka_partitions_lost_total{reason="fenced"})";
    EXPECT_GT(Engines::counted(zombie, "holdfast_kafka_put_out_of_group_total") +
                  Engines::counted(zombie, fenced),
              0);
    // Whatever it could not write, its clients send again: then it is done, and once.
    for (int n = 0; n < skus; ++n) {
        const auto answer = engines.receive(sku_of(n), "late", 100);
        ASSERT_EQ(answer.result_int(), 200U) << answer.body();
    }
    for (auto* engine : {&zombie, &owner}) expect_all(*engine, skus, "101");
    engines.verify();
}

TEST(Engines, go_on_by_themselves_when_the_brokers_come_back) {
    Broker broker;
    Engines engines(broker.bootstrap());
    auto& engine = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    receive_all(engines, "before-", skus);
    broker.kill(1);
    Shop shop(engine.port());
    EXPECT_EQ(shop.ask("GET /v1/availability?sku=sku-1").result_int(), 200U);
    const auto unknown =
        shop.post_again("/v1/skus/sku-1/movements",
                        R"({"kind":"receive","location":"main","quantity":1})", "after-1");
    EXPECT_EQ(unknown.result_int(), 503U);
    EXPECT_EQ(problem_in(unknown), "outcome_is_unknown");
    EXPECT_EQ(problem_in(shop.receive("sku-1", 1)), "partition_has_no_leader");
    const auto keyless = shop.ask("PUT /v1/carts/c1", cart_of("Ann"));
    EXPECT_EQ(problem_in(keyless), "keys_are_unavailable");
    EXPECT_EQ(keyless["Retry-After"], "1");
    broker.start(1);
    receive_all(engines, "after-", skus);
    EXPECT_EQ(engines.put("/v1/carts/c1", cart_of("Ann")).result_int(), 201U);
    const auto failed = R"(holdfast_kafka_partitions_lost_total{reason="delivery"})";
    EXPECT_GT(Engines::counted(engine, failed), 0);
    expect_all(engine, skus, "2");
    engines.verify();
}

// Not all brokers say then how far the group is.
TEST(Engines, hand_over_though_a_broker_is_down) {
    Broker broker(3);
    Engines engines(broker.bootstrap(), {"--replicas", "3"});
    const auto [leaving, left] = engines.start_two();
    broker.kill(2);
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    for (const auto* engine : {&leaving, &left})
        Engines::wait_until_leads(*engine, partitions * contexts / 2);
    receive_all(engines, "before-", skus);
    engines.end(leaving, SIGTERM);
    expect_handed_over(leaving);
    Engines::wait_until_leads(left, partitions * contexts);
    receive_all(engines, "after-", skus);
    expect_all(left, skus, "2");
    engines.verify();
}

// It asks them where its partitions end at that moment, and gets no answer.
TEST(Engines, end_when_they_are_told_to_though_no_broker_answers) {
    Broker broker;
    Engines engines(broker.bootstrap(), {}, true);
    auto& engine = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    broker.kill(1);
    Shop shop(engine.port());
    EXPECT_EQ(shop.receive("sku-1", 1).result_int(), 503U);
    EXPECT_EQ(engine.end(SIGTERM), 0) << engine.words();
}

}  // namespace
}  // namespace holdfast
