"""A measure is better than the naive forecast, no better, or held against a promise."""

from typing import Literal

import pytest

from shuke.languages import Text
from shuke.tables.grades import Measure


@pytest.mark.parametrize(
    ("better", "naive", "beats", "promise"),
    [
        ("higher", 0.6, True, False),
        ("higher", 0.7, False, False),
        ("lower", 0.8, True, False),
        ("lower", 0.6, False, False),
        ("higher", None, None, False),
        ("near", 0.8, None, True),
        ("near", None, None, False),
    ],
)
def test_what_a_measure_is_held_against(
    better: Literal["higher", "lower", "near"],
    naive: float | None,
    beats: bool | None,
    promise: bool,
):
    found = Measure(name="m", title=Text("Measure", "指标"), value=0.7, naive=naive, better=better)
    assert (found.beats_naive, found.is_promise) == (beats, promise)
