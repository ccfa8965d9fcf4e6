// The program: how it starts, ends, and starts again.
#include <fstream>

#include "tests/support/engine_process.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

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
    EngineProcess everywhere(folder.path(), {"--listen", "0.0.0.0:0"});
    EXPECT_EQ(everywhere.wait(), 1) << everywhere.words();
}

}  // namespace
}  // namespace holdfast
