#include <csignal>

#include <sys/wait.h>

#include "engine/adapters/segments/segment_view.h"
#include "tests/contract/segment_folder.h"
#include "tests/support/full_disk.h"

namespace holdfast::segments {
namespace {

template <std::size_t RecentBytes> struct Fixture {
    SegmentLog& log() { return *log_; }
    void restart() {
        log_.reset();
        log_ = open_log(folder_.log(), settings);
    }

private:
    static constexpr Settings settings{.segment_bytes = 1 << 20, .recent_bytes = RecentBytes};
    SegmentFolder folder_;
    std::unique_ptr<SegmentLog> log_ = open_log(folder_.log(), settings);
};

}  // namespace
}  // namespace holdfast::segments

namespace holdfast {
INSTANTIATE_TYPED_TEST_SUITE_P(Segments, EventLogContract, segments::Fixture<0>);
INSTANTIATE_TYPED_TEST_SUITE_P(SegmentsInMemory, EventLogContract, segments::Fixture<1 << 20>);
INSTANTIATE_TYPED_TEST_SUITE_P(Segments, EventLogOfThreads, segments::Fixture<0>);
INSTANTIATE_TYPED_TEST_SUITE_P(SegmentsInMemory, EventLogOfThreads, segments::Fixture<1 << 20>);
}  // namespace holdfast

