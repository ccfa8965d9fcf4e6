#include "engine/domain/partition.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

// The vectors of Kafka's own test of its partitioner.
TEST(Partition, hashes_keys_as_kafka_does) {
    const auto hash = [](std::string_view key) { return static_cast<std::int32_t>(murmur2(key)); };
    EXPECT_EQ(hash(""), 275646681);
    EXPECT_EQ(hash("21"), -973932308);
    EXPECT_EQ(hash("abc"), 479470107);
    EXPECT_EQ(hash("foobar"), -790332482);
    EXPECT_EQ(hash("a-little-bit-long-string"), -985981536);
    EXPECT_EQ(hash("a-little-bit-longer-string"), -1486304829);
    EXPECT_EQ(hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
}
TEST(Partition, is_the_positive_hash_modulo_the_partitions) {
    EXPECT_EQ(partition_of("abc", 8), 479470107 % 8);
    EXPECT_EQ(partition_of("21", 8), (-973932308 & 0x7fffffff) % 8);
    EXPECT_EQ(partition_of("21", 1), 0);
}
// docs/commands.md shows these to those who write a producer.
TEST(Partition, is_what_producers_are_told) {
    struct Told {
        std::string_view key;
        std::uint32_t hash;
        std::uint16_t of_8, of_12;
    };
    for (const auto& [key, hash, of_8, of_12] :
         {Told{"a", 0xa2d0b27c, 4, 4}, Told{"cup", 0x13efbc66, 6, 2},
          Told{"cart-1", 0xf11e5587, 7, 3}, Told{"@main", 0x3a113822, 2, 6},
          Told{"sku-12345", 0x5f3e52f9, 1, 5}}) {
        EXPECT_EQ(murmur2(key), hash) << key;
        EXPECT_EQ(partition_of(key, 8), of_8) << key;
        EXPECT_EQ(partition_of(key, 12), of_12) << key;
    }
}
TEST(Partition, takes_a_byte_above_127_for_what_it_is) {
    EXPECT_EQ(murmur2("Gr\xc3\xb6\xc3\x9f"
                      "e-\xe2\x82\xac"),
              1460343734U);
    EXPECT_EQ(murmur2("\xff\xfe\xfd"), 998637092U);
}

}  // namespace
}  // namespace holdfast
