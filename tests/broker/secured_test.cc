// Brokers that speak TLS, ask for a password and let nobody do what no rule allows: what --kafka
// passes on opens them, what is refused is named, and what is allowed again needs no restart.
#include <fstream>
#include <sstream>

#include "tests/broker/engines.h"
#include "tests/broker/rights.h"
#include "tests/support/self_signed.h"

namespace holdfast {
namespace {

class Secured : public testing::Test {
protected:
    static std::string name_space() {
        return testing::UnitTest::GetInstance()->current_test_info()->name();
    }
    static const SelfSigned& own() {
        static const SelfSigned made;
        return made;
    }
    static const std::string& pem() {
        static const TemporaryFolder folder;
        static const std::string file = [] {
            const auto path = folder.path() / "broker.pem";
            std::ofstream both(path);
            for (const auto& part : {own().certificate(), own().private_key()})
                both << std::ifstream(part).rdbuf();
            return path.string();
        }();
        return file;
    }
    static Broker& broker() {
        static Broker started(1, {"--secure", pem()});
        return started;
    }
    static kafka::Settings settings() {
        kafka::Settings settings;
        settings.brokers = broker().bootstrap();
        return settings;
    }
    static std::vector<std::string> with(const std::vector<std::string>& properties) {
        std::vector<std::string> arguments;
        for (const auto& property : properties)
            arguments.insert(arguments.end(), {"--kafka", property});
        return arguments;
    }
    static std::vector<std::string> over_tls(const std::string& password = "secret") {
        return with({"security.protocol=sasl_ssl", "sasl.mechanism=PLAIN", "sasl.username=engine",
                     "sasl.password=" + password, "ssl.ca.location=" + own().certificate()});
    }
    // What it says that does not serve.
    static std::string words_of_one_that_is_refused(const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"--brokers",          broker().secure(),
                                           "--namespace",        name_space(),
                                           "--replicas",         "1",
                                           "--partitions",       "2",
                                           "--keys-secret-file", kafka::keys_secret()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const TemporaryFolder folder;
        EngineProcess engine(folder.path(), arguments);
        EXPECT_EQ(engine.port(), 0);
        EXPECT_EQ(engine.wait(), 1);
        return engine.words();
    }
    static void verify() {
        std::vector<std::string> replay{HOLDFAST_REPLAY, "--brokers", broker().secure(),
                                        "--namespace", name_space()};
        const auto properties = over_tls();
        replay.insert(replay.end(), properties.begin(), properties.end());
        replay.emplace_back("verify");
        const auto verified = Program(replay).end();
        EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
    }
    static void expect_words(const std::string& words, const std::string& part) {
        EXPECT_NE(words.find(part), std::string::npos) << words;
    }
};

TEST_F(Secured, are_used_over_tls_with_a_password_and_the_rights_that_operators_are_told_to_give) {
    kafka::grant(settings(), kafka::rights_of_engines(name_space()));
    Engines engines(broker().secure(), over_tls(), true);
    const auto [first, second] = engines.start_two();
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    int tries = 0;  // a location is told to every partition, which takes a moment
    for (int n = 0; n < skus; ++n)
        EXPECT_TRUE(eventually([&] {
            return engines.receive(sku_of(n), std::to_string(++tries), 1).result_int() == 200U;
        }));
    EXPECT_EQ(
        engines.put("/v1/carts/c1", R"({"currency":"GBP","personal":{"name":"Ann"}})").result_int(),
        201U);
    for (const auto* engine : {&first, &second})
        EXPECT_TRUE(eventually([engine] {
            return Engines::counted(*engine, "holdfast_relay_records_behind") == 0;
        })) << engine->words();
    engines.end(first, SIGTERM);
    expect_words(first.words(), "event=handed_over left=0\n");
    verify();
}

TEST_F(Secured, say_what_of_the_way_to_them_is_wrong) {
    expect_words(words_of_one_that_is_refused(over_tls("wrong")), "SASL authentication error");
    expect_words(words_of_one_that_is_refused({}), "connecting to a SSL listener?");
    const auto trusting_none = with({"security.protocol=sasl_ssl", "sasl.mechanism=PLAIN",
                                     "sasl.username=engine", "sasl.password=secret"});
    expect_words(words_of_one_that_is_refused(trusting_none), "certificate verify failed");
}

TEST_F(Secured, name_the_topic_that_may_not_be_made_and_the_right_that_is_missing) {
    kafka::grant(settings(),
                 {kafka::to_topics(name_space() + ".", RD_KAFKA_ACL_OPERATION_DESCRIBE)});
    const auto words = words_of_one_that_is_refused(over_tls());
    expect_words(words, "making topic " + name_space() + ".stock.events: ");
    expect_words(words, "(TOPIC_AUTHORIZATION_FAILED)");
}

TEST_F(Secured, are_written_to_again_when_the_right_that_was_taken_away_is_given_back) {
    const auto rights = kafka::rights_of_engines(name_space());
    kafka::grant(settings(), rights);
    Engines engines(broker().secure(), over_tls());
    auto& engine = engines.start();
    Engines::wait_until_leads(engine, partitions * contexts);
    EXPECT_EQ(engines.put("/v1/locations/main", main_location).result_int(), 200U);
    EXPECT_EQ(engines.receive("sku-1", "before", 1).result_int(), 200U);
    const auto& write = rights.back();
    ASSERT_EQ(write.what, RD_KAFKA_ACL_OPERATION_WRITE);
    kafka::take_away(settings(), write);
    Shop shop(engine.port());
    EXPECT_TRUE(eventually([&] { return shop.receive("sku-1", 1).result_int() == 503U; }));
    EXPECT_TRUE(eventually([&] {
        return engine.words().find("TOPIC_AUTHORIZATION_FAILED") != std::string::npos;
    })) << engine.words();
    EXPECT_EQ(shop.ask("GET /v1/availability?sku=sku-1").result_int(), 200U);
    kafka::grant(settings(), {write});
    EXPECT_EQ(engines.receive("sku-1", "after", 1).result_int(), 200U) << engine.words();
    Engines::wait_until_leads(engine, partitions * contexts);
    verify();
}

TEST_F(Secured, let_an_engine_lead_once_it_may_be_one_of_the_group) {
    auto rights = kafka::rights_of_engines(name_space());
    const auto group = rights.front();
    ASSERT_EQ(group.of, RD_KAFKA_RESOURCE_GROUP);
    rights.front().what =
        RD_KAFKA_ACL_OPERATION_DELETE;  // any, so that the rest is not open to all
    kafka::grant(settings(), rights);
    Engines engines(broker().secure(), over_tls());
    auto& engine = engines.start();
    EXPECT_TRUE(eventually([&] {
        return engine.words().find("event=kafka_group says=") != std::string::npos;
    })) << engine.words();
    expect_words(engine.words(), "Group authorization failed");
    EXPECT_EQ(Engines::led_by(engine), 0);
    kafka::grant(settings(), {group});
    Engines::wait_until_leads(engine, partitions * contexts);
}

}  // namespace
}  // namespace holdfast
