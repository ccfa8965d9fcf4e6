#!/usr/bin/python3
"""Commands for Holdfast through Kafka: sells one cup, and says what became of each command.

    produce_commands.py BROKERS NAMESPACE URL

Needs a Kafka client: python3-confluent-kafka of Debian, or confluent-kafka from PyPI. What a message
is stands in docs/commands.md.
"""

import hashlib
import json
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import confluent_kafka

WAITS_S = 60


def murmur2(key):
    """The hash that Kafka's own clients make of a key."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    value = 0x9747B28C ^ len(key)
    whole = len(key) // 4 * 4
    for (word,) in struct.iter_unpack("<I", key[:whole]):
        word = word * m & mask
        word = (word ^ word >> 24) * m & mask
        value = value * m & mask ^ word
    rest = key[whole:]
    if rest:
        value = (value ^ int.from_bytes(rest, "little")) * m & mask
    value = (value ^ value >> 13) * m & mask
    return value ^ value >> 15


def partition_of(key, partitions):
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def command_id(client, key, path):
    """What GET /v1/commands/{id} knows a command by."""
    parts = [client.encode(), f"{key} {path}".encode()]
    hashed = hashlib.blake2b(b"".join(struct.pack("<Q", len(part)) + part for part in parts)).digest()
    number = int.from_bytes(hashed[:8], "little") << 64 | int.from_bytes(hashed[8:16], "little")
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[number >> shift & 31]
                   for shift in range(125, -1, -5))


class Commands:
    """Sends commands in one client's name, and asks what became of them."""

    def __init__(self, brokers, namespace, url, client="local"):
        self.namespace, self.url, self.client = namespace, url, client
        # By default librdkafka's clients put a key into another partition than everybody else.
        self.producer = confluent_kafka.Producer({
            "bootstrap.servers": brokers, "partitioner": "murmur2_random",
            "enable.idempotence": True, "message.max.bytes": 2_000_000})

    def send(self, context, stream, request, body, **more):
        """`request`: "PUT /v1/carts/c1". Its key and path, by which outcome() knows it."""
        method, path = request.split(" ")
        key = more.pop("key", None) or str(uuid.uuid4())
        headers = {"holdfast-client": self.client, "holdfast-method": method,
                   "holdfast-path": path, "idempotency-key": key, **more.pop("headers", {})}
        value = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.producer.produce(
            f"{self.namespace}.{context}.commands", key=stream, value=value,
            headers=[(name, text) for name, text in headers.items() if text is not None],
            on_delivery=self.delivered, **more)
        self.producer.poll(0)
        return key, path

    @staticmethod
    def delivered(error, message):
        if error is not None:
            raise SystemExit(f"{message.topic()} did not take a command: {error}")

    def flush(self):
        self.producer.flush(WAITS_S)

    def get(self, path, /, **query):
        """The status and what the body says; 0 while nobody answers."""
        where = f"{self.url}{path}?{urllib.parse.urlencode(query)}" if query else self.url + path
        try:
            with urllib.request.urlopen(where, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def until(self, path, is_so, /, **query):
        """Asks again until it is so."""
        deadline = time.monotonic() + WAITS_S
        while True:
            status, said = self.get(path, **query)
            if is_so(status, said):
                return said
            if time.monotonic() > deadline:
                raise SystemExit(f"{path} {query} is still {status} {said}")
            time.sleep(0.05)

    def outcome(self, command):
        """What was decided, once it is: it is not known before."""
        self.flush()
        key, path = command
        return self.until("/v1/commands", lambda status, _: status == 200, key=key, path=path)

    def seal(self, subject, personal):
        """Personal data as a command may say it: it is sealed over HTTP first."""
        request = urllib.request.Request(
            f"{self.url}/v1/customers/{subject}/personal-data", json.dumps(personal).encode(),
            {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def main(brokers, namespace, url):
    shop = Commands(brokers, namespace, url)
    cart = f"cart-{uuid.uuid4().hex[:12]}"
    cup = {"line": "1", "sku": "cup", "quantity": 1, "unit_price": 450, "reservation": cart}
    personal = shop.seal("ann", {"name": "Ann", "street": "1 High Street"})
    steps = [
        ("stock", "@main", "PUT /v1/locations/main", {"name": "Main"}),
        ("stock", "cup", "POST /v1/skus/cup/movements",
         {"kind": "receive", "location": "main", "quantity": 5}),
        ("stock", "cup", "POST /v1/skus/cup/reservations", {"reservation": cart, "quantity": 1}),
        ("cart", cart, f"PUT /v1/carts/{cart}",
         {"currency": "GBP", "customer": "ann", "personal": personal, "lines": [cup]}),
        ("cart", cart, f"POST /v1/carts/{cart}/complete",
         {"order": f"order-of-{cart}", "expected_total": {"amount": 450, "currency": "GBP"},
          "payments": [{"amount": 450, "token": "tok_approve"}]}),
    ]
    for step in steps:
        outcome = shop.outcome(shop.send(*step))
        print(step[2], outcome["outcome"], outcome.get("problem", {}).get("type", ""))
        if outcome["outcome"] != "accepted":
            return 1
    order = shop.until(f"/v1/orders/order-of-{cart}",
                       lambda status, said: status == 200 and said["state"] == "confirmed")
    print("order", order["order"], order["state"])
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
