#!/usr/bin/env python3
"""The year's figures, computed from the file and the rules alone.

The second opinion that the engine's run is checked against. It shares no code with the engine:
integers, dictionaries and one pass over the file. year_file.py has the rules for reading the rows
and for the class of an invoice; these are the rules for what each class does, in file order:

  opening       The smallest quantity per goods SKU that never goes below 0 when every goods row
                counts: orders and stock_out down, stock_in and cancellations up. --opening SHARE
                takes that share of it, per SKU, rounded down.
  available     on hand - reserved - committed.
  order         All or nothing: refused when any SKU's summed quantity is above what is available.
                A line is (SKU, price), quantities summed; goods, vouchers and other charges are
                lines, shipping is an amount. Goods lines take stock, at any price, 0 too.
                The total, charges and shipping included, is authorized at once.
  stock_out     Each goods row is an adjustment down, refused whole when above what is available.
  stock_in      Each goods row is a receipt.
  cancellation  Each goods row, in file order, is matched to the accepted orders that stand before
                it with the same customer (never a guest), SKU and price, the latest first, each up
                to what is left of its line, split as needed.
                  Order of the same date: a cancel. The units are free at once.
                  Earlier order: a return. Restocked, and refunded at that price.
                  Neither: unmatched. Received into stock, no money moves.
                Other rows of a cancellation are not sent. It counts in its own month.
  end of day    At 23:59:59.999 of its date an order ships what is left of its lines, is captured
                for that and its charges and shipping, and the rest is voided. An order whose every
                line is cancelled is cancelled whole: nothing ships, all is voided, charges too.
  ledger and charge_only do nothing.
"""

import argparse
import collections
import hashlib
import json
import pathlib
import sys
from dataclasses import dataclass, field
from fractions import Fraction

import year_file
from year_file import CANCELLATION, GOODS, ORDER, SHIPPING, STOCK_IN, STOCK_OUT, VOUCHER
from year_file import Invoice, Row

THE_YEAR = pathlib.Path(__file__).parents[2] / "bench" / "year" / "online-retail.csv.xz"

MONTHLY = ("orders_accepted", "orders_refused", "lines", "goods_units", "order_total_pence",
           "cancelled_units", "cancelled_pence", "returned_units", "returned_pence",
           "unmatched_units", "unmatched_pence")
ONCE = ("authorized_pence", "captured_pence", "voided_pence", "refunded_pence", "shipments",
        "adjustments_accepted", "adjustments_refused", "receipts")


@dataclass
class Line:
    sku: str
    price: int
    ordered: int = 0
    cancelled: int = 0
    returned: int = 0

    @property
    def kept(self) -> int:
        """What ships at the end of the order's day, if nothing more is cancelled."""
        return self.ordered - self.cancelled

    @property
    def left(self) -> int:
        return self.ordered - self.cancelled - self.returned


@dataclass
class Order:
    invoice: Invoice
    shipping: int
    lines: dict[tuple[str, int], Line]

    def of(self, *kinds: str) -> list[Line]:
        return [line for line in self.lines.values() if year_file.kind_of(line.sku) in kinds]

    @property
    def total(self) -> int:
        return self.shipping + sum(line.ordered * line.price for line in self.lines.values())

    @property
    def is_cancelled_whole(self) -> bool:
        return all(line.kept == 0 for line in self.lines.values())

    @property
    def to_capture(self) -> int:
        if self.is_cancelled_whole:
            return 0
        return self.shipping + sum(line.kept * line.price for line in self.lines.values())


@dataclass
class Stock:
    on_hand: int = 0
    reserved: int = 0
    committed: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.committed


def order_of(invoice: Invoice) -> Order:
    order = Order(invoice, 0, {})
    for row in invoice.rows:
        if row.kind == SHIPPING:
            order.shipping += row.quantity * row.price
        else:
            key = (row.sku, row.price)
            order.lines.setdefault(key, Line(*key)).ordered += row.quantity
    return order


def demand_of(order: Order) -> dict[str, int]:
    """Units per SKU: one SKU at two prices is two lines but one demand."""
    demand: collections.Counter[str] = collections.Counter()
    for line in order.of(GOODS):
        demand[line.sku] += line.ordered
    return demand


def goods_skus(invoices: list[Invoice]) -> list[str]:
    return sorted({row.sku for invoice in invoices for row in invoice.goods()})


