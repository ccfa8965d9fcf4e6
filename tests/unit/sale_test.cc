#include "engine/domain/sale.h"

#include <gtest/gtest.h>

#include "engine/domain/sale_rules.h"
#include "tests/support/sold.h"

namespace holdfast {
namespace {

TEST(Sale, sums_a_line_less_its_discounts_plus_the_taxes_that_are_not_included) {
    EXPECT_EQ(total_of(line("a", "X", 3, 250)), amount(750));
    EXPECT_EQ(total_of(with_discount(with_discount(line("a", "X", 3, 250), 50), 100)), amount(600));
    EXPECT_EQ(total_of(with_tax(line("a", "X", 3, 250), 150)), amount(900));
    EXPECT_EQ(total_of(with_tax(line("a", "X", 3, 250), 125, true)), amount(750));
}
TEST(Sale, has_no_total_when_discounts_exceed_the_line) {
    EXPECT_EQ(total_of(with_discount(line("a", "X", 1, 100), 100)), no_amount);
    EXPECT_EQ(total_of(with_tax(with_discount(line("a", "X", 1, 100), 101), 50)), std::nullopt);
}
TEST(Sale, has_no_total_beyond_the_largest_amount) {
    EXPECT_EQ(total_of(line("a", "X", 1, amount_max)), amount(amount_max));
    EXPECT_EQ(total_of(line("a", "X", 2, amount_max)), std::nullopt);
    EXPECT_EQ(total_of(line("a", "X", 10'000'000, amount_max)), std::nullopt);  // overflows
    EXPECT_EQ(total_of(with_tax(line("a", "X", 1, amount_max), 1)), std::nullopt);
    EXPECT_EQ(total_of({line("a", "X", 1, amount_max)}, {shipping("s", 1)}), std::nullopt);
}
TEST(Sale, sums_lines_and_charges) {
    EXPECT_EQ(total_of({line("a", "X", 3, 250), line("b", "Y", 1, 5)}, {shipping("s", 95)}),
              amount(850));
    EXPECT_EQ(total_of(std::vector<Line>{}, {}), no_amount);
}
TEST(Sale, gives_each_unit_its_share_to_the_penny) {
    EXPECT_EQ(share_of(amount(100), 3, 0, 1), amount(33));
    EXPECT_EQ(share_of(amount(100), 3, 1, 1), amount(33));
    EXPECT_EQ(share_of(amount(100), 3, 2, 1), amount(34));
    EXPECT_EQ(share_of(amount(100), 3, 0, 3), amount(100));
    EXPECT_EQ(share_of(amount(100), 3, 1, 0), no_amount);
    EXPECT_EQ(share_of(amount(amount_max), 10'000'000, 0, 10'000'000), amount(amount_max));
}

void expect_fault(const std::optional<Found>& found, Fault fault, std::int64_t detail,
                  std::string_view subject) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fault, fault);
    EXPECT_EQ(found->detail, detail);
    EXPECT_EQ(found->subject, subject);
}
std::vector<Line> many_lines(std::size_t n) {
    std::vector<Line> lines;
    for (std::size_t i = 0; i < n; ++i)
        lines.push_back(line("line-" + std::to_string(i), "X", 1, 1));
    return lines;
}

