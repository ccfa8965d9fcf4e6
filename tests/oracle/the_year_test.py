"""The real file: what is known about it from elsewhere, and laws that every run of it keeps."""

import unittest
from fractions import Fraction

import year_file
import year_oracle

INVOICES = year_file.read(year_oracle.THE_YEAR)
FULL = year_oracle.smallest_opening(INVOICES)
RULES = year_oracle.THE_YEAR.parents[2] / "docs" / "year.md"


def table_from(opening):
    return year_oracle.table_of(year_oracle.Year(opening).run(INVOICES))


def rows_of(kind):
    return [row for invoice in INVOICES if year_file.class_of(invoice) == kind
            for row in invoice.goods()]


def figures_of(table):
    both = [*table["totals"].items(), *table.items()]
    figures = {name: value for name, value in both if not isinstance(value, dict)}
    assert len(figures) == sum(not isinstance(value, dict) for _, value in both)
    return figures


class TheYear(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.full = table_from(FULL)
        cls.shortage = table_from(year_oracle.share_of(FULL, Fraction("0.9")))

    def test_the_file_is_the_one_that_is_known(self):
        self.assertEqual(len(INVOICES), 25_900)
        self.assertEqual(sum(len(invoice.rows) for invoice in INVOICES), 541_909)
        self.assertEqual(len({row.sku for i in INVOICES for row in i.rows}), 3_958)
        self.assertEqual(len({invoice.customer for invoice in INVOICES}), 4_373)

    def test_the_orders_are_19785_of_530313_rows(self):
        orders = [i for i in INVOICES if year_file.class_of(i) == year_file.ORDER]
        self.assertEqual(len(orders), 19_785)
        self.assertEqual(sum(len(order.rows) for order in orders), 530_313)
        made = [year_oracle.order_of(order) for order in orders]
        self.assertEqual(max(len(order.lines) for order in made), 1_113)
        self.assertEqual(sum(order.total == 0 for order in made), 3)
        self.assertEqual(sum(len(order.of("goods")) > len(year_oracle.demand_of(order))
                             for order in made), 200)

    def test_from_the_full_opening_nothing_is_refused(self):
        self.assertEqual(self.full["opening_units"], 5_648_644)
        self.assertEqual(self.full["opening_skus"], 3_886)
        totals = self.full["totals"]
        self.assertEqual((totals["orders_accepted"], totals["orders_refused"]), (19_785, 0))
        self.assertEqual(totals["order_total_pence"], 1_055_733_205)
        self.assertEqual(totals["goods_units"], 5_592_252)
        self.assertEqual(self.full["months"]["2010-12"]["orders_accepted"], 1_552)
        self.assertEqual(self.full["adjustments_refused"], 0)

    def test_with_one_unit_less_of_a_sku_exactly_one_order_is_refused(self):
        table = table_from(FULL | {"85123A": FULL["85123A"] - 1})
        self.assertEqual(table["totals"]["orders_refused"], 1)
        self.assertEqual(table["adjustments_refused"], 0)

    def test_or_one_adjustment_where_the_lowest_point_is_one(self):
        table = table_from(FULL | {"10002": FULL["10002"] - 1})
        self.assertEqual(table["totals"]["orders_refused"], 0)
        self.assertEqual(table["adjustments_refused"], 1)

    def test_every_authorized_penny_is_captured_or_voided(self):
        for table in (self.full, self.shortage):
            self.assertEqual(table["authorized_pence"], table["totals"]["order_total_pence"])
            self.assertEqual(table["authorized_pence"],
                             table["captured_pence"] + table["voided_pence"])
            self.assertEqual(table["refunded_pence"], table["totals"]["returned_pence"])

    def test_every_unit_that_comes_back_is_cancelled_returned_or_unmatched(self):
        back = -sum(row.quantity for row in rows_of(year_file.CANCELLATION))
        worth = -sum(row.quantity * row.price for row in rows_of(year_file.CANCELLATION))
        for table in (self.full, self.shortage):
            for unit, expected in (("units", back), ("pence", worth)):
                self.assertEqual(expected, sum(table["totals"][f"{what}_{unit}"] for what in
                                               ("cancelled", "returned", "unmatched")))

    def test_every_unit_that_came_in_is_on_hand_or_went_out(self):
        totals = self.full["totals"]
        back = sum(totals[f"{what}_units"] for what in ("cancelled", "returned", "unmatched"))
        received = sum(row.quantity for row in rows_of(year_file.STOCK_IN))
        adjusted = sum(row.quantity for row in rows_of(year_file.STOCK_OUT))
        self.assertEqual(self.full["final_on_hand"], self.full["opening_units"] + received
                         + adjusted + back - totals["goods_units"])

    def test_after_the_last_day_nothing_is_held(self):
        for table in (self.full, self.shortage):
            self.assertEqual((table["final_reserved"], table["final_committed"]), (0, 0))

    def test_the_documented_figures_are_these(self):
        text = RULES.read_text(encoding="utf-8")
        full, shortage = figures_of(self.full), figures_of(self.shortage)
        for name in full:
            if isinstance(full[name], int):
                shown = name.replace("_", " ").replace("skus", "SKUs")
                self.assertIn(f"| {shown} | {full[name]:,} | {shortage[name]:,} |\n", text)
                continue
            for opening, figures in (("1", full), ("0.9", shortage)):
                self.assertIn(f"| {name} | {opening} | `{figures[name]}` |\n", text)


if __name__ == "__main__":
    unittest.main()
