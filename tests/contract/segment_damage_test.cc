#include "engine/adapters/segments/segment_view.h"
#include "tests/contract/segment_folder.h"

namespace holdfast::segments {
namespace {

using testing::Test;

bool says(const Error& error, std::string_view words) {
    return error.detail.find(words) != std::string::npos;
}

// Two flushes; the second holds two batches. `cut_off` is the folder as a power loss could leave it
// in the second: its pages may be there, that it was synced is not noted.
class TornTail : public Test {
protected:
    TornTail() {
        const auto log = open_log(folder_.log());
        write(*log, first_partition, 2, 300);
        const auto noted = text_of(folder_.log() / "MARK");
        EXPECT_TRUE(log->append(second_partition, 0, 3, blob_of(second_partition, 0, 200)));
        EXPECT_TRUE(log->append(third_partition, 0, 1, blob_of(third_partition, 0, 250)));
        EXPECT_TRUE(log->flush());
        cut_off_ = folder_.copy("cut_off");
        put_text(cut_off_ / "MARK", noted);
        whole_ = text_of(segment());
    }

    Path segment() const { return segment_path(cut_off_, 0); }

    // Opens what is left, goes on behind it, and opens once more.
    void expect_left(Sequence second, Sequence third) const {
        for (int opened = 0; opened < 2; ++opened) {
            const auto log = open_log(cut_off_);
            ASSERT_EQ(log->durable(first_partition), 2U + static_cast<unsigned>(opened));
            ASSERT_EQ(log->durable(second_partition), second);
            ASSERT_EQ(log->durable(third_partition), third);
            ASSERT_EQ(*log->read(first_partition, 0)->blob, *blob_of(first_partition, 0, 300));
            write(*log, first_partition, 1, 100);
        }
    }

