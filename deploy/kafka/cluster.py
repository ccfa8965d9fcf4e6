#!/usr/bin/env python3
"""A real Apache Kafka on loopback, one node or three, until Ctrl-C.

    deploy/kafka/cluster.py [--nodes 3] [--port 9092] [--data FOLDER] [--proxy PORT,... | --secure PEM]
    deploy/kafka/cluster.py --fetch      only makes sure that the jars are there

Says "node 1 is process 4711" of each node and, when all of them answer, "bootstrap HOST:PORT,...".
A node may be killed or stopped by its process id; the line "start 1" on the standard input starts
it again, and "node 1 answers" follows when it does; "start 1 2 3" several at once. Ports are free
ones, or --port and those after it. With --proxy who comes through a proxy of yours, at these ports,
one a node, is sent there for every node: "node 1 is behind PORT" says where each is to lead.
With --secure, a file of a certificate and its key, "secure HOST:PORT,..." are as many ports more, for
TLS and the user "engine", password "secret", to whom the rules (ACLs) apply that there are; who comes
by the others makes them.
Without --data the data goes when this ends. Maven fetches Kafka by the names in pom.xml, once, and
keeps it where it keeps everything else.
"""

import argparse
import base64
import fcntl
import os
import pathlib
import random
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FETCHED = HERE.parent.parent / "build" / "kafka"
START_SECONDS = 60
STOP_SECONDS = 10


class Failed(Exception):
    pass


def say(line):
    print(line, flush=True)


# ---- the jars ----


def class_path(pom=HERE / "pom.xml", folder=FETCHED):
    """Where Maven keeps each jar of the pom, joined by colons; the folder keeps the answer."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "class_path"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists() and kept.stat().st_mtime > pom.stat().st_mtime:
            jars = kept.read_text().strip()
            if all(os.path.exists(jar) for jar in jars.split(":")):
                return jars
        kept.unlink(missing_ok=True)
        fetch(pom, kept)
        return kept.read_text().strip()


def fetch(pom, to):
    command = ["mvn", "--batch-mode", "--quiet", "-Dstyle.color=never", "--file", str(pom),
               "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath",
               f"-Dmdep.outputFile={to}"]
    try:
        fetched = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        raise Failed("Maven is missing: deploy/packages.sh kafka installs it") from None
    if fetched.returncode != 0 or not to.exists():
        raise Failed("Apache Kafka's jars cannot be fetched, so there is no broker to test with. "
                     f"Maven says:\n{fetched.stdout.strip()}")


# ---- the nodes ----


held = []  # sockets that keep the ports of this cluster


def free_ports(count):
    """Below those that the system gives to whoever connects, so that nobody takes them meanwhile.
    Another cluster that looks at the same moment finds them taken; a node that listens there does
    not, because it says SO_REUSEADDR, and so does who holds them and does not listen."""
    found = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        holder = socket.socket()
        try:
            holder.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
            continue
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.append(holder)
        found.append(port)
    return found


class Node:
    def __init__(self, cluster, number, port):
        self.cluster, self.number, self.port = cluster, number, port
        self.proxy = cluster.proxies[number - 1] if cluster.proxies else None
        self.secure_port = cluster.secure_ports[number - 1] if cluster.secure_ports else None
        self.folder = cluster.data / f"node-{number}"
        self.settings = self.folder / "server.properties"
        self.log = self.folder / "log.txt"
        self.process = None

    def java(self, *arguments):
        # Ends with this script, however that ends.
        return ["setpriv", "--pdeathsig", "KILL", "java", "-Xmx512m",
                "-XX:-UsePerfData", "-cp", self.cluster.jars,
                *map(str, arguments)]

    def prepare(self, voters):
        """Begins to format the folder, unless that was done before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        nodes = len(voters)
        settings = {
            "process.roles": "broker,controller",
            "node.id": self.number,
            "controller.quorum.voters": ",".join(voters),
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://"
                         + voters[self.number - 1].partition("@")[2],
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self.folder / "data",
            "auto.create.topics.enable": "false",
            "unclean.leader.election.enable": "false",
            "default.replication.factor": nodes,
            "min.insync.replicas": min(nodes, 2),
            "offsets.topic.replication.factor": nodes,
            "offsets.topic.num.partitions": 8,
            "transaction.state.log.replication.factor": nodes,
            "transaction.state.log.min.isr": min(nodes, 2),
            "share.coordinator.state.topic.replication.factor": nodes,
            "share.coordinator.state.topic.min.isr": min(nodes, 2),
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            "broker.session.timeout.ms": 4000,  # until another leads what a killed one led
            "broker.heartbeat.interval.ms": 500,
            "log.cleaner.backoff.ms": 1000,  # between two looks at what is to be compacted
        }
        if self.proxy:
            [behind] = free_ports(1)
            settings["listeners"] += f",PROXIED://127.0.0.1:{behind}"
            settings["advertised.listeners"] += f",PROXIED://127.0.0.1:{self.proxy}"
            settings["listener.security.protocol.map"] = ",".join(
                f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "CONTROLLER", "PROXIED"))
            say(f"node {self.number} is behind {behind}")
        if self.secure_port:
            self.secure(settings)
        self.settings.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        if (self.folder / "data" / "meta.properties").exists():
            return None
        return subprocess.Popen(
            self.java("kafka.tools.StorageTool", "format", "--cluster-id", self.cluster.identity(),
                      "--config", self.settings),
            stdin=subprocess.DEVNULL, stdout=self.log.open("w"), stderr=subprocess.STDOUT)

    def secure(self, settings):
        """Who comes by the other listeners, the brokers too, is nobody, and may do everything."""
        address, of_it = f"SECURE://127.0.0.1:{self.secure_port}", "listener.name.secure."
        settings["listeners"] += f",{address}"
        settings["advertised.listeners"] += f",{address}"
        settings.update({
            "listener.security.protocol.map":
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
            "allow.everyone.if.no.acl.found": "true",
            of_it + "sasl.enabled.mechanisms": "PLAIN",
            of_it + "plain.sasl.jaas.config":
                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                ' user_engine="secret";',
            of_it + "ssl.keystore.type": "PEM",
            of_it + "ssl.keystore.location": self.cluster.pem,
        })

    def start(self):
        """Once the process before it has ended, which may be just about to."""
        if self.process is not None:
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                raise Failed(f"node {self.number} was to be started and runs") from None
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.java("-Dorg.slf4j.simpleLogger.showDateTime=true", "kafka.Kafka",
                          self.settings),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True)  # Ctrl-C is for this script
        say(f"node {self.number} is process {self.process.pid}")

    def wait_until_it_answers(self):
        until = time.monotonic() + START_SECONDS
        while "Kafka Server started" not in self.log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise Failed(f"node {self.number} does not start; it says:\n{self.last_words()}")
            time.sleep(0.05)
        say(f"node {self.number} answers")

    def last_words(self):
        """What it complained of, and how it ended, which is rarely why."""
        lines = self.log.read_text(errors="replace").splitlines()
        grave = (" ERROR ", " FATAL ", "Exception", "Caused by")
        complaints = [line for line in lines[:-10] if any(word in line for word in grave)]
        return "\n".join(complaints[:20] + lines[-10:])


