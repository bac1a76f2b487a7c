"""Charts: what does a table look like?"""

import json
from typing import Any

import vl_convert

from shuke.console.theme import Mode, config
from shuke.errors import UnknownTable
from shuke.languages import N_, language
from shuke.views.insights import TableAsSeen

SVG_WIDTH = 720

_SCRIPTED = ("customFormatTypes", "numberFormatType")  # what of the theme is a function of charts.js


def specification(subject: TableAsSeen, index: int) -> dict[str, Any]:
    """The Vega-Lite specification of a table's picture, without its theme."""
    if index not in range(len(subject.declared.charts)):
        raise UnknownTable(N_("Table {table} has no such chart."), table=subject.declared.name)
    spec: dict[str, Any] = subject.give(subject.declared.charts[index]).to_dict()
    if not {"facet", "hconcat", "vconcat", "concat", "repeat"} & set(spec):
        spec["width"] = "container"
    return spec


def dressed(spec: dict[str, Any], mode: Mode) -> bytes:
    """A specification in our theme, as a page fetches it; what its function decided itself stands."""
    own = {name: value for name, value in spec.get("config", {}).items() if name != "view"}
    return json.dumps(spec | {"config": config(mode, language()) | own}, ensure_ascii=False).encode()


def svg(spec: dict[str, Any]) -> bytes:
    """The picture itself, for who has no script."""
    plain = {name: value for name, value in config("light", language()).items() if name not in _SCRIPTED}
    still = {name: value for name, value in spec.items() if name not in ("width", "autosize", "config")}
    if spec.get("width") == "container":
        still["width"] = SVG_WIDTH
    drawn: str = vl_convert.vegalite_to_svg(still, config=plain)
    return drawn.encode()
