"""Whatever somebody has written into a mapping file: is it read, or refused in a line that names the file?"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from shuke.collect import mapping
from shuke.collect.mapping import Layout, Reading
from shuke.collect.shapes import described
from shuke.collect.shapes.described import Described
from shuke.errors import WrongSettings
from tests.collect.shapes.test_described import SHAPES
from tests.mistaken import mistaken

LAYOUT = Layout(
    "till.csv",
    {
        "No": Reading(("orders.order_no",)),
        "Day": Reading(("orders.ordered_at",), order="dmy"),
        "State": Reading(("orders.status",), words={"parked": "pending"}),
        "Country": Reading(("people.country", "orders.country")),
        "Sum": Reading(("order_items.amount",), decimal=",", currency="EUR"),
    },
    {"orders.currency": "GBP"},
)


def written(folder: Path) -> list[dict[str, Any]]:
    """Mapping files that say, all in all, everything that can be said in one, as values."""
    mapping.save(folder / "0.toml", LAYOUT)
    for number, shape in enumerate(SHAPES, 1):
        described.save(folder / f"{number}.toml", Described("till.csv", ("a", "b"), shape))
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]


def test_whatever_stands_anywhere_in_a_mapping_is_read_or_refused(tmp_path: Path):
    path = tmp_path / "shop.toml"
    refused, raised = 0, []
    for text in sorted({text for whole in written(tmp_path) for text in mistaken(whole)}):
        path.write_text(text, "utf-8")
        for load in (mapping.load, described.load):
            try:
                load(path)
            except WrongSettings as error:
                refused += "shop.toml" in str(error)
            except Exception as error:  # noqa: BLE001 - all that is wrong is told at once
                raised.append((repr(error), text))
    assert not raised
    assert refused > 100


@pytest.mark.parametrize("text", ["[[layouts]]\nname = 'a'", "colour = 'red'", "[columns]\nNo = 'further'"])
def test_what_nobody_reads_is_told(tmp_path: Path, text: str):
    path = tmp_path / "shop.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(WrongSettings, match=r"shop\.toml: .* is unknown"):
        mapping.load(path)
