"""What deploy/ gives to those who have containers agrees with itself and with the program.

    manifests.py ROOT HOLDFAST     with the Python of build/python (deploy/packages.sh pypi)

By the schemas of compose and of Kubernetes first, then by what no schema knows: the program takes
the arguments and the settings, what one object names another one is, the probes are answered, and an
engine has the time that it takes to end. Prints each fault; ends with 1 if there is one.
"""

import http.client
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import yaml

SERVES = re.compile(r"holdfast serves on http://127\.0\.0\.1:(\d+)")
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
LOADED_BY_ALL = {"libc6", "libgcc-s1"}  # of every Debian


class Manifests:
    def __init__(self, root, program):
        self.root, self.program = pathlib.Path(root), program
        self.faults, self.arguments, self.started = [], [], []
        self.compose = yaml.safe_load((self.root / "deploy/compose.yaml").read_text())
        self.objects = {}
        for file in sorted((self.root / "deploy/kubernetes").glob("*.yaml")):
            for one in yaml.safe_load_all(file.read_text()):
                self.objects[one["kind"], one["metadata"]["name"]] = one
        self.dockerfile = (self.root / "deploy/Dockerfile").read_text()
        self.manual = (self.root / "docs/operations.md").read_text()

    def fault(self, text):
        self.faults.append(text)

    def expect(self, holds, text):
        if not holds:
            self.fault(text)

    # ---- by the schemas ----

    def check_schemas(self):
        bin_folder = pathlib.Path(sys.executable).parent
        self.run_validator([bin_folder / "check-jsonschema", "--builtin-schema",
                            "vendor.compose-spec", self.root / "deploy/compose.yaml"])
        for file in sorted((self.root / "deploy/kubernetes").glob("*.yaml")):
            self.run_validator([bin_folder / "kubernetes-validate", "--strict", "--quiet", file])

    def run_validator(self, command):
        done = subprocess.run(command, capture_output=True, text=True)
        self.expect(done.returncode == 0, f"{command[-1]}: {done.stdout}{done.stderr}")

    # ---- the program ----

    def check_arguments(self):
        """The program takes them: it goes as far as to ask for brokers that are not there. That it
        waits for; so all at once."""
        for what, arguments, config in self.arguments:
            self.start(what, arguments, config)
        for what, folder, program in self.started:
            words = program.communicate()[1]
            folder.cleanup()
            self.expect(program.returncode == 1 and "does Kafka answer at 127.0.0.1:1?" in words,
                        f"{what}: the program does not take this: {words.strip()}")

    def start(self, what, arguments, config):
        folder = tempfile.TemporaryDirectory()
        changed = [re.sub(r"^--data=.*", f"--data={folder.name}", one) for one in arguments]
        if config is not None:
            path = pathlib.Path(folder.name) / "holdfast.toml"
            path.write_text(config)
            changed = [re.sub(r"^--config=.*", f"--config={path}", one) for one in changed]
        secret = pathlib.Path(folder.name) / "keys"
        secret.write_text("0" * 64)
        changed = [re.sub(r"^--keys-secret-file=.*", f"--keys-secret-file={secret}", one)
                   for one in changed]
        program = subprocess.Popen([self.program, *changed, "--brokers=127.0.0.1:1"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.started.append((what, folder, program))

    def check_probes(self):
        pod = self.objects["StatefulSet", "holdfast"]["spec"]["template"]["spec"]
        container, = pod["containers"]
        probes = {container[one]["httpGet"]["path"] for one in PROBES}
        healthcheck = self.compose["services"]["engine-1"]["healthcheck"]["test"]
        with tempfile.TemporaryDirectory() as folder:
            engine = subprocess.Popen(
                [self.program, "--data", folder, "--listen", "127.0.0.1:0",
                 "--insecure-no-tokens"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True)
            try:
                found = SERVES.search(engine.stdout.readline())
                if not found:
                    return self.fault("the program does not serve")
                for path in probes:
                    self.expect(answer(int(found[1]), path) == 200, f"{path}: no such probe")
                words = [one.replace("127.0.0.1/8080", f"127.0.0.1/{found[1]}")
                         for one in healthcheck[1:]]
                self.expect(subprocess.run(words).returncode == 0,
                            f"compose.yaml: the healthcheck fails: {words}")
                unknown = [one.replace("/readyz", "/v1/none") for one in words]
                self.expect(subprocess.run(unknown).returncode != 0,
                            "compose.yaml: the healthcheck passes whatever is answered")
            finally:
                engine.terminate()
                engine.communicate()

    def grace_seconds(self):
        """Twice: of the requests, then of what they decided."""
        text = (self.root / "engine/main.cc").read_text()
        return 2 * int(re.search(r"std::chrono::seconds grace\{(\d+)\}", text)[1])

    # ---- what each names ----

    def check_compose(self):
        services = self.compose["services"]
        engines = {name: one for name, one in services.items() if one["image"] == "holdfast"}
        brokers = {name for name in services if name not in engines}
        self.expect(len(engines) == 2 and len(brokers) == 3, "compose.yaml: not 2 engines on 3")
        voters = {re.split("[@:]", one)[1] for name in brokers for one in
                  services[name]["environment"]["KAFKA_CONTROLLER_QUORUM_VOTERS"].split(",")}
        self.expect(voters == brokers, f"compose.yaml: {voters} vote, {brokers} are there")
        for name, engine in engines.items():
            given = flags(engine["command"])
            asked = {one.split(":")[0] for one in given["--brokers"].split(",")}
            self.expect(asked == brokers, f"{name}: asks {asked}, {brokers} are there")
            self.expect(given["--advertise"] == f"{name}:{port_of(given)}",
                        f"{name}: is not reached at {given['--advertise']}")
            self.expect(engine["ports"][0].endswith(f":{port_of(given)}"),
                        f"{name}: does not listen on what is published")
            for flag in ("--token-secret", "--peers-secret-file", "--keys-secret-file"):
                secret = given[flag].removeprefix("/run/secrets/")
                self.expect(secret in engine["secrets"] and secret in self.compose["secrets"],
                            f"{name}: {flag} is no secret of it")
            self.expect(f"{name}:{given['--data']}" in engine["volumes"],
                        f"{name}: its data has no volume")
            self.expect(seconds(engine["stop_grace_period"]) > self.grace_seconds(),
                        f"{name}: has no time to end")
            self.arguments.append((name, engine["command"], None))
        for secret in self.compose["secrets"].values():
            self.expect(f"deploy/{secret['file']}" in self.manual,
                        f"operations.md does not say how {secret['file']} is made")

    def check_kubernetes(self):
        stateful = self.objects["StatefulSet", "holdfast"]["spec"]
        pod = stateful["template"]["spec"]
        labels = stateful["template"]["metadata"]["labels"]
        container, = pod["containers"]
        given = flags(container["args"])
        self.check_selectors(stateful, labels, container)
        self.check_address(stateful, given)
        self.check_mounts(stateful, pod, container, given)
        linger = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
        needed = linger + self.grace_seconds() + 10  # and to leave the group, and the log
        self.expect(pod["terminationGracePeriodSeconds"] > needed,
                    f"engines.yaml: an engine may take {needed} s to end")
        for probe in PROBES:
            self.expect(container[probe]["httpGet"]["port"] in ports(container),
                        f"engines.yaml: the {probe} asks a port that is not there")
        self.expect(container["readinessProbe"]["httpGet"]["path"] == "/readyz",
                    "engines.yaml: ready is who answers /readyz")
        self.expect(container["livenessProbe"]["httpGet"]["path"] == "/healthz",
                    "engines.yaml: who waits for others is not to be killed")
        user = re.search(r"^USER (\d+):", self.dockerfile, re.M)[1]
        self.expect(pod["securityContext"]["runAsUser"] == int(user),
                    f"engines.yaml: the image's user is {user}")
        arguments = [one.replace("$(POD_NAME)", "holdfast-0").replace("$(POD_NAMESPACE)", "shop")
                     for one in container["args"]]
        self.arguments.append(("engines.yaml", arguments,
                               self.objects["ConfigMap", "holdfast"]["data"]["holdfast.toml"]))

    def check_selectors(self, stateful, labels, container):
        budget = self.objects["PodDisruptionBudget", "holdfast"]["spec"]
        selectors = [stateful["selector"]["matchLabels"], budget["selector"]["matchLabels"]]
        for name in ("holdfast", "holdfast-engines"):
            service = self.objects["Service", name]["spec"]
            selectors.append(service["selector"])
            for port in service["ports"]:
                self.expect(port["targetPort"] in ports(container), f"{name}: no such port")
        self.expect(all(one.items() <= labels.items() for one in selectors),
                    "kubernetes: a selector finds no engine")

    def check_address(self, stateful, given):
        headless = self.objects["Service", stateful["serviceName"]]
        self.expect(headless["spec"].get("clusterIP") == "None", "the engines' service is not headless")
        self.expect(given["--advertise"] == "$(POD_NAME)." + headless["metadata"]["name"] +
                    f".$(POD_NAMESPACE).svc:{port_of(given)}",
                    f"engines.yaml: no engine is reached at {given['--advertise']}")

    def check_mounts(self, stateful, pod, container, given):
        volumes = {one["name"]: one for one in pod["volumes"]}
        mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
        claims = {one["metadata"]["name"] for one in stateful["volumeClaimTemplates"]}
        self.expect(set(mounts) == set(volumes) | claims, "engines.yaml: volumes are not mounts")
        self.expect(given["--data"] == mounts["data"], "engines.yaml: --data is on no volume")
        for flag in ("--config", "--token-key", "--peers-secret-file", "--keys-secret-file"):
            folder, _, file = given[flag].rpartition("/")
            volume = volumes[next(name for name, path in mounts.items() if path == folder)]
            if "configMap" in volume:
                kept = self.objects["ConfigMap", volume["configMap"]["name"]]["data"]
                self.expect(file in kept, f"engines.yaml: {given[flag]} is not there")
                continue
            made = (f"kubectl create secret generic {volume['secret']['secretName']} "
                    f"--from-file={file}=")
            self.expect(made in self.manual, f"operations.md does not say: {made}")

    def check_image(self):
        """What the program links is what the image installs."""
        listed = (self.root / "deploy/packages.sh").read_text()
        listed = re.search(r"for_run\(\) \{\n +cat <<'LIST'\n(.*?)\nLIST", listed, re.S)[1]
        listed = {line.split()[0] for line in listed.splitlines()}
        read = subprocess.run(["objdump", "-p", self.program], capture_output=True, text=True)
        needed = set(re.findall(r"NEEDED +(\S+)", read.stdout))
        found = subprocess.run(["ldd", self.program], capture_output=True, text=True).stdout
        for name, path in re.findall(r"(\S+) => (\S+)", found):
            if name in needed:
                package = package_of(path)
                self.expect(package in listed | LOADED_BY_ALL,
                            f"packages.sh run: has no {package} for {name}")
        installed = re.findall(r"^RUN .*packages\.sh (\w+)", self.dockerfile, re.M)
        self.expect(installed == ["build", "run"], f"Dockerfile: installs {installed}")


def flags(arguments):
    return dict(one.split("=", 1) for one in arguments)


def port_of(given):
    return given["--listen"].rpartition(":")[2]


def ports(container):
    return {one["name"] for one in container["ports"]}


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


def package_of(path):
    real = str(pathlib.Path(path).resolve())
    for one in (path, real, real.removeprefix("/usr")):
        done = subprocess.run(["dpkg", "-S", one], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    return f"package of {path}"


def answer(port, path):
    """The status; an engine that is not ready yet, 503, is asked again."""
    until = time.monotonic() + 60
    status = 503
    while status == 503 and time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
    return status


def faults_of(root, program):
    manifests = Manifests(root, program)
    manifests.check_schemas()
    manifests.check_compose()
    manifests.check_kubernetes()
    manifests.check_arguments()
    manifests.check_probes()
    manifests.check_image()
    return manifests.faults


def main():
    faults = faults_of(*sys.argv[1:3])
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