namespace holdfast::segments {
namespace {

// Every number from 0 to `end` in batches of one, each of `bytes`.
void expect_all(const EventLog& log, PartitionId at, Sequence end, std::size_t bytes) {
    ASSERT_EQ(log.durable(at), end);
    for (Sequence number = 0; number < end; ++number) {
        const auto batch = log.read(at, number);
        ASSERT_TRUE(batch) << batch.error().detail;
        ASSERT_EQ(*batch->blob, *blob_of(at, number, bytes)) << number;
    }
}

TEST(SegmentLog, goes_on_in_the_next_segment_when_one_is_full) {
    const SegmentFolder folder;
    {
        const auto log = open_log(folder.log());
        for (int n = 0; n < 100; ++n)
            write(*log, n % 2 == 0 ? first_partition : third_partition, 1, 5'000);
        expect_all(*log, first_partition, 50, 5'000);
        expect_all(*log, third_partition, 50, 5'000);
    }
    EXPECT_TRUE(std::filesystem::exists(folder.segment(5 * small.segment_bytes)));
    const auto log = open_log(folder.log());
    expect_all(*log, first_partition, 50, 5'000);
    expect_all(*log, third_partition, 50, 5'000);
}

TEST(SegmentLog, spreads_one_flush_over_segments) {
    const SegmentFolder folder;
    const auto log = open_log(folder.log());
    for (Sequence n = 0; n < 40; ++n)
        ASSERT_TRUE(log->append(first_partition, n, 1, blob_of(first_partition, n, 20'000)));
    EXPECT_EQ(log->flush().value(), 40U);
    expect_all(*log, first_partition, 40, 20'000);
    expect_all(*open_log(folder.copy("found")), first_partition, 40, 20'000);
}

TEST(SegmentLog, takes_segments_of_another_size_when_asked) {
    const SegmentFolder folder;
    write(*open_log(folder.log()), first_partition, 1, 40'000);
    constexpr Settings large{.segment_bytes = 1 << 20, .recent_bytes = 0};
    const auto log = open_log(folder.log(), large);
    for (int n = 1; n < 40; ++n) write(*log, first_partition, 1, 40'000);
    expect_all(*log, first_partition, 40, 40'000);
    expect_all(*open_log(folder.copy("found"), large), first_partition, 40, 40'000);
}

TEST(SegmentLog, refuses_a_batch_that_fits_no_segment) {
    const SegmentFolder folder;
    const auto log = open_log(folder.log());
    const auto most = small.segment_bytes - frames_begin - sizeof(FrameHeader);
    const auto refused = log->append(first_partition, 0, 1, blob_of(first_partition, 0, most + 1));
    EXPECT_EQ(refused.error().code, Error::refused);
    write(*log, first_partition, 1, most);
    EXPECT_EQ(*log->read(first_partition, 0)->blob, *blob_of(first_partition, 0, most));
}

TEST(SegmentLog, refuses_a_segment_size_that_is_not_possible) {
    const SegmentFolder folder;
    for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{4096}, segment_bytes_max + 1})
        EXPECT_EQ(SegmentLog::open(folder.log(), {bytes, 0}).error().code, Error::refused) << bytes;
}

TEST(SegmentLog, refuses_a_second_engine_on_its_folder) {
    const SegmentFolder folder;
    auto log = open_log(folder.log());
    const auto second = SegmentLog::open(folder.log(), small);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Error::refused);
    EXPECT_NE(second.error().detail.find("stop it first"), std::string::npos);
    log.reset();
    EXPECT_TRUE(open_log(folder.log()));
}

TEST(SegmentLog, refuses_a_format_that_it_does_not_know) {
    const SegmentFolder folder;
    write(*open_log(folder.log()), first_partition, 1, 10);
    put_text(folder.log() / "FORMAT", "holdfast log 2\n");
    const auto newer = SegmentLog::open(folder.log(), small);
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, Error::refused);
    EXPECT_NE(newer.error().detail.find("start the engine that wrote it"), std::string::npos);
    put_text(folder.log() / "FORMAT", "something else");
    EXPECT_EQ(SegmentLog::open(folder.log(), small).error().code, Error::damaged);
    std::filesystem::remove(folder.log() / "FORMAT");
    EXPECT_EQ(SegmentLog::open(folder.log(), small).error().code, Error::refused);
    put_text(folder.log() / "FORMAT", "holdfast log 1\n");
    expect_all(*open_log(folder.log()), first_partition, 1, 10);
}

TEST(SegmentLog, forgets_what_was_not_flushed_and_goes_on) {
    const SegmentFolder folder;
    write(*open_log(folder.log()), first_partition, 1, 100);
    ASSERT_TRUE(
        open_log(folder.log())->append(first_partition, 1, 5, blob_of(first_partition, 1, 9)));
    const auto log = open_log(folder.log());
    EXPECT_EQ(log->end(first_partition), 1U);
    write(*log, first_partition, 1, 100);
    expect_all(*log, first_partition, 2, 100);
}

TEST(SegmentLog, is_whole_wherever_its_process_ends) {
    const SegmentFolder folder;
    const auto log = open_log(folder.log());
    for (Sequence written = 0; written < 60; ++written) {
        const auto found = open_log(folder.copy("found"));
        expect_all(*found, first_partition, written, 3'000);
        write(*found, first_partition, 1, 3'000);
        expect_all(*found, first_partition, written + 1, 3'000);
        write(*log, first_partition, 1, 3'000);
    }
}

TEST(SegmentLog, removes_a_segment_that_was_being_made) {
    const SegmentFolder folder;
    write(*open_log(folder.log()), first_partition, 1, 100);
    const auto unfinished = folder.segment(small.segment_bytes * 3).string() + ".unfinished";
    put_text(unfinished, std::string(5'000, 'x'));
    expect_all(*open_log(folder.log()), first_partition, 1, 100);
    EXPECT_FALSE(std::filesystem::exists(unfinished));
}

TEST(SegmentLog, says_that_the_disk_is_full_before_and_when_it_needs_the_room) {
    const SegmentFolder folder;
    constexpr Settings large{.segment_bytes = 256 << 10, .recent_bytes = 0};
    write(*open_log(folder.log()), first_partition, 1, 4'000);
    Sequence written = 1;
    {
        const FullDisk full(128 << 10);
        const auto log = open_log(folder.log(), large);
        while (log->room()) std::this_thread::yield();
        EXPECT_NE(log->room().error().detail.find("free some room"), std::string::npos);
        std::expected<std::uint32_t, Error> flushed;
        for (; written < 100; ++written) {
            ASSERT_TRUE(
                log->append(first_partition, written, 1, blob_of(first_partition, written, 4'000)));
            if (flushed = log->flush(); !flushed) break;
        }
        ASSERT_GT(written, 3U);
        ASSERT_FALSE(flushed);
        EXPECT_EQ(flushed.error().code, Error::unavailable);
        EXPECT_NE(flushed.error().detail.find("free some room"), std::string::npos);
        EXPECT_EQ(log->flush().error().code, Error::unavailable);
        EXPECT_EQ(log->append(first_partition, written + 1, 1, blob_of(first_partition, 0, 9))
                      .error()
                      .code,
                  Error::unavailable);
        expect_all(*log, first_partition, written, 4'000);
    }
    const auto log = open_log(folder.log(), large);
    write(*log, first_partition, 1, 4'000);
    expect_all(*log, first_partition, written + 1, 4'000);
}

TEST(SegmentLog, answers_the_same_error_for_ever_when_a_write_failed) {
    const SegmentFolder folder;
    const auto log = open_log(folder.log());
    write(*log, first_partition, 1, 30'000);
    {
        const FullDisk full(32 << 10);
        ASSERT_TRUE(log->append(first_partition, 1, 1, blob_of(first_partition, 1, 9)));
        EXPECT_EQ(log->flush().error().code, Error::unavailable);
    }
    ASSERT_FALSE(log->flush());
    EXPECT_EQ(log->flush().error().detail, log->flush().error().detail);
    EXPECT_EQ(log->durable(first_partition), 1U);
}

TEST(SegmentView, shows_what_a_running_engine_synced_and_changes_nothing) {
    const SegmentFolder folder;
    EXPECT_EQ(SegmentView::open(folder.log()).error().code, Error::refused);
    const auto log = open_log(folder.log());
    for (Sequence written = 0; written < 60; ++written) {
        const auto view = SegmentView::open(folder.log());
        ASSERT_TRUE(view) << view.error().detail;
        expect_all(**view, first_partition, written, 3'000);
        write(*log, first_partition, 1, 3'000);
    }
    auto view = *SegmentView::open(folder.log());
    EXPECT_EQ(view->append(first_partition, 60, 1, blob_of(first_partition, 60, 9)).error().code,
              Error::refused);
    EXPECT_EQ(view->flush().error().code, Error::refused);
}

TEST(SegmentView, leaves_out_what_a_running_engine_has_written_and_not_synced) {
    for (const std::size_t bytes : {3'000, 40'000}) {  // in the same segment, in the next one
        const SegmentFolder folder;
        const auto log = open_log(folder.log());
        write(*log, first_partition, 1, bytes);
        const auto noted = text_of(folder.log() / "MARK");
        write(*log, first_partition, 1, bytes);
        put_text(folder.log() / "MARK", noted);
        expect_all(**SegmentView::open(folder.log()), first_partition, 1, bytes);
    }
}

TEST(SegmentView, shows_a_log_that_nobody_has_open_and_leaves_it_as_it_is) {
    const SegmentFolder folder;
    {
        const auto log = open_log(folder.log());
        for (int n = 0; n < 30; ++n) write(*log, first_partition, 1, 3'000);
    }
    std::filesystem::remove(index_path(folder.log(), 0));
    const auto before = text_of(folder.segment(small.segment_bytes));
    expect_all(**SegmentView::open(folder.log()), first_partition, 30, 3'000);
    EXPECT_EQ(text_of(folder.segment(small.segment_bytes)), before);
    EXPECT_FALSE(std::filesystem::exists(index_path(folder.log(), 0)));
}

// Appends for ever; says behind each flush how many are durable.
[[noreturn]] void append_until_killed(const Path& folder, int told) {
    const auto log = open_log(folder);
    for (auto next = log->end(first_partition);; ++next) {
        if (!log->append(first_partition, next, 1, blob_of(first_partition, next, 2'000))) break;
        if (next % 3 != 0 && log->flush()) {
            const auto durable = log->durable(first_partition);
            if (::write(told, &durable, sizeof durable) < 0) break;
        }
    }
    ::_exit(1);
}

TEST(SegmentLog, holds_what_it_said_was_durable_when_it_is_killed) {
    const SegmentFolder folder;
    for (int round = 1; round <= 6; ++round) {
        int pipe_ends[2];
        ASSERT_EQ(::pipe(pipe_ends), 0);
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) append_until_killed(folder.log(), pipe_ends[1]);
        ::close(pipe_ends[1]);
        Sequence durable = 0;
        for (int told = 0; told < 37 * round; ++told)
            ASSERT_EQ(::read(pipe_ends[0], &durable, sizeof durable), ssize_t{sizeof durable});
        ::kill(child, SIGKILL);
        while (::read(pipe_ends[0], &durable, sizeof durable) == ssize_t{sizeof durable}) {
        }
        ::close(pipe_ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status));
        const auto log = open_log(folder.log());
        ASSERT_GE(log->durable(first_partition), durable);
        expect_all(*log, first_partition, log->durable(first_partition), 2'000);
    }
}

}  // namespace
}  // namespace holdfast::segments
