#include <gtest/gtest.h>

#include "engine/domain/sale_rules.h"
#include "tests/support/random.h"
#include "tests/support/sold.h"

namespace holdfast {
namespace {

__extension__ using Wide = __int128;  // cannot overflow here

TEST(Sale, splits_any_amount_into_parts_that_sum_to_it) {
    Random random(1);
    for (int run = 0; run < 20'000; ++run) {
        const auto total = amount(random.between(0, random.one_in(4) ? amount_max : 1'000));
        const auto whole = random.between(1, random.one_in(4) ? 10'000'000 : 20);
        std::int64_t before = 0, sum = 0;
        while (before < whole) {
            const auto quantity = random.between(0, random.one_in(3) ? whole - before : 3);
            if (quantity > whole - before) continue;
            const auto share = share_of(total, whole, before, quantity).raw();
            // No part is more than a penny away from its exact share.
            const auto exact_times_whole = static_cast<Wide>(total.raw()) * quantity;
            const auto off = static_cast<Wide>(share) * whole - exact_times_whole;
            ASSERT_LT(off, whole);
            ASSERT_GT(off, -whole);
            sum += share;
            before += quantity;
            if (before < whole && random.one_in(8)) {  // all that is left at once
                sum += share_of(total, whole, before, whole - before).raw();
                before = whole;
            }
        }
        ASSERT_EQ(sum, total.raw());
    }
}
TEST(Sale, gives_a_part_the_same_share_as_its_parts) {
    Random random(2);
    for (int run = 0; run < 20'000; ++run) {
        const auto total = amount(random.between(0, amount_max));
        const auto whole = random.between(1, 1'000);
        const auto before = random.between(0, whole);
        const auto quantity = random.between(0, whole - before);
        const auto first = random.between(0, quantity);
        ASSERT_EQ(share_of(total, whole, before, quantity),
                  share_of(total, whole, before, first) +
                      share_of(total, whole, before + first, quantity - first));
    }
}

// Lines whose sums may leave the range, against sums that cannot.
TEST(Sale, has_a_total_exactly_when_the_sums_stay_in_range) {
    Random random(3);
    const auto some_amount = [&] {
        return random.between(0, random.one_in(5)   ? amount_max
                                 : random.one_in(2) ? 100
                                                    : 10'000'000);
    };
    int with_total = 0, without = 0;
    for (int run = 0; run < 20'000; ++run) {
        std::vector<Line> lines;
        std::vector<Charge> charges;
        Wide sum = 0;
        bool in_range = true;
        for (auto n = random.between(0, 3); n > 0; --n) {
            auto sold = line("l" + std::to_string(n), "X",
                             random.between(1, random.one_in(5) ? 10'000'000 : 9), some_amount());
            auto price = static_cast<Wide>(sold.unit_price.raw()) * sold.quantity.raw();
            in_range = in_range && price <= amount_max;
            for (auto d = random.between(0, 2); d > 0; --d) {
                const auto off = random.one_in(9) ? some_amount() : random.between(0, 50);
                sold = with_discount(sold, off);
                price -= off;
            }
            in_range = in_range && price >= 0;
            for (auto t = random.between(0, 2); t > 0; --t) {
                const auto tax = some_amount();
                const bool included = random.one_in(2);
                sold = with_tax(sold, tax, included);
                if (!included) price += tax;
            }
            in_range = in_range && price <= amount_max;
            sum += price;
            lines.push_back(sold);
        }
        for (auto n = random.between(0, 2); n > 0; --n) {
            charges.push_back(shipping("c" + std::to_string(n), some_amount()));
            sum += charges.back().amount.raw();
        }
        in_range = in_range && sum <= amount_max;
        const auto total = total_of(lines, charges);
        ASSERT_EQ(total.has_value(), in_range);
        ASSERT_EQ(fault_in(lines, charges).has_value(), !in_range);
        if (total) {
            ASSERT_EQ(total->raw(), static_cast<std::int64_t>(sum));
        }
        ++(in_range ? with_total : without);
    }
    EXPECT_GT(with_total, 1'000);
    EXPECT_GT(without, 1'000);
}

}  // namespace
}  // namespace holdfast
