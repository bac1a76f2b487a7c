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
    assert "5 records judged" in said.err and "does not know: 1" in said.err and "not name: 1" in said.err


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
