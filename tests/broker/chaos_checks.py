"""What must be so of the history and of every engine, once nothing is under way."""

import collections
import concurrent.futures
import json

from chaos_cluster import expect, history, until

ENDED = {"completed", "refused", "declined", "given_up", "cancelled"}
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def hexadecimal(command):
    """A command's id as the history has it."""
    number = 0
    for letter in command:
        number = number * 32 + ALPHABET.index(letter)
    return f"{number:032x}"


def settle(crowd, engines):
    """Nobody asks for anything more; what was begun ends; every engine has all of it."""
    crowd.pause()

    def is_settled():
        crowd.fine()
        return all(
            engine.metric("holdfast_inputs_in_flight") == 0
            and engine.metric("holdfast_follow_records_behind") == 0
            and engine.metric("holdfast_view_records_behind") == 0
            and are_over(rows(engine, "/v1/orders?")) for engine in engines)

    until(is_settled, "that all orders end and all engines have them", pause=0.1)


def are_over(orders):
    return all(order["state"] in ENDED
               and all(payment["captured"] == payment["capture_asked"] for payment in order["payments"])
               for order in orders)


def rows(engine, path):
    """Of all pages."""
    found, cursor = [], ""
    while cursor is not None:
        page = engine.get(f"{path}limit=1000{cursor}")
        expect(page, engine.name, "does not answer", path)
        page = json.loads(page)
        found += page["items"]
        cursor = "&cursor=" + page["next"] if page.get("next") else None
    return found


class Shelf:
    """A SKU by its events alone: what is there, and what of it is promised to whom."""

    def __init__(self):
        self.on_hand, self.received, self.shipped, self.promised = 0, 0, 0, {}

    def take(self, event):
        kind, reservation = event["type"], event.get("reservation")
        if kind == "Received":
            self.on_hand += event["quantity"]
            self.received += event["quantity"]
        elif kind == "Reserved":
            held = self.promised.get(reservation, 0) + sum(s["quantity"] for s in event["splits"])
            self.promised[reservation] = held
        elif kind == "Released":
            self.promised[reservation] -= sum(split["quantity"] for split in event["splits"])
        elif kind == "Expired":
            self.promised[reservation] = 0
        elif kind == "Shipped":
            self.promised[reservation] -= event["quantity"]
            self.on_hand += event["found"] - event["quantity"]
            self.shipped += event["quantity"]
        else:
            expect(kind in ("Committed", "LocationSet", "PolicySet"), "an event nobody asked for:", event)
        expect(self.promised.get(reservation, 0) >= 0, "more is given back than was promised:", event)
        expect(sum(self.promised.values()) <= self.on_hand, "a unit was promised twice:", event)


class History:
    """Of what holdfast-replay lists: each decision by its command, and the stock."""

    def __init__(self, listed):
        self.decisions, self.shelves = collections.defaultdict(list), {}
        for line in listed.splitlines():
            record = json.loads(line)
            if record.get("kind"):
                continue
            if record["source"] != "timer":  # nobody's command
                self.decisions[record["command_id"]].append(record["outcome"])
            if record["context"] == "stock":
                for part in record["parts"]:
                    shelf = self.shelves.setdefault(part["key"], Shelf())
                    for event in part["events"]:
                        shelf.take(event)

    def holds_once(self, told):
        for command, outcomes in self.decisions.items():
            expect(len(outcomes) == 1, command, "was decided", len(outcomes), "times")
        for one in told:
            outcome = self.decisions.get(hexadecimal(one.command))
            expect(outcome, "was acknowledged and is lost:", one)
            begins = one.path.endswith("/complete")  # what the order came to is decided later
            expect(outcome == ["accepted" if begins or one.status < 300 else "refused"], outcome, one)

    def has_all_units(self, told):
        """What is there is what came and did not leave, by the clients' own count."""
        came = collections.Counter()
        for one in told:
            if one.path.endswith("/movements"):
                came[one.path.split("/")[3]] += one.body["quantity"]
        for sku, units in came.items():
            shelf = self.shelves[sku]
            expect(shelf.received == units, sku, shelf.received, "came by the log, and", units, "came")
            expect(not any(shelf.promised.values()), sku, "is promised still:", shelf.promised)
            expect(shelf.on_hand == units - shelf.shipped, sku, vars(shelf))


def check_views(engine, orders, shelves):
    """What an engine shows is what the history says; every order has ended, with its money."""
    shown = rows(engine, "/v1/orders?")
    expect({order["order"] for order in shown} == orders, engine.name, "has other orders than clients")
    units = collections.Counter()
    for order in shown:
        expect(order["state"] in ENDED and not order["needs_attention"], engine.name, order)
        completed = order["state"] == "completed"
        for payment in order["payments"]:
            expect(payment["captured"] == (order["total"] if completed else 0)
                   and payment["refunded"] == 0, engine.name, order)
        for line in order["lines"]:
            units[line["sku"]] += line["shipped"]
            expect(line["shipped"] == (line["quantity"] if completed else 0), engine.name, order)
    for sku, shelf in shelves.items():
        if sku.startswith("@"):
            continue
        row = json.loads(engine.get(f"/v1/availability?sku={sku}"))["items"][0]["locations"][0]
        expect((row["on_hand"], row["reserved"] + row["committed"]) == (shelf.on_hand, 0),
               engine.name, row, vars(shelf))
        expect(shelf.shipped == units[sku], sku, "left", shelf.shipped, "units,", units[sku], "sold")
    return shown


def check(programs, brokers, crowd, engines):
    """All of it, with nothing under way; how many records there are."""
    settle(crowd, engines)
    told = list(crowd.book.told)
    found = History(history(programs, brokers))
    found.holds_once(told)
    found.has_all_units(told)
    views = [check_views(engine, crowd.book.orders, found.shelves) for engine in engines]
    expect(all(view == views[0] for view in views), "two engines show the same orders otherwise")
    return len(found.decisions)


def have_the_same_state(engines):
    """As their last cut has it, which comes within seconds of what settled last."""
    def of_all_there_is(engine):
        found = []
        until(lambda: found.append(engine.verify_as_it_runs()) or found[-1][1] == 0,
              f"that the state of {engine.name} has all records", 30, pause=0.5)
        return found[-1][0]

    with concurrent.futures.ThreadPoolExecutor() as pool:
        hashes = set(pool.map(of_all_there_is, engines))
    expect(len(hashes) == 1, "the engines' states differ:", hashes)
