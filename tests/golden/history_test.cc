// Every golden history is still what it was: its chain holds, its state has the hash it had, and
// `list` says of it what it said. The newest one an engine goes on with.
#include "tests/golden/history.h"

#include <csignal>

#include "engine/adapters/segments/segment_view.h"
#include "replay/verify.h"
#include "tests/golden/story.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::golden {
namespace {

std::vector<Path> histories() {
    std::vector<Path> found;
    for (const auto& entry : std::filesystem::directory_iterator(HOLDFAST_GOLDEN))
        if (entry.is_directory()) found.push_back(entry.path());
    std::ranges::sort(found, {}, [](const Path& path) { return std::stoi(path.filename()); });
    return found;
}

// Opening a log takes a lock, which a read-only tree has no room for.
Path copied(const Path& history, const TemporaryFolder& to) {
    const auto copy = to.path() / history.filename();
    std::filesystem::copy(history, copy, std::filesystem::copy_options::recursive);
    return copy;
}

TEST(GoldenHistory, is_replayed_to_the_state_it_had_and_told_in_the_same_words) {
    ASSERT_FALSE(histories().empty());
    for (const auto& history : histories()) {
        const TemporaryFolder folder;
        const auto log = segments::SegmentView::open(copied(history, folder) / "log");
        ASSERT_TRUE(log) << log.error().detail;
        const auto now = told_of(**log), then = read_told(history);
        EXPECT_EQ(now.state, then.state)
            << history
            << (is_of_this_layout(then) ? ": evolve of a released event has changed"
                                        : ": the layout of states is another: make golden AGAIN=1");
        EXPECT_EQ(now.listed, then.listed) << history;
    }
}

TEST(GoldenHistory, is_small) {
    for (const auto& history : histories()) {
        std::uintmax_t bytes = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(history))
            if (entry.is_regular_file()) bytes += entry.file_size();
        EXPECT_LT(bytes, 300'000U) << history;
    }
}

TEST(GoldenHistory, has_every_outcome_and_every_source) {
    const auto listed = read_told(histories().back()).listed;
    for (const auto* outcome :
         {"accepted", "refused", "stale", "malformed", "poison", "turned_away"})
        EXPECT_NE(listed.find(std::string("Z ") + outcome), std::string::npos) << outcome;
    for (const auto* event :
         {"LinesCancelled", "Returned",      "Refunded",  "Shipped",  "Expired",    "FellShort",
          "Healed",         "Captured",      "Voided",    "Declined", "AskedAgain", "GivenUp",
          "Rejected",       "CaptureFailed", "Converted", "Unfrozen", "Restocked",  "Cancelled",
          "StockLetGo",     "PaymentFailed", "OrderAsked"})
        EXPECT_NE(listed.find(event), std::string::npos) << event;
}

TEST(GoldenHistory, has_decisions_of_other_partitions_and_its_own_behind_them) {
    const TemporaryFolder folder;
    const auto log = segments::SegmentView::open(copied(histories().back(), folder) / "log");
    ASSERT_TRUE(log) << log.error().detail;
    EXPECT_EQ(replay::genesis_of(**log, Stock::number).value()->generation, 2U);
    std::map<std::uint32_t, int> generations;
    const auto partitions = replay::partitions_of(**log).value();
    for (const auto at : partitions)
        EXPECT_TRUE(replay::each_batch(**log, at, 0, [&](const auto& batch, const auto&) {
            batch.each([&](Sequence, wire::RecordView record) {
                if (record.kind == fb::RecordKind::decision)
                    ++generations[wire::read_header(record.bytes)->generation];
                return true;
            });
            return std::expected<bool, Error>(true);
        }));
    EXPECT_EQ(generations.size(), 2U);
    EXPECT_GT(generations[1], 100);
    EXPECT_GT(generations[0], 10);
}

TEST(GoldenHistory, is_gone_on_with_by_an_engine_that_answers_its_repeats) {
    const TemporaryFolder folder;
    const auto history = copied(histories().back(), folder);
    auto log = segments::SegmentLog::open(history / "log", {1 << 20}).value();
    simulated::SimulatedStateStore store(1);
    const simulated::SimulatedClock clock(1'800'000'000'000);
    sandbox::SandboxGateway gateway(0);
    EngineSettings settings;
    settings.partitions = replay::genesis_of(*log, Stock::number).value()->partitions;
    auto engine = Engine::start(settings, {*log, store, clock, {{"sandbox", &gateway}}});
    ASSERT_TRUE(engine) << engine.error().detail;
    std::optional<Answered> repeated;
    wire::Command<Stock> command;
    command.envelope.id = wire::command_id("storefront", "poison");
    command.envelope.fingerprint = command.envelope.id.low ^ command.envelope.id.high;
    command.parts.push_back({"pot", {}, stock::Expire{}});
    ASSERT_TRUE(
        (*engine)->post({Stock::number, "pot", fb::Source::direct, wire::to_bytes(command), {}},
                        [&](std::expected<Answered, Error> answer) { repeated = *answer; }));
    for (int round = 0; round < 200 && !repeated; ++round) {
        for (const auto& shard : (*engine)->shards()) ASSERT_TRUE((*engine)->step(*shard));
        ASSERT_TRUE(log->flush());
    }
    ASSERT_TRUE(repeated);
    EXPECT_EQ(repeated->how, Taken::repeated);
}

// A log put together of copies that are not of one moment.
TEST(GoldenStory, is_not_verified_without_the_end_of_a_partition_that_others_heard) {
    Story story;
    story.tell();
    const auto batches = story.batches();
    const auto says_something = [](const StoredBatch& batch) {
        return std::ranges::any_of(wire::view_own(*batch.blob).records(), [](const auto& record) {
            return wire::has_follow_ups(record.bytes);
        });
    };
    int missed = 0;
    for (std::size_t last = 0; last < batches.size(); ++last) {
        const auto& [at, batch] = batches[last];
        if (last + 1 < batches.size() && batches[last + 1].first == at) continue;
        if (!says_something(batch)) continue;
        simulated::SimulatedLog log(1);
        for (std::size_t i = 0; i < batches.size(); ++i) {
            const auto& [of, kept] = batches[i];
            if (i == last) continue;
            ASSERT_TRUE(log.append(of, kept.first, kept.count, kept.blob));
        }
        ASSERT_TRUE(log.flush());
        replay::Watch watch(false);
        const auto verified = replay::verify(log, nullptr, watch);
        ASSERT_FALSE(verified);
        EXPECT_TRUE(verified.error().detail.starts_with(wire::name_of(at) + ", record "))
            << verified.error().detail;
        ++missed;
    }
    EXPECT_GT(missed, 3);
}

TEST(GoldenStory, is_left_when_somebody_interrupts_its_verification) {
    Story story;
    story.tell();
    replay::Watch watch(false);
    ASSERT_EQ(std::raise(SIGINT), 0);
    const auto verified = replay::verify(story.shop().log, nullptr, watch);
    ASSERT_FALSE(verified);
    EXPECT_TRUE(verified.error().detail.starts_with("interrupted in stock 0"));
    EXPECT_EQ(replay::Watch::interrupted_by(), SIGINT);
}

TEST(GoldenStory, is_told_in_the_same_bytes_each_time) {
    Story first, second;
    first.tell(), second.tell();
    const auto one = first.batches(), other = second.batches();
    ASSERT_EQ(one.size(), other.size());
    for (std::size_t i = 0; i < one.size(); ++i)
        EXPECT_EQ(*one[i].second.blob, *other[i].second.blob);
}

}  // namespace
}  // namespace holdfast::golden
