// Records and batches, bent at random many times: what is read of them is whole, or refused.
#include <gtest/gtest.h>

#include "cart_tables.h"
#include "engine/wire/crc32c.h"
#include "engine/wire/record.h"
#include "fulfillment_tables.h"
#include "order_tables.h"
#include "payment_tables.h"
#include "stock_tables.h"
#include "tests/support/random_message.h"

namespace holdfast::wire {
namespace {

constexpr int bends = 30'000;  // each

// Aligned as what was read from a file or a socket is.
Bytes bent(Random& random, std::span<const std::byte> whole) {
    Bytes bytes(whole.begin(), whole.end());
    for (auto times = random.between(1, 6); times > 0 && !bytes.empty(); --times) {
        const auto at = static_cast<std::size_t>(
            random.between(0, static_cast<std::int64_t>(bytes.size()) - 1));
        const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        switch (random.between(0, 5)) {
            case 0: *place = static_cast<std::byte>(random.between(0, 255)); break;
            case 1: *place ^= std::byte{1} << random.between(0, 7); break;
            case 2:
                *place = std::byte{random.one_in(2) ? std::uint8_t{0xff} : std::uint8_t{0}};
                break;
            case 3:
                if (random.one_in(8)) bytes.resize(at);
                break;
            case 4: bytes.insert(place, 4, static_cast<std::byte>(random.between(0, 255))); break;
            default: {  // a word from elsewhere: offsets that lead into the middle of something
                if (bytes.size() < 8) break;
                const auto last = static_cast<std::int64_t>(bytes.size()) - 4;
                std::memcpy(bytes.data() + random.between(0, last),
                            bytes.data() + random.between(0, last), 4);
            }
        }
    }
    return bytes;
}

template <class C> Command<C> some_command(Random& random) {
    using Union = typename C::Command;
    Command<C> command;
    command.envelope.client = "shop";
    command.envelope.id = {random.next(), random.next()};
    command.envelope.metadata = R"({"a":1})";
    for (auto parts = random.between(1, 3); parts > 0; --parts) {
        const auto index = random.between(0, std::variant_size_v<Union> - 1);
        command.parts.push_back({random.name("key-", 9), std::nullopt,
                                 random_of<Union>(random, static_cast<std::size_t>(index))});
    }
    return command;
}

template <class C> Decision<C> some_decision(Random& random) {
    using Union = typename C::Event;
    Decision<C> decision;
    auto command = some_command<C>(random);
    decision.header.envelope = command.envelope;
    decision.header.follow_ups = {{{3, 5}, 7, to_bytes(command)}};
    for (auto& part : command.parts) {
        DecidedPart<C> decided{part.key, {}, 4, std::move(part.command), {}};
        if (random.one_in(4)) {
            using Refused = Refusal<typename C::Rejection>;
            decided.decided = std::unexpected(
                Refused{static_cast<typename C::Rejection>(random.between(1, 5)), 9, "x"});
            decision.header.outcome = fb::Outcome::refused;
        }
        for (auto events = decided.decided ? random.between(0, 3) : 0; events > 0; --events) {
            const auto index = random.between(0, std::variant_size_v<Union> - 1);
            decided.decided->push_back(random_of<Union>(random, static_cast<std::size_t>(index)));
        }
        decision.parts.push_back(std::move(decided));
    }
    return decision;
}

template <class C> Blob batch_of(const Decision<C>& decision) {
    BatchWriter writer;
    write(writer, decision);
    BatchHeader header;
    return writer.seal(header);
}

struct Counts {
    std::size_t read = 0, refused = 0;
};

// What is read can be written, and then it is read as it was written.
template <class C> void bend_a_command(Random& random, Counts& counts) {
    const auto whole = to_bytes(some_command<C>(random));
    const auto bytes = bent(random, std::as_bytes(std::span(whole)));
    const auto read = read_command<C>(bytes);
    read ? ++counts.read : ++counts.refused;
    if (!read) return;
    const auto once = to_bytes(*read);
    const auto again = read_command<C>(std::as_bytes(std::span(once)));
    ASSERT_TRUE(again);
    EXPECT_EQ(to_bytes(*again), once);
}
template <class C> void bend_a_decision(Random& random, Counts& counts) {
    const auto whole = batch_of(some_decision<C>(random));
    const auto bytes = bent(random, view_own(*whole).record(0).bytes);
    static_cast<void>(read_header(bytes));
    const auto read = read_decision<C>(bytes);
    read ? ++counts.read : ++counts.refused;
    if (!read) return;
    const auto once = batch_of(*read);
    const auto again = read_decision<C>(view_own(*once).record(0).bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(*batch_of(*again), *once);
}
// As if damage had come before the checksum: only what stands behind it is left to notice.
template <class C> void bend_a_batch(Random& random, Counts& counts) {
    auto bytes = bent(random, *batch_of(some_decision<C>(random)));
    if (bytes.size() >= sizeof(BatchHeader)) {
        constexpr auto checksum_at = offsetof(BatchHeader, checksum);
        const std::span<const std::byte> all(bytes);
        const auto sum = crc32c(all.subspan(sizeof(BatchHeader)), crc32c(all.first(checksum_at)));
        std::memcpy(bytes.data() + checksum_at, &sum, sizeof sum);
    }
    const auto view = open(bytes);
    view ? ++counts.read : ++counts.refused;
    if (!view) return;
    for (const auto& record : view->records()) {
        static_cast<void>(read_decision<C>(record.bytes));
        static_cast<void>(read_genesis(record.bytes));
        static_cast<void>(read_open(record.bytes));
    }
}

template <class Bend> void bend_all(std::uint64_t sequence, Bend bend) {
    Random random(sequence);
    Counts counts;
    for (int i = 0; i < bends && !testing::Test::HasFailure(); ++i) {
        const auto context = static_cast<std::uint8_t>(random.between(1, contexts_count));
        with_context(context, [&]<class C>(C) { bend.template operator()<C>(random, counts); });
    }
    EXPECT_GT(counts.read, 0U);
    EXPECT_GT(counts.refused, 0U);
}

TEST(CommandRecord, bent_in_any_way_is_refused_or_read_whole) {
    bend_all(1, []<class C>(Random& random, Counts& counts) { bend_a_command<C>(random, counts); });
}
TEST(DecisionRecord, bent_in_any_way_is_refused_or_read_whole) {
    bend_all(2,
             []<class C>(Random& random, Counts& counts) { bend_a_decision<C>(random, counts); });
}
TEST(Batch, bent_in_any_way_is_refused_or_walked_to_its_end) {
    bend_all(3, []<class C>(Random& random, Counts& counts) { bend_a_batch<C>(random, counts); });
}

}  // namespace
}  // namespace holdfast::wire
