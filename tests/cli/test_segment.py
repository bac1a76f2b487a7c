"""What does one do with segments on the command line?"""

import json
from pathlib import Path

from tests.cli.conftest import Shuke


def test_a_segment_is_made_sized_shown_and_exported(shuke: Shuke, own_shop: Path, tmp_path: Path):
    said = shuke("segment", "add", "hangzhou", "city = '杭州市' and bought()", "--note", "new", at=own_shop)
    assert said.status == 0 and "Segment hangzhou, version 1." in said.err
    assert "city = '杭州市' and bought()" in shuke("segment", at=own_shop).out
    sized = json.loads(shuke("segment", "size", "hangzhou", "--format", "json", at=own_shop).out)
    assert (sized["customers"], sized["total"]) == (1, 4)
    assert "1 (25%)" in shuke("segment", "size", "city = '杭州市'", at=own_shop).out
    assert "张伟" in shuke("segment", "members", "hangzhou", at=own_shop).out
    file = tmp_path / "out.csv"
    assert shuke("segment", "export", "hangzhou", "--output", file, at=own_shop).status == 0
    assert file.read_text("utf-8-sig").count("\n") == 2
    shuke("segment", "edit", "hangzhou", "city = '杭州市'", at=own_shop)
    told = shuke("segment", "history", "hangzhou", at=own_shop).out
    assert "new" in told and "city = '杭州市' and bought()" in told
    assert "2" in shuke("segment", "show", "hangzhou", at=own_shop).out


def test_a_list_is_read_from_a_file(shuke: Shuke, own_shop: Path, tmp_path: Path):
    file = tmp_path / "list.txt"
    file.write_text("till:T1\nbob@example.com\nnobody@example.com\n", "utf-8")
    said = shuke("segment", "add", "guests", "--list", file, at=own_shop)
    assert "Not found: nobody@example.com" in said.err and "2 customers" in said.err
    assert "list of 2" in shuke("segment", "list", at=own_shop).out


def test_what_is_put_away_is_listed_apart(shuke: Shuke, own_shop: Path):
    shuke("segment", "add", "brief", "city = 'York'", at=own_shop)
    assert shuke("segment", "archive", "brief", at=own_shop).status == 0
    assert "brief" not in shuke("segment", "list", at=own_shop).out
    assert "brief" in shuke("segment", "list", "--archived", at=own_shop).out
    assert shuke("segment", "restore", "brief", at=own_shop).status == 0


def test_a_condition_that_is_none_is_refused_in_words(shuke: Shuke, built: Path):
    said = shuke("segment", "size", "citi = 'York'", at=built)
    assert said.status == 2 and "Did you mean city" in said.err
    assert shuke("segment", "add", "x", at=built).status == 2
    assert shuke("segment", "show", "nobody", at=built).status == 2


def test_the_names_of_the_vocabulary_are_listed(shuke: Shuke, built: Path):
    told = shuke("segment", "names", at=built).out
    assert "monetary" in told and "behaviour" not in told.split("\n", maxsplit=1)[0]


def test_too_few_customers_are_not_compared_and_that_is_said(shuke: Shuke, built: Path):
    for command in ("compare", "lookalikes"):
        said = shuke("segment", command, "city = 'York'", at=built)
        assert said.status == 1 and "at least 30 customers" in said.err
