// The keys of personal data on Kafka: what the contract says, several engines, and brokers that go.
#include <thread>

#include <gmock/gmock.h>

#include "engine/adapters/kafka/topic_table.h"
#include "engine/adapters/sodium/shared_key_store.h"
#include "tests/broker/log.h"
#include "tests/contract/key_store_contract.h"
#include "tests/support/eventually.h"

namespace holdfast::kafka {
namespace {

using sodium::Key;
using sodium::SharedKeyStore;
using std::chrono::milliseconds;

const Key& secret() {
    static const Key made = Key::made();
    return made;
}

using Opened = std::expected<std::unique_ptr<SharedKeyStore>, Error>;
Opened opened_with(const Key& with, const Settings& settings, const TopicPlan& plan,
                   TopicTable::Times times = {}) {
    auto table = TopicTable::open(settings, plan, times);
    if (!table) return std::unexpected(table.error());
    return SharedKeyStore::open(*std::move(table), with);
}
std::unique_ptr<SharedKeyStore> open_keys(const Settings& settings) {
    auto keys = opened_with(secret(), settings, keys_plan(settings));
    EXPECT_TRUE(keys) << keys.error().detail;
    return keys ? *std::move(keys) : nullptr;
}

struct OnKafka {
    KeyStore& keys() { return *opened; }
    void restart() {
        opened.reset();
        opened = open_keys(settings);
    }
    static Settings next_settings() {
        static int count = 0;
        return settings_of("keys-" + std::to_string(++count));
    }
    Settings settings = next_settings();
    std::unique_ptr<SharedKeyStore> opened = open_keys(settings);
};

Settings settings_of_this_test() {
    return settings_of(testing::UnitTest::GetInstance()->current_test_info()->name());
}

std::optional<Box> seal(KeyStore& keys, const std::string& subject, std::string_view text) {
    const auto prepared = keys.prepare({subject});
    EXPECT_TRUE(prepared) << prepared.error().detail;
    return keys.seal(subject, text).value();
}

std::string guest(int number) { return "guest-" + std::to_string(number); }

TEST(KeysOnKafka, are_the_same_on_all_engines_that_make_them_at_once) {
    constexpr int guests = 40;
    const auto settings = settings_of_this_test();
    std::vector<std::unique_ptr<SharedKeyStore>> engines;
    for (int n = 0; n < 3; ++n) engines.push_back(open_keys(settings));
    std::vector<std::vector<Box>> boxes(engines.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t engine = 0; engine < engines.size(); ++engine)
            threads.emplace_back([&, engine] {
                for (int n = 0; n < guests; ++n)
                    boxes[engine].push_back(seal(*engines[engine], guest(n), "her street").value());
            });
    }
    for (std::size_t engine = 1; engine < engines.size(); ++engine)
        EXPECT_EQ(boxes[engine], boxes[0]);
    engines.push_back(open_keys(settings));  // one that was not there
    for (const auto& engine : engines)
        for (int n = 0; n < guests; ++n)
            EXPECT_EQ(engine->open(guest(n), boxes[0][static_cast<std::size_t>(n)]).value(),
                      "her street");
}

TEST(KeysOnKafka, are_gone_from_every_engine_soon_after_one_has_forgotten) {
    const auto settings = settings_of_this_test();
    const auto one = open_keys(settings), other = open_keys(settings);
    const auto box = seal(*one, "ann", "Ann").value();
    ASSERT_TRUE(eventually([&] { return other->open("ann", box).value() == "Ann"; }));
    ASSERT_TRUE(other->forget({"ann"}));
    EXPECT_EQ(other->open("ann", box).value(), std::nullopt);
    EXPECT_TRUE(eventually([&] { return !one->open("ann", box).value(); }));
    EXPECT_NE(seal(*one, "ann", "Ann"), box);
    EXPECT_EQ(open_keys(settings)->open("ann", box).value(), std::nullopt);
}

TEST(KeysOnKafka, are_refused_to_who_has_another_secret) {
    const auto settings = settings_of_this_test();
    seal(*open_keys(settings), "ann", "Ann");
    const auto refused = opened_with(Key::made(), settings, keys_plan(settings));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::refused);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("sealed under another secret"));
}

