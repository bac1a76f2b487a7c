"""Is one new file all that a canonical table takes, from the door to the dictionary?"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import shuke

#: What customers were given, by whom it was decided, and what it cost.
GIFTS = """
from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

GIFTS = Canonical(
    "gifts",
    Text("Gifts", "赠礼"),
    key=("gift_no",),
    required=("gift_no", "occasion"),
    subject="record_id",
    event_time="given_at",
    grain=75,
    made_up=True,
    amounts=("worth",),
    columns=(
        Column("gift_no", Type.TEXT, Text("Gift number", "赠礼编号")),
        Column("record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id"),
        Column("occasion", Type.TEXT, Text("Occasion of the gift", "赠礼事由")),
        Column("given_at", Type.DATE, Text("Given on", "赠送日期")),
        Column("worth", Type.MONEY, Text("Worth of the gift", "赠礼价值"), unit="currency"),
    ),
)
"""

SHEET = """Customer No,Name,Phone,Occasion of the gift,Given on,Worth of the gift
M1,Mary Shelley,+44 20 7946 0011,Birthday,2026-02-03,12.50
M2,Ada Byron,+44 20 7946 0012,Ten years,2026-02-04,40.00
M1,Mary Shelley,+44 20 7946 0011,Apology,2026-02-05,20.00
"""
#: Rows that are one occasion each, without a number: what is told of them is what they are known by.
SHEET_AGAIN = SHEET + "M2,Ada Byron,+44 20 7946 0012,Birthday,2026-02-09,15.00\n"


class Shop:
    """A project, and a copy of Shuke that has the table and nothing else more."""

    def __init__(self, folder: Path) -> None:
        package = Path(shuke.__file__).parent
        shutil.copytree(package, folder / "code" / "shuke", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "code" / "shuke" / "tables" / "gifts.py").write_text(GIFTS, "utf-8")
        self.code, self.root = folder / "code", folder / "shop"
        self.typed(
            "init", str(self.root), "--name", "Gift shop", "--country", "GB", "--currency", "GBP", at=folder
        )
        settings = self.root / "shuke.toml"
        settings.write_text(settings.read_text("utf-8") + "\nanalyses = []\n", "utf-8")

    def typed(self, *words: str, at: Path | None = None) -> str:
        """What `shuke …` says."""
        said = subprocess.run(
            [sys.executable, "-m", "shuke", *words], cwd=at or self.root, capture_output=True, text=True,
            check=False, env=os.environ | {"PYTHONPATH": str(self.code), "LANG": "C.UTF-8"},
        )  # fmt: skip
        assert said.returncode == 0, said.stdout + said.stderr
        return said.stdout

    def rows(self, table: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.typed("show", table, "--format", "json"))
        return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The shop with one sheet of gifts, which nobody has explained, imported twice and built."""
    shop = Shop(tmp_path_factory.mktemp("one-table"))
    for name, text in (("gifts.csv", SHEET), ("gifts2.csv", SHEET_AGAIN)):
        (shop.root / name).write_text(text, "utf-8")
        shop.typed("import", "office", name)
    shop.typed("build", "--as-of", "2026-03-01")
    return shop


def test_a_sheet_is_recognised_and_each_row_lands_once(shop: Shop):
    gifts = shop.rows("landed_gifts")
    assert sorted((row["record_id"], row["occasion"], row["given_at"], row["worth"]) for row in gifts) == [
        ("M1", "Apology", "2026-02-05", 20), ("M1", "Birthday", "2026-02-03", 12.5),
        ("M2", "Birthday", "2026-02-09", 15), ("M2", "Ten years", "2026-02-04", 40),
    ]  # fmt: skip


def test_whoever_is_named_in_it_is_a_customer(shop: Shop):
    assert {row["name"] for row in shop.rows("customers")} == {"Mary Shelley", "Ada Byron"}


def test_a_row_without_what_it_needs_is_set_aside_with_its_reason(shop: Shop):
    (shop.root / "bad.csv").write_text(SHEET.replace("Ten years", ""), "utf-8")
    assert "1 rejected" in shop.typed("import", "office", "bad.csv")


def test_the_dictionary_and_the_lineage_know_it(shop: Shop):
    assert "Worth of the gift" in shop.typed("dictionary", "landed_gifts")
