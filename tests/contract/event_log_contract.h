// What every EventLog keeps, whatever stores it. An adapter's test names a fixture:
//
//     struct Fixture {
//         EventLog& log();                        // empty at first
//         void restart();                         // as after a clean stop: log() is another object
//     };
//     INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, EventLogContract, Fixture);
//     INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, EventLogOfThreads, Fixture);  // if it has threads
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "engine/ports/event_log.h"

namespace holdfast {

constexpr PartitionId first_partition{1, 0}, second_partition{1, 7}, third_partition{4, 0};

// A batch whose bytes say which one it is.
inline Blob blob_of(PartitionId at, Sequence first, std::size_t bytes) {
    auto blob = std::make_shared<Bytes>(bytes);
    auto state = first * 1'000'003 + at.context * 257ULL + at.partition * 65'537ULL + bytes;
    for (auto& byte : *blob) {
        state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        byte = static_cast<std::byte>(state >> 56);
    }
    return blob;
}

template <class Fixture> class EventLogContract : public testing::Test {
protected:
    EventLog& log() { return fixture_.log(); }
    void restart() { fixture_.restart(); }

    void append(PartitionId at, std::uint32_t count, std::size_t bytes = 100) {
        const auto first = log().end(at);
        const auto appended = log().append(at, first, count, blob_of(at, first, bytes));
        ASSERT_TRUE(appended) << appended.error().detail;
    }
    void flush() {
        const auto flushed = log().flush();
        ASSERT_TRUE(flushed) << flushed.error().detail;
    }
    void expect_batch(PartitionId at, Sequence from, Sequence first, std::size_t bytes = 100) {
        const auto batch = log().read(at, from);
        ASSERT_TRUE(batch) << batch.error().detail;
        ASSERT_TRUE(batch->blob) << "nothing at " << from;
        EXPECT_EQ(batch->first, first);
        EXPECT_EQ(*batch->blob, *blob_of(at, first, bytes));
    }

private:
    Fixture fixture_;
};

TYPED_TEST_SUITE_P(EventLogContract);

TYPED_TEST_P(EventLogContract, begins_empty) {
    EXPECT_EQ(this->log().end(first_partition), 0U);
    EXPECT_EQ(this->log().durable(first_partition), 0U);
    const auto nothing = this->log().read(first_partition, 0);
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(nothing->blob);
}

TYPED_TEST_P(EventLogContract, takes_only_the_next_number) {
    this->append(first_partition, 3);
    for (const Sequence wrong : {0, 2, 4, 100}) {
        const auto refused =
            this->log().append(first_partition, wrong, 1, blob_of(first_partition, wrong, 10));
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().code, Error::conflict);
    }
    EXPECT_EQ(this->log().end(first_partition), 3U);
    this->append(first_partition, 1);
    this->flush();
    this->expect_batch(first_partition, 3, 3);
}

TYPED_TEST_P(EventLogContract, numbers_each_partition_of_each_context_by_itself) {
    this->append(first_partition, 3);
    this->append(second_partition, 5);
    this->append(third_partition, 2);
    this->append(first_partition, 1);
    EXPECT_EQ(this->log().end(first_partition), 4U);
    EXPECT_EQ(this->log().end(second_partition), 5U);
    EXPECT_EQ(this->log().end(third_partition), 2U);
    this->flush();
    this->expect_batch(first_partition, 3, 3);
    this->expect_batch(second_partition, 0, 0);
    this->expect_batch(third_partition, 1, 0);
}

TYPED_TEST_P(EventLogContract, reads_only_what_is_durable) {
    this->append(first_partition, 2);
    this->flush();
    this->append(first_partition, 2);
    const auto ahead = this->log().read(first_partition, 2);
    ASSERT_TRUE(ahead);
    EXPECT_EQ(ahead->blob != nullptr, this->log().durable(first_partition) > 2);
    this->flush();
    EXPECT_EQ(this->log().durable(first_partition), 4U);
    this->expect_batch(first_partition, 2, 2);
}

TYPED_TEST_P(EventLogContract, finds_a_batch_by_any_number_in_it) {
    for (const std::uint32_t count : {1, 7, 2}) this->append(first_partition, count);
    this->flush();
    this->expect_batch(first_partition, 0, 0);
    for (Sequence number = 1; number < 8; ++number) this->expect_batch(first_partition, number, 1);
    this->expect_batch(first_partition, 9, 8);
    const auto beyond = this->log().read(first_partition, 10);
    ASSERT_TRUE(beyond);
    EXPECT_FALSE(beyond->blob);
}

