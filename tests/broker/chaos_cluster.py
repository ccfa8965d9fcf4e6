"""Three brokers, the engines on them, and one engine that comes to the brokers through a proxy."""

import http.client
import os
import pathlib
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import confluent_kafka.admin

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "docs" / "examples")]
from produce_commands import partition_of  # noqa: E402, F401
from stalling_proxy import Proxy  # noqa: E402

CLUSTER = ROOT / "deploy" / "kafka" / "cluster.py"
NAMESPACE, PARTITIONS, CONTEXTS = "chaos", 4, 5
NODES = (1, 2, 3)
QUICK_TO_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # nodes start again and again here


class Failed(Exception):
    """What was to be so and is not."""


def expect(is_so, *words):
    if not is_so:
        raise Failed(" ".join(str(word) for word in words))


def until(is_so, what, seconds=60, pause=0.02):
    """The first answer that is as it should be."""
    give_up = time.monotonic() + seconds
    while not (found := is_so()):
        expect(time.monotonic() < give_up, what, "did not come true in", seconds, "seconds")
        time.sleep(pause)
    return found


class Brokers:
    def __init__(self):
        self.proxy = Proxy(len(NODES))
        self.processes = {}
        self.script = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(CLUSTER), "--nodes", str(len(NODES)),
             "--proxy", ",".join(map(str, self.proxy.ports))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "JAVA_TOOL_OPTIONS": QUICK_TO_START})
        self.bootstrap = self.words_until("bootstrap ").split()[1]
        self.proxied = ",".join(f"127.0.0.1:{port}" for port in self.proxy.ports)

    def words_until(self, beginning):
        for line in self.script.stdout:
            if found := re.fullmatch(r"node (\d) is process (\d+)\n", line):
                self.processes[int(found[1])] = int(found[2])
            if found := re.fullmatch(r"node (\d) is behind (\d+)\n", line):
                self.proxy.lead(int(found[1]), int(found[2]))
            if line.startswith(beginning):
                return line
        raise Failed("no broker: its words are above")

    def kill(self, *nodes):
        for node in nodes:
            os.kill(self.processes[node], signal.SIGKILL)

    def start(self, *nodes):
        print("start", *nodes, file=self.script.stdin, flush=True)
        for node in nodes:
            self.words_until(f"node {node} answers")

    def leader_of(self, topic, partition):
        admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": self.bootstrap})
        return admin.list_topics(topic, timeout=30).topics[topic].partitions[partition].leader

    def end(self):
        self.script.terminate()
        self.script.communicate()


class Engine:
    """`holdfast` on a folder of its own; when it is started again it is at the same port."""

    def __init__(self, name, programs, folder, brokers):
        self.name, self.programs, self.folder = name, programs, folder / name
        self.folder.mkdir()
        self.errors = self.folder / "errors"
        self.process, self.port = None, 0
        self.brokers = brokers
        for secret, text in (("keys", 64 * "1"), ("peers", 40 * "s")):
            (folder / secret).write_text(text)
        self.command = [
            str(programs / "holdfast"), "--data", str(self.folder / "data"), "--segment", "8M",
            "--insecure-no-tokens", "--brokers", brokers, "--namespace", NAMESPACE,
            "--partitions", str(PARTITIONS), "--gateway-ms", "1000", "--no-public-topics",
            "--keys-secret-file", str(folder / "keys"),
            "--peers-secret-file", str(folder / "peers")]
        for name, value in (("session.timeout.ms", 1000), ("message.timeout.ms", 3000),
                            ("socket.timeout.ms", 1500)):
            self.command += ["--kafka", f"{name}={value}"]

    def start(self):
        self.begin()
        self.wait_until_it_serves()

    def begin(self):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self.command, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=self.errors.open("a"), text=True)

    def wait_until_it_serves(self):
        readable, _, _ = select.select([self.process.stdout], [], [], 60)
        words = self.process.stdout.readline() if readable else ""
        served = re.search(r":(\d+)$", words.strip())
        expect(served, self.name, "did not start:", words, self.words()[-2000:])
        self.port = int(served.group(1))

    def signal(self, number):
        self.process.send_signal(number)

    def end(self, how):
        self.signal(how)
        status = self.process.wait(60)
        self.process.stdout.close()
        return status

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)

    def words(self):
        return self.errors.read_text(errors="replace")

    def get(self, path):
        """Of an answer with status 200; none: there is no such."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            return body.decode() if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def metric(self, name, **labels):
        """The sum over the series that have these labels; -1: it does not answer."""
        text = self.get("/metrics")
        if text is None:
            return -1
        return sum(float(line.split()[-1]) for line in text.splitlines()
                   if re.match(name + r"[{ ]", line)
                   and all(f'{label}="{value}"' in line for label, value in labels.items()))

    def assigned(self):
        """The partitions that the group gave it last."""
        return [int(n) for n in re.findall(r'event=assigned partitions="(.+?)"',
                                           self.words())[-1].split(",")]

    def led(self):
        return self.metric("holdfast_partitions_led")

    def verify(self, folder):
        """The hash of its state there, which is what the log alone makes; and how many records of
        the log that state does not have yet. Neither when it has none of some partition yet."""
        ended = subprocess.run(
            [str(self.programs / "holdfast-replay"), "--brokers", self.brokers, "--namespace",
             NAMESPACE, "--data", str(folder), "verify"],
            capture_output=True, text=True, check=False, timeout=60)
        expect(ended.returncode == 0, self.name, ended.stdout, ended.stderr)
        if f"compared {PARTITIONS * CONTEXTS} of" not in ended.stdout:
            return None, None
        hashes = re.findall(r"^state [a-z ]+: +([0-9a-f]{64})", ended.stdout, re.MULTILINE)
        expect(len(hashes) == 2 and hashes[0] == hashes[1], self.name, ended.stdout)
        return hashes[0], int(re.search(r"(\d+) records are behind", ended.stdout).group(1))

    def verify_as_it_runs(self):
        """The same of a copy of its folder, for which it stands still for a moment."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        self.signal(signal.SIGSTOP)
        try:
            shutil.copytree(self.folder / "data" / "state", copy / "state")
        finally:
            self.signal(signal.SIGCONT)
        return self.verify(copy)


def history(programs, brokers):
    """Every record, as holdfast-replay lists it."""
    return subprocess.run(
        [str(programs / "holdfast-replay"), "--brokers", brokers, "--namespace", NAMESPACE, "list"],
        capture_output=True, text=True, check=True, timeout=60).stdout


def wait_until_all_is_led(engines):
    until(lambda: sum(engine.led() for engine in engines) == PARTITIONS * CONTEXTS
          and all(engine.get("/readyz") for engine in engines),
          f"that {', '.join(engine.name for engine in engines)} lead everything")


def shuffled(random_from, items):
    items = list(items)
    random.Random(random_from).shuffle(items)
    return items
