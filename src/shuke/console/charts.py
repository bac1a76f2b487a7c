"""Charts: what does a table look like, and what does its picture say?

The functions stand with their tables. One whose parameter is annotated as an Ibis table gets the rows
to reduce itself; any other gets a pandas frame of at most `MOST` rows.
"""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import vl_convert

from shuke.app import Opened
from shuke.console.theme import Mode, config
from shuke.errors import UnknownTable
from shuke.languages import N_, language
from shuke.lazy import pd
from shuke.tables import Derived, Type
from shuke.views.tables import masked, personal

log = logging.getLogger(__name__)

MOST = 5_000
SVG_WIDTH = 720

_SCRIPTED = ("customFormatTypes", "numberFormatType")  # what of the theme is a function of charts.js
_AS_FLOAT = (Type.MONEY, Type.QUANTITY, Type.RATE, Type.SHARE)  # nothing that draws can draw a decimal


@dataclass(frozen=True)
class ChartSubject:
    """A table of a build as one reader may see it."""

    opened: Opened
    declared: Derived
    sees_personal: bool

    @property
    def key(self) -> tuple[Any, ...]:
        return self.opened.build.number, self.declared.name, self.sees_personal, language()

    def rows(self) -> ir.Table:
        hidden = frozenset() if self.sees_personal else personal(self.declared.columns)
        return masked(self.opened.table(self.declared.name), self.declared.columns, hidden)

    def frame(self) -> pd.DataFrame:
        """The first rows by key: amounts as floats, days as times, as those who draw expect them."""
        rows = self.rows().order_by(list(self.declared.key)).limit(MOST)
        kinds = {column.name: column.type for column in self.declared.columns}
        floats = {name: rows[name].cast("float64") for name, kind in kinds.items() if kind in _AS_FLOAT}
        times = {name: rows[name].cast("timestamp") for name, kind in kinds.items() if kind is Type.DATE}
        as_text = {name for name in {**floats, **times} if rows[name].type().is_string()}  # a mask
        chosen = {name: value for name, value in {**floats, **times}.items() if name not in as_text}
        frame: pd.DataFrame = rows.mutate(**chosen).to_pandas()
        return frame

    def give(self, function: Callable[..., Any]) -> Any:
        """What a chart or sentence function makes of the table, in the form that it asks for.

        One with a keyword-only `currency` is told in which one the build reports.
        """
        first, *further = inspect.signature(function, eval_str=True).parameters.values()
        asked = {one.name for one in further} & {"currency"}
        told = {name: getattr(self.opened.build.manifest, name) for name in asked}
        return function(self.rows() if first.annotation is ir.Table else self.frame(), **told)


def sentences(subject: ChartSubject) -> tuple[str, ...]:
    """What the pictures show, in the reader's language."""
    if not subject.opened.build.manifest.tables[subject.declared.name].rows:
        return ()
    return tuple(text for function in subject.declared.sentences if (text := _sentence(subject, function)))


def _sentence(subject: ChartSubject, function: Callable[..., Any]) -> str | None:
    # Companies write these functions too: one that fails costs the page its sentence, not itself.
    try:
        return str(subject.give(function))
    except Exception:
        log.exception("the sentence of table %s failed", subject.declared.name)
        return None


def specification(subject: ChartSubject, index: int) -> dict[str, Any]:
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
    theme = config("light", language())
    plain = {
        name: value for name, value in theme.items() if name not in ("customFormatTypes", "numberFormatType")
    }
    still = {name: value for name, value in spec.items() if name not in ("width", "autosize", "config")}
    if spec.get("width") == "container":
        still["width"] = SVG_WIDTH
    drawn: str = vl_convert.vegalite_to_svg(still, config=plain)
    return drawn.encode()
