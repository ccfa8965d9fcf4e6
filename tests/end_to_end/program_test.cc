// The program: how it starts, ends, and starts again.
#include <fstream>

#include "tests/support/engine_process.h"
#include "tests/support/self_signed.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tls_connection.h"

namespace holdfast {
namespace {

TEST(Program, goes_on_where_it_was_however_it_ended) {
    const TemporaryFolder folder;
    int quantity = 1;
    {
        EngineProcess engine(folder.path());
        Shop(engine.port()).open_with("cup", 1);
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    for (const int signal : {SIGKILL, SIGINT}) {
        EngineProcess engine(folder.path());
        Shop shop(engine.port());
        const auto received = shop.post_again(
            "/v1/skus/cup/movements", R"({"kind":"receive","location":"main","quantity":1})",
            "after-" + std::to_string(signal));
        EXPECT_EQ(received.result_int(), 200U);
        const auto stock = shop.get("/v1/availability?sku=cup", received);
        EXPECT_EQ(Body(stock).at({"items", "0", "available"}), std::to_string(++quantity));
        EXPECT_EQ(engine.end(signal), signal == SIGKILL ? -SIGKILL : 0);
    }
}

TEST(Program, does_not_share_its_folder) {
    const TemporaryFolder folder;
    const EngineProcess first(folder.path());
    EngineProcess second(folder.path());
    EXPECT_EQ(second.port(), 0);
    EXPECT_EQ(second.wait(), 1);
    EXPECT_TRUE(second.words().starts_with("holdfast: ")) << second.words();
    EXPECT_NE(second.words().find("stop it first"), std::string::npos) << second.words();
}

// A launcher: no file may become larger than that, as if the disk were full.
std::vector<std::string> with_files_of(std::size_t bytes) {
    return {"/usr/bin/env", "--ignore-signal=XFSZ", "/usr/bin/prlimit",
            "--fsize=" + std::to_string(bytes)};
}

TEST(Program, is_not_ready_when_the_disk_is_nearly_full) {
    const TemporaryFolder folder;
    EngineProcess(folder.path()).end(SIGTERM);
    const EngineProcess engine(folder.path(), {"--segment", "16M"}, with_files_of(12 << 20));
    Shop shop(engine.port());
    const auto ready =
        shop.get_until("/readyz", [](const auto& answer) { return answer.result_int() != 200; });
    EXPECT_EQ(problem_in(ready), "engine_is_not_ready");
    EXPECT_NE(Body(ready).at({"detail"}).find("free some room"), std::string::npos) << ready.body();
    EXPECT_EQ(shop.ask("GET /healthz").result_int(), 200U);
    shop.open_with("cup", 1);  // what there is is still enough for this
}

// A cart with many lines, so that the read models' file is full before one of the log's is.
std::string request_of_cart(int number) {
    std::string lines;
    for (int line = 0; line < 400; ++line)
        lines += (line == 0 ? "" : ",") + (R"({"line":")" + std::to_string(line)) +
                 R"(","sku":"cup","quantity":1,"unit_price":100})";
    const auto body = R"({"currency":"GBP","lines":[)" + lines + "]}";
    return "PUT /v1/carts/" + std::to_string(number) + " HTTP/1.1\r\nHost: here\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Program, ends_when_the_read_models_have_no_room_and_loses_nothing_that_it_answered) {
    const TemporaryFolder folder;
    int answered = 0;
    {
        EngineProcess engine(folder.path(), {}, with_files_of(9 << 20));
        HttpConnection connection(engine.port());
        while (answered < 2'000 && connection.send(request_of_cart(answered))) {
            const auto answer = connection.receive_if_any();
            if (!answer) break;
            ASSERT_EQ(answer->result_int(), 201U) << answer->body();
            ++answered;
        }
        EXPECT_EQ(engine.wait(), 1);
        EXPECT_NE(engine.words().find("event=engine_failed reason=\"writing rows of views"),
                  std::string::npos)
            << engine.words();
    }
    const EngineProcess engine(folder.path());
    Shop shop(engine.port());
    shop.wait_until_ready();
    EXPECT_GT(answered, 100);
    for (int cart = 0; cart < answered; ++cart)
        ASSERT_EQ(shop.ask("GET /v1/carts/" + std::to_string(cart)).result_int(), 200U) << cart;
}

TEST(Program, counts_what_is_under_way) {
    const TemporaryFolder folder;
    const EngineProcess engine(folder.path());
    Shop shop(engine.port());
    const auto metrics = shop.get_until("/metrics", [](const auto& answer) {
        return answer.body().find("\nholdfast_view_records_behind 0\n") != std::string::npos;
    });
    for (const std::string_view line :
         {"\nholdfast_http_requests_in_flight 1\n", "\nholdfast_inputs_in_flight 0\n",
          "\nholdfast_view_records_parked 0\n", "\nholdfast_view_records_behind 0\n"})
        EXPECT_NE(metrics.body().find(line), std::string::npos) << line << metrics.body();
}

TEST(Program, is_ready_when_reads_show_what_was_answered_before_it_died) {
    const TemporaryFolder folder;
    {
        EngineProcess engine(folder.path());
        Shop shop(engine.port());
        shop.open_with("cup", 1);
        for (int n = 0; n < 50; ++n) ASSERT_EQ(shop.receive("cup", 1).result_int(), 200U);
        engine.end(SIGKILL);
    }
    const EngineProcess engine(folder.path());
    Shop shop(engine.port());
    const auto ready =
        shop.get_until("/readyz", [](const auto& answer) { return answer.result_int() == 200; });
    EXPECT_EQ(ready.result_int(), 200U) << ready.body();
    const auto cup = shop.ask("GET /v1/availability?sku=cup");
    EXPECT_NE(cup.body().find("51"), std::string::npos) << cup.body();
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream from(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}
void write(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

// What it says when it will not start.
std::string refusal(EngineProcess& engine) {
    EXPECT_EQ(engine.port(), 0);
    EXPECT_EQ(engine.wait(), 1);
    EXPECT_TRUE(engine.words().starts_with("holdfast: ")) << engine.words();
    return engine.words();
}

TEST(Program, refuses_a_folder_of_a_newer_format_and_says_what_to_do) {
    const TemporaryFolder folder;
    EngineProcess(folder.path()).end(SIGTERM);
    write(folder.path() / "log" / "FORMAT", "holdfast log 2\n");
    EngineProcess older(folder.path());
    const auto words = refusal(older);
    EXPECT_NE(words.find("was written in format 2"), std::string::npos) << words;
    EXPECT_NE(words.find("a newer one"), std::string::npos) << words;
}

TEST(Program, refuses_a_state_of_another_layout_until_it_is_removed) {
    const TemporaryFolder folder;
    {
        EngineProcess engine(folder.path());
        Shop(engine.port()).open_with("cup", 3);
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    const auto state = folder.path() / "state";
    for (const auto* other : {"holdfast state 1\n", "holdfast state 999\n", "holdfast", ""}) {
        if (*other != '\0')
            write(state / "FORMAT", other);
        else
            ASSERT_TRUE(std::filesystem::remove(state / "FORMAT"));
        EngineProcess of_this_layout(folder.path());
        const auto words = refusal(of_this_layout);
        EXPECT_NE(words.find("remove the folder " + state.string()), std::string::npos) << words;
    }
    std::filesystem::remove_all(state);
    const EngineProcess engine(folder.path());
    Shop shop(engine.port());
    const auto received = shop.post_again(
        "/v1/skus/cup/movements", R"({"kind":"receive","location":"main","quantity":1})", "after");
    EXPECT_EQ(received.result_int(), 200U);
    const auto stock = shop.get("/v1/availability?sku=cup", received);
    EXPECT_EQ(Body(stock).at({"items", "0", "available"}), "4");
}

TEST(Program, refuses_a_damaged_log_and_says_where_and_what_to_do) {
    const TemporaryFolder folder;
    {
        EngineProcess engine(folder.path());
        Shop(engine.port()).open_with("cup", 1);
        EXPECT_EQ(engine.end(SIGTERM), 0);
    }
    const auto segment = folder.path() / "log" / "00000000000000000000.segment";
    auto bytes = bytes_of(segment);
    bytes[4'096 + 200] = static_cast<char>(bytes[4'096 + 200] + 1);  // of the first batch
    write(segment, bytes);
    EngineProcess again(folder.path());
    const auto words = refusal(again);
    EXPECT_NE(words.find(segment.string()), std::string::npos) << words;
    EXPECT_NE(words.find("put back this file from a copy"), std::string::npos) << words;
    EXPECT_EQ(bytes_of(segment), bytes) << "what is damaged is left as it is";
}

TEST(Program, takes_its_settings_from_a_file) {
    const TemporaryFolder folder;
    write(folder.path() / "holdfast.toml", "in-flight = 1\npartitions = 4\n");
    const auto config = (folder.path() / "holdfast.toml").string();
    {
        const EngineProcess engine(folder.path() / "data", {"--config", config});
        EXPECT_EQ(problem_in(Shop(engine.port()).ask("GET /v1/carts/c1")), "engine_is_overloaded");
    }
    {
        const EngineProcess engine(folder.path() / "data",
                                   {"--config", config, "--in-flight", "9"});
        EXPECT_EQ(problem_in(Shop(engine.port()).ask("GET /v1/carts/c1")), "cart_is_unknown");
    }
    write(folder.path() / "holdfast.toml", "partitons = 4\n");
    EngineProcess misspelt(folder.path() / "data", {"--config", config});
    EXPECT_EQ(misspelt.wait(), 2);
    EXPECT_NE(misspelt.words().find("partitons"), std::string::npos) << misspelt.words();
}

TEST(Program, serves_over_tls) {
    const TemporaryFolder folder;
    const SelfSigned files;
    const EngineProcess engine(folder.path(), {"--tls-certificate", files.certificate(),
                                               "--tls-key", files.private_key()});
    EXPECT_NE(engine.words().find("serves on https://"), std::string::npos) << engine.words();
    TlsConnection connection(engine.port(), std::string_view("\x08http/1.1", 9));
    ASSERT_TRUE(connection.is_connected());
    EXPECT_EQ(connection.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").result_int(), 200U);
    EngineProcess half(folder.path(), {"--tls-key", files.private_key()});
    EXPECT_EQ(half.wait(), 2);
}

TEST(Program, refuses_a_log_that_began_with_other_settings) {
    const TemporaryFolder folder;
    EngineProcess(folder.path()).end(SIGTERM);
    EngineProcess other(folder.path(), {"--partitions", "4"});
    EXPECT_EQ(other.wait(), 1);
    EXPECT_NE(other.words().find("other settings"), std::string::npos) << other.words();
}

TEST(Program, says_what_is_wrong_with_its_arguments) {
    const TemporaryFolder folder;
    EngineProcess unknown(folder.path(), {"--colour", "red"});
    EXPECT_EQ(unknown.wait(), 2);
    EngineProcess endless(folder.path(), {"--gateway-ms", "0"});
    EXPECT_EQ(endless.wait(), 2);
    EXPECT_NE(endless.words().find("--gateway-ms"), std::string::npos) << endless.words();
    EngineProcess longer(folder.path(), {"--reservation-ttl-ms", "2000000000"});
    EXPECT_EQ(longer.wait(), 2);
    EngineProcess without_burst(folder.path(), {"--rate-burst", "0"});
    EXPECT_EQ(without_burst.wait(), 2);
    EngineProcess faster(folder.path(), {"--rate", "2000000000"});
    EXPECT_EQ(faster.wait(), 2);
    for (const std::string memory : {"-1", "0", "15M", "5T", "99999999999999999999", "much"}) {
        EngineProcess without(folder.path(), {"--memory=" + memory});
        EXPECT_EQ(without.wait(), 2) << memory;
        EXPECT_NE(without.words().find("--memory"), std::string::npos) << without.words();
    }
    EngineProcess everywhere(folder.path(), {"--listen", "0.0.0.0:0"});
    EXPECT_EQ(everywhere.wait(), 1) << everywhere.words();
    for (const std::string place : {"localhost:0", "shop.example:0", "1.2.3:0", "127.0.0.1"}) {
        EngineProcess nowhere(folder.path(), {"--listen", place});
        EXPECT_EQ(nowhere.wait(), 2) << place;
        EXPECT_NE(nowhere.words().find("an IP address"), std::string::npos) << nowhere.words();
    }
}

TEST(Program, says_why_it_reads_no_commands_topics) {
    const TemporaryFolder folder;
    const auto expect_refusal = [&](const char* says, const std::vector<std::string>& arguments) {
        EngineProcess engine(folder.path(), arguments);
        EXPECT_EQ(engine.wait(), 2) << says;
        EXPECT_NE(engine.words().find(says), std::string::npos) << engine.words();
    };
    for (const std::string scopes : {"shopkeeper", "browser", ",warehouse", "Admin"})
        expect_refusal("--commands-scopes takes storefront, warehouse and admin",
                       {"--commands-scopes", scopes});
    expect_refusal("give --brokers too", {"--commands-scopes", "warehouse"});
    expect_refusal("does not go with --own-times",
                   {"--commands-scopes", "warehouse", "--own-times"});
    expect_refusal("--skip-deleted-commands is for --commands-scopes", {"--skip-deleted-commands"});
}

// A gateway that never answers is waited for at the end, by who wants to.
TEST(Program, ends_at_once_when_it_is_told_to_a_second_time) {
    const TemporaryFolder folder;
    EngineProcess engine(folder.path());
    Shop shop(engine.port());
    shop.open_with("cup", 1);
    shop.open_cart("c1", "cup", 1);
    const auto waits =
        shop.post("/v1/carts/c1/complete", Shop::payment_of("o1", 100, "tok_timeout"),
                  "Prefer: respond-async\r\n");
    EXPECT_EQ(waits.result_int(), 202U) << waits.body();
    shop.get_until("/v1/orders/o1", [](const auto& order) {
        return order.body().find("paying") != std::string::npos;
    });
    engine.signal(SIGTERM);
    EXPECT_TRUE(
        eventually([&] { return engine.words().find("event=stopping") != std::string::npos; }));
    EXPECT_EQ(engine.end(SIGTERM), -SIGTERM);
    EXPECT_NE(EngineProcess(folder.path()).port(), 0);
}

TEST(Program, lets_everybody_in_at_any_loopback_address_and_at_no_other) {
    for (const std::string place : {"127.0.0.2:0", "[::1]:0"}) {
        const TemporaryFolder folder;
        EngineProcess engine(folder.path(), {"--listen", place});
        EXPECT_NE(engine.port(), 0) << engine.words();
        EXPECT_EQ(engine.end(SIGTERM), 0) << place;
    }
    const TemporaryFolder folder;
    EngineProcess everywhere(folder.path(), {"--listen", "[::]:0"});
    EXPECT_EQ(everywhere.wait(), 1) << everywhere.words();
    EXPECT_NE(everywhere.words().find("loopback"), std::string::npos) << everywhere.words();
}

}  // namespace
}  // namespace holdfast
