#!/usr/bin/env python3
"""A real shop's year, or its first days, over HTTP through an engine that is killed in the middle.

    year_test.py FOLDER_OF_PROGRAMS [--days N] [--opening SHARE] [--kill-loader]
                 [--kafka [--engines N]] [--memory-mib MOST] [--to-partitions COUNT]

The loader must go on by itself when the engine comes back, end with every figure as the oracle has
it, and find the same when it is run again. With --kill-loader it is killed too, and resumes, and then has to
notice that an oracle is wrong by one unit. With --kafka
the log is on a broker of the test's own, and as many engines as --engines says share its partitions: the loader
asks them in turn. With --memory-mib the engine that went on took no more than that.
When all is done and the engines have ended, the log alone must make the state of the last one again, bit for
bit. With --kafka each stream must have the state that it has of an engine that ran alone, on its own disk.
With --to-partitions it is copied to so many then, and an engine there is told the same again: every command is
answered as it was, and every figure is still the oracle's.
"""

import argparse
import contextlib
import lzma
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).parents[2]
THE_YEAR = ROOT / "bench" / "year" / "online-retail.csv.xz"
CLUSTER = ROOT / "deploy" / "kafka" / "cluster.py"
ORACLE = ROOT / "tests" / "oracle" / "year_oracle.py"
STARTS_WITHIN_S = 60
PARTITIONS = 40  # of all contexts
STREAMS_AT_LEAST = 3_000
WRONG_ORACLE = f"""
import json, subprocess, sys
said = subprocess.run([sys.executable, "-B", {str(ORACLE)!r}, *sys.argv[1:]], check=True,
                      stdout=subprocess.PIPE)
table = json.loads(said.stdout)
table["totals"]["goods_units"] += 1
print(json.dumps(table))
"""


def first_days(days):
    """The file's rows up to the end of that many days; and the days."""
    with lzma.open(THE_YEAR, "rt", encoding="utf-8", newline="") as text:
        rows = text.readlines()
    seen, kept = [], [rows[0]]
    for row in rows[1:]:
        day = re.search(r",(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d,", row).group(1)
        if day not in seen:
            if len(seen) == days:
                break
            seen.append(day)
        kept.append(row)
    return "".join(kept), seen


class Broker:
    """One node, until it is left; gives the arguments that say where it is."""

    def __enter__(self):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(CLUSTER), "--nodes", "1"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("bootstrap "):
                return ["--brokers", line.split()[1]]
        raise SystemExit("no broker: its words are above")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()


class Engine:
    def __init__(self, programs, folder, where):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.command = [str(programs / "holdfast"), "--data", str(self.data()), "--own-times",
                        "--insecure-no-tokens", *where]
        if "--brokers" in where:
            secret = folder / "secret"
            secret.write_text("7" * 64)
            self.command += ["--replicas", "1", "--keys-secret-file", str(secret),
                             "--peers-secret-file", str(secret),
                             "--kafka", "session.timeout.ms=3000", "--no-public-topics"]
        self.errors = (folder / "engine.err").open("w")
        self.port = 0
        self.start()

    def data(self):
        return self.folder / "data"

    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def partitions_led(self):
        with urllib.request.urlopen(self.url() + "/metrics") as answer:
            found = re.search(rb"^holdfast_partitions_led (\d+)$", answer.read(), re.MULTILINE)
        return int(found.group(1)) if found else 0

    def start(self):
        self.process = subprocess.Popen([*self.command, "--listen", f"127.0.0.1:{self.port}"],
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True)
        readable, _, _ = select.select([self.process.stdout], [], [], STARTS_WITHIN_S)
        words = self.process.stdout.readline() if readable else ""
        served = re.search(r":(\d+)$", words.strip())
        if not served:
            self.kill()
            raise SystemExit(f"the engine did not start: {words}")
        self.port = int(served.group(1))

    def memory_mib(self):
        """What it had at once at most, since it started."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE).group(1)) / 1024

    def kill(self):
        self.end(signal.SIGKILL)

    def close(self):
        self.kill()
        self.errors.close()
        print((self.folder / "engine.err").read_text()[-4000:], file=sys.stderr)

    def end(self, how):
        if self.process.stdout.closed:
            return None
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()
        return self.process.returncode


def share_evenly(engines):
    """Waits until each leads as much as the others."""
    until = time.monotonic() + STARTS_WITHIN_S
    while any(engine.partitions_led() != PARTITIONS // len(engines) for engine in engines):
        if time.monotonic() > until:
            raise SystemExit("the engines do not share the partitions")
        time.sleep(0.1)


def loader(options, engines, folder, oracle=ORACLE):
    return subprocess.Popen(
        [str(options.programs / "holdfast-year"), "--url", *(engine.url() for engine in engines),
         "--opening", options.opening, "--file", str(folder / "days.csv"), "--oracle", str(oracle),
         "--bookmark", str(folder / "bookmark")],
        stdout=subprocess.PIPE, stderr=sys.stderr, text=True)


def until_done(folder, day, process):
    """Waits for the loader to have that day behind it."""
    while process.poll() is None:
        try:
            done = re.search(r"^done (.*)$", (folder / "bookmark").read_text(), re.MULTILINE)
        except FileNotFoundError:
            done = None
        if done and done.group(1) >= day:
            return
        time.sleep(0.01)
    raise SystemExit("the loader ended before the engine was killed")


def ended_well(process):
    printed, _ = process.communicate()
    print(printed)
    if process.returncode != 0 or "all the same" not in printed:
        raise SystemExit(f"the loader ended with {process.returncode}")


def notices_a_wrong_oracle(options, engines, folder):
    """One figure that differs is named, and is the loader's failure."""
    wrong = folder / "wrong_oracle.py"
    wrong.write_text(WRONG_ORACLE)
    process = loader(options, engines, folder, wrong)
    printed, _ = process.communicate()
    named = re.findall(r"^(\S+) .* DIFFERS$", printed, re.MULTILINE)
    if process.returncode != 1 or named != ["totals.goods_units"] or "1 DIFFER" not in printed:
        raise SystemExit(f"a wrong oracle: {process.returncode}, {named}\n{printed}")


