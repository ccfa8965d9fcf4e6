// holdfast-replay on the log of an engine that ran, and on what may become of a log.
#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "engine/adapters/rocksdb/state_store.h"
#include "tests/support/engine_process.h"
#include "tests/support/program.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

namespace files = std::filesystem;
using testing::HasSubstr;

constexpr int flushes_of_a_segment = 1'024;  // of 8 MiB: each takes two pages, by what is noted

const std::string one_more =
    R"({"kind":"receive","location":"main","quantity":1,"metadata":{"note":")" +
    std::string(4'000, 'n') + R"("}})";

// One history for all tests, of two segments and something; each damages a copy.
class Replay : public testing::Test {
protected:
    static void SetUpTestSuite() {
        recorded = new TemporaryFolder;
        EngineProcess engine(recorded->path() / "data");
        Shop shop(engine.port());
        shop.open_with("cup", 50);
        shop.open_cart("c1", "cup", 3);
        EXPECT_EQ(shop.complete("c1", "o1", 300).result_int(), 201U);
        shop.open_cart("c2", "cup", 60);
        EXPECT_EQ(shop.complete("c2", "o2", 6'000).result_int(), 409U);
        for (int i = 0; i < 2 * flushes_of_a_segment + 20; ++i)
            shop.post("/v1/skus/cup/movements", one_more);
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    static void TearDownTestSuite() { delete recorded; }

    Replay() { files::copy(recorded->path() / "data", data(), files::copy_options::recursive); }

    files::path data() const { return folder_.path() / "data"; }
    files::path other() const { return folder_.path() / "other"; }
    files::path segment(int number) const {
        std::vector<files::path> found;
        for (const auto& entry : files::directory_iterator(data() / "log"))
            if (entry.path().extension() == ".segment") found.push_back(entry.path());
        std::ranges::sort(found);
        return found.at(static_cast<std::size_t>(number));
    }
    static void flip_byte(const files::path& file, std::uint64_t at) {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekg(static_cast<std::streamoff>(at));
        const auto byte = static_cast<char>(bytes.get() ^ 0x20);
        bytes.seekp(static_cast<std::streamoff>(at));
        bytes.put(byte);
        EXPECT_TRUE(bytes.good());
    }
    std::vector<std::string> arguments(std::vector<std::string> more) const {
        std::vector<std::string> all{HOLDFAST_REPLAY, "--data", data().string()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Ended replay(std::vector<std::string> more) const {
        return Program(arguments(std::move(more))).end();
    }
    static auto lines_in(const std::string& text) { return std::ranges::count(text, '\n'); }

private:
    static inline TemporaryFolder* recorded = nullptr;
    TemporaryFolder folder_;
};

TEST_F(Replay, verifies_that_the_log_alone_makes_the_state_of_the_engine) {
    const auto verified = replay({"verify"});
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out, HasSubstr("the same row by row"));
    EXPECT_THAT(verified.out, HasSubstr("compared 40 of 40 partitions; 0 records are behind"));
}

TEST_F(Replay, says_the_state_of_every_stream) {
    const auto said = replay({"states"});
    EXPECT_EQ(said.status, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("\norder o1 "));
    EXPECT_THAT(said.out, testing::ContainsRegex("\nstock cup [0-9]+ [0-9a-f]+\n"));
    EXPECT_EQ(replay({"states"}).out, said.out);
}

TEST_F(Replay, names_the_partition_and_row_of_a_state_that_is_not_the_logs) {
    {
        auto state = rocks::RocksStateStore::open({.folder = data() / "state"}).value();
        CutRows changed;
        EXPECT_TRUE(state->scan("", "", [&](std::string_view key, std::string_view value) {
            if (!key.ends_with("scup")) return true;
            std::string other(value);
            other.back() = static_cast<char>(other.back() ^ 1);
            changed.add({key}, other);
            return false;
        }));
        ASSERT_EQ(changed.size(), 1U);
        ASSERT_TRUE(state->ingest(changed));
    }
    const auto verified = replay({"verify"});
    EXPECT_EQ(verified.status, 1);
    EXPECT_THAT(verified.err, testing::ContainsRegex("stock [0-7], record [0-9]+: up to here, the "
                                                     "engine's state of the stream cup is not"));
    EXPECT_EQ(replay({"verify", "--log-only"}).status, 0);
}

TEST_F(Replay, names_the_row_that_the_state_lacks) {
    {
        auto state = rocks::RocksStateStore::open({.folder = data() / "state"}).value();
        CutRows gone;
        EXPECT_TRUE(state->scan("", "", [&](std::string_view key, std::string_view) {
            if (key.ends_with("so1") && key.front() == 3) gone.add({key}, std::nullopt);
            return true;
        }));
        ASSERT_EQ(gone.size(), 1U);
        ASSERT_TRUE(state->ingest(gone));
    }
    const auto verified = replay({"verify"});
    EXPECT_EQ(verified.status, 1);
    EXPECT_THAT(verified.err, HasSubstr("the engine's state lacks the stream o1"));
}

TEST_F(Replay, names_the_partition_of_the_id_of_a_command_that_is_not_the_logs) {
    for (const bool is_there : {true, false}) {
        auto state = rocks::RocksStateStore::open({.folder = data() / "state"}).value();
        CutRows changed;
        EXPECT_TRUE(state->scan("", "", [&](std::string_view key, std::string_view value) {
            if (key.at(3) != 'i') return true;
            std::string other(value);
            other.front() = static_cast<char>(other.front() ^ 1);  // of the number of its record
            changed.add({key}, is_there ? std::optional<std::string_view>(other) : std::nullopt);
            return false;
        }));
        ASSERT_EQ(changed.size(), 1U);
        ASSERT_TRUE(state->ingest(changed));
        state.reset();
        const auto verified = replay({"verify"});
        EXPECT_EQ(verified.status, 1);
        EXPECT_THAT(verified.err, testing::ContainsRegex("stock [0-7], record [0-9]+: up to here"));
        EXPECT_THAT(verified.err,
                    HasSubstr(is_there ? "the engine's state of the id of a command is not the log"
                                       : "the engine's state lacks the id of a command"));
    }
}

TEST_F(Replay, refuses_a_checkpoint_with_a_byte_flipped) {
    for (const auto& entry : files::directory_iterator(data() / "state" / "rows"))
        if (entry.path().extension() == ".sst") flip_byte(entry.path(), 40);
    const auto verified = replay({"verify"});
    EXPECT_EQ(verified.status, 1);
    EXPECT_THAT(verified.err, testing::ContainsRegex("(stock|cart|order|payment) [0-7]"));
}

TEST_F(Replay, names_partition_and_sequence_of_a_byte_flipped_in_the_middle_of_the_log) {
    for (const int number : {0, 1, 2}) {
        const auto at = number == 2 ? 20'480U : 524'288U;
        flip_byte(segment(number), at + 200);
        for (const auto* verb : {"verify", "list", "states"}) {
            const auto read = replay({verb});
            EXPECT_EQ(read.status, 1) << verb << number;
            EXPECT_THAT(read.err, testing::ContainsRegex("partition [0-7], numbers [0-9]+ to "));
            EXPECT_THAT(read.err, HasSubstr("do not match their checksum"));
        }
        flip_byte(segment(number), at + 200);
    }
    EXPECT_EQ(replay({"verify"}).status, 0);
}

TEST_F(Replay, names_partition_and_sequence_that_went_with_a_truncated_segment) {
    files::resize_file(segment(1), 600'000);
    const auto verified = replay({"verify"});
    EXPECT_EQ(verified.status, 1);
    EXPECT_THAT(verified.err, testing::ContainsRegex("context 1, partition [0-7], numbers [0-9]+ "
                                                     "to [0-9]+ are lost"));
}

TEST_F(Replay, names_partition_and_sequence_that_went_with_a_missing_segment) {
    for (const int number : {1, 0}) {
        files::remove(segment(number));
        const auto verified = replay({"verify"});
        EXPECT_EQ(verified.status, 1);
        EXPECT_THAT(verified.err, HasSubstr("it is missing"));
        EXPECT_THAT(verified.err,
                    testing::ContainsRegex("context 1, partition [0-7], numbers [0-9]+ to "));
    }
}

TEST_F(Replay, names_the_partition_whose_last_records_are_missing) {
    files::remove(segment(2));
    EXPECT_THAT(replay({"verify"}).err, testing::ContainsRegex("partition [0-7], number [0-9]+ and "
                                                               "what follows are lost"));
}

TEST_F(Replay, lists_what_its_filters_let_through) {
    const auto all = replay({"list"});
    EXPECT_EQ(all.status, 0) << all.err;
    EXPECT_THAT(all.out, HasSubstr("\"kind\":\"genesis\""));
    const auto received = replay({"list", "--event", "Received", "--stream", "cup"});
    EXPECT_EQ(lines_in(received.out), 2 * flushes_of_a_segment + 21);
    EXPECT_EQ(lines_in(replay({"list", "--event", "Received", "--limit", "3"}).out), 3);
    EXPECT_EQ(lines_in(replay({"list", "--event", "Received", "--context", "order"}).out), 0);
    const auto refused = replay({"list", "--refused", "--context", "stock"});
    EXPECT_EQ(lines_in(refused.out), 1);
    EXPECT_THAT(refused.out, HasSubstr("stock_is_insufficient"));
    EXPECT_EQ(lines_in(replay({"list", "--stream", "o1", "--since", "2100-01-01"}).out), 0);
    EXPECT_EQ(lines_in(replay({"list", "--before", "2020-01-01T00:00:00Z"}).out), 0);
    EXPECT_EQ(lines_in(replay({"list", "--client", "nobody"}).out), 0);
}

TEST_F(Replay, lists_every_record_of_a_checkout_with_the_trace_of_its_request) {
    const TemporaryFolder folder;
    const std::string alone = "0af7651916cd43dd8448eb211c80319c";
    const std::string in_a_batch = "4bf92f3577b34da6a3ce929d0e0e4736";
    const auto header = [](const std::string& trace) {
        return "traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n";
    };
    {
        EngineProcess engine(folder.path() / "data");
        Shop shop(engine.port());
        shop.open_with("cup", 50);
        shop.open_cart("c1", "cup", 1);
        shop.open_cart("c2", "cup", 2);
        const auto ordered =
            shop.post("/v1/carts/c1/complete", Shop::payment_of("o1", 100), header(alone));
        EXPECT_EQ(ordered.result_int(), 201U);
        const auto batch =
            shop.ask("POST /v1/batch",
                     R"([{"method":"POST","path":"/v1/carts/c2/complete","key":"k","body":)" +
                         Shop::payment_of("o2", 200) + "}]",
                     header(in_a_batch));
        EXPECT_EQ(Body(batch).at({"0", "status"}), "202");
        std::string queue;
        while (queue.find("\"o1\"") == queue.npos || queue.find("\"o2\"") == queue.npos)
            queue = shop.ask("GET /v1/fulfillments").body();
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    const auto listed = [&](const std::string& stream) {
        return Program({HOLDFAST_REPLAY, "--data", (folder.path() / "data").string(), "list",
                        "--stream", stream})
            .end()
            .out;
    };
    for (const auto& [trace, streams] : {std::pair(alone, std::array{"o1", "o1-p1"}),
                                         std::pair(in_a_batch, std::array{"o2", "o2-p1"})})
        for (const auto* stream : streams) {
            const auto lines = listed(stream);
            EXPECT_GT(lines_in(lines), 1) << stream;
            std::istringstream text(lines);
            for (std::string line; std::getline(text, line);)
                EXPECT_THAT(line, HasSubstr("\"traceparent\":\"00-" + trace));
        }
    EXPECT_THAT(listed("cup"), HasSubstr(alone));
    EXPECT_THAT(listed("cup"), HasSubstr(in_a_batch));
    EXPECT_THAT(listed("c2"), HasSubstr(in_a_batch));
}

TEST_F(Replay, lists_in_short_lines_to_be_read) {
    const auto order = replay({"list", "--brief", "--stream", "o1"});
    EXPECT_THAT(order.out, testing::ContainsRegex("order [0-7] [0-9]+ 20..-..-..T..:..:..\\....Z "
                                                  "accepted: o1 Begin -> Begun"));
}

TEST_F(Replay, names_what_is_wrong_with_its_arguments) {
    const auto expect = [&](std::vector<std::string> arguments, const char* words, int status = 2) {
        const auto ended = replay(std::move(arguments));
        EXPECT_EQ(ended.status, status) << words;
        EXPECT_THAT(ended.err, HasSubstr(words));
        EXPECT_EQ(ended.out, "");
    };
    expect({}, "A subcommand is required");
    expect({"list", "--context", "stok"}, "stok");
    expect({"list", "--partition", "8"}, "--partition 8: the log has 0 to 7", 1);
    expect({"list", "--partition", "-1"}, "--partition");
    expect({"list", "--partition", "many"}, "--partition");
    expect({"list", "--event", "Recieved"}, "--event Recieved: there is no such event");
    expect({"list", "--event", "Begun", "--context", "stock"}, "no such event in stock");
    expect({"list", "--from", "-3"}, "--from");
    expect({"list", "--since", "2010-13-01"}, "2010-13-01 is no time");
    expect({"list", "--before", "yesterday"}, "yesterday is no time");
    expect({"list", "--colour", "red"}, "--colour");
    expect({"lst"}, "A subcommand is required");
    expect({"list", "--kafka", "nonsense"}, "--kafka: takes name=value");
    expect({"copy", "--to-brokers", "127.0.0.1:1", "--to-kafka", "=nonsense"},
           "--to-kafka: takes name=value");
    const auto nowhere = Program({HOLDFAST_REPLAY, "--data", "/nowhere", "verify"}).end();
    EXPECT_EQ(nowhere.status, 2);
    EXPECT_THAT(nowhere.err, HasSubstr("/nowhere"));
    files::remove_all(data() / "log");
    expect({"verify"}, "log", 1);
    expect({"list", "--event", "Recieved"}, "--event Recieved: there is no such event");
}

TEST_F(Replay, copies_a_history_into_a_folder_where_an_engine_goes_on) {
    const auto copied = replay({"copy", "--to-data", other().string()});
    ASSERT_EQ(copied.status, 0) << copied.err;
    EXPECT_THAT(copied.out, HasSubstr("of the namespace holdfast in 40 partitions: 0 were there"));
    EXPECT_FALSE(files::exists(other() / "log.copy"));
    const auto hash = copied.out.substr(copied.out.rfind(' ') + 1);
    EXPECT_THAT(replay({"verify", "--log-only"}).out, HasSubstr("alone: " + hash));
    EngineProcess engine(other());
    ASSERT_NE(engine.port(), 0) << engine.words();
    Shop shop(engine.port());
    shop.wait_until_ready();
    EXPECT_EQ(Body(shop.ask("GET /v1/orders/o1")).at({"state"}), "confirmed");
    const auto again = shop.post_again("/v1/skus/cup/movements", one_more, "key-9");
    EXPECT_EQ(again["Idempotent-Replayed"], "true") << again.body();
    EXPECT_EQ(engine.end(SIGTERM), 0);
}

TEST_F(Replay, copies_into_no_folder_that_has_a_log_or_the_beginning_of_another) {
    const auto in_use = replay({"copy", "--to-data", data().string()});
    EXPECT_EQ(in_use.status, 1);
    EXPECT_THAT(in_use.err, HasSubstr("there is a log in " + data().string() + " already"));
    {
        EngineProcess engine(other(), {"--partitions", "9"});
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    files::rename(other() / "log", other() / "log.copy");
    const auto begun = replay({"copy", "--to-data", other().string()});
    EXPECT_EQ(begun.status, 1);
    EXPECT_THAT(begun.err, HasSubstr("has another history in stock "));
    EXPECT_FALSE(files::exists(other() / "log"));
}

TEST_F(Replay, copies_a_history_to_other_partitions_where_an_engine_goes_on) {
    std::string old_token;
    {
        EngineProcess engine(data());
        Shop shop(engine.port());
        old_token = shop.post_again("/v1/skus/cup/movements", one_more, "old")["Holdfast-Token"];
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    const auto copied = replay({"copy", "--to-data", other().string(), "--to-partitions", "3"});
    ASSERT_EQ(copied.status, 0) << copied.err;
    EXPECT_THAT(copied.out, HasSubstr("of the namespace holdfast in 15 partitions: 0 were there"));
    EXPECT_THAT(copied.out, HasSubstr("generation 2: each of "));
    files::copy(data() / "keys", other() / "keys", files::copy_options::recursive);
    {
        EngineProcess refused(other(), {"--partitions", "8"});
        EXPECT_EQ(refused.wait(), 1);
        EXPECT_THAT(refused.words(), HasSubstr("partitions: 3 in the log, 8 asked for"));
    }
    EngineProcess engine(other(), {"--partitions", "3"});
    Shop shop(engine.port());
    shop.wait_until_ready();
    const auto paid = Shop::payment_of("o1", 300);
    const auto said = shop.post_again("/v1/carts/c1/complete", paid, "key-2");
    EXPECT_EQ(said.result_int(), 201U) << said.body();
    EXPECT_EQ(said["Idempotent-Replayed"], "true");
    EXPECT_EQ(Body(shop.ask("GET /v1/commands?key=key-2&path=/v1/carts/c1/complete"))
                  .at({"events", "0", "type"}),
              "Frozen");
    const auto old = shop.ask("GET /v1/availability?sku=cup&wait_for=" + old_token);
    EXPECT_EQ(problem_in(old), "consistency_token_is_of_another_generation");
    shop.open_cart("c3", "cup", 2);
    const auto sold = shop.post_again("/v1/carts/c3/complete", Shop::payment_of("o3", 200), "new");
    EXPECT_EQ(sold.result_int(), 201U) << sold.body();
    EXPECT_EQ(Body(shop.get("/v1/orders/o3", sold)).at({"state"}), "confirmed");
    EXPECT_EQ(engine.end(SIGTERM), 0);
    const auto verified = Program({HOLDFAST_REPLAY, "--data", other().string(), "verify"}).end();
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out, HasSubstr("compared 15 of 15 partitions; 0 records are behind"));
}

TEST_F(Replay, says_what_a_copy_needs) {
    for (const auto& wrong : std::vector<std::vector<std::string>>{
             {"copy"},
             {"copy", "--to-data", "a", "--to-brokers", "127.0.0.1:1"},
             {"copy", "--to-data", "a", "--to-replicas", "3"},
             {"copy", "--to-brokers", "127.0.0.1:1", "--to-replicas", "0"},
             {"copy", "--to-data", "a", "--to-partitions", "0"},
             {"copy", "--to-data", "a", "--to-partitions", "257"}})
        EXPECT_EQ(replay(wrong).status, 2) << testing::PrintToString(wrong);
    files::remove_all(data() / "log");
    EXPECT_EQ(replay({"copy", "--to-data", other().string()}).status, 1);
    EXPECT_FALSE(files::exists(other()));
}

// The listing is longer than what a pipe takes, so it is still at it when the signal comes.
TEST_F(Replay, ends_when_it_is_interrupted_and_changes_nothing) {
    Program listing(arguments({"list"}));
    ASSERT_EQ(listing.first_letter(), "{");
    listing.signal(SIGINT);
    const auto ended = listing.end();
    EXPECT_EQ(ended.status, 128 + SIGINT);
    EXPECT_THAT(ended.err, HasSubstr("interrupted in "));
    EXPECT_EQ(ended.out.back(), '\n') << "whole lines only";
    EXPECT_EQ(replay({"verify"}).status, 0);
}

}  // namespace
}  // namespace holdfast
