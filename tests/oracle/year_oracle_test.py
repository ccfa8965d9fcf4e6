"""Each rule of the year on a file of a few rows, and the figures that the real file is known by."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest
from fractions import Fraction

import year_file
import year_oracle
from year_file import CANCELLATION, CHARGE_ONLY, LEDGER, ORDER, STOCK_IN, STOCK_OUT

ANN, BOB, GUEST = "17850.0", "13047.0", ""
DAY_1, DAY_2, NEXT_MONTH = "2010-12-01 10:00:00", "2010-12-02 10:00:00", "2011-01-04 10:00:00"


def row(invoice, code, quantity, price="1.00", customer=ANN, time=DAY_1, country="Spain"):
    return ",".join([invoice, code, "a thing", str(quantity), time, price, customer, country])


def parsed(*rows):
    return year_file.parse([",".join(year_file.COLUMNS), *rows])


def year_of(*rows, opening=None):
    """Runs the rows from the given stock, or from the smallest that never goes below 0."""
    invoices = parsed(*rows)
    full = dict.fromkeys(year_oracle.goods_skus(invoices), 0)
    full.update(year_oracle.smallest_opening(invoices) if opening is None else opening)
    return year_oracle.Year(full).run(invoices)


def table_of(*rows, opening=None):
    return year_oracle.table_of(year_of(*rows, opening=opening))


def opening_of(*rows):
    return year_oracle.smallest_opening(parsed(*rows))


class Reading(unittest.TestCase):
    def test_a_sku_is_the_code_in_upper_case(self):
        self.assertEqual(parsed(row("1", "85099b", 1))[0].rows[0].sku, "85099B")

    def test_a_price_is_rounded_half_up_to_pence(self):
        for text, expected in [("2.55", 255), ("0.005", 1), ("0.004", 0), ("0.001", 0),
                               ("1.115", 112), ("38970.0", 3897000), ("0", 0)]:
            with self.subTest(text):
                self.assertEqual(year_file.pence(text), expected)

    def test_a_customer_has_no_decimal_point(self):
        self.assertEqual(parsed(row("1", "A", 1, customer="17850.0"))[0].customer, "17850")
        self.assertEqual(parsed(row("1", "A", 1, customer=""))[0].customer, "")

    def test_exact_duplicates_are_real(self):
        self.assertEqual(len(parsed(row("1", "A", 1), row("1", "A", 1))[0].rows), 2)

    def test_an_invoice_stands_where_its_first_row_stands(self):
        later = "2010-12-01 10:01:00"
        invoices = parsed(row("1", "A", 1), row("2", "X", 1), row("1", "C", 1, time=later))
        self.assertEqual([invoice.number for invoice in invoices], ["1", "2"])
        self.assertEqual(invoices[0].time, DAY_1)
        self.assertEqual(len(invoices[0].rows), 2)

    def test_codes_that_are_no_goods_are_known_by_name(self):
        kinds = {"POST": "shipping", "DOT": "shipping", "C2": "shipping", "M": "charge",
                 "D": "charge", "S": "charge", "B": "charge", "BANK CHARGES": "charge",
                 "AMAZONFEE": "charge", "CRUK": "charge", "GIFT_0001_20": "voucher",
                 "22016": "goods", "PADS": "goods", "DCGSSGIRL": "goods"}
        for sku, kind in kinds.items():
            with self.subTest(sku):
                self.assertEqual(year_file.kind_of(sku), kind)

    def test_what_the_rules_have_no_answer_for_stops_the_reading(self):
        for rows in [[row("1", "A", 1), row("1", "X", -1)],
                     [row("1", "A", 0)],
                     [row("C1", "A", 1)],
                     [row("1", "A", 1, price="-1.00")],
                     [row("1", "A", 1), row("1", "X", 1, customer=BOB)],
                     [row("1", "A", 1), row("1", "X", 1, country="Malta")],
                     [row("1", "A", 1), row("1", "X", 1, time=DAY_2)],
                     [row("1", "A", 1, time=DAY_2), row("2", "A", 1, time=DAY_1)]]:
            with self.subTest(rows), self.assertRaises(ValueError):
                parsed(*rows)

    def test_a_file_with_other_columns_is_not_read(self):
        with self.assertRaises(ValueError):
            year_file.parse(["InvoiceNo,StockCode"])


class Classes(unittest.TestCase):
    def test_each_invoice_is_the_first_class_that_fits(self):
        for rows, expected in [
                ([row("A1", "B", 1, "-11062.06", GUEST)], LEDGER),
                ([row("C1", "A", -1)], CANCELLATION),
                ([row("C1", "A", -1, "0.0", GUEST)], CANCELLATION),
                ([row("1", "A", -1, "0.0", GUEST)], STOCK_OUT),
                ([row("1", "A", -1, "0.0", ANN)], STOCK_OUT),
                ([row("1", "A", 1, "0.0", GUEST)], STOCK_IN),
                ([row("1", "POST", 1, "0.0", GUEST)], STOCK_IN),
                ([row("1", "POST", 1, "18.00"), row("1", "M", 1)], CHARGE_ONLY),
                ([row("1", "M", 1, "0.0")], CHARGE_ONLY),
                ([row("1", "A", 1, "0.0", ANN)], ORDER),
                ([row("1", "A", 1, "0.0", GUEST), row("1", "X", 1, "0.01", GUEST)], ORDER),
                ([row("1", "GIFT_0001_20", 1, "16.67", GUEST)], ORDER)]:
            with self.subTest(rows):
                self.assertEqual(year_file.class_of(parsed(*rows)[0]), expected)

    def test_a_ledger_entry_and_a_charge_alone_do_nothing(self):
        table = table_of(row("A1", "B", 1, "-9.00", GUEST), row("1", "POST", 1, "18.00"))
        self.assertEqual(table["totals"]["orders_accepted"], 0)
        self.assertEqual(table["authorized_pence"], 0)
        self.assertEqual(table["months"], {})


class Opening(unittest.TestCase):
    def test_it_is_the_lowest_running_sum_of_each_sku(self):
        self.assertEqual(opening_of(
            row("1", "A", 5), row("2", "X", 2),
            row("3", "A", 4, "0.0", GUEST), row("4", "A", 6)), {"A": 7, "X": 2})

    def test_what_comes_back_counts_where_it_stands(self):
        self.assertEqual(opening_of(row("1", "A", 5), row("C2", "A", -5), row("3", "A", 5)),
                         {"A": 5})
        self.assertEqual(opening_of(row("C1", "A", -5), row("2", "A", 5)), {"A": 0})

    def test_an_adjustment_down_counts(self):
        self.assertEqual(opening_of(row("1", "A", -3, "0.0", GUEST)), {"A": 3})

    def test_only_goods_have_an_opening(self):
        self.assertEqual(opening_of(row("1", "A", 1), row("1", "POST", 9), row("1", "M", 9),
                                    row("1", "GIFT_0001_20", 9)), {"A": 1})

    def test_a_share_is_exact_and_rounded_down(self):
        self.assertEqual(year_oracle.share_of({"A": 10, "X": 19, "C": 1}, Fraction("0.9")),
                         {"A": 9, "X": 17, "C": 0})
        self.assertEqual(year_oracle.share_of({"A": 100}, Fraction("0.29")), {"A": 29})

    def test_a_share_below_zero_is_no_share(self):
        with self.assertRaises(ValueError):
            year_oracle.share_from("-0.1")


class Orders(unittest.TestCase):
    def test_a_line_is_a_sku_at_a_price_with_quantities_summed(self):
        table = table_of(row("1", "a", 2), row("1", "A", 3), row("1", "A", 1, "2.00"))
        self.assertEqual(table["totals"]["lines"], 2)
        self.assertEqual(table["totals"]["goods_units"], 6)
        self.assertEqual(table["totals"]["order_total_pence"], 700)

    def test_shipping_is_an_amount_and_other_charges_are_lines(self):
        table = table_of(row("1", "A", 1), row("1", "POST", 2, "18.00"), row("1", "M", 3, "0.50"))
        self.assertEqual(table["totals"]["lines"], 2)
        self.assertEqual(table["totals"]["goods_units"], 1)
        self.assertEqual(table["authorized_pence"], 100 + 3600 + 150)
        self.assertEqual(table["captured_pence"], 3850)

    def test_a_voucher_is_a_line_that_takes_no_stock(self):
        year = year_of(row("1", "GIFT_0001_20", 1, "16.67", GUEST), opening={})
        self.assertEqual(year.once["captured_pence"], 1667)
        self.assertEqual(year.once["shipments"], 1)
        self.assertEqual(year.months["2010-12"]["goods_units"], 0)
        self.assertEqual(year_oracle.order_line(year.orders[0]), "1,1,1667,0,0\n")

    def test_a_free_line_takes_stock_and_a_total_of_zero_needs_no_payment(self):
        table = table_of(row("1", "A", 4, "0.0"), opening={"A": 5})
        self.assertEqual((table["final_on_hand"], table["shipments"]), (1, 1))
        self.assertEqual(table["authorized_pence"], 0)

    def test_an_order_is_all_or_nothing(self):
        table = table_of(row("1", "A", 2), row("1", "X", 1), row("2", "A", 2),
                         opening={"A": 3, "X": 0})
        self.assertEqual(table["totals"]["orders_refused"], 1)
        self.assertEqual(table["totals"]["orders_accepted"], 1)
        self.assertEqual(table["authorized_pence"], 200)
        self.assertEqual(table["final_on_hand"], 1)

    def test_one_sku_at_two_prices_is_one_demand(self):
        rows = row("1", "A", 2), row("1", "A", 2, "2.00")
        self.assertEqual(table_of(*rows, opening={"A": 3})["totals"]["orders_refused"], 1)
        self.assertEqual(table_of(*rows, opening={"A": 4})["totals"]["orders_accepted"], 1)

    def test_units_are_taken_at_the_orders_place_and_leave_at_the_days_end(self):
        year = year_oracle.Year({"A": 3}, stock={"A": year_oracle.Stock(3)})
        year.take(parsed(row("1", "A", 2))[0])
        self.assertEqual(year.stock["A"], year_oracle.Stock(3, 0, 2))
        self.assertEqual(year.stock["A"].available, 1)
        year.end_day()
        self.assertEqual(year.stock["A"], year_oracle.Stock(1, 0, 0))

    def test_an_invoice_counts_in_the_month_of_its_date(self):
        table = table_of(row("1", "A", 1), row("2", "A", 2, time=NEXT_MONTH))
        self.assertEqual({month: figures["goods_units"]
                          for month, figures in table["months"].items()},
                         {"2010-12": 1, "2011-01": 2})


class Adjustments(unittest.TestCase):
    def test_one_above_what_is_available_is_refused_whole(self):
        table = table_of(row("1", "A", 2), row("2", "A", -2, "0.0", GUEST),
                         row("3", "A", -1, "0.0", GUEST), opening={"A": 3})
        self.assertEqual(table["adjustments_refused"], 1)
        self.assertEqual(table["adjustments_accepted"], 1)
        self.assertEqual(table["final_on_hand"], 0)

    def test_only_goods_rows_are_adjusted_and_received(self):
        table = table_of(row("1", "GIFT_0001_20", -2, "0.0", GUEST),
                         row("2", "POST", 800, "0.0", GUEST), row("2", "A", 5, "0.0", GUEST))
        self.assertEqual(table["adjustments_accepted"] + table["adjustments_refused"], 0)
        self.assertEqual((table["receipts"], table["final_on_hand"]), (1, 5))


class Cancellations(unittest.TestCase):
    def figures(self, *rows, opening=None):
        totals = table_of(*rows, opening=opening)["totals"]
        return tuple(totals[f"{what}_units"] for what in ("cancelled", "returned", "unmatched"))

    def test_on_the_orders_own_date_it_lowers_what_is_shipped_and_captured(self):
        table = table_of(row("1", "A", 5), row("C2", "A", -2), opening={"A": 6})
        self.assertEqual(table["totals"]["cancelled_units"], 2)
        self.assertEqual(table["totals"]["cancelled_pence"], 200)
        self.assertEqual((table["captured_pence"], table["voided_pence"]), (300, 200))
        self.assertEqual((table["refunded_pence"], table["shipments"]), (0, 1))
        self.assertEqual(table["final_on_hand"], 3)

    def test_on_the_orders_own_date_the_units_are_free_for_the_next_order(self):
        rows = row("1", "A", 5), row("C2", "A", -5), row("3", "A", 5)
        self.assertEqual(table_of(*rows, opening={"A": 5})["totals"]["orders_accepted"], 2)

    def test_later_it_is_a_return_restocked_and_refunded_in_its_own_month(self):
        table = table_of(row("1", "A", 5), row("C2", "A", -2, time=NEXT_MONTH))
        self.assertEqual(table["months"]["2010-12"]["returned_units"], 0)
        self.assertEqual(table["months"]["2011-01"]["returned_units"], 2)
        self.assertEqual(table["months"]["2011-01"]["returned_pence"], 200)
        self.assertEqual(table["refunded_pence"], 200)
        self.assertEqual((table["captured_pence"], table["voided_pence"]), (500, 0))
        self.assertEqual(table["final_on_hand"], 2)

    def test_what_finds_no_order_is_received_and_moves_no_money(self):
        table = table_of(row("C1", "A", -2))
        self.assertEqual(table["totals"]["unmatched_units"], 2)
        self.assertEqual(table["totals"]["unmatched_pence"], 200)
        self.assertEqual((table["final_on_hand"], table["receipts"]), (2, 0))
        self.assertEqual(table["authorized_pence"] + table["refunded_pence"], 0)

    def test_customer_sku_and_price_must_be_the_same_and_the_order_stand_before(self):
        order = row("1", "A", 5)
        self.assertEqual(self.figures(order, row("C2", "A", -1, customer=BOB)), (0, 0, 1))
        self.assertEqual(self.figures(order, row("C2", "X", -1)), (0, 0, 1))
        self.assertEqual(self.figures(order, row("C2", "A", -1, "1.01")), (0, 0, 1))
        self.assertEqual(self.figures(row("C2", "A", -1), order), (0, 0, 1))
        self.assertEqual(self.figures(order, row("C2", "a", -1, country="Malta")), (1, 0, 0))

    def test_a_guest_never_matches(self):
        self.assertEqual(self.figures(row("1", "A", 5, customer=GUEST),
                                      row("C2", "A", -1, customer=GUEST)), (0, 0, 1))

    def test_the_latest_order_is_first_and_a_row_splits_as_needed(self):
        year = year_of(row("1", "A", 4), row("2", "A", 3, time=DAY_2), row("3", "A", 2, time=DAY_2),
                       row("C4", "A", -11, time=DAY_2))
        self.assertEqual([(line.cancelled, line.returned) for order in year.orders
                          for line in order.lines.values()], [(0, 4), (3, 0), (2, 0)])
        self.assertEqual(year.months["2010-12"]["unmatched_units"], 2)

    def test_what_was_given_back_before_is_not_given_back_again(self):
        rows = (row("1", "A", 4), row("C2", "A", -3), row("C3", "A", -3, time=DAY_2),
                row("C4", "A", -3, time=DAY_2))
        self.assertEqual(self.figures(*rows), (3, 1, 5))

    def test_two_rows_of_one_cancellation_are_taken_in_turn(self):
        self.assertEqual(self.figures(row("1", "A", 3), row("C2", "A", -2), row("C2", "A", -2)),
                         (3, 0, 1))

    def test_a_refused_order_matches_nothing(self):
        self.assertEqual(self.figures(row("1", "A", 3), row("C2", "A", -3), opening={"A": 2}),
                         (0, 0, 3))

    def test_charge_rows_of_a_cancellation_are_not_sent(self):
        table = table_of(row("1", "A", 1), row("1", "M", 1, "5.00"), row("1", "POST", 1, "9.00"),
                         row("C2", "M", -1, "5.00"), row("C2", "POST", -1, "9.00"))
        self.assertEqual(table["captured_pence"], 1500)
        self.assertEqual(table["totals"]["cancelled_pence"], 0)

    def test_an_order_whose_every_line_is_cancelled_ends_whole_with_its_shipping(self):
        year = year_of(row("1", "A", 2), row("1", "X", 1), row("1", "POST", 1, "9.00"),
                       row("C2", "A", -2), row("C3", "X", -1))
        self.assertEqual((year.once["captured_pence"], year.once["voided_pence"]), (0, 1200))
        self.assertEqual(year.once["shipments"], 0)
        self.assertEqual(year_oracle.order_line(year.orders[0]), "1,3,1200,300,0\n")

    def test_an_order_with_a_line_left_keeps_its_charges(self):
        for kept in [row("1", "X", 1, "0.0"), row("1", "GIFT_0001_20", 1, "0.0"),
                     row("1", "M", 1, "0.0")]:
            with self.subTest(kept):
                table = table_of(row("1", "A", 2), kept, row("1", "POST", 1, "9.00"),
                                 row("C2", "A", -2))
                self.assertEqual((table["captured_pence"], table["voided_pence"]), (900, 200))
                self.assertEqual(table["shipments"], 1)


class Table(unittest.TestCase):
    def test_the_digests_are_over_sorted_lines(self):
        rows = row("2", "X", 1), row("10", "A", 2), row("C11", "A", -1)
        table = table_of(*rows, opening={"A": 2, "X": 5})
        self.assertEqual(table["orders_sha256"], year_oracle.digest(
            ["10,2,200,100,0\n", "2,1,100,0,0\n"]))
        self.assertEqual(table["stock_sha256"], year_oracle.digest(["X,5,4\n", "A,2,1\n"]))

    def test_a_digest_is_sha_256(self):
        self.assertEqual(year_oracle.digest(["c", "ab"]), year_oracle.digest(["ab", "c"]))
        self.assertEqual(
            year_oracle.digest(["abc"]),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

    def test_the_command_prints_a_table_or_one_json_object_with_sorted_keys(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "small.csv"
            path.write_text("\n".join([",".join(year_file.COLUMNS), row("1", "A", 10)]) + "\n")
            printed = self.printed("--file", str(path), "--opening", "0.9", "--json")
            figures = json.loads(printed)
            self.assertEqual(printed, json.dumps(figures, sort_keys=True) + "\n")
            self.assertEqual(figures["opening_units"], 9)
            self.assertEqual(figures["totals"]["orders_refused"], 1)
            self.assertIn("2010-12", self.printed("--file", str(path)))

    def printed(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            self.assertEqual(year_oracle.main(list(arguments)), 0)
        return out.getvalue()


if __name__ == "__main__":
    unittest.main()
