// What a state is said to take in memory, beside what the allocator was asked for.
#include "engine/runtime/footprint.h"

#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "engine/domain/flat_map.h"

namespace {

std::size_t bytes_live = 0, blocks_live = 0;

}  // namespace

void* operator new(std::size_t bytes) {
    auto* const block = static_cast<std::size_t*>(std::malloc(bytes + sizeof(std::max_align_t)));
    if (block == nullptr) std::abort();
    *block = bytes;
    bytes_live += bytes;
    ++blocks_live;
    return reinterpret_cast<char*>(block) + sizeof(std::max_align_t);
}
void operator delete(void* memory) noexcept {
    if (memory == nullptr) return;
    auto* const block =
        reinterpret_cast<std::size_t*>(static_cast<char*>(memory) - sizeof(std::max_align_t));
    bytes_live -= *block;
    --blocks_live;
    std::free(block);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace holdfast {
namespace {

struct Part {
    LineId line;
    Label words;
    std::optional<std::vector<Quantity>> counts;
    auto members() { return std::tie(line, words, counts); }
};
struct Whole {
    FlatMap<OrderId, std::vector<Part>> parts;
    std::optional<std::string> note;
    std::uint64_t number = 0;
    auto members() { return std::tie(parts, note, number); }
};

Whole with_orders(int count) {
    Whole whole;
    whole.note = std::string(100, 'n');
    for (int i = 0; i < count; ++i) {
        std::vector<Part> parts;
        for (int n = 0; n < 3; ++n)
            parts.push_back(
                {LineId::from("line-" + std::to_string(n)).value(),
                 Label::from(std::string(static_cast<std::size_t>(20 * n), 'w')).value(),
                 std::vector(static_cast<std::size_t>(n), Quantity::from(1).value())});
        whole.parts.put(OrderId::from("order-" + std::to_string(i)).value(), std::move(parts));
    }
    return whole;
}

TEST(Footprint, is_what_the_allocator_was_asked_for) {
    for (const int count : {0, 1, 2, 100}) {
        const auto bytes_before = bytes_live, blocks_before = blocks_live;
        const auto whole = with_orders(count);
        const auto bytes = bytes_live - bytes_before, blocks = blocks_live - blocks_before;
        EXPECT_EQ(footprint_beside(whole), bytes + 16 * blocks) << count;
        EXPECT_EQ(footprint(whole), sizeof whole + footprint_beside(whole));
    }
}

}  // namespace
}  // namespace holdfast
