#!/usr/bin/env python3
"""Shows that each check of schemas.py can fail: releases a small schema, breaks it in one way, and
wants that named; and what may change, may."""

import pathlib
import tempfile
import unittest

import schemas

RELEASED = """// A record.
namespace shop.fb;
enum Bin : ubyte { good = 1, bad }
table Put { bin:Bin = good (id: 0); count:long (id: 1); note:string (id: 2); }
table Taken { count:long (id: 0); }
union Event { Put, Taken }
table Record { event:Event (id: 1); }
root_type Record;
file_identifier "SHOP";
"""


class Conformance(unittest.TestCase):
    def check(self, *changes, changelog="", numbers=(1,)):
        """What is said when the released schema has become another."""
        text = RELEASED
        for was, now in changes:
            self.assertIn(was, text)
            text = text.replace(was, now)
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "CHANGELOG.md").write_text(changelog)
            (root / "schemas").mkdir()
            for number in numbers:
                (root / "schemas" / "released" / str(number)).mkdir(parents=True)
                (root / "schemas" / "released" / str(number) / "a.fbs").write_text(RELEASED)
            (root / "schemas" / "a.fbs").write_text(text)
            return "\n".join(schemas.offences(root))

    def says(self, words, *changes, **more):
        self.assertIn(words, self.check(*changes, **more))

    def passes(self, *changes, **more):
        self.assertEqual("", self.check(*changes, **more))

    def test_lets_a_schema_stay_and_grow(self):
        self.passes()
        self.passes(("note:string (id: 2);", "note:string (id: 2); by:string (id: 3);"))
        self.passes(("good = 1, bad", "good = 1, bad, lost"),
                    ("union Event { Put, Taken }", "table Lost {}\nunion Event { Put, Taken, Lost }"))

    def test_refuses_structs_so_none_can_grow(self):
        self.says("struct Size: a struct can never grow",
                  ("table Put", "struct Size { w:long; }\ntable Put"))

    def test_refuses_what_is_required(self):
        self.says("note is required", ("note:string (id: 2)", "note:string (id: 2, required)"))

    def test_refuses_another_namespace(self):
        self.says("its namespace was shop.fb and is shop.other", ("shop.fb", "shop.other"))

    def test_refuses_another_identifier_or_none(self):
        self.says("its identifier was SHOP and is SHOQ", ("SHOP", "SHOQ"))
        self.says("its identifier was SHOP and is none", ('file_identifier "SHOP";', ""))

    def test_refuses_another_root(self):
        self.says("its root was Record", ("root_type Record", "root_type Put"))

    def test_refuses_a_last_field_of_another_name_in_the_same_slot(self):
        self.says("table Put: slot 2 was note:string and is label:string",
                  ("note:string", "label:string"))

    def test_refuses_a_last_message_of_another_name_in_the_same_slot(self):
        self.says("union Event: slot 2 was Taken and is Moved",
                  ("table Taken", "table Moved { count:long (id: 0); }\ntable Taken"),
                  ("{ Put, Taken }", "{ Put, Moved }"))

    def test_refuses_a_last_enumerator_of_another_name_with_the_same_number(self):
        self.says("enum Bin: slot 2 was bad:ubyte and is lost:ubyte", ("bad }", "lost }"))

    def test_refuses_a_table_that_is_gone(self):
        self.says("table Put is gone", ("table Put", "table Set"), ("{ Put,", "{ Set,"))

    def test_refuses_what_flatc_refuses(self):
        self.says("flatc: ", ("count:long (id: 1)", "count:int (id: 1)"))
        self.says("flatc: ", ("= good (id: 0)", "= bad (id: 0)"))
        self.says("flatc: ", ("good = 1, bad", "worse = 1, good, bad"))

    def test_refuses_a_field_without_an_id(self):
        self.says("Taken.count has no id", ("{ count:long (id: 0); }", "{ count:long; }"))

    def test_wants_a_release(self):
        self.says("schemas/released has nothing", numbers=())

    def test_wants_a_reason_for_a_release_that_was_taken_back(self):
        self.says("schemas/released/1 is gone", numbers=(2,))
        self.passes(numbers=(2,), changelog="- released/2: a reason.")


if __name__ == "__main__":
    unittest.main()
