// What a client and an operator see of a command at which the program died twice. The deaths are
// written where the program looks for them; tests/simulation/poison_test.cc dies for real.
#include <gmock/gmock.h>

#include "engine/adapters/mapped/mapped_file.h"
#include "engine/runtime/deciding.h"
#include "engine/wire/envelope.h"
#include "tests/support/engine_process.h"
#include "tests/support/program.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

const std::string movements = "/v1/skus/cup/movements";
const std::string one_more = R"({"kind":"receive","location":"main","quantity":1})";

// Of a movement of the cup under that key. Who asks without a token is the client "local".
void note_deaths(const std::filesystem::path& data, const std::string& key, int deaths) {
    std::filesystem::create_directories(data);
    const auto id = wire::command_id("local", key + " " + movements);
    for (int i = 0; i < deaths; ++i) {
        const auto file = mapped::MappedFile::open(data / "deciding", Deciding::bytes).value();
        Deciding deciding(file->memory());
        deciding.place(0).begin({id.high, id.low});
    }
}

TEST(PoisonedCommand, is_refused_by_name_each_time_and_leaves_the_next_alone) {
    const TemporaryFolder folder;
    note_deaths(folder.path(), "bad", 2);
    EngineProcess engine(folder.path());
    EXPECT_THAT(engine.words(), HasSubstr("event=died_while_deciding"));
    Shop shop(engine.port());
    shop.open_with("cup", 5);
    for (int time = 0; time < 2; ++time) {
        const auto refused = shop.post_again(movements, one_more, "bad");
        EXPECT_EQ(refused.result_int(), 422U) << refused.body();
        EXPECT_EQ(problem_in(refused), "command_is_poison");
        EXPECT_EQ(refused["Idempotent-Replayed"], time == 0 ? "" : "true");
    }
    const auto next = shop.receive("cup", 1);
    EXPECT_EQ(next.result_int(), 200U) << next.body();
    EXPECT_EQ(engine.end(SIGTERM), 0);

    const std::vector<std::string> list{
        HOLDFAST_REPLAY, "--data", folder.path().string(), "list", "--stream", "cup", "--refused"};
    const auto listed = Program(list).end();
    EXPECT_THAT(listed.out, HasSubstr("\"outcome\":\"poison\""));
    EXPECT_THAT(listed.out, HasSubstr("\"undecided\":[{\"key\":\"cup\",\"command\":{\"type\":"
                                      "\"Receive\""));
}

TEST(PoisonedCommand, is_decided_after_one_death) {
    const TemporaryFolder folder;
    note_deaths(folder.path(), "unlucky", 1);
    const EngineProcess engine(folder.path());
    Shop shop(engine.port());
    shop.open_with("cup", 5);
    const auto decided = shop.post_again(movements, one_more, "unlucky");
    EXPECT_EQ(decided.result_int(), 200U) << decided.body();
}

// A kill while commands are decided counts at most for what was decided just then.
TEST(PoisonedCommand, is_none_that_was_decided) {
    const TemporaryFolder folder;
    for (int life = 0; life < 3; ++life) {
        EngineProcess engine(folder.path());
        Shop shop(engine.port());
        shop.open_with("cup", 1);
        const auto decided = shop.post_again(movements, one_more, "once");
        EXPECT_EQ(decided.result_int(), 200U) << decided.body();
        EXPECT_THAT(engine.words(), testing::Not(HasSubstr("died_while_deciding")));
        engine.end(SIGKILL);
    }
}

}  // namespace
}  // namespace holdfast
