// Engines: several of one namespace on the shared broker, or another; behind each other, as behind
// a load balancer.
#pragma once

#include <deque>
#include <set>

#include "tests/broker/log.h"
#include "tests/support/engine_process.h"
#include "tests/support/program.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {

inline constexpr int partitions = 4, contexts = 5;

class Engines {
public:
    // Outsiders are told by those of `tells` only: others test something else, and are quicker.
    explicit Engines(const std::string& bootstrap, const std::vector<std::string>& more = {},
                     bool tells = false)
        : arguments_{"--brokers",
                     bootstrap,
                     "--namespace",
                     testing::UnitTest::GetInstance()->current_test_info()->name(),
                     "--replicas",
                     "1",
                     "--partitions",
                     std::to_string(partitions),
                     "--keys-secret-file",
                     kafka::keys_secret(),
                     "--kafka",
                     "session.timeout.ms=1000",
                     "--kafka",
                     "message.timeout.ms=3000"} {
        arguments_.insert(arguments_.end(), more.begin(), more.end());
        if (!tells) arguments_.emplace_back("--no-public-topics");
    }

    // One that may be refused: it is asked for nothing until it is started.
    EngineProcess& begin() {
        auto& begun = engines_.emplace_back(folders_.emplace_back().path(), arguments_);
        ended_.insert(&begun);
        return begun;
    }
    EngineProcess& start() {
        auto& started = engines_.emplace_back(folders_.emplace_back().path(), arguments_);
        EXPECT_NE(started.port(), 0) << started.words();
        return started;
    }
    // What it counts under that name, with labels if it has them; -1: nothing.
    static int counted(const EngineProcess& engine, const std::string& series) {
        const auto metrics = Shop(engine.port()).ask("GET /metrics").body();
        const auto name = "\n" + series + " ";
        const auto found = metrics.find(name);
        return found == std::string::npos ? -1 : std::stoi(metrics.substr(found + name.size()));
    }
    static int led_by(const EngineProcess& engine) {
        return counted(engine, "holdfast_partitions_led");
    }
    static void wait_until_leads(const EngineProcess& engine, int count) {
        ASSERT_TRUE(eventually([&] { return led_by(engine) == count; })) << engine.words();
    }
    // Two that share the partitions.
    std::pair<EngineProcess&, EngineProcess&> start_two() {
        auto& first = start();
        wait_until_leads(first, partitions * contexts);
        auto& second = start();
        wait_until_leads(first, partitions * contexts / 2);
        wait_until_leads(second, partitions * contexts / 2);
        return {first, second};
    }
    // Of those that answer: until one does with anything but 503.
    HttpResponse put(const std::string& path, const std::string& body) {
        return until_answered([&](Shop& shop) { return shop.ask("PUT " + path, body); });
    }
    // A location is told to one partition after the other: with another key until this one knows.
    HttpResponse receive(const std::string& sku, const std::string& key, int quantity) {
        const auto body =
            R"({"kind":"receive","location":"main","quantity":)" + std::to_string(quantity) + "}";
        HttpResponse response;
        eventually([&, this_one = key]() mutable {
            response = until_answered([&](Shop& shop) {
                return shop.post_again("/v1/skus/" + sku + "/movements", body, this_one);
            });
            this_one += "+";
            return problem_in(response) != "location_is_unknown";
        });
        return response;
    }
    void end(EngineProcess& engine, int signal) {
        engine.end(signal);
        ended_.insert(&engine);
    }
    void verify() {
        const auto ended = Program({HOLDFAST_REPLAY, arguments_[0], arguments_[1], arguments_[2],
                                    arguments_[3], "verify"})
                               .end();
        EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
    }

private:
    template <class Ask> HttpResponse until_answered(Ask ask) {
        HttpResponse response;
        eventually([&] {
            for (auto& engine : engines_) {
                if (ended_.contains(&engine)) continue;
                Shop shop(engine.port());
                response = ask(shop);
                if (response.result_int() != 503U) return true;
            }
            return false;
        });
        return response;
    }

    std::vector<std::string> arguments_;
    std::deque<TemporaryFolder> folders_;
    std::deque<EngineProcess> engines_;
    std::set<const EngineProcess*> ended_;
};

inline std::string sku_of(int number) { return "sku-" + std::to_string(number); }
inline constexpr int skus = 20;  // some in every partition
inline constexpr const char* main_location =
    R"({"name":"Main","priority":0,"accepts_orders":true})";

}  // namespace holdfast
