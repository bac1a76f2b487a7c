"""What does one learn of who is who on the command line, and what can one do about it?"""

import json
from pathlib import Path

from tests.cli.conftest import Shuke


def test_an_evaluation_tells_figures_and_where_the_errors_are(shuke: Shuke, built: Path, tmp_path: Path):
    file = tmp_path / "truth.csv"
    file.write_text("record_id,cluster\nT1,a\nW1,a\nT2,b\nW2,b\nX,c\n", "utf-8")
    said = shuke("identity", "evaluate", "--truth", file, at=built)
    assert said.status == 0 and "100%" in said.out and "50%" in said.out and "66.67%" in said.out
    assert "wrongly apart  till:T2  web:W2" in said.out and "never compared" in said.out
    assert (
        "5 records evaluated" in said.err
        and "missing from the build: 1" in said.err
        and "from the truth: 1" in said.err
    )


def test_an_evaluation_is_one_object_for_programs(shuke: Shuke, built: Path, tmp_path: Path):
    file = tmp_path / "truth.csv"
    file.write_text("record_id,cluster\nT1,a\nW1,a\nT2,b\nW2,b\n", "utf-8")
    told = json.loads(shuke("identity", "evaluate", "--truth", file, "--format", "json", at=built).out)
    assert {"precision": 1.0, "recall": 0.5, "f1": 2 / 3}.items() <= told["pairs"].items()
    assert {"precision": 1 / 3, "recall": 0.5}.items() <= told["clusters"].items()


def test_what_is_no_truth_is_refused_in_words(shuke: Shuke, built: Path, tmp_path: Path):
    (tmp_path / "truth.csv").write_text("name,colour\nT1,red\n", "utf-8")
    said = shuke("identity", "evaluate", "--truth", tmp_path / "truth.csv", at=built)
    assert said.status == 2 and "truth.csv has the columns name, colour" in said.err


def test_a_decision_prints_its_number_and_says_from_when_it_holds(shuke: Shuke, own_shop: Path):
    said = shuke("identity", "merge", "T2", "W2", "--note", "the same voice", at=own_shop)
    assert said.out == "1\n" and "takes effect with the next build: shuke build" in said.err
    assert "T2" in shuke("identity", "decisions", at=own_shop).out
    assert "undone, from the next build" in shuke("identity", "undo", 1, at=own_shop).err
    (decided,) = json.loads(shuke("identity", "decisions", "--format", "json", at=own_shop).out)
    assert (decided["verb"], decided["note"], decided["in_force"]) == ("same", "the same voice", False)
    assert shuke("identity", "undo", 1, at=own_shop).status == 2


def test_an_explanation_is_a_waterfall_in_letters(shuke: Shuke, built: Path):
    said = shuke("identity", "explain", "T1", "web:W1", at=built)
    assert said.status == 0 and "They are one customer" in said.out
    assert "Any two" in said.out and "████" in said.out and "till:T1" in said.out


def test_the_figures_come_without_a_word(shuke: Shuke, built: Path):
    told = json.loads(shuke("identity", "--format", "json", at=built).out)
    assert (told["records"], told["customers"], told["waiting"]) == (5, 4, 0)
    assert "Customers" in shuke("identity", at=built).out


def test_what_is_shipped_is_in_use_where_there_is_too_little_to_learn_from(shuke: Shuke, own_shop: Path):
    said = shuke("identity", "train", at=own_shop)
    assert said.status == 2 and "too little data to train on" in said.err
    assert "default" in shuke("identity", "models", at=own_shop).out
    said = shuke("identity", "use", 0, at=own_shop)
    assert "Of 4 customers, 0 would become part of another" in said.out and "from the next build" in said.err
    assert shuke("identity", "use", 5, at=own_shop).status == 2
