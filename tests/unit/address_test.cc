#include "engine/ports/address.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Address, is_a_host_and_a_port) {
    EXPECT_EQ(read_address("engine-1.shop:8080"), (Address{"engine-1.shop", 8080}));
    EXPECT_EQ(read_address("127.0.0.1:0"), (Address{"127.0.0.1", 0}));
    EXPECT_EQ(read_address("[::1]:65535"), (Address{"::1", 65535}));
    EXPECT_EQ(read_address(std::string(host_max, 'a') + ":1")->host.size(), host_max);
}

TEST(Address, is_nothing_else) {
    for (const std::string wrong :
         {"", ":", "here", ":80", "[]:80", "here:", "here:http", "here:80 ", "here:-1", "here:+1",
          "here:65536", "::1", "::1:80", "a:b:80"})
        EXPECT_EQ(read_address(wrong), std::nullopt) << wrong;
    EXPECT_EQ(read_address(std::string(host_max + 1, 'a') + ":1"), std::nullopt);
}

TEST(Address, reads_as_it_is_written) {
    for (const std::string text : {"engine-1.shop:8080", "127.0.0.1:0", "[::1]:65535"})
        EXPECT_EQ(read_address(text).value_or(Address{}).text(), text);
    const Address longest{std::string(host_max - 1, 'a') + ":", 65535};
    EXPECT_EQ(longest.text().size(), address_text_max);
    EXPECT_EQ(read_address("here:00080").value_or(Address{}).text(), "here:80");
}

}  // namespace
}  // namespace holdfast
