#include "engine/wire/base64url.h"

#include <gtest/gtest.h>

namespace holdfast::wire {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// RFC 4648, section 10, without padding; and the two digits that base64 has otherwise.
TEST(Base64url, writes_and_reads_the_vectors_of_its_rfc) {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64url(bytes_of(bytes)), text);
        EXPECT_EQ(from_base64url(text), bytes_of(bytes)) << text;
    }
}

TEST(Base64url, refuses_what_no_bytes_are_written_as) {
    for (const std::string_view text :
         {"Z", "Zg==", "Zh", "Zm9", "Zm9vY", "Zm 9", "Zm+/", "\xc3\xa4"})
        EXPECT_FALSE(from_base64url(text)) << text;
}

}  // namespace
}  // namespace holdfast::wire
