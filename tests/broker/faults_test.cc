// What is done to the topics and brokers of engines that run: it is named, the rest goes on, nobody
// is kept busy or grows by it, and what is mended needs no restart.
#include <ctime>
#include <fstream>

#include <unistd.h>

#include "tests/broker/engines.h"
#include "tests/broker/topic.h"

namespace holdfast {
namespace {

constexpr int all_logs = partitions * contexts;
const std::string one_unit = R"({"kind":"receive","location":"main","quantity":1})";

// Of all its threads.
double processor_seconds(pid_t process) {
    clockid_t clock{};
    timespec spent{};
    EXPECT_EQ(::clock_getcpuclockid(process, &clock), 0);
    EXPECT_EQ(::clock_gettime(clock, &spent), 0);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

double resident_megabytes(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/statm");
    double pages = 0;
    file >> pages >> pages;
    return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

// That it does not try again and again without a pause.
void expect_rest(const EngineProcess& engine) {
    constexpr std::chrono::seconds watched{3};
    const auto before = processor_seconds(engine.id());
    std::this_thread::sleep_for(watched);
    EXPECT_LT(processor_seconds(engine.id()) - before, 1.0) << engine.words();
}

class Faults : public testing::Test {
protected:
    static kafka::Settings settings() {
        auto settings =
            kafka::settings_of(testing::UnitTest::GetInstance()->current_test_info()->name());
        settings.partitions = partitions;
        return settings;
    }
    static kafka::TopicPlan events_of(const char* context) {
        return kafka::events_plan(settings(), context);
    }
    EngineProcess& start_alone() {
        auto& engine = engines.start();
        Engines::wait_until_leads(engine, all_logs);
        EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
        receive_all("before-");
        return engine;
    }
    void receive_all(const std::string& round) {
        for (int n = 0; n < skus; ++n) {
            const auto answer = engines.receive(sku_of(n), round + std::to_string(n), 1);
            ASSERT_EQ(answer.result_int(), 200U) << answer.body();
        }
    }
    static void wait_for_words(const EngineProcess& engine, const std::string& part) {
        ASSERT_TRUE(eventually([&] { return engine.words().find(part) != std::string::npos; }))
            << part << " is missing in\n"
            << engine.words();
    }
    void expect_refused(const std::string& part) {
        auto& late = engines.begin();
        EXPECT_EQ(late.port(), 0);
        EXPECT_EQ(late.wait(), 1);
        EXPECT_NE(late.words().find(part), std::string::npos) << late.words();
    }

    Engines engines{kafka::shared_broker().bootstrap()};
};

TEST_F(Faults, of_a_topic_that_is_deleted_stop_its_context_alone) {
    auto& engine = start_alone();
    const auto carts = events_of("cart");
    kafka::delete_topic(settings(), carts.name);
    Shop shop(engine.port());
    EXPECT_TRUE(eventually([&] {
        return shop.ask("PUT /v1/carts/c1", R"({"currency":"GBP"})").result_int() == 503U;
    })) << engine.words();
    wait_for_words(engine, "event=not_owned partition=\"" + carts.name);
    wait_for_words(engine, "was the topic deleted?");
    receive_all("without-carts-");
    Engines::wait_until_leads(engine, all_logs - partitions);
    expect_rest(engine);
    // One that is made anew does not have what was acknowledged.
    kafka::make(settings(), carts);
    EXPECT_TRUE(eventually([&] {
        return Engines::counted(engine, "holdfast_kafka_partitions_stuck") == partitions;
    })) << engine.words();
    wait_for_words(engine, "event=log_stuck partition=\"" + carts.name);
    receive_all("with-others-");
    expect_rest(engine);
}

TEST_F(Faults, of_a_topic_that_is_trimmed_are_told_to_who_has_to_read_it) {
    auto& engine = start_alone();
    kafka::trim(settings(), "stock", 2);
    receive_all("trimmed-");
    expect_refused("records are missing");
    receive_all("after-");
    Engines::wait_until_leads(engine, all_logs);
}

TEST_F(Faults, of_a_topic_that_is_enlarged_change_nothing_for_who_runs) {
    auto& engine = start_alone();
    const auto rebalances = Engines::counted(engine, "holdfast_kafka_rebalances_total");
    kafka::enlarge(settings(), events_of("stock").name, partitions + 1);
    EXPECT_TRUE(eventually([&] {
        return Engines::counted(engine, "holdfast_kafka_rebalances_total") > rebalances;
    })) << engine.words();
    Engines::wait_until_leads(engine, all_logs);
    receive_all("enlarged-");
    expect_refused("has 5 partitions, and 4 are asked for");
}

TEST_F(Faults, of_a_topic_that_takes_smaller_messages_end_when_it_takes_them_again) {
    auto& engine = start_alone();
    auto stock = events_of("stock");
    stock.settings["max.message.bytes"] = "300";
    kafka::set(settings(), stock);
    Shop shop(engine.port());
    EXPECT_TRUE(eventually([&] {
        return shop.post_again("/v1/skus/sku-1/movements", one_unit, "too-large").result_int() ==
               503U;
    }));
    wait_for_words(engine, "(MSG_SIZE_TOO_LARGE)");
    expect_rest(engine);
    kafka::set(settings(), events_of("stock"));
    EXPECT_EQ(engines.receive("sku-1", "too-large", 1).result_int(), 200U) << engine.words();
    receive_all("after-");
    engines.verify();
}

// Its requests wait for it, to a number; the rest is told so at once.
TEST(FaultsOfBrokers, that_stand_still_keep_nobody_busy_and_make_nobody_grow) {
    Broker broker;
    constexpr int most = 64, asked = 2'000;
    Engines engines(broker.bootstrap(), {"--in-flight", std::to_string(most)});
    auto& engine = engines.start();
    Engines::wait_until_leads(engine, all_logs);
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    EXPECT_EQ(engines.receive("sku-1", "before", 1).result_int(), 200U);
    const auto memory = resident_megabytes(engine.id());
    broker.pause(1);
    std::vector<std::unique_ptr<HttpConnection>> clients;
    for (int n = 0; n < 2 * most; ++n)
        clients.push_back(std::make_unique<HttpConnection>(engine.port()));
    const auto request = [](int number) {
        return "POST /v1/skus/sku-1/movements HTTP/1.1\r\nHost: here\r\nIdempotency-Key: k" +
               std::to_string(number) + "\r\nContent-Length: " + std::to_string(one_unit.size()) +
               "\r\n\r\n" + one_unit;
    };
    int number = 0, shed = 0;
    for (auto& client : clients) client->send(request(number++));
    while (number < asked)
        for (auto& client : clients) {
            const auto answer = client->receive();
            ASSERT_EQ(answer.result_int(), 503U) << answer.body();
            shed += problem_in(answer) == "engine_is_overloaded" ? 1 : 0;
            client->send(request(number++));
        }
    for (auto& client : clients) ASSERT_EQ(client->receive().result_int(), 503U);
    EXPECT_GT(shed, 0);
    expect_rest(engine);
    EXPECT_LT(resident_megabytes(engine.id()) - memory, 64);
    broker.resume(1);
    EXPECT_EQ(engines.receive("sku-1", "after", 1).result_int(), 200U) << engine.words();
    engines.verify();
}

}  // namespace
}  // namespace holdfast
