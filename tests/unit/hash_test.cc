#include "engine/wire/hash.h"

#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/wire/hex.h"

namespace holdfast::wire {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

Hash128 name(std::vector<std::string_view> parts) { return blake2b_128(parts); }

TEST(Hash, names_a_list_of_parts_by_the_first_bytes_of_blake2b_512) {
    // Of no bytes: RFC 7693's function, as every implementation has it.
    EXPECT_EQ(hexadecimal(name({})), "786a02f742015903c6c6fd852552d272");
    // Python: hashlib.blake2b(b'\x04' + bytes(7) + b'shop' + b'\x02' + bytes(7) + b'k1')
    EXPECT_EQ(hexadecimal(name({"shop", "k1"})), "250d5aed50ba0f656a87261c45869044");
    const std::vector<std::string_view> parts{"shop", "k1"};
    EXPECT_EQ(blake2b_64(parts), 0x650fba50ed5a0d25U);
}

TEST(Hash, tells_parts_from_their_neighbours) {
    const std::set<Hash128> names{name({}),          name({""}),        name({"", ""}),
                                  name({"ab", "c"}), name({"a", "bc"}), name({"abc"}),
                                  name({"", "abc"}), name({"abc", ""})};
    EXPECT_EQ(names.size(), 8U);
}

TEST(Sha256, is_the_number_that_the_standard_gives) {
    Sha256 hash;
    EXPECT_EQ(hexadecimal(hash.finish()),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash.add(bytes_of("abc"));
    EXPECT_EQ(hexadecimal(hash.finish()),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, does_not_care_how_the_bytes_were_cut) {
    const std::string text(1000, 'x');
    Sha256 hash;
    hash.add(bytes_of(text));
    const auto whole = hash.finish();
    for (const std::size_t cut : {0UL, 1UL, 63UL, 64UL, 999UL}) {
        hash.add(bytes_of(text).first(cut));
        hash.add(bytes_of(text).subspan(cut));
        EXPECT_EQ(hash.finish(), whole);
    }
}

}  // namespace
}  // namespace holdfast::wire
