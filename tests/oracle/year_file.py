"""The real year's file: its rows, what they mean, and the class of each invoice.

The rules (docs/year.md says the same with the reasons):

  row       SKU = StockCode in upper case. Price = UnitPrice in pence, rounded half up.
            Customer without the ".0"; empty = guest. Times are UTC. Exact duplicates are real.
  invoice   all rows of one InvoiceNo, in file order; it stands where its first row stands and has
            that row's time, even when its other rows come later.
  codes     shipping: POST, DOT, C2. Other charges: M, D, S, B, BANK CHARGES, AMAZONFEE, CRUK.
            Vouchers, which no stock is kept of: GIFT_*. Everything else is goods.
  classes   the first that fits:
              ledger        the number starts with A
              cancellation  the number starts with C
              stock_out     every quantity is negative
              stock_in      no customer, and every price is 0
              charge_only   no goods row and no voucher row
              order         the rest

A row that these rules have no answer for stops the reading with a ValueError: it is never guessed.
"""

import csv
import functools
import io
import lzma
import pathlib
from decimal import ROUND_HALF_UP, Decimal
from typing import Iterable, NamedTuple

COLUMNS = ["InvoiceNo", "StockCode", "Description", "Quantity",
           "InvoiceDate", "UnitPrice", "CustomerID", "Country"]

GOODS, VOUCHER, SHIPPING, CHARGE = "goods", "voucher", "shipping", "charge"

LEDGER, CANCELLATION, STOCK_OUT = "ledger", "cancellation", "stock_out"
STOCK_IN, CHARGE_ONLY, ORDER = "stock_in", "charge_only", "order"

SHIPPING_CODES = {"POST", "DOT", "C2"}
CHARGE_CODES = {"M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"}
VOUCHER_PREFIX = "GIFT_"


class Row(NamedTuple):
    sku: str
    quantity: int
    price: int  # pence

    @property
    def kind(self) -> str:
        return kind_of(self.sku)


class Invoice(NamedTuple):
    number: str
    time: str  # "2010-12-01 08:26:00", UTC
    customer: str  # empty: a guest
    country: str
    rows: list[Row]

    @property
    def date(self) -> str:
        return self.time[:10]

    @property
    def month(self) -> str:
        return self.time[:7]

    def goods(self) -> list[Row]:
        return [row for row in self.rows if row.kind == GOODS]


@functools.cache
def kind_of(sku: str) -> str:
    if sku in SHIPPING_CODES:
        return SHIPPING
    if sku in CHARGE_CODES:
        return CHARGE
    if sku.startswith(VOUCHER_PREFIX):
        return VOUCHER
    return GOODS


@functools.cache
def pence(unit_price: str) -> int:
    """Pounds as decimal text to whole pence, rounded half up; no binary fraction on the way."""
    return int((Decimal(unit_price) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def customer_of(text: str) -> str:
    return text.removesuffix(".0")


def class_of(invoice: Invoice) -> str:
    if invoice.number.startswith("A"):
        return LEDGER
    if invoice.number.startswith("C"):
        return CANCELLATION
    if all(row.quantity < 0 for row in invoice.rows):
        return STOCK_OUT
    if not invoice.customer and all(row.price == 0 for row in invoice.rows):
        return STOCK_IN
    if all(row.kind in (SHIPPING, CHARGE) for row in invoice.rows):
        return CHARGE_ONLY
    return ORDER


def check_signs(invoice: Invoice) -> None:
    """What is sent out counts up and what comes back counts down; the rules know no mixture."""
    expected = {ORDER: 1, STOCK_IN: 1, CANCELLATION: -1, STOCK_OUT: -1}.get(class_of(invoice))
    if expected is None:
        return
    for row in invoice.rows:
        if row.quantity * expected <= 0 or row.price < 0:
            raise ValueError(f"invoice {invoice.number}: no rule for {row}")


def invoices_of(records: Iterable[list[str]]) -> list[Invoice]:
    """Groups the records under their invoice numbers, in the order of each one's first row."""
    invoices: dict[str, Invoice] = {}
    for number, code, _, quantity, time, price, customer_text, country in records:
        customer = customer_of(customer_text)
        invoice = invoices.setdefault(number, Invoice(number, time, customer, country, []))
        if (customer, country) != (invoice.customer, invoice.country):
            raise ValueError(f"invoice {number} has two customers or two countries")
        if time[:10] != invoice.date:
            raise ValueError(f"invoice {number} spans two days")
        invoice.rows.append(Row(code.upper(), int(quantity), pence(price)))
    return list(invoices.values())


def check_days(invoices: list[Invoice]) -> None:
    for earlier, later in zip(invoices, invoices[1:]):
        if later.date < earlier.date:
            raise ValueError(f"invoice {later.number} stands after a later day")


def parse(text: Iterable[str]) -> list[Invoice]:
    reader = csv.reader(text, strict=True)
    if next(reader, None) != COLUMNS:
        raise ValueError(f"the first row must be {','.join(COLUMNS)}")
    invoices = invoices_of(reader)
    check_days(invoices)
    for invoice in invoices:
        check_signs(invoice)
    return invoices


def read(path: pathlib.Path) -> list[Invoice]:
    """Reads the year, compressed with xz or plain, by the file name's ending."""
    opened = lzma.open(path) if path.suffix == ".xz" else path.open("rb")
    with opened as binary, io.TextIOWrapper(binary, encoding="utf-8", newline="") as text:
        return parse(text)
