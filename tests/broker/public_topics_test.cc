// The public topics as outsiders read them (feed_reader.py), while the engines that fill them are
// killed, take over from each other, stand still and come back, and brokers die.
#include <fstream>
#include <map>
#include <sstream>

#include "tests/broker/engines.h"

namespace holdfast {
namespace {

using Counts = std::map<std::string, int>;

class PublicTopics : public ::testing::Test {
protected:
    static std::string name_space() {
        return ::testing::UnitTest::GetInstance()->current_test_info()->name();
    }
    // What there is by now, by type; a fault in it fails the test.
    Counts read(const std::string& bootstrap, const EngineProcess& engine,
                const std::vector<std::string>& more = {}) {
        const auto path = (folder_.path() / "asyncapi.json").string();
        std::ofstream(path) << Shop(engine.port()).ask("GET /asyncapi.json").body();
        std::vector<std::string> arguments{"/usr/bin/python3", "-B",         HOLDFAST_FEED_READER,
                                           bootstrap,          name_space(), path};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto ended = Program(arguments).end();
        EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
        Counts counts;
        std::istringstream words(ended.out);
        std::string type;
        for (int count = 0; words >> type >> count;) counts[type] = count;
        return counts;
    }
    static int metric(const EngineProcess& engine, const std::string& name) {
        const auto text = Shop(engine.port()).ask("GET /metrics").body();
        const auto found = text.find("\n" + name + " ");
        return found == std::string::npos ? -1 : std::stoi(text.substr(found + name.size() + 2));
    }
    static void wait_until_told(const EngineProcess& engine) {
        ASSERT_TRUE(eventually([&] {
            return metric(engine, "holdfast_relay_records_behind") == 0;
        })) << engine.words();
    }
    // A round of one unit for each SKU; each is a message, when it is a batch of its own.
    static void receive_all(Engines& engines, const std::string& round) {
        for (int n = 0; n < skus; ++n) {
            const auto answer = engines.receive(sku_of(n), round + std::to_string(n), 1);
            ASSERT_EQ(answer.result_int(), 200U) << answer.body();
        }
    }
    static constexpr auto stock_changed = "holdfast.stock.changed";

