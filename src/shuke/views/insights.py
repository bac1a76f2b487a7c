"""Insights: what does a table say, in one sentence?

The functions that say it, and those that draw it, stand with their tables. One whose parameter is annotated
as an Ibis table gets the rows to reduce itself; any other gets a pandas frame of at most `MOST` rows.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from shuke.app import Opened
from shuke.languages import language
from shuke.lazy import pd
from shuke.tables import Derived, Type
from shuke.views.tables import masked, personal

log = logging.getLogger(__name__)

MOST = 5_000

_AS_FLOAT = (Type.MONEY, Type.QUANTITY, Type.RATE, Type.SHARE)  # nothing that draws can draw a decimal


@dataclass(frozen=True)
class TableAsSeen:
    """A table of a build as one reader may see it, for who draws it or puts it into words."""

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


def sentences(subject: TableAsSeen) -> tuple[str, ...]:
    """What the pictures show, or why there is nothing to show, in the reader's language."""
    return tuple(text for function in subject.declared.sentences if (text := _sentence(subject, function)))


def _sentence(subject: TableAsSeen, function: Callable[..., Any]) -> str | None:
    # Companies write these functions too: one that fails costs the page its sentence, not itself.
    try:
        return str(subject.give(function))
    except Exception:
        log.exception("the sentence of table %s failed", subject.declared.name)
        return None