def same_in_other_partitions(options, folder, data, where):
    """The history in other partitions is the same shop, which knows every command that it is told."""
    replay = [str(options.programs / "holdfast-replay"), "--data", str(data), *where]
    other = folder / "other"
    count = str(options.to_partitions)
    copied = subprocess.run([*replay, "copy", "--to-data", str(other / "data"), "--to-partitions",
                             count], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    print(copied.stdout)
    if copied.returncode != 0 or "generation 2: each of " not in copied.stdout:
        raise SystemExit(f"copy ended with {copied.returncode}: {copied.stderr}")
    (other / "days.csv").write_bytes((folder / "days.csv").read_bytes())
    engine = Engine(options.programs, other, ["--partitions", count])
    try:
        ended_well(loader(options, [engine], other))
        if engine.end(signal.SIGTERM) != 0:
            raise SystemExit("the engine did not end well")
        log_makes_the_state(options.programs, engine, [], 5 * options.to_partitions)
    finally:
        engine.close()


def log_makes_the_state(programs, engine, where, partitions=PARTITIONS):
    """What the log holds, replayed from its first record, is what the engine ended with."""
    replay = [str(programs / "holdfast-replay"), "--data", str(engine.data()), *where, "verify"]
    verified = subprocess.run(replay, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    print(verified.stdout)
    if verified.returncode != 0:
        raise SystemExit(f"verify ended with {verified.returncode}: {verified.stderr}")
    found = re.findall(r"^state [a-z ]+: +([0-9a-f]{64})", verified.stdout, re.MULTILINE)
    compared = f"{partitions} of {partitions} partitions; 0 rec"
    if len(found) != 2 or found[0] != found[1] or compared not in verified.stdout:
        raise SystemExit("not all of the state was compared, to the end of the log")


def states(programs, where):
    """A line a stream, as the log ends."""
    told = subprocess.run([str(programs / "holdfast-replay"), *where, "states"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.splitlines()
    if len(told) < STREAMS_AT_LEAST:
        raise SystemExit(f"of {len(told)} streams there are states")
    return told


def states_of_one_alone(options, folder):
    """The same requests to an engine on its own disk, which nobody kills."""
    (folder / "bookmark").rename(folder / "bookmark.kafka")
    engine = Engine(options.programs, folder / "alone", [])
    try:
        ended_well(loader(options, [engine], folder))
        engine.end(signal.SIGTERM)
        return states(options.programs, ["--data", str(engine.data())])
    finally:
        engine.close()


def run(options, folder, where):
    rows, days = first_days(options.days)
    (folder / "days.csv").write_text(rows, newline="")
    engines = [Engine(options.programs, folder / f"engine-{n}", where)
               for n in range(options.engines)]
    last = engines[-1]
    try:
        if where:
            share_evenly(engines)
        process = loader(options, engines, folder)
        until_done(folder, days[len(days) // 3], process)
        last.kill()
        last.start()
        if options.kill_loader:
            until_done(folder, days[len(days) // 2], process)
            process.kill()
            process.communicate()
            process = loader(options, engines, folder)
        ended_well(process)
        ended_well(loader(options, engines, folder))
        if options.kill_loader:
            notices_a_wrong_oracle(options, engines, folder)
        if options.memory_mib and last.memory_mib() > options.memory_mib:
            raise SystemExit(f"the engine took {last.memory_mib():.0f} MiB")
        for engine in engines:
            if where:
                share_evenly(engines[engines.index(engine):])  # what those before it had, too
            if engine.end(signal.SIGTERM) != 0:
                raise SystemExit("an engine did not end well")
        log_makes_the_state(options.programs, last, where)
        if where:
            differing = set(states(options.programs, where)) ^ set(
                states_of_one_alone(options, folder))
            if differing:
                raise SystemExit("not as of one alone:\n" + "\n".join(sorted(differing)[:50]))
        if options.to_partitions:
            same_in_other_partitions(options, folder, last.data(), where)
    finally:
        for engine in engines:
            engine.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--opening", default="1")
    parser.add_argument("--kill-loader", action="store_true")
    parser.add_argument("--kafka", action="store_true")
    parser.add_argument("--engines", type=int, default=1)
    parser.add_argument("--memory-mib", type=float)
    parser.add_argument("--to-partitions", type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with Broker() if options.kafka else contextlib.nullcontext([]) as where:
            run(options, pathlib.Path(folder), where)


if __name__ == "__main__":
    main()
