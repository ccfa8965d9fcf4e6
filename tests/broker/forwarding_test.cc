// Any engine answers any request: what another leads is forwarded to it, once, by who knows the
// secret.
#include <array>
#include <fstream>

#include "engine/wire/peer.h"
#include "tests/broker/engines.h"
#include "tests/support/self_signed.h"
#include "tests/support/tls_connection.h"

namespace holdfast {
namespace {

const std::string secret(40, 's');

class Forwarding : public testing::Test {
protected:
    Forwarding() { std::ofstream(secret_file()) << secret << '\n'; }
    std::string secret_file() const { return folder_.path() / "secret"; }
    std::vector<std::string> knowing() const { return {"--peers-secret-file", secret_file()}; }

    TemporaryFolder folder_;
    Engines engines{kafka::shared_broker().bootstrap(), knowing()};
};

// One of each SKU is there then; a location is told to every partition, which takes a moment.
void open_warehouse(Shop& shop) {
    ASSERT_EQ(shop.ask("PUT /v1/locations/main", main_location).result_int(), 200U);
    for (int n = 0; n < skus; ++n)
        ASSERT_TRUE(eventually([&] { return shop.receive(sku_of(n), 1).result_int() == 200U; }));
}

HttpResponse receive(Shop& shop, const std::string& sku, const std::string& key) {
    return shop.post_again("/v1/skus/" + sku + "/movements",
                           R"({"kind":"receive","location":"main","quantity":5})", key);
}

std::uint64_t counted(std::uint16_t port, const std::string& series) {
    const auto metrics = Shop(port).ask("GET /metrics").body();
    const auto found = metrics.find("\n" + series + " ");
    return found == std::string::npos ? 0 : std::stoull(metrics.substr(found + series.size() + 2));
}

TEST_F(Forwarding, lets_any_engine_answer_any_command) {
    const auto [first, second] = engines.start_two();
    std::array<Shop, 2> shops{Shop(first.port()), Shop(second.port())};
    open_warehouse(shops[0]);
    for (int n = 0; n < skus; ++n) {
        const auto key = "once-" + std::to_string(n);
        const auto answer = receive(shops[n % 2], sku_of(n), key);
        ASSERT_EQ(answer.result_int(), 200U) << answer.body();
        const auto again = receive(shops[1 - n % 2], sku_of(n), key);
        EXPECT_EQ(again.body(), answer.body());
        EXPECT_EQ(again["Idempotent-Replayed"], "true");
        const auto path = "/v1/skus/" + sku_of(n) + "/movements";
        for (auto& shop : shops) {
            const auto known = shop.ask("GET /v1/commands?key=" + key + "&path=" + path);
            EXPECT_EQ(Body(known).at({"outcome"}), "accepted") << known.body();
            const auto other = shop.ask("GET /v1/commands?key=never&path=" + path);
            EXPECT_EQ(problem_in(other), "command_is_unknown");
        }
    }
    for (const auto* engine : {&first, &second})
        EXPECT_GT(counted(engine->port(), "holdfast_commands_forwarded_total"), 0U);
    engines.verify();
}

TEST_F(Forwarding, lets_one_engine_take_a_whole_sale) {
    const auto [first, second] = engines.start_two();
    std::array<Shop, 2> shops{Shop(first.port()), Shop(second.port())};
    open_warehouse(shops[0]);
    shops[0].open_with(sku_of(0), 100);
    for (int n = 0; n < skus; ++n) {
        auto& shop = shops[n % 2];
        const auto number = std::to_string(n);
        shop.open_cart("c" + number, sku_of(0), 2);
        const auto ordered = shop.complete("c" + number, "o" + number, 200);
        ASSERT_EQ(ordered.result_int(), 201U) << ordered.body();
        EXPECT_EQ(Body(ordered).at({"state"}), "confirmed");
        const auto order = shop.get("/v1/orders/o" + number, ordered);
        EXPECT_EQ(Body(order).at({"lines", "0", "open"}), "2");
    }
    engines.verify();
}

TEST_F(Forwarding, keeps_the_order_of_a_batch) {
    const auto [first, second] = engines.start_two();
    Shop shop(first.port());
    open_warehouse(shop);
    std::string batch = "[";
    for (int round = 0; round < 10; ++round)
        for (int n = 0; n < skus; ++n)
            batch += std::string(batch.size() == 1 ? "" : ",") +
                     R"({"method":"POST","path":"/v1/skus/)" + sku_of(n) +
                     R"(/movements","key":"b)" + std::to_string(round) +
                     R"(","body":{"kind":"receive","location":"main","quantity":1}})";
    const auto answer = shop.ask("POST /v1/batch", batch + "]");
    ASSERT_EQ(answer.result_int(), 200U) << answer.body();
    const Body outcomes(answer);
    for (int i = 0; i < 10 * skus; ++i)  // each round makes the next version of its SKU
        ASSERT_EQ(outcomes.at({std::to_string(i), "body", "version"}), std::to_string(i / skus + 2))
            << i << ' ' << outcomes.at({std::to_string(i), "status"});
}

