#!/usr/bin/env python3
"""What was released is still read: schemas/*.fbs against every schemas/released/<number>/*.fbs.

    schemas.py ROOT

`flatc --conform` says most of it. It says nothing of a struct that grew, a field that became
required, another namespace or file identifier (all types are then new ones), and of the last slot of
a table, enum or union that was given to something else: that is checked here.
"""

import pathlib
import re
import subprocess
import sys

FREE = {"views.fbs",  # rows of read models: made again from the log, and no records
        "peer.fbs"}  # kept nowhere


class Schema:
    """The declarations of one file."""

    def __init__(self, text):
        text = re.sub(r"//[^\n]*", "", text)
        self.namespace = self._one(r"\bnamespace\s+([\w.]+)\s*;", text)
        self.identifier = self._one(r'\bfile_identifier\s+"([^"]*)"\s*;', text)
        self.root = self._one(r"\broot_type\s+([\w.]+)\s*;", text)
        self.structs = re.findall(r"\bstruct\s+(\w+)", text)
        self.required = re.findall(r"(\w+)\s*:[^;{}]*\(\s*[^)]*\brequired\b", text)
        self.without_id = []
        self.slots = {}  # "table Split" -> {0: "location:string"}
        for name, body in re.findall(r"\btable\s+(\w+)[^{;]*{([^}]*)}", text):
            self.slots["table " + name] = self._fields(name, body)
        for kind, name, base, body in re.findall(r"\b(enum|union)\s+(\w+)\s*(:\s*\w+)?[^{;]*{([^}]*)}",
                                                 text):
            self.slots[f"{kind} {name}"] = self._members(body, base, 0 if kind == "enum" else 1)

    @staticmethod
    def _one(pattern, text):
        found = re.search(pattern, text)
        return found.group(1) if found else ""

    def _fields(self, table, body):
        slots = {}
        for field in filter(None, (one.strip() for one in body.split(";"))):
            number = re.search(r"\bid\s*:\s*(\d+)", field)
            if not number:
                self.without_id.append(f"{table}.{field.split(':')[0].strip()}")
                continue
            said = re.sub(r"\s+", "", re.sub(r"\([^)]*\)\s*$", "", field))
            # A union's type takes the slot before it.
            slots[int(number.group(1))] = said
        return slots

    @staticmethod
    def _members(body, base, first):
        slots, number = {}, first
        for member in filter(None, (one.strip() for one in body.split(","))):
            name, _, given = (part.strip() for part in member.partition("="))
            number = int(given, 0) if given else number
            slots[number] = re.sub(r"\s+", "", name + base.replace(" ", ""))
            number += 1
        return slots


def broken(released, current):
    """What of a released schema the current one does not keep."""
    for what in ("namespace", "identifier", "root"):
        was, now = getattr(released, what), getattr(current, what)
        if was != now:
            yield f"its {what} was {was or 'none'} and is {now or 'none'}"
    for name, slots in released.slots.items():
        if name not in current.slots:
            yield f"{name} is gone"
            continue
        for number, said in slots.items():
            now = current.slots[name].get(number, "nothing")
            if now != said:
                yield f"{name}: slot {number} was {said} and is {now}"


def unwise(schema):
    """What no record may have, released or not."""
    for name in schema.structs:
        yield f"struct {name}: a struct can never grow, make it a table"
    for name in schema.required:
        yield f"{name} is required: who reads an old record has none"
    for name in schema.without_id:
        yield f"{name} has no id"


def conforms(released, current):
    said = subprocess.run(["flatc", "--conform", released, "--conform-includes", released.parent,
                           "-I", current.parent, current], capture_output=True, text=True)
    if said.returncode != 0:
        yield "flatc: " + " ".join((said.stdout + said.stderr).split())


def releases(root):
    folder = root / "schemas" / "released"
    return sorted(folder.iterdir(), key=lambda one: int(one.name)) if folder.is_dir() else []


def withdrawn(root):
    """Until the first public version a release may be taken back, with a reason."""
    kept = {int(one.name) for one in releases(root)}
    changelog = root / "CHANGELOG.md"
    said = changelog.read_text() if changelog.exists() else ""
    for number in range(1, max(kept, default=0)):
        if number not in kept and f"released/{number + 1}" not in said:
            yield (f"schemas/released/{number} is gone, and CHANGELOG.md does not say why there is "
                   f"a released/{number + 1}")


def offences(root):
    if not releases(root):
        yield "schemas/released has nothing to check against: make release-schemas VERSION=1"
    yield from withdrawn(root)
    for path in sorted((root / "schemas").glob("*.fbs")):
        for what in unwise(Schema(path.read_text())) if path.name not in FREE else ():
            yield f"schemas/{path.name}: {what}"
    for release in releases(root):
        for old in sorted(release.glob("*.fbs")):
            new = root / "schemas" / old.name
            if not new.exists():
                yield f"schemas/{old.name} is gone, released/{release.name} has it"
                continue
            for check in (broken(Schema(old.read_text()), Schema(new.read_text())),
                          conforms(old, new)):
                for what in check:
                    yield f"schemas/{old.name} against released/{release.name}: {what}"


def main():
    found = list(offences(pathlib.Path(sys.argv[1])))
    for offence in found:
        print("  " + offence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
