// Batches of a whole engine: their size is that of what was decided, not of what was asked.
#include "tests/support/driven_shop.h"

namespace holdfast {
namespace {

TEST(Batch, ends_when_its_records_are_large_enough) {
    constexpr int carts = 50, lines = 1'500;
    constexpr std::size_t records_bytes_max = 700'000, record_bytes_max = 200'000;
    DrivenEngine shop(1);
    receive(shop, "A", carts * lines);
    std::vector<Line> many;
    for (int i = 0; i < lines; ++i) {
        many.push_back(line("A", 1, 10));
        many.back().line = id<LineId>(std::to_string(i));
    }
    const auto cart = [](int number) { return "cart-" + std::to_string(number); };
    for (int i = 0; i < carts; ++i) fill_cart(shop, cart(i), many);
    for (int i = 0; i < carts; ++i) complete(shop, cart(i), 10 * lines, "tok_approve");
    shop.run();
    for (int i = 0; i < carts; ++i)
        EXPECT_EQ((events<Order, order::Confirmed>(shop, cart(i)).size()), 1U);
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (std::uint16_t p = 0; p < shop.settings.partitions; ++p)
            for (Sequence from = 0; from < shop.log.durable({context, p});) {
                const auto stored = shop.log.read({context, p}, from).value();
                EXPECT_LT(stored.blob->size(), records_bytes_max + record_bytes_max);
                from = stored.first + stored.count;
            }
}

}  // namespace
}  // namespace holdfast
