"""Shows that manifests.py can fail: changes one thing in a copy of deploy/, and wants it named.

    manifests_can_fail_test.py ROOT HOLDFAST
"""

import pathlib
import shutil
import sys
import tempfile
import unittest

import manifests

ROOT, PROGRAM = pathlib.Path(sys.argv[1]), sys.argv[2]
ENGINES, COMPOSE = "deploy/kubernetes/engines.yaml", "deploy/compose.yaml"


class CanFail(unittest.TestCase):
    def faults(self, path, old, new, *checks):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            shutil.copytree(ROOT / "deploy", root / "deploy")
            for file in ("docs/operations.md", "engine/main.cc"):
                (root / file).parent.mkdir()
                shutil.copy(ROOT / file, root / file)
            text = (root / path).read_text()
            self.assertIn(old, text)
            (root / path).write_text(text.replace(old, new, 1))
            tried = manifests.Manifests(root, PROGRAM)
            for check in checks:
                getattr(tried, check)()
        return "\n".join(tried.faults)

    def expect(self, path, old, new, said, check="check_kubernetes"):
        self.assertIn(said, self.faults(path, old, new, check))

    def test_by_the_schemas(self):
        self.expect(ENGINES, "replicas: 2", "replicas: two", "two", "check_schemas")
        self.expect(ENGINES, "minReadySeconds", "minReadySecond", "minReadySecond", "check_schemas")
        self.expect(COMPOSE, "restart: on-failure", "restarts: always", "restarts", "check_schemas")

    def test_what_kubernetes_objects_name(self):
        self.expect(ENGINES, "serviceName: holdfast-engines", "serviceName: holdfast", "headless")
        self.expect(ENGINES, ".svc:8080", ".svc:8081", "is reached at")
        self.expect(ENGINES, "terminationGracePeriodSeconds: 60",
                    "terminationGracePeriodSeconds: 30", "to end")
        self.expect(ENGINES, "path: /readyz, port: http", "path: /healthz, port: http", "/readyz")
        self.expect(ENGINES, "port: http }", "port: web }", "a port that is not there")
        self.expect(ENGINES, "tokens/tokens.pem", "tokens/token.pem", "does not say")
        self.expect(ENGINES, "--data=/var/lib/holdfast", "--data=/data", "--data is on no volume")
        self.expect(ENGINES, "runAsUser: 10001", "runAsUser: 10002", "user is 10001")
        self.expect("deploy/kubernetes/disruption.yaml", "matchLabels: { app.kubernetes.io/name",
                    "matchLabels: { name", "a selector finds no engine")

    def test_what_compose_names(self):
        for old, new, said in [
            ("--advertise=engine-1:8080", "--advertise=engine:8080", "is not reached"),
            ("--brokers=kafka-1:9092,", "--brokers=kafka-4:9092,", "asks"),
            ("3@kafka-3:9093", "3@kafka-4:9093", "vote"),
            ("stop_grace_period: 60s\n  read", "stop_grace_period: 9s\n  read", "no time to end"),
            ("/run/secrets/peers", "/run/secrets/others", "is no secret"),
        ]:
            self.expect(COMPOSE, old, new, said, "check_compose")

    def test_arguments_that_the_program_does_not_know(self):
        change = ("    shards = 1", "    threads = 1")
        faults = self.faults("deploy/kubernetes/settings.yaml", *change, "check_kubernetes",
                             "check_arguments")
        self.assertIn("the program does not take this", faults)

    def test_probes_that_nobody_answers(self):
        self.expect(ENGINES, "path: /healthz", "path: /health", "/health: no such probe",
                    "check_probes")
        self.expect(COMPOSE, "GET /readyz", "GET /ready", "the healthcheck fails", "check_probes")
        self.expect(COMPOSE, "grep -q ' 200 '", "grep -q ' '", "whatever is answered",
                    "check_probes")

    def test_a_library_that_the_image_has_not(self):
        self.expect("deploy/packages.sh", "librdkafka1\n", "", "librdkafka1", "check_image")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
