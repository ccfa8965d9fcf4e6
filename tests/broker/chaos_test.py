#!/usr/bin/python3
"""Three engines on three brokers under load, and what can happen to them, in an order that a seed makes.

    chaos_test.py FOLDER_OF_PROGRAMS [FAULT ...]        HOLDFAST_SEED=<the printed one> reruns an order

Storefronts sell, hold and repeat all the while, and each keeps what it was told. After each fault they
pause until nothing is under way; then every answer's command must be in the history once, no unit
promised twice, every order ended, and every engine's state what the log makes. One of the engines comes
to the brokers through a proxy that can stall and be cut.
"""

import collections
import os
import pathlib
import random
import re
import signal
import sys
import tempfile
import time

import chaos_checks as checks
import chaos_cluster as cluster
from chaos_clients import SKUS, Crowd
from chaos_cluster import CONTEXTS, NAMESPACE, NODES, PARTITIONS
from chaos_cluster import Brokers, Engine, Failed, expect, until

STOREFRONTS = 6
ALL_LOGS = PARTITIONS * CONTEXTS


class Chaos:
    def __init__(self, programs, folder, seed):
        self.programs, self.random = programs, random.Random(seed)
        self.brokers = Brokers()
        self.proxied = Engine("proxied", programs, folder, self.brokers.proxied)
        self.engines = [self.proxied] + [Engine(name, programs, folder, self.brokers.bootstrap)
                                         for name in ("second", "third")]
        for engine in self.engines:
            engine.start()
        self.crowd = Crowd(self.engines, seed, STOREFRONTS)
        cluster.wait_until_all_is_led(self.engines)
        asking = self.crowd.storefronts[0].asking
        asking.command("PUT", "/v1/locations/main",
                       {"name": "Main", "priority": 0, "accepts_orders": True}, "main")
        until(lambda: self.engines[0].metric("holdfast_inputs_in_flight") == 0, "that all SKUs hear of it")
        for sku in SKUS:
            asking.receive(sku, 20, f"open-{sku}")

    def others(self, engine):
        return [one for one in self.engines if one is not engine]

    def wait_until_others_lead(self, engine):
        until(lambda: sum(one.led() for one in self.others(engine)) == ALL_LOGS,
              f"that others lead what {engine.name} led")

    # ---- what can happen ----

    def engine_is_killed(self):
        killed = self.random.choice(self.engines)
        killed.end(signal.SIGKILL)
        self.wait_until_others_lead(killed)
        self.crowd.work_for(1)
        killed.start()

    def engine_leaves(self):
        leaving = self.random.choice(self.engines)
        expect(leaving.end(signal.SIGTERM) == 0, leaving.name, "did not end well")
        self.wait_until_others_lead(leaving)
        self.crowd.work_for(1)
        leaving.start()

    def engine_is_a_zombie(self):
        """It stands still until others lead, and wakes up with what it was about to write."""
        zombie = self.random.choice(self.engines)
        learnt = [("holdfast_kafka_put_out_of_group_total", {}),
                  ("holdfast_kafka_partitions_lost_total", {"reason": "fenced"})]
        count = lambda: sum(zombie.metric(name, **labels) for name, labels in learnt)
        before = count()
        zombie.signal(signal.SIGSTOP)
        self.wait_until_others_lead(zombie)
        self.crowd.work_for(1)
        zombie.signal(signal.SIGCONT)
        until(lambda: count() > before, f"that {zombie.name} learns that it was replaced")

    def leader_is_killed(self):
        partition = self.random.randrange(PARTITIONS)
        node = self.brokers.leader_of(f"{NAMESPACE}.stock.events", partition)
        self.brokers.kill(node)
        self.crowd.work_for(3)
        self.brokers.start(node)

    def all_brokers_are_killed(self):
        self.brokers.kill(*NODES)
        time.sleep(2)
        self.brokers.start(*NODES)

    def network_stalls(self):
        """Batches of one engine are held on their way, time out and are tried again, while others take
        its partitions over. Then all of it arrives, and must count nowhere."""
        proxy, others = self.brokers.proxy, self.others(self.proxied)
        lost = lambda: self.proxied.metric("holdfast_kafka_partitions_lost_total", reason="delivery")
        before, places = lost(), {one: len(one.words()) for one in others}
        proxy.stall()
        rush = self.crowd.rush(self.proxied)
        self.wait_until_others_lead(self.proxied)
        until(lambda: lost() > before, "that batches under way time out")
        held = proxy.held()
        print(f"held: (node, Produce requests, whether their client has given them up) {held}", flush=True)
        pipelined = {node for node, count, is_closed in held if count >= 2 and is_closed}
        expect(pipelined, "no two batches were under way to a node")
        expect(any(collections.Counter(node for node, *_ in held)[node] >= 2 for node in pipelined),
               "none was tried again")
        proxy.let_go()
        late = lambda: self.came_late(places)
        until(lambda: max(late().values(), default=0) >= 2, "that two of one writer come late")
        print(f"came late, batches by partition and epoch: {dict(late())}", flush=True)
        for one in rush:
            one.join()

    @staticmethod
    def came_late(places):
        """How many batches of one writer each partition's readers passed over since then."""
        found = set()
        for engine, place in places.items():
            found |= set(re.findall(r'event=passed_over partition="(.*?)" offset=(\d+) epoch=(\d+)',
                                    engine.words()[place:]))
        return collections.Counter((partition, epoch) for partition, _, epoch in found)

    def answers_stall(self):
        """What it sends is stored, and it does not hear so."""
        before = self.proxied.metric("holdfast_kafka_partitions_lost_total")
        self.brokers.proxy.mute()
        rush = self.crowd.rush(self.proxied)
        self.wait_until_others_lead(self.proxied)
        until(lambda: self.proxied.metric("holdfast_kafka_partitions_lost_total") > before,
              "that it gives up waiting")
        self.brokers.proxy.let_go()
        for one in rush:
            one.join()

    def network_is_cut(self):
        self.brokers.proxy.cut()
        self.wait_until_others_lead(self.proxied)
        self.crowd.work_for(2)
        self.brokers.proxy.let_go()

    FAULTS = (network_stalls, answers_stall, network_is_cut, engine_is_killed, engine_leaves,
              engine_is_a_zombie, leader_is_killed, all_brokers_are_killed)

    def suffer(self, fault):
        began, before = time.monotonic(), len(self.crowd.book.told)
        self.crowd.go_on()
        self.crowd.work_for(1)
        fault(self)
        cluster.wait_until_all_is_led(self.engines)
        self.crowd.work_for(0.5)
        passed = time.monotonic() - began
        records = checks.check(self.programs, self.brokers.bootstrap, self.crowd, self.engines)
        checks.have_the_same_state(self.engines)
        print(f"{fault.__name__}: {passed:.1f} s, {len(self.crowd.book.told) - before} answers; checked"
              f" with {records} decisions in {time.monotonic() - began - passed:.1f} s", flush=True)

    def end(self):
        """All of them end well, and have the same state to the last record."""
        hashes = set()
        self.crowd.end()
        for engine in self.engines:
            expect(engine.end(signal.SIGTERM) == 0, engine.name, "did not end well")
        for engine in self.engines:
            state, behind = engine.verify(engine.folder / "data")
            expect(behind == 0, engine.name, "lacks", behind, "records")
            hashes.add(state)
        expect(len(hashes) == 1, "the engines' states differ:", hashes)
        book = self.crowd.book
        print(f"{len(book.told)} commands acknowledged, {len(book.orders)} orders, {book.repeats} sent"
              f" again; {book.unanswered} tries had no answer; state {hashes.pop()}")

    def clean_up(self):
        for engine in self.engines:
            engine.kill()
        self.brokers.end()


def main(programs, names):
    seed = int(os.environ.get("HOLDFAST_SEED") or random.randrange(1_000_000))
    faults = [fault for fault in Chaos.FAULTS if not names or fault.__name__ in names]
    faults = cluster.shuffled(seed, faults)
    print(f"HOLDFAST_SEED={seed}:", ", ".join(fault.__name__ for fault in faults), flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        chaos = Chaos(programs, pathlib.Path(folder), seed)
        try:
            print(f"began in {time.monotonic() - began:.1f} s", flush=True)
            for fault in faults:
                chaos.suffer(fault)
            chaos.end()
        except BaseException:
            for engine in chaos.engines:
                print(f"---- {engine.name} ----", engine.words()[-4000:], sep="\n", file=sys.stderr)
            raise
        finally:
            chaos.clean_up()
    print(f"well, in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    try:
        main(pathlib.Path(sys.argv[1]), sys.argv[2:])
    except Failed as failed:
        sys.exit(str(failed))