TEST(KeysOnKafka, are_refused_on_a_topic_that_would_lose_or_keep_them) {
    const Properties wrong[] = {{{"cleanup.policy", "delete"}},
                                {{"max.compaction.lag.ms", "9223372036854775807"}},
                                {{"delete.retention.ms", "1000"}}};
    for (const auto& other : wrong) {
        const auto& [name, value] = *other.begin();
        const auto settings = settings_of(name);
        auto plan = keys_plan(settings);
        plan.settings[name] = value;
        ASSERT_TRUE(opened_with(secret(), settings, plan));
        const auto refused = opened_with(secret(), settings, keys_plan(settings));
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, Error::refused);
        EXPECT_THAT(refused.error().detail, testing::HasSubstr(name + "=" + value));
    }
}

TEST(KeysOnKafka, are_unavailable_while_the_brokers_are_away_and_then_made_again) {
    Broker broker;
    auto settings = settings_of_this_test();
    settings.brokers = broker.bootstrap();
    const auto keys = open_keys(settings);
    const auto box = seal(*keys, "ann", "Ann").value();
    broker.kill(1);
    const auto begun = std::chrono::steady_clock::now();
    for (const auto& done : {keys->prepare({"bob"}), keys->forget({"ann"})}) {
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Error::unavailable) << done.error().detail;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
    EXPECT_EQ(keys->seal("bob", "Bob").value(), std::nullopt);
    EXPECT_EQ(keys->open("ann", box).value(), "Ann");
    EXPECT_EQ(keys->seal("ann", "Ann").value(), box);
    broker.start(1);
    EXPECT_TRUE(eventually([&] { return keys->prepare({"bob"}).has_value(); }));
    const auto after = keys->seal("bob", "Bob").value();
    ASSERT_TRUE(after);
    EXPECT_EQ(open_keys(settings)->seal("bob", "Bob").value(), after);
    EXPECT_TRUE(keys->forget({"ann"}));
    EXPECT_EQ(keys->open("ann", box).value(), std::nullopt);
}

// All that the topic still has, as one sees it who has not the secret.
std::set<std::string> names_of_values(Settings settings) {
    settings.properties["enable.partition.eof"] = "true";
    const auto client = make_consumer(settings);
    const auto topic = topic_of(*client, keys_plan(settings).name);
    EXPECT_EQ(0, rd_kafka_consume_start(topic->get(), 0, RD_KAFKA_OFFSET_BEGINNING));
    std::set<std::string> names;
    for (;;) {
        const Message message(rd_kafka_consume(topic->get(), 0, 30'000));
        if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) break;
        if (message->payload)
            names.emplace(static_cast<const char*>(message->key), message->key_len);
    }
    EXPECT_EQ(0, rd_kafka_consume_stop(topic->get(), 0));
    return names;
}

TEST(KeysOnKafka, leave_the_disks_of_the_brokers_when_they_are_forgotten) {
    const auto settings = settings_of_this_test();
    auto plan = keys_plan(settings);
    plan.settings["max.compaction.lag.ms"] = "500";
    const auto keys = opened_with(secret(), settings, plan, {.tick_every = milliseconds(200)});
    ASSERT_TRUE(keys) << keys.error().detail;
    seal(**keys, "ann", "Ann");
    // The row of the secret, that of the tick, and hers.
    EXPECT_TRUE(eventually([&] { return names_of_values(settings).size() == 3; }));
    ASSERT_TRUE((*keys)->forget({"ann"}));
    EXPECT_TRUE(eventually([&] { return names_of_values(settings).size() == 2; }));
}

}  // namespace
}  // namespace holdfast::kafka

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, KeyStoreContract, kafka::OnKafka);
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, KeyStoreOfThreads, kafka::OnKafka);
}  // namespace holdfast
