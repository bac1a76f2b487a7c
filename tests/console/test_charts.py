"""Pictures: what a function is given, and what of it reaches the browser."""

import json
import math
from datetime import date
from itertools import pairwise

import altair as alt
import ibis.expr.types as ir
import pandas as pd
import pytest
from starlette.testclient import TestClient

from shuke.app import Project
from shuke.console import charts
from shuke.console.theme import PALETTES, config
from shuke.languages import Text, speaking
from shuke.tables import Derived
from shuke.views import insights, tables
from shuke.views.insights import TableAsSeen


@pytest.fixture
def monthly(built: Project) -> Derived:
    declared = tables.declaration(built, built.open(), "monthly_sales")
    assert isinstance(declared, Derived)
    return declared


def test_a_function_gets_a_frame_that_can_be_drawn(built: Project, monthly: Derived):
    def given(frame: pd.DataFrame) -> pd.DataFrame:
        return frame

    frame = TableAsSeen(built.open(), monthly, sees_personal=True).give(given)
    assert frame.net.dtype == "float64" and str(frame.month.dtype).startswith("datetime64")
    assert frame.month.dt.date.iloc[0] == date(2025, 1, 1) and len(frame) == 15


def test_a_function_that_asks_for_the_rows_reduces_them_itself(built: Project, monthly: Derived):
    def given(rows: ir.Table) -> ir.Table:
        return rows

    rows = TableAsSeen(built.open(), monthly, sees_personal=True).give(given)
    assert isinstance(rows, ir.Table)
    assert rows.count().execute() == 15


def test_a_viewer_gets_pictures_of_masked_rows(built: Project):
    customers = tables.declaration(built, built.open(), "customers")
    assert isinstance(customers, Derived)
    names = {sees: set(TableAsSeen(built.open(), customers, sees).frame().name) for sees in (True, False)}
    assert "林薇" in names[True] and "林薇" not in names[False] and "林*" in names[False]


def test_a_sentence_that_fails_costs_the_page_only_its_sentence(
    built: Project, monthly: Derived, caplog: pytest.LogCaptureFixture
):
    def bad(frame: pd.DataFrame) -> Text:
        raise ZeroDivisionError

    def good(frame: pd.DataFrame) -> Text:
        return Text("Fine.", "很好。")

    monthly.sentences[:0] = [bad, good]
    try:
        with speaking("zh"):
            said = insights.sentences(TableAsSeen(built.open(), monthly, sees_personal=True))
    finally:
        del monthly.sentences[:2]
    assert said[0] == "很好。" and "monthly_sales" in caplog.text


def test_a_chart_that_says_its_own_colours_keeps_them():
    drawn = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q").configure_bar(color="#123456")
    dressed = json.loads(charts.dressed(drawn.to_dict(), "dark"))
    assert dressed["config"]["bar"] == {"color": "#123456"}
    assert dressed["config"]["axis"]["labelColor"] == PALETTES["dark"].soft


def test_each_chart_comes_in_both_lights_both_languages_and_as_a_picture(built: Project, lin: TestClient):
    for listed in tables.catalog(built):
        for index in range(listed.charts if listed.rows else 0):
            path = f"/charts/1/{listed.name}/{index}"
            answers = [
                lin.get(f"{path}.json?language={lg}&mode={m}") for lg in ("en", "zh") for m in PALETTES
            ]
            assert len({answer.text for answer in answers}) == 4, listed.name
            picture = lin.get(f"{path}.svg?language=zh")
            assert picture.headers["content-type"] == "image/svg+xml" and b"</svg>" in picture.content


def test_a_chart_that_is_not_there_is_not_found(lin: TestClient):
    for path in ("/charts/1/rfm/9.json", "/charts/1/landed_people/0.json", "/charts/1/nothing/0.json"):
        assert lin.get(path).status_code == 404
    assert lin.get("/charts/99/rfm/0.json").status_code == 400


@pytest.mark.parametrize("mode", PALETTES)
def test_neighbouring_colours_differ_in_lightness_so_that_all_can_tell_them_apart(mode):
    lightness = [_lightness(colour) for colour in PALETTES[mode].category]
    assert min(abs(a - b) for a, b in pairwise(lightness)) > 0.05
    assert config(mode, "en")["range"]["category"] == list(PALETTES[mode].category)


def _lightness(colour: str) -> float:
    """Relative luminance as WCAG has it, as the eye sees it: its cube root."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return math.cbrt(0.2126 * red + 0.7152 * green + 0.0722 * blue)
