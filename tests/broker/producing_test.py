#!/usr/bin/python3
"""Commands by a Kafka client that nobody here wrote, through the program and a real broker.

    producing_test.py FOLDER_OF_PROGRAMS

The example of docs/examples sells a cup. Then comes what no command is, each turned away by its name,
on record with its bytes where they may be kept; commands for an engine that is killed in the middle,
and while there is none; and a topic that is deleted.
"""

import base64
import hashlib
import importlib.util
import json
import pathlib
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import urllib.request

import confluent_kafka
import confluent_kafka.admin

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "produce_commands.py"
CLUSTER = ROOT / "deploy" / "kafka" / "cluster.py"
NAMESPACE, PARTITIONS = "producing", 4
CARD = "4111 1111 1111 1111"
SPELT_OTHERWISE = "%34" + CARD.replace(" ", "")[1:]

spec = importlib.util.spec_from_file_location("example", EXAMPLE)
example = importlib.util.module_from_spec(spec)
spec.loader.exec_module(example)


def expect(is_so, *words):
    if not is_so:
        raise SystemExit(" ".join(str(word) for word in words))


class Broker:
    def __enter__(self):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(CLUSTER), "--nodes", "1"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("bootstrap "):
                return line.split()[1]
        raise SystemExit("no broker: its words are above")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()