    TemporaryFolder folder_;
};

TEST_F(PublicTopics, tell_an_order_from_the_cart_to_the_parcel) {
    const auto bootstrap = kafka::shared_broker().bootstrap();
    Engines engines(bootstrap, {}, true);
    auto& engine = engines.start();
    Engines::wait_until_leads(engine, partitions * contexts);
    Shop shop(engine.port());
    shop.wait_until_ready();
    shop.open_with("cup", 3);
    shop.open_cart("c-1", "cup", 2);
    const auto completed = shop.complete("c-1", "o-1", 200);
    ASSERT_EQ(completed.result_int(), 201U) << completed.body();
    const auto queue = shop.get_until("/v1/fulfillments?location=main", [](const auto& answer) {
        return !Body(answer).at({"items", "0", "fulfillment"}).empty();
    });
    const auto work = Body(queue).at({"items", "0", "fulfillment"});
    const auto sent = shop.post("/v1/fulfillments/" + work + "/ship",
                                R"({"shipment":"box","carrier":"Royal Mail","tracking":"RM1"})");
    ASSERT_EQ(sent.result_int(), 200U) << sent.body();
    shop.get_until("/v1/orders/o-1",
                   [](const auto& answer) { return Body(answer).at({"state"}) == "completed"; });
    wait_until_told(engine);
    const auto told = read(bootstrap, engine);
    for (const auto* type :
         {"order.created", "order.placed", "order.confirmed", "order.shipped", "order.completed",
          "payment.authorized", "payment.captured", "fulfillment.requested", "fulfillment.shipped",
          "fulfillment.ended", "location.changed"})
        EXPECT_EQ(told.contains("holdfast." + std::string(type)), true) << type;
    EXPECT_EQ(told.at("holdfast.order.created"), 1);
    EXPECT_GE(told.at(stock_changed), 3);  // received, reserved, shipped
}

TEST_F(PublicTopics, have_no_gap_and_no_repeat_after_kills_and_take_overs) {
    const auto bootstrap = kafka::shared_broker().bootstrap();
    Engines engines(bootstrap, {}, true);
    auto& first = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    auto& second = engines.start();
    Engines::wait_until_leads(second, partitions * contexts / 2);
    receive_all(engines, "one-");
    engines.end(first, SIGKILL);
    receive_all(engines, "two-");
    auto& third = engines.start();
    receive_all(engines, "three-");
    engines.end(second, SIGKILL);
    receive_all(engines, "four-");
    Engines::wait_until_leads(third, partitions * contexts);
    wait_until_told(third);
    EXPECT_EQ(read(bootstrap, third).at(stock_changed), 4 * skus);
    // Who cannot leave out what was given up goes by the sequence.
    EXPECT_EQ(read(bootstrap, third, {"--uncommitted"}).at(stock_changed), 4 * skus);
    engines.verify();
}

// It was telling when it stood still; it goes on with that when others have taken over.
TEST_F(PublicTopics, hear_nothing_of_a_relay_that_was_put_out) {
    const auto bootstrap = kafka::shared_broker().bootstrap();
    Engines engines(bootstrap, {}, true);
    auto& zombie = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    receive_all(engines, "before-");
    HttpConnection busy(zombie.port());
    for (int n = 0; n < skus; ++n)
        busy.send("POST /v1/skus/" + sku_of(n) +
                  "/movements HTTP/1.1\r\nHost: here\r\nIdempotency-Key: late\r\n"
                  "Content-Length: 49\r\n\r\n"
                  R"({"kind":"receive","location":"main","quantity":1})");
    zombie.signal(SIGSTOP);
    auto& owner = engines.start();
    Engines::wait_until_leads(owner, partitions * contexts);
    zombie.signal(SIGCONT);
    for (int n = 0; n < skus; ++n) busy.receive();
    receive_all(engines, "late-again-");
    Engines::wait_until_leads(zombie, partitions * contexts / 2);
    for (int n = 0; n < skus; ++n) {
        const auto answer = engines.receive(sku_of(n), "late", 1);
        ASSERT_EQ(answer.result_int(), 200U) << answer.body();
    }
    wait_until_told(zombie);
    wait_until_told(owner);
    EXPECT_EQ(read(bootstrap, owner).at(stock_changed), 3 * skus);
    engines.verify();
}

TEST_F(PublicTopics, go_on_when_brokers_come_back) {
    Broker broker;
    Engines engines(broker.bootstrap(), {}, true);
    auto& engine = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    receive_all(engines, "before-");
    broker.kill(1);
    broker.start(1);
    receive_all(engines, "after-");
    wait_until_told(engine);
    EXPECT_EQ(read(broker.bootstrap(), engine).at(stock_changed), 2 * skus);
}

// It leads partitions of the topics, and coordinates transactions, among others.
TEST_F(PublicTopics, go_on_while_one_of_three_brokers_is_down) {
    Broker broker(3);
    Engines engines(broker.bootstrap(), {"--replicas", "3"}, true);
    auto& engine = engines.start();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    receive_all(engines, "before-");
    broker.kill(2);
    receive_all(engines, "without-one-");
    wait_until_told(engine);
    broker.start(2);
    EXPECT_EQ(read(broker.bootstrap(), engine).at(stock_changed), 2 * skus);
    EXPECT_EQ(read(broker.bootstrap(), engine, {"--uncommitted"}).at(stock_changed), 2 * skus);
    engines.verify();
}

TEST_F(PublicTopics, are_refused_when_they_would_forget_and_can_be_left_out) {
    const auto bootstrap = kafka::shared_broker().bootstrap();
    auto settings = kafka::settings_of(name_space());
    settings.partitions = partitions;
    auto plan = kafka::feed_plan(settings, Feed::fulfillment);
    plan.settings["retention.ms"] = "604800000";
    kafka::make(settings, plan);
    const TemporaryFolder data;
    const std::vector<std::string> arguments{"--brokers",          bootstrap,
                                             "--namespace",        name_space(),
                                             "--replicas",         "1",
                                             "--partitions",       std::to_string(partitions),
                                             "--keys-secret-file", kafka::keys_secret()};
    EngineProcess refused(data.path(), arguments);
    EXPECT_EQ(refused.port(), 0);
    EXPECT_EQ(refused.wait(), 1);
    EXPECT_NE(refused.words().find(name_space() + ".fulfillment has retention.ms=604800000"),
              std::string::npos)
        << refused.words();
    auto without = arguments;
    without.emplace_back("--no-public-topics");
    const EngineProcess engine(data.path(), without);
    EXPECT_NE(engine.port(), 0) << engine.words();
}

}  // namespace
}  // namespace holdfast