class Cluster:
    def __init__(self, jars, data, asked):
        self.jars, self.data = jars, data
        self.proxies = [int(port) for port in asked.proxy.split(",")] if asked.proxy else []
        self.pem = pathlib.Path(asked.secure).resolve() if asked.secure else None
        self.secure_ports = free_ports(asked.nodes) if asked.secure else []
        ports = (list(range(asked.port, asked.port + asked.nodes)) if asked.port
                 else free_ports(asked.nodes))
        self.nodes = [Node(self, n + 1, port) for n, port in enumerate(ports)]

    def identity(self):
        kept = self.data / "cluster"
        if not kept.exists():
            kept.write_text(base64.urlsafe_b64encode(b"\0" + os.urandom(15)).decode().rstrip("="))
        return kept.read_text()

    def bootstrap(self):
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def start(self):
        voters = [f"{node.number}@127.0.0.1:{port}"
                  for node, port in zip(self.nodes, free_ports(len(self.nodes)))]
        formats = [node.prepare(voters) for node in self.nodes]
        for node, formatting in zip(self.nodes, formats):
            if formatting is not None and formatting.wait() != 0:
                raise Failed(f"node {node.number} cannot be formatted:\n{node.last_words()}")
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            node.wait_until_it_answers()
        if self.secure_ports:
            say("secure " + ",".join(f"127.0.0.1:{port}" for port in self.secure_ports))
        say(f"bootstrap {self.bootstrap()}")

    def obey(self, line):
        """What a line on the standard input asks for."""
        words = line.split()
        known = {str(node.number): node for node in self.nodes}
        if len(words) < 2 or words[0] != "start" or not known.keys() >= set(words[1:]):
            say(f"not understood: {line.strip()}")
            return
        for number in words[1:]:
            known[number].start()
        for number in words[1:]:
            known[number].wait_until_it_answers()

    def stop(self, gently):
        running = [node.process for node in self.nodes if node.process is not None]
        for process in running:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM if gently else signal.SIGKILL)
        until = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Ended(Exception):
    pass


def end(*_):
    raise Ended


def serve(cluster):
    """Until a signal says that it is enough."""
    with selectors.DefaultSelector() as waiting:
        try:
            waiting.register(0, selectors.EVENT_READ)
        except PermissionError:
            pass  # the standard input is a file: nothing more will come
        rest = b""
        while True:
            if not waiting.get_map():
                signal.pause()
            waiting.select()
            piece = os.read(0, 4096)
            if not piece:
                waiting.unregister(0)
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                cluster.obey(line.decode(errors="replace"))


def run(asked):
    kept = asked.data is not None
    data = pathlib.Path(asked.data if kept else tempfile.mkdtemp(prefix="holdfast-kafka-"))
    cluster = None
    try:
        jars = class_path()
        data.mkdir(parents=True, exist_ok=True)
        cluster = Cluster(jars, data.resolve(), asked)
        cluster.start()
        serve(cluster)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if cluster is not None:
            cluster.stop(gently=kept)
        if not kept:
            shutil.rmtree(data, ignore_errors=True)


def main():
    words = argparse.ArgumentParser(description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--nodes", type=int, choices=(1, 3), default=1)
    words.add_argument("--port", type=int, default=0)
    ways = words.add_mutually_exclusive_group()
    ways.add_argument("--proxy")
    ways.add_argument("--secure")
    words.add_argument("--data")
    words.add_argument("--fetch", action="store_true")
    asked = words.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        if asked.fetch:
            class_path()
        else:
            run(asked)
    except Ended:
        pass
    except Failed as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main()
