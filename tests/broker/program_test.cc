// The program with its log on Kafka: what it refuses at its start, and what outlives its folder.
#include "tests/support/program.h"

#include <fstream>
#include <sstream>

#include "tests/broker/log.h"
#include "tests/support/engine_process.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

std::vector<std::string> on_kafka(const std::string& name_space,
                                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--brokers",          kafka::shared_broker().bootstrap(),
                                       "--namespace",        name_space,
                                       "--replicas",         "1",
                                       "--partitions",       "2",
                                       "--keys-secret-file", kafka::keys_secret()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

std::string words_of_one_that_is_refused(const std::vector<std::string>& arguments,
                                         int status = 1) {
    const TemporaryFolder folder;
    EngineProcess engine(folder.path(), arguments);
    EXPECT_EQ(engine.port(), 0);
    if (engine.port() != 0) engine.signal(SIGKILL);
    EXPECT_EQ(engine.wait(), status);
    return engine.words();
}

TEST(ProgramOnKafka, says_where_it_looked_for_brokers) {
    const auto words = words_of_one_that_is_refused(
        {"--brokers", "127.0.0.1:1", "--keys-secret-file", kafka::keys_secret()});
    EXPECT_NE(words.find("does Kafka answer at 127.0.0.1:1?"), std::string::npos) << words;
}

TEST(ProgramOnKafka, says_which_of_its_settings_is_none) {
    auto words = words_of_one_that_is_refused({"--namespace", "my shop"}, 2);
    EXPECT_NE(words.find("1 to 100 letters, digits and ._-"), std::string::npos) << words;
    words = words_of_one_that_is_refused(on_kafka("settings", {"--kafka", "acks"}));
    EXPECT_NE(words.find("--kafka takes name=value"), std::string::npos) << words;
    words = words_of_one_that_is_refused(on_kafka("settings", {"--kafka", "no.such=1"}));
    EXPECT_NE(words.find("no.such"), std::string::npos) << words;
}

TEST(ProgramOnKafka, needs_the_secret_that_the_keys_of_its_namespace_are_sealed_under) {
    auto words = words_of_one_that_is_refused({"--brokers", "127.0.0.1:1"}, 2);
    EXPECT_NE(words.find("--brokers and --keys-secret-file go together"), std::string::npos)
        << words;
    words = words_of_one_that_is_refused({"--keys-secret-file", kafka::keys_secret()}, 2);
    EXPECT_NE(words.find("--brokers and --keys-secret-file go together"), std::string::npos)
        << words;
    words = words_of_one_that_is_refused(on_kafka("secret", {"--keys-secret-file", "/none"}));
    EXPECT_NE(words.find("the keys' secret, /none, cannot be read"), std::string::npos) << words;
    const TemporaryFolder folder;
    EngineProcess(folder.path(), on_kafka("secret")).end(SIGTERM);
    const auto other = (folder.path() / "other").string();
    std::ofstream(other) << std::string(64, '8');
    words = words_of_one_that_is_refused(on_kafka("secret", {"--keys-secret-file", other}));
    EXPECT_NE(words.find("give this engine the file that the others have"), std::string::npos)
        << words;
}

TEST(ReplayOfKafka, makes_no_topics_and_says_which_are_missing) {
    const auto replay = [](std::vector<std::string> more) {
        more.insert(more.begin(), HOLDFAST_REPLAY);
        return Program(std::move(more)).end();
    };
    for (int i = 0; i < 2; ++i) {
        const auto ended = replay(
            {"--brokers", kafka::shared_broker().bootstrap(), "--namespace", "nobodys", "list"});
        EXPECT_EQ(ended.status, 1);
        EXPECT_NE(ended.err.find("there is no topic nobodys.stock.events"), std::string::npos)
            << ended.err;
    }
    const auto ended = replay({"list"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_NE(ended.err.find("say --data, or --brokers, or both"), std::string::npos) << ended.err;
}

// What it meets on the way is logged, and that is not what it lists.
TEST(ReplayOfKafka, lists_records_alone) {
    const TemporaryFolder folder;
    {
        const EngineProcess engine(folder.path(), on_kafka("listed"));
        ASSERT_NE(engine.port(), 0) << engine.words();
        Shop(engine.port()).wait_until_ready();
    }
    kafka::write_foreign(kafka::settings_of("listed"), "stock", "not ours");
    const auto ended = Program({HOLDFAST_REPLAY, "--brokers", kafka::shared_broker().bootstrap(),
                                "--namespace", "listed", "list"})
                           .end();
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_NE(ended.err.find("event=foreign_message"), std::string::npos) << ended.err;
    std::istringstream lines(ended.out);
    for (std::string line; std::getline(lines, line);) EXPECT_EQ(line.front(), '{') << line;
}

TEST(ProgramOnKafka, keeps_what_it_answered_when_its_folder_is_lost) {
    const TemporaryFolder one, other;
    {
        EngineProcess engine(one.path(), on_kafka("kept"));
        ASSERT_NE(engine.port(), 0) << engine.words();
        Shop shop(engine.port());
        shop.wait_until_ready();
        shop.open_with("cup", 3);
        const auto cart =
            shop.ask("PUT /v1/carts/c1", R"({"currency":"GBP","personal":{"name":"Ann"}})");
        EXPECT_EQ(cart.result_int(), 201U) << cart.body();
        engine.end(SIGKILL);
    }
    const EngineProcess engine(other.path(), on_kafka("kept"));
    ASSERT_NE(engine.port(), 0) << engine.words();
    Shop shop(engine.port());
    shop.wait_until_ready();
    const auto received =
        shop.post_again("/v1/skus/cup/movements",
                        R"({"kind":"receive","location":"main","quantity":4})", "afterwards");
    EXPECT_EQ(Body(shop.get("/v1/availability?sku=cup", received)).at({"items", "0", "available"}),
              "7");
    EXPECT_EQ(Body(shop.ask("GET /v1/carts/c1")).at({"personal", "name"}), "Ann");
}

TEST(ProgramOnKafka, is_refused_with_other_settings_than_its_log_has) {
    const TemporaryFolder folder;
    EngineProcess engine(folder.path(), on_kafka("settled"));
    ASSERT_NE(engine.port(), 0) << engine.words();
    Shop(engine.port()).wait_until_ready();
    EXPECT_EQ(engine.end(SIGTERM), 0);
    auto words = words_of_one_that_is_refused(on_kafka("settled", {"--partitions", "4"}));
    EXPECT_NE(words.find("has 2 partitions, and 4 are asked for"), std::string::npos) << words;
    words = words_of_one_that_is_refused(on_kafka("settled", {"--own-times"}));
    EXPECT_NE(words.find("own times: no in the log, yes asked for"), std::string::npos) << words;
}

}  // namespace
}  // namespace holdfast
