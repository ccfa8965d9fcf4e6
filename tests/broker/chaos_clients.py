"""Clients of several engines, who send again until they are answered and keep what they were told."""

import collections
import http.client
import json
import random
import threading
import time

from chaos_cluster import PARTITIONS, Failed, expect, partition_of

SKUS = [f"sku-{n}" for n in range(12)]  # some in every partition
PRICE = 100
TOKENS = 8 * ["tok_approve"] + ["tok_decline", "tok_unknown_then_approve"]
PATIENCE_S = 60

# Of an answer: what was asked for, the command's id, and what it said.
Told = collections.namedtuple("Told", "method path body key command status answer at")


class Book:
    """All that clients were told."""

    def __init__(self, engines, seed):
        self.engines, self.seed = engines, seed
        self.told, self.orders, self.failures = [], set(), []
        self.repeats = self.unanswered = 0
        self.lock = threading.Lock()

    def note(self, told):
        with self.lock:
            self.told.append(told)


class Asking:
    """One client's connections, one to each engine; it asks any of them."""

    def __init__(self, book, name):
        self.book, self.name = book, name
        self.random = random.Random(f"{book.seed}/{name}")
        self.connections = {}

    def try_once(self, engine, method, path, body, key):
        """Status, headers and body; None: who knows."""
        connection = self.connections.get(engine.name)
        if connection is None or connection.port != engine.port:
            connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=1.5)
            self.connections[engine.name] = connection
        headers = {"Content-Type": "application/json", "Prefer": "wait=1"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except (OSError, http.client.HTTPException):
            connection.close()
            return None

    def ask(self, method, path, body, key, engine=None):
        """Until somebody answers for good."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            asked = engine or self.random.choice(self.book.engines)
            engine = None  # the first time only
            tried = self.try_once(asked, method, path, body, key)
            is_unknown = (tried is None or tried[0] == 503
                          or tried[0] == 409 and "idempotency_key_is_in_flight" in tried[2])
            if not is_unknown:
                break
            expect(time.monotonic() < give_up, method, path, key, "has no answer:", tried)
            self.book.unanswered += 1
            time.sleep(0.05)
        status, headers, text = tried
        return Told(method, path, body, key, headers["Holdfast-Command"], status, text,
                    time.monotonic()), headers

    def command(self, method, path, body, key, engine=None):
        told, _ = self.ask(method, path, body, key, engine)
        expect(told.command and told.status < 500, "is no decision:", told)
        self.book.note(told)
        return told

    def receive(self, sku, quantity, key, engine=None):
        told = self.command("POST", f"/v1/skus/{sku}/movements",
                            {"kind": "receive", "location": "main", "quantity": quantity}, key, engine)
        expect(told.status == 200, told)


class Worker(threading.Thread):
    """Does one thing after the other, until it is to pause. What goes wrong goes into the book."""

    def __init__(self, book, name):
        super().__init__(name=name, daemon=True)
        self.book, self.asking = book, Asking(book, name)
        self.may_go, self.rests, self.over = threading.Event(), threading.Event(), False

    def run(self):
        try:
            number = 0
            while not self.over:
                if not self.may_go.is_set():
                    self.rests.set()
                    self.may_go.wait(0.05)
                    continue
                number += 1
                self.work(number)
        except Exception as failed:  # pylint: disable=broad-except
            self.book.failures.append(f"{self.name}: {failed!r}")
        self.rests.set()

    def go_on(self):
        self.rests.clear()
        self.may_go.set()

    def pause(self):
        """Before it begins anything else; wait for `rests`."""
        self.may_go.clear()


class Storefront(Worker):
    def work(self, number):
        what = self.asking.random.choices((self.sell, self.hold, self.restock, self.repeat),
                                          (5, 3, 2, 4))[0]
        what(f"{self.name}-{number}")

    def sell(self, name):
        """A cart of one or two lines, and its checkout."""
        pick = self.asking.random
        lines = [{"line": str(n), "sku": sku, "quantity": pick.randint(1, 4), "unit_price": PRICE}
                 for n, sku in enumerate(pick.sample(SKUS, pick.randint(1, 2)))]
        total = sum(line["quantity"] * PRICE for line in lines)
        opened = self.asking.command("PUT", f"/v1/carts/c-{name}",
                                     {"currency": "GBP", "lines": lines}, f"open-{name}")
        expect(opened.status == 201, opened)
        self.book.orders.add(f"o-{name}")
        self.asking.command("POST", f"/v1/carts/c-{name}/complete",
                            {"order": f"o-{name}",
                             "expected_total": {"amount": total, "currency": "GBP"},
                             "payments": [{"amount": total, "token": pick.choice(TOKENS)}]},
                            f"buy-{name}")

    def hold(self, name):
        """A reservation, and its end."""
        pick = self.asking.random
        sku = pick.choice(SKUS)
        held = self.asking.command("POST", f"/v1/skus/{sku}/reservations",
                                   {"quantity": pick.randint(1, 3)}, f"hold-{name}")
        if held.status == 201:
            reservation = json.loads(held.answer)["id"]
            freed = self.asking.command("DELETE", f"/v1/skus/{sku}/reservations/{reservation}", None,
                                        f"free-{name}")
            expect(freed.status < 300, freed)
        else:
            expect("insufficient" in held.answer, held)

    def restock(self, name):
        pick = self.asking.random
        self.asking.receive(pick.choice(SKUS), pick.randint(1, 6), f"in-{name}")

    def repeat(self, _):
        """What any client was told before, it is told again."""
        if not self.book.told:
            return
        before = self.asking.random.choice(self.book.told)
        again, headers = self.asking.ask(*before[:4])
        self.book.repeats += 1
        expect(again.command == before.command, before, again)
        if not before.path.endswith("/complete"):  # that is answered by the order as it is by then
            expect(headers["Idempotent-Replayed"] == "true", before, again)
            expect((again.status, again.answer) == (before.status, before.answer), before, again)


class Warehouse(Worker):
    """Ships what is in the queue, also while the storefronts pause."""

    def work(self, number):
        engine = self.asking.random.choice(self.book.engines)
        queue = self.asking.try_once(engine, "GET", "/v1/fulfillments?location=main&state=requested",
                                     None, None)
        if queue is None or queue[0] != 200:
            return time.sleep(0.1)
        items = json.loads(queue[2])["items"]
        for item in items:
            name = item["fulfillment"]
            sent = self.asking.command("POST", f"/v1/fulfillments/{name}/ship",
                                       {"shipment": f"box-{name}", "carrier": "RM", "tracking": "1"},
                                       f"ship-{name}")
            expect(sent.status == 200, sent)
        return time.sleep(0.02 if items else 0.1)


class Crowd:
    def __init__(self, engines, seed, size):
        self.book, self.rushes = Book(engines, seed), 0
        self.storefronts = [Storefront(self.book, f"s{n}") for n in range(size)]
        self.warehouse = Warehouse(self.book, "warehouse")
        for worker in (*self.storefronts, self.warehouse):
            worker.start()
        self.warehouse.go_on()

    def rush(self, engine):
        """Many at once for what this engine leads: in a partition of its, batch follows batch."""
        sku = next(sku for sku in SKUS if partition_of(sku, PARTITIONS) in engine.assigned())
        self.rushes += 1
        return [self.one_more(engine, sku, f"rush{self.rushes}-{n}") for n in range(12)]

    def one_more(self, engine, sku, name):
        def receive():
            try:
                Asking(self.book, name).receive(sku, 1, name, engine)
            except Exception as failed:
                self.book.failures.append(repr(failed))

        thread = threading.Thread(target=receive, daemon=True)
        thread.start()
        time.sleep(0.01)  # or all of them are one batch
        return thread

    def fine(self):
        if self.book.failures:
            raise Failed("; ".join(self.book.failures))

    def go_on(self):
        for one in self.storefronts:
            one.go_on()

    def pause(self):
        """All that they began is answered."""
        for one in self.storefronts:
            one.pause()
        for one in self.storefronts:
            expect(one.rests.wait(PATIENCE_S + 10), one.name, "has no end")
        self.fine()

    def work_for(self, seconds, answers=20):
        """So long, and until so many answers have come meanwhile."""
        began, before = time.monotonic(), len(self.book.told)
        while time.monotonic() < began + seconds or len(self.book.told) < before + answers:
            self.fine()
            expect(time.monotonic() < began + PATIENCE_S, "nobody is answered any more")
            time.sleep(0.02)

    def end(self):
        for one in (*self.storefronts, self.warehouse):
            one.over = True
