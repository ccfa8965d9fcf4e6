// More than there is room for, or than a client may ask: with the program itself.
#include "tests/support/engine_process.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

// Half of one place is none for a cart; a checkout may have it.
TEST(TooMuch, is_turned_away_by_name_carts_first) {
    const TemporaryFolder folder;
    const EngineProcess engine(folder.path(), {"--in-flight", "1"});
    Shop shop(engine.port());
    const auto shed = shop.post("/v1/carts", R"({"currency":"GBP"})");
    EXPECT_EQ(shed.result_int(), 503U);
    EXPECT_EQ(problem_in(shed), "engine_is_overloaded");
    EXPECT_EQ(shed["Retry-After"], "1");
    const auto location = shop.ask("PUT /v1/locations/main", "{}");
    EXPECT_EQ(location.result_int(), 200U) << location.body();
}

// What is left of a client's rate after an answer.
int left_after(const HttpResponse& response) {
    const std::string text(response["RateLimit"]);
    const auto at = text.find(";r=");
    EXPECT_NE(at, text.npos) << text;
    return at == text.npos ? 0 : std::stoi(text.substr(at + 3));
}

// One a second comes back: less than 20 in the time that this takes.
TEST(TooMuch, is_charged_by_what_it_asks_for) {
    const TemporaryFolder folder;
    const EngineProcess engine(folder.path(), {"--rate", "1", "--rate-burst", "1000"});
    Shop shop(engine.port());
    std::string batch = "[{}";
    for (int i = 1; i < 300; ++i) batch += ",{}";
    const auto first = left_after(shop.ask("GET /v1/commands?key=k&path=/v1/carts/c1"));
    EXPECT_GT(first, 990);
    const auto second = left_after(shop.ask("POST /v1/batch", batch + "]"));
    EXPECT_LT(second, first - 280);
    const auto command = std::string(26, 'a');
    EXPECT_LT(left_after(shop.ask("GET /v1/commands/" + command)), second - 20);
}

}  // namespace
}  // namespace holdfast
