"""Theme: in which colours and letters is every chart drawn?

One accent, then colours of different lightness, which those who see few colours can still tell apart;
no frames, faint lines, words in the reader's own typeface.
"""

from dataclasses import dataclass
from typing import Any, Literal

import vl_convert

from shuke.languages import Language

Mode = Literal["light", "dark"]

FONT = (
    'system-ui, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", '
    "sans-serif"
)


@dataclass(frozen=True, kw_only=True)
class Palette:
    ink: str
    soft: str
    line: str
    accent: str
    category: tuple[str, ...]
    ramp: tuple[str, ...]  # from little to much
    diverging: tuple[str, ...]  # from less to more, with nothing in the middle


PALETTES: dict[Mode, Palette] = {
    "light": Palette(
        ink="#1d2526",
        soft="#5a6668",
        line="#e4e1da",
        accent="#0b6b69",
        category=("#0b6b69", "#e08a2c", "#3d7fc1", "#8c3f6d", "#c9b037", "#7a8587", "#74b8a8", "#b5502f"),
        ramp=("#eef5f3", "#c5e0db", "#8fc3bc", "#55a19b", "#237f7b", "#0b5f5d", "#08403f"),
        diverging=("#a8521a", "#dd9a5a", "#f4dcc2", "#f2f0ec", "#c3dfdb", "#5fa8a1", "#0b6b69"),
    ),
    "dark": Palette(
        ink="#e6eaea",
        soft="#a0acae",
        line="#344042",
        accent="#63c3bc",
        category=("#63c3bc", "#c97a2e", "#9cc4f2", "#b5689a", "#e8d672", "#8f9b9d", "#3f8f86", "#eba386"),
        ramp=("#20302f", "#21504e", "#2a6f6c", "#3a908b", "#5cb3ac", "#93d2cc", "#d3f0ec"),
        diverging=("#f0a050", "#a8703a", "#54452f", "#2b3334", "#2c5754", "#3f908a", "#7fd6ce"),
    ),
}

_MONTHS = [f"{month}月" for month in range(1, 13)]  # d3 spells them out: 十一月

_TIMES: dict[Language, Literal["en-GB", "zh-CN"]] = {"en": "en-GB", "zh": "zh-CN"}


def config(mode: Mode, language: Language) -> dict[str, Any]:
    """The Vega-Lite configuration of every chart."""
    palette = PALETTES[mode]
    return {
        "background": "transparent",
        "font": FONT,
        "padding": 4,
        "view": {"stroke": None, "continuousHeight": 300, "step": 26},
        "locale": {"time": _times(language)},
        "customFormatTypes": True,
        "numberFormatType": "people",  # a function of charts.js: 12K, 1.2万
        "title": {"anchor": "start", "color": palette.ink, "fontSize": 14, "fontWeight": 600, "offset": 12},
        "range": {
            "category": list(palette.category),
            "ordinal": list(palette.ramp),
            "ramp": list(palette.ramp),
            "heatmap": list(palette.ramp),
            "diverging": list(palette.diverging),
        },
        **_axes(palette),
        **_marks(palette),
    }


def _times(language: Language) -> dict[str, Any]:
    known: dict[str, Any] = dict(vl_convert.get_time_format_locale(_TIMES[language]))
    return known | {"months": _MONTHS, "shortMonths": _MONTHS} if language == "zh" else known


def _axes(palette: Palette) -> dict[str, Any]:
    words = {"labelColor": palette.soft, "titleColor": palette.soft, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "axis": {
            **words,
            "domainColor": palette.line,
            "gridColor": palette.line,
            "tickColor": palette.line,
            "labelPadding": 6,
            "labelOverlap": "greedy",
            "labelSeparation": 8,
            "labelLimit": 200,
            "titleFontWeight": "normal",
            "titlePadding": 10,
        },
        "axisX": {"grid": False, "tickSize": 4},
        "axisYQuantitative": {"domain": False, "ticks": False, "tickCount": 5},
        "axisXQuantitative": {"grid": True, "domain": False, "ticks": False, "tickCount": 6},
        "axisYDiscrete": {"domain": False, "ticks": False},
        "legend": {
            **words,
            "orient": "top",
            "titleFontWeight": "normal",
            "symbolType": "circle",
            "labelLimit": 240,
            "gradientLength": 160,
            "gradientThickness": 10,
        },
        "header": {**words, "labelAnchor": "start", "titleAnchor": "start"},
    }


def _marks(palette: Palette) -> dict[str, Any]:
    return {
        "mark": {"color": palette.accent},
        "bar": {"cornerRadiusEnd": 2},
        "line": {"strokeWidth": 2.25, "strokeJoin": "round"},
        "area": {"fillOpacity": 0.35, "line": True},
        "point": {"filled": True, "size": 44},
        "rule": {"color": palette.soft},
        "text": {"color": palette.ink, "fontSize": 12},
        "arc": {"stroke": None},
    }
