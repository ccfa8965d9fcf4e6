#!/bin/sh
# Installs what Holdfast needs from Debian 12, by name, and only what is missing.
#
#   deploy/packages.sh run           to run what was built elsewhere (deploy/Dockerfile)
#   deploy/packages.sh build         to compile and run it
#   deploy/packages.sh build test    and to test it
#   deploy/packages.sh build lint    and to format and lint it
#   deploy/packages.sh kafka         to run an Apache Kafka to test with (deploy/kafka)
#   deploy/packages.sh kafka peers   and to measure what others do on it (bench/peers)
#   deploy/packages.sh pypi          what some tests need of Python's own index, into build/python
set -eu

# One package a line, and why.
for_build() {
    cat <<'LIST'
g++                       the compiler, GCC 12
cmake                     the build
ninja-build               runs the build
ccache                    keeps what was compiled
libgtest-dev              the tests' framework: every preset configures them
libgmock-dev              matchers for it
librocksdb-dev            state and views
libflatbuffers-dev        records on disk
flatbuffers-compiler      flatc: schemas to C++
libboost1.81-dev          Asio and Beast: HTTP
libboost-url1.81-dev      request targets
libssl-dev                SHA-256, HMAC, TLS
libjemalloc-dev           the allocator of the engine
libsodium-dev             sealing of personal data
libcpp-jwt-dev            bearer tokens
nlohmann-json3-dev        what cpp-jwt's claims are made of
prometheus-cpp-dev        metrics
libsimdjson-dev           reads JSON
libspdlog-dev             the log lines
libfmt-dev                formats them
libcli11-dev              arguments of the programs
librdkafka-dev            the log on Kafka
xz-utils                  the year's file is packed
python3                   the year's oracle
LIST
}

for_run() {
    cat <<'LIST'
libstdc++6                what the program links, from here on
libspdlog1.10
libfmt9
libjemalloc2
libboost-url1.81.0
libssl3
libprometheus-cpp-core1.0
librdkafka1
librocksdb7.8
libsodium23
libsimdjson14
LIST
}

for_test() {
    cat <<'LIST'
curl                      sends the first order of docs/examples
util-linux                prlimit: a disk that is nearly full
binutils                  objdump: which libraries the program links
python3-venv              a place of its own for what is from Python's index
python3-confluent-kafka   a Kafka client that nobody here wrote
python3-jsonschema        records beside what the AsyncAPI document says of them
LIST
}

for_kafka() {
    cat <<'LIST'
maven                     fetches Kafka's jars by name
openjdk-17-jre-headless   runs them
python3                   starts and ends the nodes
util-linux                setpriv: they end with who started them
LIST
}

for_peers() {
    cat <<'LIST'
openjdk-17-jdk-headless   compiles them
LIST
}

for_lint() {
    cat <<'LIST'
clang-format-19           14 breaks concepts
clang-tidy-19             14 cannot read std::expected from GCC 12's library
LIST
}

# From Python's own index; the versions are those that the tests were written for.
from_pypi() {
    cat <<'LIST'
check-jsonschema==0.39.0     has the schema of compose.yaml in it
kubernetes-validate==1.37.0  and that one those of Kubernetes
LIST
}

# Python's installer keeps what it fetched, so that a fresh checkout fetches nothing again.
install_from_pypi() {
    cd "$(dirname "$0")/.."
    mkdir -p build
    exec 9>build/python.lock
    flock 9
    wanted=$(from_pypi | cut -d' ' -f1)
    [ "$(cat build/python/installed 2>/dev/null)" != "$wanted" ] || return 0
    echo "installing from Python's index:" $wanted
    rm -rf build/python
    /usr/bin/python3 -m venv build/python
    # shellcheck disable=SC2086  # a list of names
    build/python/bin/python3 -m pip install --quiet --disable-pip-version-check $wanted </dev/null
    echo "$wanted" >build/python/installed
}

if [ "$*" = pypi ]; then
    install_from_pypi
    exit
fi

missing=""
for group in "$@"; do
    for package in $("for_$group" | cut -d' ' -f1); do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing; as root:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of names
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 $missing </dev/null >/dev/null
