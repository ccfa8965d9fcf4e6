# Everything a person does here is one of these. On a bare Debian 12: as root, with make and git.
#
#   make run                      build, load a real shop's year over HTTP, print the table, serve
#   make run ONCE=1               the same, ends after the table; fails if a figure disagrees
#   make run OPENING=0.9          a year of shortage: opens with 90 % of the stock
#   make run KAFKA=1 ENGINES=2    the same year on an Apache Kafka of its own, two engines share it;
#                                 STATES=file says every stream's state, to compare runs by
#   make test                     build and run every test
#   make one TEST=unit.stock      the tests whose name matches; CASE='Stock.*' narrows it further
#   make kafka                    an Apache Kafka on loopback until Ctrl-C; NODES=3 for three,
#                                 PORT=9092, DATA=folder to keep what it stores
#   make bench                    what holdfast-bench measures, as a table
#   make peers                    the log on Kafka again, and the same decision on Kafka Streams
#   make asan, make tsan          every test under a sanitizer
#   make format                   clang-format over the tree
#   make lint                     formatting, headers that stand alone, clang-tidy;
#                                 FILES=engine/domain for a part
#   make release-schemas          keep the schemas of the records as released: VERSION=2
#   make golden                   a golden history of this version, in tests/golden/2: VERSION=2;
#                                 AGAIN=1 only tells anew, in list's present words and the
#                                 present layout of states, what is there
#   make clean                    forget what was built
#
# PRESET chooses the build of test and one (release, dev, asan, tsan), JOBS how much at once.
PRESET ?= release
JOBS ?= $(shell nproc)
TEST ?=
CASE ?= *
FILES ?=
VERSION ?=
AGAIN ?=
ONCE ?=
OPENING ?=
KAFKA ?=
ENGINES ?= 1
STATES ?=
NODES ?= 1
PORT ?=
DATA ?=
export ONCE OPENING KAFKA ENGINES STATES

sources = git ls-files '*.h' '*.cc' | grep '$(FILES)'
configure = cmake --preset $(1) >/dev/null
build = $(call configure,$(1)) && cmake --build --preset $(1) --parallel $(JOBS)

.PHONY: help run test one kafka bench peers asan tsan format lint release-schemas golden clean
help:
	@sed -n 's/^#   //p' Makefile

run:
	@deploy/packages.sh build $(if $(KAFKA),kafka)
	@$(call build,release) --target programs
	@exec bench/year/run

test:
	@deploy/packages.sh build test kafka peers
	@$(call build,$(PRESET))
	@ctest --preset $(PRESET) --parallel $(JOBS)

one:
	@deploy/packages.sh build test kafka peers
	@$(call build,$(PRESET))
	@GTEST_FILTER='$(CASE)' ctest --preset $(PRESET) --tests-regex '$(TEST)'

kafka:
	@deploy/packages.sh kafka
	@exec deploy/kafka/cluster.py --nodes $(NODES) $(if $(PORT),--port $(PORT)) \
		$(if $(DATA),--data $(DATA))

bench:
	@deploy/packages.sh build kafka
	@$(call build,release) --target programs
	@build/release/bin/holdfast-bench

peers:
	@deploy/packages.sh build kafka peers
	@$(call build,release) --target programs
	@build/release/bin/holdfast-bench kafka --peer

asan tsan:
	@$(MAKE) --no-print-directory test PRESET=$@

format:
	@deploy/packages.sh lint
	@$(sources) | xargs -r clang-format-19 -i

lint:
	@deploy/packages.sh build lint
	@$(sources) | xargs -r clang-format-19 --dry-run -Werror --ferror-limit=1
	@$(call build,dev) --target holdfast_schemas_made
	@$(sources) | grep '\.h$$' | xargs -r -P $(JOBS) -I {} g++ -std=c++23 -fsyntax-only -I . \
		-isystem build/dev/schemas -include {} -x c++ /dev/null
	@$(sources) | grep '\.cc$$' | xargs -r run-clang-tidy-19 -quiet -p build/dev \
		-extra-arg=-Wno-unknown-warning-option -j $(JOBS)

# Of the read models' rows none are kept: they are made again from the log.
release-schemas:
	@test -n "$(VERSION)" || { echo "Which? make release-schemas VERSION=2"; exit 1; }
	@test ! -e schemas/released/$(VERSION) || { echo "What is released does not change."; exit 1; }
	@mkdir -p schemas/released/$(VERSION)
	@cp $(filter-out schemas/views.fbs schemas/peer.fbs,$(wildcard schemas/*.fbs)) schemas/released/$(VERSION)

golden:
	@test -n "$(VERSION)" || { echo "Which? make golden VERSION=2"; exit 1; }
	@deploy/packages.sh build test
	@$(call build,$(PRESET)) --target make_golden
	@build/$(PRESET)/tests/make_golden tests/golden/$(VERSION) $(if $(AGAIN),--told)

clean:
	@rm -rf build