TYPED_TEST_P(EventLogContract, gives_back_the_bytes_it_was_given) {
    constexpr std::size_t sizes[] = {1, 7, 8, 9, 4'000, 4'048, 4'096, 65'536, 900'000};
    for (const auto bytes : sizes) this->append(second_partition, 1, bytes);
    this->flush();
    Sequence number = 0;
    for (const auto bytes : sizes) {
        this->expect_batch(second_partition, number, number, bytes);
        ++number;
    }
}

TYPED_TEST_P(EventLogContract, has_nothing_to_do_when_nothing_waits) {
    EXPECT_EQ(this->log().flush().value(), 0U);
    this->append(first_partition, 1);
    this->flush();
    EXPECT_EQ(this->log().flush().value(), 0U);
}

TYPED_TEST_P(EventLogContract, says_how_many_batches_a_flush_made_durable) {
    this->append(first_partition, 10);
    this->append(second_partition, 20);
    EXPECT_EQ(this->log().flush().value(), 2U);
}

TYPED_TEST_P(EventLogContract, tells_when_something_waits_and_when_it_is_durable) {
    int waiting = 0, durable = 0;
    this->log().on_waiting([&] { ++waiting; });
    this->log().on_durable([&] {
        ++durable;
        EXPECT_EQ(this->log().durable(first_partition), 1U);
    });
    this->append(first_partition, 1);
    EXPECT_GE(waiting, 1);
    this->flush();
    EXPECT_EQ(durable, 1);
    EXPECT_EQ(this->log().flush().value(), 0U);
    EXPECT_EQ(durable, 1);
}

TYPED_TEST_P(EventLogContract, keeps_what_was_durable_over_a_restart) {
    this->append(first_partition, 3, 50);
    this->append(third_partition, 4, 5'000);
    this->flush();
    this->append(first_partition, 2, 70);
    this->flush();
    this->restart();
    EXPECT_EQ(this->log().end(first_partition), 5U);
    EXPECT_EQ(this->log().durable(first_partition), 5U);
    EXPECT_EQ(this->log().durable(third_partition), 4U);
    this->expect_batch(first_partition, 1, 0, 50);
    this->expect_batch(first_partition, 3, 3, 70);
    this->expect_batch(third_partition, 3, 0, 5'000);
    this->append(first_partition, 1, 90);
    this->flush();
    this->expect_batch(first_partition, 5, 5, 90);
}

REGISTER_TYPED_TEST_SUITE_P(EventLogContract, begins_empty, takes_only_the_next_number,
                            numbers_each_partition_of_each_context_by_itself,
                            reads_only_what_is_durable, finds_a_batch_by_any_number_in_it,
                            gives_back_the_bytes_it_was_given, has_nothing_to_do_when_nothing_waits,
                            says_how_many_batches_a_flush_made_durable,
                            tells_when_something_waits_and_when_it_is_durable,
                            keeps_what_was_durable_over_a_restart);

template <class Fixture> class EventLogOfThreads : public EventLogContract<Fixture> {};
TYPED_TEST_SUITE_P(EventLogOfThreads);

TYPED_TEST_P(EventLogOfThreads, is_read_and_written_by_several_at_once) {
    constexpr Sequence batches = 300;
    const PartitionId owned[] = {first_partition, second_partition, third_partition};
    std::atomic<int> writing = 3;
    std::vector<std::jthread> threads;
    for (const auto at : owned)
        threads.emplace_back([&, at] {
            for (Sequence n = 0; n < batches; ++n)
                EXPECT_TRUE(this->log().append(at, 2 * n, 2, blob_of(at, 2 * n, 64 + n)));
            --writing;
        });
    for (const auto at : owned)
        threads.emplace_back([&, at] {
            for (Sequence next = 0; next < 2 * batches;) {
                const auto batch = this->log().read(at, next);
                ASSERT_TRUE(batch) << batch.error().detail;
                if (!batch->blob) {
                    std::this_thread::yield();
                    continue;
                }
                ASSERT_GE(this->log().durable(at), next + 2);
                ASSERT_EQ(*batch->blob, *blob_of(at, next, 64 + next / 2));
                next += batch->count;
            }
        });
    while (writing != 0) ASSERT_TRUE(this->log().flush());
    ASSERT_TRUE(this->log().flush());
    threads.clear();
    for (const auto at : owned) EXPECT_EQ(this->log().durable(at), 2 * batches);
}

REGISTER_TYPED_TEST_SUITE_P(EventLogOfThreads, is_read_and_written_by_several_at_once);

}  // namespace holdfast
