// A history moves from a data folder to Kafka, and back.
#include <gmock/gmock.h>

#include "tests/broker/log.h"
#include "tests/support/engine_process.h"
#include "tests/support/program.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

Ended replay(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), HOLDFAST_REPLAY);
    return Program(std::move(arguments)).end();
}
std::vector<std::string> to_kafka(const TemporaryFolder& from) {
    return {"--data",
            from.path().string(),
            "copy",
            "--to-brokers",
            kafka::shared_broker().bootstrap(),
            "--to-replicas",
            "1"};
}
// The last word, of all but the line's end.
std::string hash_in(const std::string& said) {
    const auto begin = said.rfind(": ") + 2;
    return said.substr(begin, said.find_first_of(",\n", begin) - begin);
}

// What an engine wrote that had these arguments too, and received so many cups.
void record(const TemporaryFolder& folder, const std::vector<std::string>& arguments, int cups) {
    EngineProcess engine(folder.path(), arguments);
    ASSERT_NE(engine.port(), 0) << engine.words();
    Shop shop(engine.port());
    shop.wait_until_ready();
    shop.open_with("cup", cups);
    shop.open_cart("c1", "cup", 3);
    EXPECT_EQ(shop.complete("c1", "o1", 300).result_int(), 201U);
    EXPECT_EQ(engine.end(SIGTERM), 0);
}