class Engine:
    def __init__(self, programs, folder, brokers):
        self.where = ["--brokers", brokers, "--namespace", NAMESPACE]
        secret = folder / "keys"
        secret.write_text(64 * "1")
        secret.chmod(0o600)
        self.command = [str(programs / "holdfast"), "--data", str(folder / "data"),
                        "--keys-secret-file", str(secret), "--insecure-no-tokens", *self.where,
                        "--replicas", "1", "--partitions",
                        str(PARTITIONS), "--commands-scopes", "storefront,warehouse",
                        "--kafka", "session.timeout.ms=1000",
                        "--kafka", "topic.metadata.refresh.interval.ms=500"]
        self.errors = folder / "engine.err"
        self.port = 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self.command, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=self.errors.open("a"), text=True)
        readable, _, _ = select.select([self.process.stdout], [], [], 60)
        words = self.process.stdout.readline() if readable else ""
        served = re.search(r":(\d+)$", words.strip())
        expect(served, "the engine did not start:", words, self.errors.read_text())
        self.port = int(served.group(1))
        self.url = f"http://127.0.0.1:{self.port}"

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()

    def metric(self, name, **labels):
        """The sum over the series that have these labels."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines
                   if re.match(name + r"[{ ]", line)
                   and all(f'{label}="{value}"' in line for label, value in labels.items()))


RECEIVE = {"kind": "receive", "location": "main", "quantity": 1}
MOVEMENTS = "POST /v1/skus/cup/movements"


def turned_away(shop):
    """What is no command: name, and how it is sent."""
    other = (example.partition_of("cup", PARTITIONS) + 1) % PARTITIONS
    stock = lambda body, **more: ("stock", "cup", MOVEMENTS, body, more)
    return [
        ("text_is_not_json", stock(b"{\"kind\":")),
        ("text_is_not_utf8", stock(b"{\"kind\":\"\xff\"}")),
        ("field_is_missing", stock(b"[]")),
        ("field_is_unknown", stock({**RECEIVE, "colour": "red"})),
        ("value_is_outside_its_range", stock({**RECEIVE, "quantity": -1})),
        ("body_is_too_large", stock(b" " * 1_500_000)),
        ("card_number_is_not_accepted", stock({**RECEIVE, "reference": CARD})),
        ("card_number_is_not_accepted", stock({**RECEIVE, "metadata": {"card": CARD}})),
        ("personal_data_is_not_sealed",
         ("cart", "c9", "PUT /v1/carts/c9",
          {"currency": "GBP", "personal": {"subject": "bob", "name": "Bob Hope"}}, {})),
        ("path_is_unknown", ("stock", "cup", "POST /v1/skus/cup/dances", RECEIVE, {})),
        ("method_is_not_allowed", ("stock", "cup", "DELETE /v1/skus/cup/movements", {}, {})),
        ("path_is_of_another_topic", ("cart", "cup", MOVEMENTS, RECEIVE, {})),
        ("key_is_not_of_the_stream", ("stock", "pot", MOVEMENTS, RECEIVE, {})),
        ("key_belongs_to_another_partition", stock(RECEIVE, partition=other)),
        ("scope_is_insufficient", ("stock", "cup", "PUT /v1/skus/cup", {"cart_max": 1}, {})),
        ("media_type_is_not_supported", stock(RECEIVE, headers={"content-type": "text/csv"})),
        ("header_is_malformed", stock(RECEIVE, headers={"if-match": "seven"})),
        ("sealed_data_is_damaged",
         ("cart", "c9", "PUT /v1/carts/c9",
          {"currency": "GBP", "personal": spoiled(shop.seal("bob", {"name": "Bob Hope"}))}, {})),
    ]


def spoiled(sealed):
    box = bytearray(base64.urlsafe_b64decode(sealed["sealed"] + "=="))
    box[-1] ^= 1
    return {**sealed, "sealed": base64.urlsafe_b64encode(box).decode().rstrip("=")}


def send_what_is_none(shop, engine):
    kept, private = [], []
    for name, (context, stream, request, body, more) in turned_away(shop):
        sent = shop.send(context, stream, request, body, **more)
        shop.flush()
        command = example.command_id(shop.client, *sent)
        said = shop.until(f"/v1/commands/{command}", lambda status, _: status == 200)
        expect(said["outcome"] == "turned_away" and said["problem"]["type"] == "/problems/" + name,
               name, "was expected, and this is", said)
        expect(said["command"] == command and said["client"] == shop.client, said)
        is_private = name in ("card_number_is_not_accepted", "personal_data_is_not_sealed",
                              "sealed_data_is_damaged")
        (private if is_private else kept).append(
            body if isinstance(body, bytes) else json.dumps(body).encode())
        expect(engine.metric("holdfast_topic_commands_turned_away_total", context=context,
                             reason=name) >= 1, name, "is not counted")
    # Without these there is nothing to ask for: it is counted and logged.
    for name, request, headers in (
            ("header_is_malformed", MOVEMENTS, {"holdfast-client": None}),
            ("idempotency_key_is_missing", MOVEMENTS, {"idempotency-key": None}),
            ("card_number_is_not_accepted", MOVEMENTS.replace("cup", SPELT_OTHERWISE), {})):
        before = engine.metric("holdfast_topic_commands_turned_away_total", reason=name)
        shop.send("stock", "cup", request, RECEIVE, headers=headers)
        shop.flush()
        shop.until("/healthz", lambda *_: engine.metric(
            "holdfast_topic_commands_turned_away_total", reason=name) == before + 1)
    expect("event=command_turned_away" in engine.errors.read_text(), "nothing is logged")
    return kept, private


def on_hand(shop, sku):
    status, said = shop.get("/v1/availability", sku=sku)
    if status != 200:
        return None
    return sum(shelf["on_hand"] for row in said["items"] for shelf in row["locations"])


def repeat(shop, engine):
    """The same key again, on either way, is the same command; with another body it is refused."""
    before = on_hand(shop, "cup")
    sent = shop.send("stock", "cup", MOVEMENTS, RECEIVE, key="once")
    first = shop.outcome(sent)
    shop.send("stock", "cup", MOVEMENTS, RECEIVE, key="once")
    shop.send("stock", "cup", MOVEMENTS, {**RECEIVE, "quantity": 7}, key="once")
    request = urllib.request.Request(engine.url + sent[1], json.dumps(RECEIVE).encode(),
                                     {"Idempotency-Key": "once", "Content-Type": "application/json"},
                                     method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        expect(answer.headers["Idempotent-Replayed"] == "true", answer.headers)
    last = shop.outcome(shop.send("stock", "cup", MOVEMENTS, RECEIVE))
    expect(last["outcome"] == "accepted" and shop.outcome(sent) == first, first, last)
    shop.until("/healthz", lambda *_: on_hand(shop, "cup") == before + 2)
    for name in ("command_came_before", "idempotency_key_was_used"):
        expect(engine.metric("holdfast_topic_commands_turned_away_total", reason=name) == 1, name)


def kill_in_the_middle(shop, engine, count=3_000, skus=20):
    sent = []
    for number in range(count):
        sku = f"sku-{number % skus}"
        for _ in range(2 if number % 10 == 0 else 1):
            sent.append((sku, shop.send("stock", sku, f"POST /v1/skus/{sku}/movements", RECEIVE,
                                        key=f"unit-{number}")))
        if number in (count // 3, count // 2):
            shop.flush()
            engine.end(signal.SIGKILL)
        if number in (count // 3 + 100, count // 2 + 100):
            engine.start()  # what was produced meanwhile has waited
    shop.flush()
    for sku, command in sent[-skus:]:
        expect(shop.outcome(command)["outcome"] == "accepted", sku, command)
    for number in range(skus):
        shop.until("/healthz", lambda *_: on_hand(shop, f"sku-{number}") == count // skus)
    shop.until("/healthz", lambda *_: engine.metric("holdfast_topic_lag") == 0)


def fingerprint(body):
    """As it would stand in a record: anybody could try card numbers until one has it."""
    return hashlib.blake2b(struct.pack("<Q", len(body)) + body).digest()[:8]


def record_bytes(brokers):
    topics = [f"{NAMESPACE}.{context}.events" for context in ("stock", "cart")]
    reader = confluent_kafka.Consumer({"bootstrap.servers": brokers, "group.id": "looking",
                                       "enable.auto.commit": False, "enable.partition.eof": True})
    reader.assign([confluent_kafka.TopicPartition(topic, partition, confluent_kafka.OFFSET_BEGINNING)
                   for topic in topics for partition in range(PARTITIONS)])
    found, ended = [], 0
    while ended < len(topics) * PARTITIONS:
        message = reader.poll(20)
        expect(message is not None, "the records cannot be read")
        if message.error() is None:
            found.append(message.value() or b"")
        else:
            expect(message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF, message.error())
            ended += 1
    reader.close()
    return b"".join(found)


def look_at_the_records(programs, engine, brokers, kept, private):
    written = record_bytes(brokers)
    for body in kept:
        expect(fingerprint(body) in written, "is not told from another by", body[:100])
    for body in private:
        expect(fingerprint(body) not in written, "a hash is kept of", body[:100])
    """Everything that came has its record; what must not be kept is nowhere."""
    listed = subprocess.run([str(programs / "holdfast-replay"), *engine.where, "list"],
                            capture_output=True, text=True, check=True).stdout
    raw = {base64.urlsafe_b64decode(found + "==") for found in re.findall(r'"raw":"([^"]*)"', listed)}
    for body in kept:
        expect(body in raw, "is not on record:", body[:100])
    for private in (CARD, CARD.replace(" ", ""), "Bob Hope", "High Street"):
        expect(not any(private.encode() in one for one in raw) and private not in listed, private)
    verified = subprocess.run([str(programs / "holdfast-replay"), *engine.where, "verify"],
                              capture_output=True, text=True, check=False)
    expect(verified.returncode == 0, verified.stdout, verified.stderr)


def delete_a_topic(shop, brokers, engine):
    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": brokers})
    for done in admin.delete_topics([f"{NAMESPACE}.cart.commands"]).values():
        done.result()
    shop.until("/healthz",
               lambda *_: engine.metric("holdfast_topic_stuck", context="cart") == PARTITIONS)
    expect(re.search(r"event=commands_stuck .*producing\.cart\.commands", engine.errors.read_text()),
           "nothing is logged")
    expect(engine.metric("holdfast_topic_stuck", context="stock") == 0, "another topic is stuck")
    expect(shop.get("/readyz")[0] == 200, "HTTP does not go on")
    outcome = shop.outcome(shop.send("stock", "cup", MOVEMENTS, RECEIVE))
    expect(outcome["outcome"] == "accepted", "the other topics go on", outcome)


def main(programs):
    with Broker() as brokers, tempfile.TemporaryDirectory() as folder:
        engine = Engine(programs, pathlib.Path(folder), brokers)
        shop = example.Commands(brokers, NAMESPACE, engine.url)
        shop.until("/readyz", lambda status, _: status == 200)
        subprocess.run([str(EXAMPLE), brokers, NAMESPACE, engine.url], check=True)
        kept, private = send_what_is_none(shop, engine)
        repeat(shop, engine)
        kill_in_the_middle(shop, engine)
        look_at_the_records(programs, engine, brokers, kept, private)
        delete_a_topic(shop, brokers, engine)
        engine.end(signal.SIGTERM)
    print("well")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