TEST_F(Forwarding, says_that_nobody_leads_until_another_engine_does) {
    const auto [killed, left] = engines.start_two();
    Shop shop(left.port());
    open_warehouse(shop);
    engines.end(killed, SIGKILL);
    int unanswered = 0;
    for (int n = 0; n < skus; ++n) {
        const auto answer = receive(shop, sku_of(n), "early");
        if (answer.result_int() == 200U) continue;
        ++unanswered;
        EXPECT_EQ(answer.result_int(), 503U) << answer.body();
        EXPECT_EQ(answer["Retry-After"], "1");
        EXPECT_EQ(problem_in(answer), "partition_has_no_leader");
    }
    EXPECT_GT(unanswered, 0);
    EXPECT_GT(
        counted(left.port(), R"(holdfast_commands_not_forwarded_total{reason="unreachable"})"), 0U);
    Engines::wait_until_leads(left, partitions * contexts);
    for (int n = 0; n < skus; ++n) EXPECT_EQ(receive(shop, sku_of(n), "early").result_int(), 200U);
    engines.verify();
}

HttpResponse ask_over_tls(const EngineProcess& engine, const std::string& line,
                          const std::string& body = "") {
    TlsConnection connection(engine.port(), "\x08http/1.1");
    EXPECT_TRUE(connection.is_connected());
    return connection.ask(line + " HTTP/1.1\r\nHost: here\r\nIdempotency-Key: over-tls\r\n" +
                          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

TEST_F(Forwarding, goes_over_tls_where_engines_serve_so) {
    const SelfSigned own;
    auto settings = knowing();
    for (const auto& more :
         {std::string("--tls-certificate"), own.certificate(), std::string("--tls-key"),
          own.private_key(), std::string("--peers-ca"), own.certificate()})
        settings.push_back(more);
    Engines secure(kafka::shared_broker().bootstrap(), settings);
    const std::array<const EngineProcess*, 2> both{&secure.start(), &secure.start()};
    const auto says = [](const EngineProcess& engine, const std::string& line) {
        return ask_over_tls(engine, "GET /metrics").body().find("\n" + line) != std::string::npos;
    };
    const auto half = "holdfast_partitions_led " + std::to_string(partitions * contexts / 2) + "\n";
    for (const auto* engine : both)
        ASSERT_TRUE(eventually([&] { return says(*engine, half); })) << engine->words();
    ASSERT_EQ(ask_over_tls(*both[0], "PUT /v1/locations/main", main_location).result_int(), 200U);
    const std::string one = R"({"kind":"receive","location":"main","quantity":1})";
    for (int n = 0; n < skus; ++n)
        EXPECT_TRUE(eventually([&] {
            return ask_over_tls(*both[n % 2], "POST /v1/skus/" + sku_of(n) + "/movements", one)
                       .result_int() == 200U;
        }));
    for (const auto* engine : both)
        EXPECT_FALSE(says(*engine, "holdfast_commands_forwarded_total 0\n")) << engine->words();
    secure.verify();
}

TEST_F(Forwarding, is_not_done_without_a_secret) {
    Engines others(kafka::shared_broker().bootstrap());
    const auto [first, second] = others.start_two();
    Shop shop(first.port());
    EXPECT_EQ(problem_in(shop.ask("POST " + std::string(wire::peer_path), "x")), "path_is_unknown");
    int unanswered = 0;
    for (int n = 0; n < skus; ++n)
        unanswered += receive(shop, sku_of(n), "k").result_int() == 503U ? 1 : 0;
    EXPECT_GT(unanswered, 0);
}

// Status 2: as they stand; 1: what they say cannot be had.
TEST_F(Forwarding, says_at_the_start_which_of_its_settings_does_not_fit) {
    const auto expect_refusal = [](int status, const std::string& says,
                                   const std::vector<std::string>& arguments) {
        const TemporaryFolder folder;
        EngineProcess engine(folder.path(), arguments);
        EXPECT_EQ(engine.port(), 0);
        EXPECT_EQ(engine.wait(), status) << says;
        EXPECT_NE(engine.words().find(says), std::string::npos) << engine.words();
    };
    const auto on = [](const std::string& brokers, const std::string& peers,
                       const std::vector<std::string>& more = {}) {
        std::vector<std::string> several{"--brokers",           brokers,      "--keys-secret-file",
                                         kafka::keys_secret(),  "--replicas", "1",
                                         "--peers-secret-file", peers};
        several.insert(several.end(), more.begin(), more.end());
        return several;
    };
    const auto& bootstrap = kafka::shared_broker().bootstrap();
    const auto with = [&](const std::vector<std::string>& more) {
        return on("127.0.0.1:1", secret_file(), more);
    };
    expect_refusal(2, "give --brokers too", knowing());
    expect_refusal(2, "--advertise is for --peers-secret-file", {"--advertise", "here:80"});
    expect_refusal(2, "say by --advertise where", with({"--listen", "0.0.0.0:0"}));
    const std::vector<std::string> wrong_ones{"here",
                                              "here:0",
                                              ":80",
                                              "here:http",
                                              "here:99999",
                                              "::1:80",
                                              std::string(254, 'a') + ":80"};
    for (const auto& wrong : wrong_ones)
        expect_refusal(2, "--advertise takes a host and a port", with({"--advertise", wrong}));
    expect_refusal(2, "--peers-ca is for --peers-secret-file", {"--peers-ca", "ca.pem"});
    expect_refusal(2, "--peers-ca is for --tls-certificate", with({"--peers-ca", "ca.pem"}));
    const SelfSigned own;
    expect_refusal(1, "authorities nowhere.pem: ",
                   on(bootstrap, secret_file(),
                      {"--tls-certificate", own.certificate(), "--tls-key", own.private_key(),
                       "--peers-ca", "nowhere.pem"}));
    const auto cut = folder_.path() / "short";
    std::ofstream(cut) << "too short";
    expect_refusal(1, "a secret has at least 32 bytes", on(bootstrap, cut));
    expect_refusal(1, "nowhere: cannot be read", on(bootstrap, "nowhere"));
}

TEST_F(Forwarding, is_for_peers_alone) {
    const auto& engine = engines.start();
    Shop shop(engine.port());
    const auto name_space = testing::UnitTest::GetInstance()->current_test_info()->name();
    const auto ask = [&](const std::string& credential, const std::string& body) {
        return shop.ask("POST " + std::string(wire::peer_path), body,
                        "Authorization: Bearer " + credential + "\r\n");
    };
    const auto right = wire::peer_credential(name_space, secret);
    EXPECT_EQ(ask(right, wire::to_bytes(std::span<const PeerQuestion>())).result_int(), 200U);
    for (const auto& wrong : {secret, wire::peer_credential("other", secret),
                              wire::peer_credential(name_space, secret + "s"), right.substr(1)})
        EXPECT_EQ(problem_in(ask(wrong, "x")), "scope_is_insufficient");
    EXPECT_EQ(problem_in(shop.ask("POST " + std::string(wire::peer_path), "x")),
              "scope_is_insufficient");
    EXPECT_EQ(problem_in(ask(right, "these bytes say nothing")), "request_is_malformed");
    for (const PartitionId at :
         {PartitionId{0, 0}, PartitionId{6, 0}, PartitionId{1, partitions}}) {
        const PeerQuestion question{at, "x"};
        EXPECT_EQ(problem_in(ask(right, wire::to_bytes({&question, 1}))), "request_is_malformed");
    }
    PeerQuestion of_another_generation{{1, 0}, "x"};
    of_another_generation.generation = 2;
    EXPECT_EQ(problem_in(ask(right, wire::to_bytes({&of_another_generation, 1}))),
              "request_is_malformed");
    // A command that cannot be read is decided as one: it is on record that it said nothing.
    Engines::wait_until_leads(engine, partitions * contexts);
    const PeerQuestion unreadable{{1, 0}, "x"};
    const auto answers =
        wire::read_peer_answers(ask(right, wire::to_bytes({&unreadable, 1})).body());
    ASSERT_TRUE(answers && answers->size() == 1 && answers->front());
    const auto openapi = shop.ask("GET /openapi.json");
    EXPECT_EQ(openapi.body().find("internal"), std::string::npos);
}

}  // namespace
}  // namespace holdfast