TEST(SaleRules, take_a_sale_within_the_limits) {
    EXPECT_FALSE(fault_in(many_lines(2'000), {shipping("s", 1), shipping("t", 1)}));
    EXPECT_FALSE(fault_in(std::vector<Line>{}, {}));
}
TEST(SaleRules, name_too_many_lines_and_charges) {
    const auto lines = many_lines(2'001);
    expect_fault(fault_in(lines, {}), Fault::too_many_lines, 2'000, "");
    std::vector<Charge> charges;
    for (int i = 0; i < 51; ++i) charges.push_back(shipping("s" + std::to_string(i), 1));
    expect_fault(fault_in({}, charges), Fault::too_many_charges, 50, "");
}
TEST(SaleRules, name_the_line_or_charge_with_too_many_adjustments) {
    auto discounted = line("a", "X", 1, 100), taxed = line("b", "X", 1, 100);
    auto charge = shipping("s", 1);
    for (int i = 0; i < 21; ++i) {
        discounted = with_discount(discounted, 1);
        taxed = with_tax(taxed, 1);
        charge.taxes.push_back({{}, known<Rate>(0), amount(1), false});
    }
    expect_fault(fault_in(discounted), Fault::too_many_adjustments, 20, "a");
    expect_fault(fault_in(taxed), Fault::too_many_adjustments, 20, "b");
    expect_fault(fault_in({}, {charge}), Fault::too_many_adjustments, 20, "s");
}
// A line of a thousand bytes and some: 20 taxes of 32 and their label each.
TEST(SaleRules, keep_a_sale_within_what_a_record_holds) {
    auto wordy = line("a", "X", 1, 100);
    const auto label = Label::from(std::string(20, 'x')).value();
    for (int i = 0; i < 20; ++i) wordy.taxes.push_back({label, known<Rate>(0), amount(1), false});
    const auto lines_of = [&](std::size_t count) {
        std::vector<Line> lines(count, wordy);
        for (std::size_t i = 0; i < count; ++i)
            lines[i].line = LineId::from("l" + std::to_string(1'000 + i)).value();
        return lines;
    };
    const auto bytes = bytes_of(lines_of(1).front());
    const auto fitting = static_cast<std::size_t>(sale_bytes_max / bytes);
    EXPECT_EQ(fault_in(lines_of(fitting), {}), std::nullopt);
    expect_fault(fault_in(lines_of(fitting + 1), {}), Fault::sale_is_too_long, sale_bytes_max, "");
}
TEST(SaleRules, name_the_line_whose_discounts_exceed_it) {
    expect_fault(fault_in(with_discount(line("a", "X", 2, 50), 101)),
                 Fault::discounts_exceed_the_line, 100, "a");
}
TEST(SaleRules, name_what_is_too_large) {
    expect_fault(fault_in(line("a", "X", 2, amount_max)), Fault::total_is_too_large, amount_max,
                 "a");
    expect_fault(fault_in(line("a", "X", 10'000'000, amount_max)), Fault::total_is_too_large,
                 amount_max, "a");
    expect_fault(fault_in(with_tax(line("a", "X", 1, amount_max), 1)), Fault::total_is_too_large,
                 amount_max, "a");
    auto charge = shipping("s", amount_max);
    charge.taxes.push_back({{}, known<Rate>(0), amount(1), false});
    expect_fault(fault_in({}, {charge}), Fault::total_is_too_large, amount_max, "s");
    expect_fault(fault_in({line("a", "X", 1, amount_max)}, {shipping("s", 1)}),
                 Fault::total_is_too_large, amount_max, "");
}
TEST(SaleRules, name_an_id_that_comes_twice) {
    const std::vector lines{line("b", "X", 1, 1), line("a", "X", 1, 1), line("b", "Y", 1, 1)};
    expect_fault(fault_in(lines, {}), Fault::line_id_is_repeated, 0, "b");
    const std::vector charges{shipping("s", 1), shipping("t", 1), shipping("s", 2)};
    expect_fault(fault_in({}, charges), Fault::charge_id_is_repeated, 0, "s");
}
TEST(SaleRules, take_one_reservation_for_each_sku) {
    const auto named = with_reservation(line("a", "X", 1, 1), "r");
    EXPECT_FALSE(fault_in({named, line("b", "X", 1, 1), with_reservation(line("c", "X", 2, 1), "r"),
                           with_reservation(line("d", "Y", 2, 1), "q")},
                          {}));
    const std::vector lines{named, line("b", "X", 1, 1),
                            with_reservation(line("c", "X", 2, 1), "q")};
    expect_fault(fault_in(lines, {}), Fault::sku_has_two_reservations, 0, "X");
}
TEST(SaleRules, count_the_units_of_a_sku_that_take_stock) {
    auto lines = many_lines(101);
    for (auto& each : lines) each.quantity = known<LineQuantity>(10'000'000);
    expect_fault(fault_in(lines, {}), Fault::too_many_units, 1'000'000'000, "X");
    lines.back() = untracked(lines.back());
    EXPECT_FALSE(fault_in(lines, {}));
}
TEST(SaleRules, want_payments_that_add_up) {
    EXPECT_FALSE(fault_in({by_token(70), by_token(30)}, amount(100)));
    EXPECT_FALSE(fault_in(std::vector<Tender>{}, no_amount));
    expect_fault(fault_in({by_token(70), by_token(31)}, amount(100)), Fault::payments_do_not_add_up,
                 101, "");
    expect_fault(fault_in(std::vector<Tender>{}, amount(1)), Fault::payments_do_not_add_up, 0, "");
    expect_fault(fault_in({by_token(1)}, no_amount), Fault::payments_do_not_add_up, 1, "");
    expect_fault(fault_in({by_token(100), by_token(0)}, amount(100)), Fault::payment_is_zero, 0,
                 "");
    expect_fault(fault_in(std::vector<Tender>(11, by_token(1)), amount(11)),
                 Fault::too_many_payments, 10, "");
}

}  // namespace
}  // namespace holdfast