    static constexpr std::uint64_t second_frame = 2 * page_bytes;
    static constexpr std::uint64_t third_frame = second_frame + frame_bytes(200);
    static constexpr std::uint64_t end = third_frame + frame_bytes(250);
    SegmentFolder folder_{memory_folder()};
    Path cut_off_;
    std::string whole_;
};

TEST_F(TornTail, is_cut_at_any_byte) {
    const auto noted = text_of(cut_off_ / "MARK");
    for (auto cut = second_frame; cut < end; ++cut) {
        auto torn = whole_;
        std::fill(torn.begin() + static_cast<std::ptrdiff_t>(cut), torn.end(), '\0');
        put_text(segment(), torn);
        put_text(cut_off_ / "MARK", noted);
        const bool second_is_whole = torn.compare(0, third_frame, whole_, 0, third_frame) == 0;
        ASSERT_NO_FATAL_FAILURE(expect_left(second_is_whole ? 3 : 0, torn == whole_ ? 1 : 0))
            << cut;
    }
}

TEST_F(TornTail, is_cut_with_the_whole_batches_behind_the_torn_one) {
    std::fill_n(whole_.begin() + second_frame + 60, 20, '\0');
    put_text(segment(), whole_);
    expect_left(0, 0);
}

TEST_F(TornTail, is_cut_when_its_first_page_never_reached_the_disk) {
    auto torn = whole_;
    torn.replace(3 * page_bytes, page_bytes, whole_, second_frame, page_bytes);
    std::fill_n(torn.begin() + second_frame, page_bytes, '\0');
    put_text(segment(), torn);
    expect_left(0, 0);
}

TEST(TornFlush, is_cut_behind_a_batch_that_is_missing_to_the_end_of_its_page) {
    const SegmentFolder folder;
    const auto log = open_log(folder.log());
    const auto noted = text_of(folder.log() / "MARK");
    constexpr auto half = page_bytes / 2, blob = half - sizeof(FrameHeader);
    for (const auto at : {first_partition, second_partition, third_partition})
        ASSERT_TRUE(log->append(at, 0, 1, blob_of(at, 0, blob)));
    ASSERT_TRUE(log->flush());
    const auto found = folder.copy("found");
    put_text(found / "MARK", noted);
    auto torn = text_of(segment_path(found, 0));
    std::fill_n(torn.begin() + frames_begin + half, half, '\0');
    put_text(segment_path(found, 0), torn);
    const auto left = open_log(found);
    EXPECT_EQ(left->durable(first_partition), 1U);
    EXPECT_EQ(left->durable(second_partition), 0U);
    EXPECT_EQ(left->durable(third_partition), 0U);
}

TEST_F(TornTail, is_cut_when_it_holds_older_bytes) {
    whole_.replace(second_frame, page_bytes, whole_, frames_begin, page_bytes);
    put_text(segment(), whole_);
    expect_left(0, 0);
}

TEST_F(TornTail, is_safe_once_it_was_opened_and_found_whole) {
    open_log(cut_off_);
    flip_bit(segment(), third_frame + 3);
    EXPECT_EQ(SegmentLog::open(cut_off_, small).error().code, Error::damaged);
}

TEST_F(TornTail, is_not_a_tail_when_it_was_noted_as_synced) {
    put_text(cut_off_ / "MARK", text_of(folder_.log() / "MARK"));
    for (const auto at : {second_frame, second_frame + 100, third_frame + 3, end - 1}) {
        put_text(segment(), whole_);
        flip_bit(segment(), at);
        const auto opened = SegmentLog::open(cut_off_, small);
        ASSERT_FALSE(opened) << at;
        EXPECT_EQ(opened.error().code, Error::damaged);
    }
}

TEST_F(TornTail, is_not_a_tail_when_a_later_flush_is_there) {
    const auto noted = text_of(cut_off_ / "MARK");
    write(*open_log(cut_off_), first_partition, 1, 10);
    put_text(cut_off_ / "MARK", noted);
    flip_bit(segment(), second_frame + 2);
    const auto opened = SegmentLog::open(cut_off_, small);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Error::damaged);
    EXPECT_TRUE(says(opened.error(), "at byte 8192")) << opened.error().detail;
    EXPECT_TRUE(says(opened.error(), segment().filename().string()));
}

TEST(SegmentDamage, is_found_in_every_byte_that_was_synced) {
    const SegmentFolder folder(memory_folder());
    {
        const auto log = open_log(folder.log());
        write(*log, first_partition, 2, 300);
        write(*log, second_partition, 1, 1'001);
        write(*log, first_partition, 3, 5'000);
    }
    const auto end = whole_pages(4 * page_bytes + frame_bytes(300));
    for (std::uint64_t at = 0; at < end; ++at) {
        flip_bit(folder.segment(), at);
        const auto opened = SegmentView::open(folder.log());
        ASSERT_FALSE(opened) << at;
        ASSERT_EQ(opened.error().code, Error::damaged) << at;
        ASSERT_TRUE(says(opened.error(), folder.segment().string() + " at byte "));
        flip_bit(folder.segment(), at);
    }
    ASSERT_TRUE(SegmentView::open(folder.log()));
}

TEST(SegmentDamage, is_told_by_partition_and_numbers) {
    const SegmentFolder folder;
    {
        const auto log = open_log(folder.log());
        write(*log, first_partition, 2, 300);
        write(*log, second_partition, 5, 300);
        write(*log, second_partition, 2, 300);
    }
    const auto told = [&](std::uint64_t at) {
        flip_bit(folder.segment(), at);
        const auto opened = SegmentLog::open(folder.log(), small);
        flip_bit(folder.segment(), at);
        return opened ? std::string("it opened") : opened.error().detail;
    };
    const auto in_blob = told(2 * page_bytes + 100), in_header = told(2 * page_bytes + 20);
    for (const auto& detail : {in_blob, in_header}) {
        EXPECT_NE(detail.find("at byte 8192"), std::string::npos) << detail;
        EXPECT_NE(detail.find("context 1, partition 7, numbers 0 to 4"), std::string::npos)
            << detail;
    }
    EXPECT_TRUE(SegmentLog::open(folder.log(), small));
}

// Some segments, full but for the last.
class FullSegments : public Test {
protected:
    FullSegments() {
        const auto log = open_log(folder_.log());
        for (int n = 0; n < batches; ++n) write(*log, first_partition, 1, 7'000);
    }
    void expect_whole() const {
        const auto log = open_log(folder_.log());
        ASSERT_EQ(log->durable(first_partition), Sequence{batches});
        for (Sequence n = 0; n < batches; ++n)
            ASSERT_EQ(*log->read(first_partition, n)->blob, *blob_of(first_partition, n, 7'000));
    }
    std::string why_not() const {
        const auto log = SegmentLog::open(folder_.log(), small);
        return log ? "it opened" : log.error().detail;
    }

    static constexpr int batches = 30;
    SegmentFolder folder_;
};

TEST_F(FullSegments, are_read_whole_when_their_index_is_missing_or_rotten) {
    expect_whole();
    const auto index = index_path(folder_.log(), small.segment_bytes);
    const auto kept = text_of(index);
    ASSERT_FALSE(kept.empty());
    for (std::size_t at = 0; at < kept.size(); at += 5) {
        flip_bit(index, at);
        expect_whole();
        put_text(index, kept);
    }
    put_text(index, kept.substr(0, kept.size() / 2));
    expect_whole();
    std::filesystem::remove(index);
    expect_whole();
    EXPECT_EQ(text_of(index), kept) << "it is written again";
}

TEST_F(FullSegments, are_checked_when_they_are_read) {
    expect_whole();
    flip_bit(folder_.segment(), frames_begin + 500);
    const auto log = open_log(folder_.log());
    const auto read = log->read(first_partition, 0);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Error::damaged);
    EXPECT_TRUE(says(read.error(), "context 1, partition 0, numbers 0 to 0"));
    EXPECT_TRUE(log->read(first_partition, 1));
}

TEST_F(FullSegments, refuse_to_open_without_their_index_when_they_are_damaged) {
    flip_bit(folder_.segment(), frames_begin + 500);
    std::filesystem::remove(index_path(folder_.log(), 0));
    EXPECT_NE(why_not().find("numbers 0 to 0 do not match"), std::string::npos) << why_not();
}

TEST_F(FullSegments, refuse_to_open_without_their_index_when_their_unused_end_is_damaged) {
    flip_bit(folder_.segment(), small.segment_bytes - 1);
    std::filesystem::remove(index_path(folder_.log(), 0));
    EXPECT_NE(why_not().find("numbers 6 to 6 cannot be read"), std::string::npos) << why_not();
}

TEST_F(FullSegments, refuse_to_open_when_one_of_them_is_of_another_log) {
    const SegmentFolder other;
    const auto log = open_log(other.log());
    for (int n = 0; n < batches; ++n) write(*log, first_partition, 2, 7'000);
    put_text(folder_.segment(small.segment_bytes), text_of(other.segment(small.segment_bytes)));
    std::filesystem::remove(index_path(folder_.log(), small.segment_bytes));
    EXPECT_NE(why_not().find("do not follow"), std::string::npos) << why_not();
}

TEST_F(FullSegments, refuse_to_open_when_their_end_was_lost) {
    auto text = text_of(folder_.segment());
    const auto last = frames_begin + 6 * whole_pages(frame_bytes(7'000));
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(last), text.end(), '\0');
    put_text(folder_.segment(), text);
    std::filesystem::remove(index_path(folder_.log(), 0));
    EXPECT_NE(why_not().find("at byte " + std::to_string(last)), std::string::npos) << why_not();
}

TEST_F(FullSegments, refuse_to_open_when_one_of_them_is_missing_or_short) {
    const auto second = folder_.segment(small.segment_bytes);
    const auto kept = text_of(second);
    std::filesystem::remove(second);
    EXPECT_NE(why_not().find(second.string() + " at byte 0: it is missing"), std::string::npos);
    put_text(second, kept.substr(0, 5'000));
    EXPECT_NE(why_not().find("is not that of a segment of this place"), std::string::npos);
    put_text(second, kept);
    expect_whole();
}

TEST_F(FullSegments, say_which_numbers_went_with_one_that_is_missing_or_short) {
    const auto second = folder_.segment(small.segment_bytes);
    const auto kept = text_of(second);
    put_text(second, kept.substr(0, frames_begin + 3 * 8'192));
    EXPECT_NE(why_not().find("partition 0, numbers 10 to 13 are lost"), std::string::npos)
        << why_not();
    std::filesystem::remove(second);
    EXPECT_NE(why_not().find("partition 0, numbers 7 to 13 are lost"), std::string::npos)
        << why_not();
    std::filesystem::remove(index_path(folder_.log(), small.segment_bytes));
    EXPECT_NE(why_not().find("partition 0, numbers 7 to 13 are lost"), std::string::npos)
        << why_not();
}

TEST_F(FullSegments, refuse_to_open_when_the_last_or_all_are_missing) {
    for (const Position base : {4U, 3U, 2U, 1U, 0U}) {
        std::filesystem::remove(folder_.segment(base * small.segment_bytes));
        std::filesystem::remove(index_path(folder_.log(), base * small.segment_bytes));
        const auto next = base == 0 ? "every record is lost"
                                    : "number " + std::to_string(7 * base) + " and what follows";
        EXPECT_NE(why_not().find(next), std::string::npos) << why_not();
    }
}

TEST_F(FullSegments, lose_only_the_torn_flush_that_began_a_segment) {
    // The flush that rolled over reached the disk in the new segment only in part.
    const SegmentFolder other;
    auto log = open_log(other.log());
    for (int n = 0; n < 7; ++n) write(*log, first_partition, 1, 7'000);
    const auto noted = text_of(other.log() / "MARK");
    const auto first = log->end(first_partition);
    ASSERT_TRUE(log->append(first_partition, first, 1, blob_of(first_partition, first, 9'000)));
    ASSERT_TRUE(log->append(third_partition, 0, 1, blob_of(third_partition, 0, 9'000)));
    ASSERT_TRUE(log->flush());
    const auto found = other.copy("found");
    put_text(found / "MARK", noted);
    flip_bit(segment_path(found, small.segment_bytes), frames_begin + 100);
    const auto index = Index::of(*scan_file(segment_path(found, 0), 0, small.segment_bytes));
    ASSERT_TRUE(create_whole(index_path(found, 0), index.bytes(0)));
    const auto left = open_log(found);
    EXPECT_FALSE(std::filesystem::exists(index_path(found, 0))) << "the segment grows again";
    EXPECT_EQ(left->durable(first_partition), 7U);
    EXPECT_EQ(left->durable(third_partition), 0U);
    write(*left, third_partition, 1, 9'000);
    EXPECT_EQ(*left->read(third_partition, 0)->blob, *blob_of(third_partition, 0, 9'000));
    const auto second = segment_path(found, small.segment_bytes);
    EXPECT_TRUE(scan_file(second, small.segment_bytes, small.segment_bytes)->is_clean())
        << "it was made anew";
}

}  // namespace
}  // namespace holdfast::segments