def smallest_opening(invoices: list[Invoice]) -> dict[str, int]:
    """Each goods SKU's lowest running sum, as the quantity that lifts it to exactly 0."""
    running = dict.fromkeys(goods_skus(invoices), 0)
    lowest = dict(running)
    direction = {ORDER: -1, STOCK_OUT: -1, STOCK_IN: 1, CANCELLATION: 1}
    for invoice in invoices:
        sign = direction.get(year_file.class_of(invoice), 0)
        for row in invoice.goods():
            running[row.sku] += sign * abs(row.quantity)
            lowest[row.sku] = min(lowest[row.sku], running[row.sku])
    return {sku: -low for sku, low in lowest.items()}


def share_of(opening: dict[str, int], share: Fraction) -> dict[str, int]:
    return {sku: quantity * share.numerator // share.denominator
            for sku, quantity in opening.items()}


@dataclass
class Year:
    """One pass over the year from a given opening stock."""

    opening: dict[str, int]
    stock: dict[str, Stock] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)  # accepted, in file order
    today: list[Order] = field(default_factory=list)  # not yet shipped
    by_line: dict[tuple[str, str, int], list[Order]] = field(
        default_factory=lambda: collections.defaultdict(list))
    months: dict[str, collections.Counter[str]] = field(
        default_factory=lambda: collections.defaultdict(collections.Counter))
    once: collections.Counter[str] = field(default_factory=collections.Counter)

    def run(self, invoices: list[Invoice]) -> "Year":
        self.stock = {sku: Stock(on_hand=quantity) for sku, quantity in self.opening.items()}
        for invoice in invoices:
            if self.today and self.today[0].invoice.date != invoice.date:
                self.end_day()
            self.take(invoice)
        self.end_day()
        return self

    def take(self, invoice: Invoice) -> None:
        match year_file.class_of(invoice):
            case year_file.ORDER:
                self.place(order_of(invoice))
            case year_file.STOCK_OUT:
                for row in invoice.goods():
                    self.adjust_down(row)
            case year_file.STOCK_IN:
                for row in invoice.goods():
                    self.receive(row)
            case year_file.CANCELLATION:
                for row in invoice.goods():
                    self.give_back(invoice, row)

    def place(self, order: Order) -> None:
        month = self.months[order.invoice.month]
        demand = demand_of(order)
        if any(self.stock[sku].available < units for sku, units in demand.items()):
            month["orders_refused"] += 1
            return
        for sku, units in demand.items():
            self.stock[sku].reserved += units
        self.once["authorized_pence"] += order.total
        for sku, units in demand.items():
            self.stock[sku].reserved -= units
            self.stock[sku].committed += units
        self.remember(order)
        month["orders_accepted"] += 1
        month["lines"] += len(order.lines)
        month["goods_units"] += sum(demand.values())
        month["order_total_pence"] += order.total

    def remember(self, order: Order) -> None:
        self.orders.append(order)
        self.today.append(order)
        for sku, price in order.lines:
            self.by_line[order.invoice.customer, sku, price].append(order)

    def adjust_down(self, row: Row) -> None:
        if -row.quantity > self.stock[row.sku].available:
            self.once["adjustments_refused"] += 1
            return
        self.stock[row.sku].on_hand += row.quantity
        self.once["adjustments_accepted"] += 1

    def receive(self, row: Row) -> None:
        self.stock[row.sku].on_hand += row.quantity
        self.once["receipts"] += 1

    def give_back(self, invoice: Invoice, row: Row) -> None:
        """One goods row of a cancellation, over as many orders as it takes."""
        units = -row.quantity
        for order in self.candidates(invoice.customer, row):
            line = order.lines[row.sku, row.price]
            part = min(units, line.left)
            if part and order.invoice.date == invoice.date:
                self.cancel(line, part, invoice.month)
            elif part:
                self.take_back(line, part, invoice.month)
            units -= part
            if units == 0:
                return
        self.receive_unmatched(row, units, invoice.month)

    def candidates(self, customer: str, row: Row) -> list[Order]:
        """Accepted orders so far with this very line, the latest first; a guest has none."""
        if not customer:
            return []
        return self.by_line.get((customer, row.sku, row.price), [])[::-1]

    def cancel(self, line: Line, units: int, month: str) -> None:
        line.cancelled += units
        self.stock[line.sku].committed -= units
        self.months[month]["cancelled_units"] += units
        self.months[month]["cancelled_pence"] += units * line.price

    def take_back(self, line: Line, units: int, month: str) -> None:
        line.returned += units
        self.stock[line.sku].on_hand += units
        self.months[month]["returned_units"] += units
        self.months[month]["returned_pence"] += units * line.price
        self.once["refunded_pence"] += units * line.price

    def receive_unmatched(self, row: Row, units: int, month: str) -> None:
        self.stock[row.sku].on_hand += units
        self.months[month]["unmatched_units"] += units
        self.months[month]["unmatched_pence"] += units * row.price

    def end_day(self) -> None:
        for order in self.today:
            if not order.is_cancelled_whole:
                self.ship(order)
            self.once["captured_pence"] += order.to_capture
            self.once["voided_pence"] += order.total - order.to_capture
        self.today = []

    def ship(self, order: Order) -> None:
        for line in order.of(GOODS):
            self.stock[line.sku].committed -= line.kept
            self.stock[line.sku].on_hand -= line.kept
        self.once["shipments"] += 1


