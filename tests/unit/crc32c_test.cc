#include "engine/wire/crc32c.h"

#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace holdfast::wire {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

TEST(Crc32c, is_the_number_that_the_standard_gives) {
    EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283U);
    EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0})), 0x8a9136aaU);
    EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0xff})), 0x62a8ab43U);
}

TEST(Crc32c, is_the_same_by_tables_and_by_instruction_at_any_length) {
    std::vector<std::byte> bytes;
    for (std::uint32_t length = 0; length < 300; ++length) {
        EXPECT_EQ(crc32c_by_tables(bytes), crc32c_by_instruction(bytes)) << length << " bytes";
        bytes.push_back(static_cast<std::byte>(length * 131 + 7));
    }
}

TEST(Crc32c, goes_on_where_it_stopped) {
    const auto whole = bytes_of("a batch is its header and its records");
    for (std::size_t cut = 0; cut <= whole.size(); ++cut)
        EXPECT_EQ(crc32c(whole.subspan(cut), crc32c(whole.first(cut))), crc32c(whole));
}

}  // namespace
}  // namespace holdfast::wire