TEST(CopyToKafka, is_what_engines_go_on_with_and_comes_back) {
    const TemporaryFolder embedded, on_kafka, back;
    record(embedded, {"--namespace", "copied", "--partitions", "2"}, 50);
    const auto there = replay(to_kafka(embedded));
    ASSERT_EQ(there.status, 0) << there.err;
    EXPECT_THAT(there.out, HasSubstr("of the namespace copied in 10 partitions: 0 were there"));
    {
        EngineProcess engine(
            on_kafka.path(),
            {"--brokers", kafka::shared_broker().bootstrap(), "--namespace", "copied", "--replicas",
             "1", "--partitions", "2", "--keys-secret-file", kafka::keys_secret()});
        ASSERT_NE(engine.port(), 0) << engine.words();
        Shop shop(engine.port());
        shop.wait_until_ready();
        EXPECT_EQ(Body(shop.ask("GET /v1/orders/o1")).at({"state"}), "confirmed");
        EXPECT_EQ(Body(shop.ask("GET /v1/availability?sku=cup")).at({"items", "0", "available"}),
                  "47");
        const auto received =
            shop.post_again("/v1/skus/cup/movements",
                            R"({"kind":"receive","location":"main","quantity":4})", "afterwards");
        EXPECT_EQ(received.result_int(), 200U) << received.body();
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    const auto again = replay(to_kafka(embedded));
    EXPECT_EQ(again.status, 1) << "it has more by now";
    EXPECT_THAT(again.err, HasSubstr("or more of this one"));

    const std::vector<std::string> from{"--brokers", kafka::shared_broker().bootstrap(),
                                        "--namespace", "copied"};
    auto arguments = from;
    arguments.insert(arguments.end(), {"copy", "--to-data", back.path().string()});
    const auto returned = replay(arguments);
    ASSERT_EQ(returned.status, 0) << returned.err;
    arguments = from;
    arguments.push_back("verify");
    EXPECT_EQ(hash_in(replay(arguments).out), hash_in(returned.out));
    const EngineProcess engine(back.path(), {"--namespace", "copied", "--partitions", "2"});
    ASSERT_NE(engine.port(), 0) << engine.words();
    Shop shop(engine.port());
    shop.wait_until_ready();
    EXPECT_EQ(Body(shop.ask("GET /v1/availability?sku=cup")).at({"items", "0", "available"}), "51");
}

TEST(CopyToKafka, goes_to_other_partitions_and_comes_back_in_others_again) {
    const TemporaryFolder embedded, first, second, back;
    record(embedded, {"--namespace", "widened", "--partitions", "2"}, 50);
    auto arguments = to_kafka(embedded);
    arguments.insert(arguments.end(), {"--to-partitions", "5"});
    const auto there = replay(arguments);
    ASSERT_EQ(there.status, 0) << there.err;
    EXPECT_THAT(there.out, HasSubstr("of the namespace widened in 25 partitions: 0 were there"));
    EXPECT_THAT(there.out, HasSubstr("generation 2: each of "));
    EXPECT_THAT(replay(arguments).out, HasSubstr(" 0 copied")) << "it is whole already";

    // The second one has no state, and follows what was said before anybody leads.
    for (const auto& [folder, available] : {std::pair(&first, 50), std::pair(&second, 52)}) {
        EngineProcess engine(
            folder->path(),
            {"--brokers", kafka::shared_broker().bootstrap(), "--namespace", "widened",
             "--replicas", "1", "--partitions", "5", "--keys-secret-file", kafka::keys_secret()});
        ASSERT_NE(engine.port(), 0) << engine.words();
        Shop shop(engine.port());
        shop.wait_until_ready();
        EXPECT_EQ(Body(shop.ask("GET /v1/orders/o1")).at({"state"}), "confirmed");
        const auto name = std::to_string(available);
        EXPECT_EQ(
            shop.post_again("/v1/skus/cup/movements",
                            R"({"kind":"receive","location":"main","quantity":3})", "more-" + name)
                .result_int(),
            200U);
        shop.open_cart("c" + name, "cup", 1);
        const auto sold = shop.post_again("/v1/carts/c" + name + "/complete",
                                          Shop::payment_of("o" + name, 100, "tok_approve"), name);
        EXPECT_EQ(sold.result_int(), 201U) << sold.body();
        const auto on_hand = shop.get_until("/v1/availability?sku=cup", [&](const auto& answer) {
            return Body(answer).at({"items", "0", "available"}) == std::to_string(available - 1);
        });
        EXPECT_EQ(Body(on_hand).at({"items", "0", "available"}), std::to_string(available - 1));
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    EXPECT_THAT(replay(arguments).err, HasSubstr("or more of this one"));

    const auto returned =
        replay({"--brokers", kafka::shared_broker().bootstrap(), "--namespace", "widened", "copy",
                "--to-data", back.path().string(), "--to-partitions", "1"});
    ASSERT_EQ(returned.status, 0) << returned.err;
    EXPECT_THAT(returned.out, HasSubstr("generation 3: each of "));
    const EngineProcess engine(back.path(), {"--namespace", "widened", "--partitions", "1"});
    ASSERT_NE(engine.port(), 0) << engine.words();
    Shop shop(engine.port());
    shop.wait_until_ready();
    EXPECT_EQ(Body(shop.ask("GET /v1/availability?sku=cup")).at({"items", "0", "available"}), "51");
}

TEST(CopyToKafka, is_refused_by_topics_that_are_not_for_it) {
    const TemporaryFolder one, other, wider;
    record(one, {"--namespace", "taken", "--partitions", "2"}, 5);
    ASSERT_EQ(replay(to_kafka(one)).status, 0);
    record(other, {"--namespace", "taken", "--partitions", "2"}, 6);
    const auto another = replay(to_kafka(other));
    EXPECT_EQ(another.status, 1);
    EXPECT_THAT(another.err, HasSubstr("has another history in "));
    record(wider, {"--namespace", "taken", "--partitions", "3"}, 5);
    const auto more = replay(to_kafka(wider));
    EXPECT_EQ(more.status, 1);
    EXPECT_THAT(more.err, HasSubstr("has 2 partitions, and 3 are asked for"));
}

TEST(CopyToKafka, says_that_nobody_answers) {
    const TemporaryFolder folder;
    record(folder, {"--namespace", "silent", "--partitions", "1"}, 5);
    const auto ended =
        replay({"--data", folder.path().string(), "copy", "--to-brokers", "127.0.0.1:1"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr("does Kafka answer at 127.0.0.1:1?"));
    const auto none = replay({"--data", folder.path().string(), "copy", "--to-brokers",
                              kafka::shared_broker().bootstrap(), "--to-kafka", "no.such=1"});
    EXPECT_EQ(none.status, 1);
    EXPECT_THAT(none.err, HasSubstr("no.such"));
}

}  // namespace
}  // namespace holdfast