def digest(lines: list[str]) -> str:
    return hashlib.sha256(b"".join(sorted(line.encode() for line in lines))).hexdigest()


def order_line(order: Order) -> str:
    """invoice,units,total,cancelled,returned: units with vouchers, the last two in goods pence."""
    units = sum(line.ordered for line in order.of(GOODS, VOUCHER))
    cancelled = sum(line.cancelled * line.price for line in order.of(GOODS))
    returned = sum(line.returned * line.price for line in order.of(GOODS))
    return f"{order.invoice.number},{units},{order.total},{cancelled},{returned}\n"


def stock_line(year: Year, sku: str) -> str:
    return f"{sku},{year.opening[sku]},{year.stock[sku].on_hand}\n"


def table_of(year: Year) -> dict:
    months = {month: {name: counted[name] for name in MONTHLY}
              for month, counted in sorted(year.months.items())}
    held = year.stock.values()
    return {
        "opening_units": sum(year.opening.values()),
        "opening_skus": sum(quantity > 0 for quantity in year.opening.values()),
        "months": months,
        "totals": {name: sum(month[name] for month in months.values()) for name in MONTHLY},
        **{name: year.once[name] for name in ONCE},
        "final_on_hand": sum(stock.on_hand for stock in held),
        "final_reserved": sum(stock.reserved for stock in held),
        "final_committed": sum(stock.committed for stock in held),
        "orders_sha256": digest([order_line(order) for order in year.orders]),
        "stock_sha256": digest([stock_line(year, sku) for sku in year.opening]),
    }


def print_table(table: dict) -> None:
    columns = ["orders", "refused", "lines", "units", "total", "cancelled", "pence", "returned",
               "pence", "unmatched", "pence"]
    widths = [8, 8, 8, 10, 14, 10, 12, 9, 12, 10, 12]
    rows = [("month", columns), *((name, month.values()) for name, month in
            [*table["months"].items(), ("all", table["totals"])])]
    for name, cells in rows:
        print(f"{name:8}" + "".join(f"{cell:>{width},}" if isinstance(cell, int) else
                                    f"{cell:>{width}}" for cell, width in zip(cells, widths)))
    print()
    for name, value in table.items():
        if not isinstance(value, dict):
            print(f"{name:22}" + (f"{value:>16,}" if isinstance(value, int) else f"  {value}"))


def share_from(text: str) -> Fraction:
    share = Fraction(text)
    if share < 0:
        raise ValueError("a share is not negative")
    return share


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Compute the year's figures from the file alone.")
    parser.add_argument("--file", type=pathlib.Path, default=THE_YEAR, help="the year's CSV, or xz")
    parser.add_argument("--opening", type=share_from, default=Fraction(1), metavar="SHARE",
                        help="the share of the smallest sufficient opening stock, such as 0.9")
    parser.add_argument("--json", action="store_true", help="one JSON object, keys sorted")
    options = parser.parse_args(arguments)
    invoices = year_file.read(options.file)
    opening = share_of(smallest_opening(invoices), options.opening)
    table = table_of(Year(opening).run(invoices))
    if options.json:
        print(json.dumps(table, sort_keys=True))
    else:
        print_table(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
