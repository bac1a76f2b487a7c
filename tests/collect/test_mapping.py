"""Mapping files: what a person wrote stays, and what is wrong is named."""

import os
from pathlib import Path

import pytest

from shuke.collect import mapping
from shuke.collect.mapping import Layout, Reading
from shuke.errors import WrongSettings
from shuke.languages import Text, speaking

TILL = Layout(
    "till.csv",
    {
        "InvoiceNo": Reading(("orders.order_no",), why=Text("known header", "已知列名")),
        "InvoiceDate": Reading(("orders.ordered_at",), order="mdy", why=Text("days > 12", "有大于 12 的日")),
        "Price, each": Reading(("order_items.price",), decimal=","),
        "Country": Reading(("people.country", "orders.country")),
        "Till drawer": Reading(),
    },
    {"orders.currency": "GBP"},
)


def test_a_saved_layout_reads_back_equal(tmp_path: Path):
    path = tmp_path / "mappings" / "till.toml"
    mapping.save(path, TILL)
    assert mapping.load(path) == (TILL,)


def test_no_file_is_no_layout(tmp_path: Path):
    assert mapping.load(tmp_path / "till.toml") == ()


def test_each_guess_says_why_in_the_readers_language(tmp_path: Path):
    with speaking("zh"):
        mapping.save(tmp_path / "till.toml", TILL)
    text = (tmp_path / "till.toml").read_text(encoding="utf-8")
    assert 'InvoiceNo = "orders.order_no" # 已知列名' in text


def test_a_persons_comments_and_edits_survive_a_new_layout(tmp_path: Path):
    path = tmp_path / "till.toml"
    mapping.save(path, TILL)
    mine = path.read_text(encoding="utf-8").replace(
        '"Till drawer" = "further"', '"Till drawer" = "ignore" # ours'
    )
    path.write_text("# kept by Mei\n" + mine, encoding="utf-8")
    mapping.save(path, Layout("shop.csv", {"a": Reading(("people.record_id",))}))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# kept by Mei\n")
    assert '"Till drawer" = "ignore" # ours' in text
    assert [layout.name for layout in mapping.load(path)] == ["till.csv", "shop.csv"]


def test_saving_the_same_headers_again_changes_only_what_changed(tmp_path: Path):
    path = tmp_path / "till.toml"
    mapping.save(path, TILL)
    path.write_text(path.read_text(encoding="utf-8").replace("# known header", "# checked"), encoding="utf-8")
    changed = Layout(TILL.name, dict(TILL.columns) | {"Till drawer": Reading(("ignore",))}, TILL.constants)
    mapping.save(path, changed)
    assert mapping.load(path) == (changed,)
    assert "# checked" in path.read_text(encoding="utf-8")


def test_a_layout_fits_the_same_headers_in_any_order():
    assert mapping.find([TILL], sorted(TILL.columns)) is TILL
    assert mapping.find([TILL], ["InvoiceNo"]) is None


COLUMNS = "[[layout]]\n[layout.columns]\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (COLUMNS + 'No = "orders.orderno"', ["till.toml", "No", "orders.orderno", "orders.order_no"]),
        (COLUMNS + 'No = { to = "orders.ordered_at", order = "myd" }', ["No", "myd", "ymd"]),
        (COLUMNS + 'No = { too = "further" }', ["No", "too", "to"]),
        ('[[layout]]\nconstants = { "orders.money" = "x" }\n[layout.columns]', ["constants", "orders.money"]),
        ('[[layout]]\nname = "x"', ["layout.columns"]),
        ("[layout]\nname = 1", ["[[layout]]"]),
        ("[[layout", ["till.toml", "TOML"]),
    ],
)
def test_what_is_wrong_in_a_mapping_is_named_with_what_was_meant(tmp_path: Path, text: str, named: list[str]):
    path = tmp_path / "till.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings) as error:
        mapping.load(path)
    for part in named:
        assert part in str(error.value)


def test_a_column_that_repeats_anothers_value_is_no_target():
    assert "order_items.order_no" not in mapping.targets()
    assert {"orders.order_no", "identifiers.phone", "further", "ignore"} <= set(mapping.targets())


def test_a_failed_write_leaves_the_old_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "till.toml"
    mapping.save(path, TILL)

    def full(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        mapping.save(path, Layout("other", {"a": Reading()}))
    assert mapping.load(path) == (TILL,)
    assert [p.name for p in tmp_path.iterdir()] == ["till.toml"]


def test_a_line_for_the_mapping_file_is_toml():
    assert mapping.line("Order Date", Reading(("orders.ordered_at",), order="dmy")) == (
        '"Order Date" = {to = "orders.ordered_at", order = "dmy"}'
    )
