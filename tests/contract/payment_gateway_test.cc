#include <gmock/gmock.h>

#include "engine/adapters/sandbox/sandbox_gateway.h"
#include "engine/adapters/simulated/simulated_gateway.h"
#include "tests/contract/payment_gateway_contract.h"

namespace holdfast {
namespace {

using sandbox::SandboxGateway;
using simulated::GatewayFaults;

template <std::int64_t LatencyMs> struct Sandbox {
    PaymentGateway& gateway() { return sandbox; }
    SandboxGateway sandbox{LatencyMs};
};

struct Line {
    Line(std::uint64_t seed, GatewayFaults faults) : line(sandbox, seed, faults) {}
    PaymentGateway& gateway() { return line; }
    SandboxGateway sandbox{20};
    simulated::SimulatedGateway line;
};

constexpr GatewayFaults bad{.lost = 200, .unknown = 200, .twice = 200, .late_ms_max = 40'000};

struct GoodLine : Line {
    GoodLine() : Line(1, {}) {}
};
template <std::uint64_t Seed> struct BadLine : Line {
    BadLine() : Line(Seed, bad) {}
};

}  // namespace

using Sandboxes = testing::Types<Sandbox<0>, Sandbox<250>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Sandbox, PaymentGatewayContract, Sandboxes);
using Lines = testing::Types<GoodLine, BadLine<1>, BadLine<2>, BadLine<3>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, PaymentGatewayContract, Lines);

namespace {

GatewayRequest authorization(std::string operation, std::string token) {
    return {GatewayRequest::authorization,
            "payment",
            std::move(operation),
            std::move(token),
            100,
            "GBP",
            1,
            0};
}

TEST(SandboxGateway, answers_inside_ask_when_it_has_no_latency) {
    SandboxGateway gateway(0);
    int heard = 0;
    gateway.ask(authorization("one", "tok_approve"), [&](const GatewayAnswer&) { ++heard; });
    EXPECT_EQ(heard, 1);
}

TEST(SandboxGateway, answers_not_before_its_latency) {
    SandboxGateway gateway(250);
    int heard = 0;
    gateway.ask(authorization("one", "tok_approve"), [&](const GatewayAnswer&) { ++heard; });
    EXPECT_EQ(gateway.step(249), 250);
    EXPECT_EQ(heard, 0);
    EXPECT_EQ(gateway.step(250), std::nullopt);
    EXPECT_EQ(heard, 1);
}

TEST(SandboxGateway, refuses_the_token_of_a_real_gateway) {
    SandboxGateway gateway(0);
    GatewayAnswer heard;
    gateway.ask(authorization("one", "pm_1KqX"), [&](const GatewayAnswer& what) { heard = what; });
    EXPECT_EQ(heard.outcome, GatewayAnswer::failed);
}

TEST(SandboxGateway, may_be_asked_from_inside_an_answer) {
    SandboxGateway gateway(10);
    int heard = 0;
    gateway.ask(authorization("one", "tok_approve"), [&](const GatewayAnswer&) {
        gateway.ask(authorization("two", "tok_approve"), [&](const GatewayAnswer&) { ++heard; });
    });
    gateway.step(10);
    gateway.step(20);
    EXPECT_EQ(heard, 1);
}

TEST(SimulatedGateway, loses_is_late_and_answers_twice) {
    Line tested(7, bad);
    std::vector<int> answers(200);
    for (std::size_t i = 0; i < answers.size(); ++i)
        tested.line.ask(authorization(std::to_string(i), "tok_approve"),
                        [&answers, i](const GatewayAnswer&) { ++answers[i]; });
    std::int64_t now_ms = 0;
    while (const auto next = tested.line.step(now_ms)) now_ms = *next;
    EXPECT_THAT(answers, testing::IsSupersetOf({0, 1, 2}));
    EXPECT_GT(now_ms, std::int64_t{bad.late_ms_max});
}

TEST(SimulatedGateway, does_what_it_was_asked_though_nobody_listens) {
    Line tested(7, {.late_ms_max = 50});
    int heard = 0;
    tested.line.ask(authorization("one", "tok_approve"), [&](const GatewayAnswer&) { ++heard; });
    tested.line.hang_up();
    std::int64_t now_ms = 0;
    while (const auto next = tested.line.step(now_ms)) now_ms = *next;
    EXPECT_EQ(heard, 0);
    EXPECT_TRUE(tested.line.happened().contains({"payment", "one"}));
}

TEST(SimulatedGateway, does_the_same_by_the_same_seed) {
    const auto run = [](std::uint64_t seed) {
        Line tested(seed, bad);
        std::vector<std::string> heard;
        std::int64_t now_ms = 0;
        for (int i = 0; i < 50; ++i)
            tested.line.ask(authorization(std::to_string(i), "tok_approve"),
                            [&heard, &now_ms, i](const GatewayAnswer& what) {
                                heard.push_back(std::to_string(i) + " at " +
                                                std::to_string(now_ms) + what.detail);
                            });
        while (const auto next = tested.line.step(now_ms)) now_ms = *next;
        return heard;
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

}  // namespace
}  // namespace holdfast
