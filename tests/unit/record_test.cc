#include "engine/wire/record.h"

#include <gtest/gtest.h>

#include "cart_tables.h"
#include "engine/domain/contexts.h"
#include "fulfillment_tables.h"
#include "order_tables.h"
#include "payment_tables.h"
#include "stock_tables.h"

namespace holdfast::wire {
namespace {

template <class T> T id(const char* text) { return T::from(text).value(); }

Decision<Stock> reserved() {
    Decision<Stock> decision;
    decision.header.envelope.id = {1, 2};
    decision.header.envelope.client = "shop";
    decision.header.at_ms = known<Time>(1'000);
    decision.header.follow_ups = {{{3, 5}, 7, "bytes"}};
    decision.parts.push_back(
        {"A",
         std::nullopt,
         4,
         stock::Reserve{id<ReservationId>("r"), known<Quantity>(2), {}, {}, {}, {}},
         {}});
    decision.parts[0].decided->emplace_back(
        stock::Reserved{id<ReservationId>("r"),
                        {{id<LocationId>("main"), known<Quantity>(2)}},
                        no_units,
                        known<Time>(601'000),
                        {},
                        {}});
    return decision;
}
Blob sealed(BatchWriter& writer) {
    BatchHeader header;
    return writer.seal(header);
}

TEST(Record, reads_back_what_was_written) {
    BatchWriter writer;
    write(writer, reserved());
    const auto blob = sealed(writer);
    const auto view = open(*blob);
    ASSERT_TRUE(view);
    const auto read = read_decision<Stock>(view->record(0).bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->header.envelope, reserved().header.envelope);
    EXPECT_EQ(read->header.follow_ups[0].n, 7U);
    const auto& event = std::get<stock::Reserved>(read->parts[0].decided->front());
    EXPECT_EQ(event.splits[0].location.raw(), "main");
    EXPECT_EQ(event.expires_at_ms.raw(), 601'000);
}
TEST(Record, of_equal_values_has_equal_bytes) {
    BatchWriter a, b;
    write(a, reserved());
    write(b, reserved());
    EXPECT_EQ(*sealed(a), *sealed(b));
}
Decision<Stock> refusal(stock::Rejection why) {
    auto decision = reserved();
    decision.header.outcome = fb::Outcome::refused;
    decision.parts[0].decided = std::unexpected(Refusal<stock::Rejection>{why, 3, "A"});
    return decision;
}
Bytes bytes_of(const Decision<Stock>& decision) {
    BatchWriter writer;
    write(writer, decision);
    const auto blob = sealed(writer);
    const auto record = view_own(*blob).record(0).bytes;
    return {record.begin(), record.end()};
}

TEST(Record, of_a_refusal_names_a_reason_there_is) {
    using Part = std::remove_cvref_t<
        decltype(*std::declval<const RecordsOf<Stock>::Decision&>().parts()->Get(0))>;
    auto bytes = bytes_of(refusal(stock::Rejection::sku_is_unknown));
    ASSERT_TRUE(read_decision<Stock>(bytes));
    auto* const record = flatbuffers::GetMutableRoot<RecordsOf<Stock>::Decision>(bytes.data());
    auto* const part =
        reinterpret_cast<flatbuffers::Table*>(const_cast<Part*>(record->parts()->Get(0)));
    // Two of them are a reason that exists, or none at all, in as many bits as a reason has.
    for (const auto number : std::to_array<std::uint16_t>({250, 0x0100, 0x0101, 0x0701})) {
        ASSERT_TRUE(part->SetField<std::uint16_t>(Part::VT_REJECTION, number, 0));
        const auto read = read_decision<Stock>(bytes);
        ASSERT_FALSE(read) << number;
        EXPECT_EQ(read.error(), Malformed::value_is_outside_its_range);
    }
}
TEST(Record, with_an_outcome_that_its_parts_deny_is_refused) {
    const auto is_read = [](Decision<Stock> decision, fb::Outcome outcome) {
        decision.header.outcome = outcome;
        return read_decision<Stock>(bytes_of(decision)).has_value();
    };
    using enum fb::Outcome;
    auto empty = reserved();
    empty.parts.clear();
    const auto no = refusal(stock::Rejection::sku_is_unknown);
    EXPECT_TRUE(is_read(reserved(), accepted));
    EXPECT_TRUE(is_read(reserved(), stale));
    EXPECT_TRUE(is_read(no, refused));
    EXPECT_TRUE(is_read(empty, malformed));
    EXPECT_TRUE(is_read(empty, poison));
    EXPECT_FALSE(is_read(no, accepted));
    EXPECT_FALSE(is_read(empty, accepted));
    EXPECT_FALSE(is_read(reserved(), refused));
    EXPECT_FALSE(is_read(empty, refused));
    EXPECT_FALSE(is_read(empty, stale));
    EXPECT_FALSE(is_read(reserved(), malformed));
    EXPECT_FALSE(is_read(reserved(), poison));
}
TEST(Batch, with_any_flipped_bit_is_refused) {
    BatchWriter writer;
    write(writer, reserved());
    const auto blob = sealed(writer);
    for (std::size_t bit = 0; bit < blob->size() * 8; ++bit) {
        if (bit / 8 >= offsetof(BatchHeader, reserved_end) && bit / 8 < sizeof(BatchHeader))
            continue;
        auto changed = *blob;
        changed[bit / 8] ^= std::byte{1} << bit % 8;
        EXPECT_FALSE(open(changed)) << bit;
    }
}
TEST(Batch, cut_anywhere_is_refused) {
    BatchWriter writer;
    write(writer, reserved());
    const auto blob = sealed(writer);
    for (std::size_t size = 0; size < blob->size(); ++size)
        EXPECT_FALSE(open(std::span(*blob).first(size))) << size;
}
TEST(Record, of_every_context_is_tied_to_its_schema) {
    EXPECT_FALSE(read_command<Stock>({}));
    EXPECT_FALSE(read_command<Cart>({}));
    EXPECT_FALSE(read_command<Order>({}));
    EXPECT_FALSE(read_command<Payment>({}));
    EXPECT_FALSE(read_command<Fulfillment>({}));
    EXPECT_FALSE((read_union<order::Event>(99, nullptr)));
}

}  // namespace
}  // namespace holdfast::wire
