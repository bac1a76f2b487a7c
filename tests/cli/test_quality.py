"""What does one read on the command line of how good the data is?"""

import json
from pathlib import Path

from tests.cli.conftest import Shuke


def test_every_source_stands_in_a_line_and_a_sentence_says_what_stands_out(shuke: Shuke, built: Path):
    said = shuke("quality", at=built)
    assert said.status == 0 and "Completeness" in said.out
    assert {line.split()[0] for line in said.out.splitlines()[1:]} == {"till", "web"}
    assert "stands out" in said.err


def test_one_source_is_told_field_by_field(shuke: Shuke, built: Path):
    said = shuke("quality", "till", at=built)
    assert "people.name" in said.out and "order_items.record_id" in said.out
    wrong = shuke("quality", "nobody", at=built)
    assert wrong.status == 2 and "nobody" in wrong.err and "till, web" in wrong.err


def test_a_program_gets_each_score_with_the_rows_behind_it(shuke: Shuke, built: Path):
    told = json.loads(shuke("quality", "--format", "json", at=built).out)
    name = next(
        s for s in told["scores"]
        if (s["source"], s["attribute"], s["dimension"]) == ("till", "name", "completeness")
    )  # fmt: skip
    assert (name["good"], name["of"], name["rows"]) == (2, 3, "landed_people")
    assert [(c["column"], c["op"], c["value"]) for c in name["where"]] == [
        ("source", "eq", "till"), ("name", "empty", None),
    ]  # fmt: skip
