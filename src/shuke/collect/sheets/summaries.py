"""Summaries: which rows sum up others, remark on them, or say the headings again?"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb

from shuke.collect.sheets.header import HeaderLayout
from shuke.collect.sheets.sheet import ROW, Skipped, SkippedKind
from shuke.collect.sheets.sql import literal, quoted
from shuke.errors import Unreadable
from shuke.languages import N_

_Row = tuple[Any, ...]
_SPACE = " \t\u00a0\u3000\ufeff"
#: These words cannot be a name, so that such a row is a total wherever it stands.
_CHINESE_TOTAL = (
    r"(本页|本月|本日|本年|当页|全部|全年)?\s*([合总小共累]\s*计|总和|汇总|[合總小共累]\s*計)"
    r"\s*([(（].*[)）])?\s*[:：]?"
)
_LATIN_TOTAL = (
    r"((grand|sub|page|running|overall|report|column)[\s-]?totals?|totals?|sum|summe|zwischensumme|gesamt(summe)?|"
    r"insgesamt|suma|totale|totaal|totais|total (general|geral|g[eé]n[eé]ral)|sous[\s-]total|итого|всего)"
    r"\s*(\(.*\))?\s*:?"
)
_TOTAL = f"{_CHINESE_TOTAL}|{_LATIN_TOTAL}"
#: What a blank cell or a total begins with; cheap to look for.
_LIKELY = "|[本当全合总小共累汇總gstziprocив].*"
#: Behind the name of a group, as spreadsheets label what they sum up.
_OF_GROUP = re.compile(
    r"(?P<group>.+?)\s*(?:total|sum|count|小计|合计|总计|汇总|计数|小計|合計|總計)"
    r"|(?:(?:sub|sous|zwischen)?[\s-]?(?:totale?|summe|suma)|gesamt)\s*(?:for|of|für|de|del|pour|di|do|da)?\s*[-:]?\s+"
    r"(?P<named>.+)",
    re.IGNORECASE,
)
_ENDS = ("Total", "total", "TOTAL", "Sum", "Count", "计", "計", "汇总", "计数")
#: Before the name of a group, as programs for accounts label what they sum up.
_BEGINS = (
    "Total ",
    "TOTAL ",
    "total ",
    "Subtotal ",
    "Sous-total ",
    "Totale ",
    "Summe ",
    "Zwischensumme ",
    "Suma ",
    "Gesamt ",
)
#: A label stands in one of the first columns.
_LABEL_COLUMNS = 20
#: More totals than this in one file are looked at no further.
_MOST_TOTALS = 10_000
#: The name of a group stands in one of these.
_GROUP_COLUMNS = 3
#: So many rows at the end may be remarks.
_LAST = 60
_ANYWHERE = re.compile(rf"{_CHINESE_TOTAL}|(grand|sub)[\s-]?totals?\s*:?", re.IGNORECASE)
_FIGURE = re.compile(
    r"([a-z]{0,3}\s*[¥￥$€£]|[a-z]{3}\s)?\s*[-+(]?\s*[¥￥$€£]?\s*-?[\d.,][\d,. ']*(e[-+]?\d+)?"
    r"\s*(%|\)|€|[\u4e00-\u9fff]{1,3}|[a-z]{1,12})?|[-–—/*]+",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"共\s*\d+\s*[\u4e00-\u9fff]{1,3}.*|([合总小共]计|合計|總計)\s*[:：]?\s*[\d.,]+\s*[\u4e00-\u9fff]{0,3}"
    r"|(注|备注|说明|制表|制单|审核|复核|经办|打印|导出|来源|店长|签字|签名|日期|note|source|printed|prepared|"
    r"approved|generated|exported)[^:：]{0,20}[:：].*"
    r"|第\s*\d+\s*页.*|page \d+( of \d+)?|\W*(end of (report|file|data|list)|以上为全部.*|完)\W*"
    r"|(totals?|count|rows|records|number of \w+)\s*[:=]?\s*\d[\d,.]*( \w+)?"
    r"|\d+ (rows?|records?)( selected)?\.?",
    re.IGNORECASE,
)


def summaries(table: duckdb.DuckDBPyRelation, layout: HeaderLayout, file: str) -> list[Skipped]:
    """The rows that are no data for what they say, and the remarks below the last."""
    below = {row[0]: row for row in _trailing(_last(table))}
    asked = {"named": _begins_as_total(layout.columns), "grouped": _ends_as_total(layout.columns)}
    asked |= {"again": again} if (again := _begins_again(layout)) else {}
    likely = _likely(table, asked)
    found = [
        *(_skipped(row) for row in _rows(table, likely["named"]) if _sums_up(row, row[0] in below)),
        *_groups(table, likely["grouped"]),
        *_repeated(_rows(table, likely.get("again", ())), layout, file),
    ]
    named = {skipped.row: skipped for skipped in found}
    remarks = {number: _skipped(row) for number, row in below.items() if number not in named}
    return [skipped for _, skipped in sorted((named | remarks).items())]


def _likely(table: duckdb.DuckDBPyRelation, asked: Mapping[str, str]) -> dict[str, list[int]]:
    """The rows of which one of these conditions is true, found in one pass."""
    flagged = table.select(f"{ROW}, {', '.join(f'({what}) AS {name}' for name, what in asked.items())}")
    rows = flagged.filter(" OR ".join(asked)).limit(_MOST_TOTALS).fetchall()
    return {name: [row[0] for row in rows if row[place]] for place, name in enumerate(asked, start=1)}


def _begins_as_total(columns: Sequence[str]) -> str:
    """SQL for the rows that a word for a total begins."""
    first, head = _first(columns), quoted(columns[0])
    likely = f"{head} IS NULL OR regexp_matches({head}, {_pattern(_LIKELY)})"
    return f"({likely}) AND regexp_matches({first}, {_pattern(_TOTAL)})"


def _ends_as_total(columns: Sequence[str]) -> str:
    """SQL for the rows of which one of the first cells may be named for what it sums up."""
    first = [quoted(column) for column in columns[:_GROUP_COLUMNS]]
    cells = [f"ends_with({cell}, {literal(end)})" for cell in first for end in _ENDS]
    cells += [f"starts_with({cell}, {literal(word)})" for cell in first for word in _BEGINS]
    return " OR ".join(cells)


def _groups(table: duckdb.DuckDBPyRelation, numbers: Sequence[int]) -> Iterator[Skipped]:
    """Totals named for the group that they sum up: the last cell above that is not blank says its name."""
    above = _said_above(table, numbers)
    for row in _rows(table, numbers):
        for place, cell in enumerate(row[1 : _GROUP_COLUMNS + 1], start=1):
            said = _OF_GROUP.fullmatch(str(cell or "").strip())
            group = str(above[row[0]][place] or "").strip()
            if said and (said["group"] or said["named"]).strip() == group and _is_figures(row, place):
                yield Skipped(row[0], SkippedKind.TOTAL, " ".join(_cells(row)))


def _said_above(table: duckdb.DuckDBPyRelation, numbers: Sequence[int]) -> dict[int, _Row]:
    """Of each of these rows, what the first columns said last before it."""
    if not numbers:
        return {}
    before = f"OVER (ORDER BY {ROW} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    columns = [quoted(c) for c in table.columns if c != ROW.strip('"')][:_GROUP_COLUMNS]
    said = [f"last_value(nullif(trim({c}, '{_SPACE}'), '') IGNORE NULLS) {before}" for c in columns]
    told = table.select(f"{ROW}, {', '.join(f'{one} AS c{n}' for n, one in enumerate(said))}")
    return {row[0]: row for row in _rows(told, numbers)}


def _is_figures(row: _Row, label: int) -> bool:
    """Are all cells but the label blank or figures?"""
    return len(row) > 2 and all(
        _FIGURE.fullmatch(c) for c in _cells((None, *row[1:label], *row[label + 1 :]))
    )


def _begins_again(layout: HeaderLayout) -> str:
    """SQL for the rows that begin as the headings or a title do; a joined file keeps its mark."""
    place = next((place for place, cell in enumerate(layout.head) if cell), None)
    if place is None:
        return ""
    said = {cell for cell in layout.head if cell} | {skipped.text for skipped in layout.skipped}
    known = ", ".join(literal(mark + cell) for cell in sorted(said) for mark in ("", "\ufeff"))
    return f"{quoted(layout.columns[place])} IN ({known})"


def _repeated(rows: Iterable[_Row], layout: HeaderLayout, file: str) -> Iterator[Skipped]:
    """The headings, and titles above them, where they come again within the rows."""
    head = [_folded(cell) for cell in layout.head]
    titles = {_folded(skipped.text) for skipped in layout.skipped}
    for row in rows:
        cells = [_folded(c) for c in row[1:]]
        if _same(cells, head):
            yield Skipped(row[0], SkippedKind.HEADING, " ".join(_cells(row)))
        elif _folded(" ".join(_cells(row))) in titles:
            yield Skipped(row[0], SkippedKind.TITLE, " ".join(_cells(row)))
        elif _is_other_heading(cells, head):
            message = N_("{file}: row {row} says other headings than row {header}: cut the file there.")
            raise Unreadable(message, file=file, row=row[0], header=layout.header_row)


def _same(cells: Sequence[str], head: Sequence[str]) -> bool:
    """The headings, as far as the row has them; what stands below a blank heading says nothing."""
    return all(cell == name for cell, name in zip(cells, head, strict=False) if name)


def _is_other_heading(cells: Sequence[str], head: Sequence[str]) -> bool:
    """Words of the headings alone, but others or in another order."""
    names = {name for name in head if name}
    said = [cell for cell in cells if cell]
    return len(said) > 2 and len(set(said)) == len(said) and sum(c in names for c in said) > 0.6 * len(said)


def _folded(cell: object) -> str:
    return " ".join(str(cell or "").replace("\ufeff", "").split()).lower()


def _rows(table: duckdb.DuckDBPyRelation, numbers: Sequence[int]) -> list[_Row]:
    return table.filter(f"{ROW} IN ({', '.join(map(str, numbers))})").fetchall() if numbers else []


def _last(table: duckdb.DuckDBPyRelation) -> list[_Row]:
    """The last rows, last first."""
    [(last,)] = table.aggregate(f"max({ROW})").fetchall()
    return table.filter(f"{ROW} > {(last or 0) - 1000}").order(f"{ROW} DESC").limit(_LAST).fetchall()


def _pattern(pattern: str) -> str:
    return "'^(?i)[\\s\u3000\u00a0]*(" + pattern.replace("'", "''") + ")[\\s\u3000\u00a0]*$'"


def _trailing(rows: Sequence[_Row]) -> Iterator[_Row]:
    """Of the last rows, last first: those that are totals or remarks with no data below them."""
    for row in rows:
        cells = _cells(row)
        if cells and not _is_total(row) and not _is_remark(row, cells):
            return
        if cells:
            yield row


def _is_remark(row: _Row, cells: Sequence[str]) -> bool:
    """Words about the table in a row that is mostly blank, or a sentence in one cell of many."""
    if len(row) < 3 or len(cells) > max(1, (len(row) - 1) // 2):
        return False
    if all(_FOOTER.fullmatch(c) for c in cells):
        return True
    alone = len(cells) == 1 and len(row) > 4
    return alone and bool(re.fullmatch(r"[-=*_#~ ]{3,}.*|.*[。；！]|\d+[.、)].{6,}|(\S+ ){4,}\S+", cells[0]))


def _sums_up(row: _Row, at_end: bool) -> bool:
    return _is_total(row) and (at_end or _ANYWHERE.fullmatch(_cells(row)[0]) is not None)


def _is_total(row: _Row) -> bool:
    """A word for a total, then figures alone."""
    label, *others = _cells(row) or [""]
    return (
        len(row) > 2
        and bool(re.fullmatch(_TOTAL, label, re.IGNORECASE))
        and all(_FIGURE.fullmatch(c) for c in others)
    )


def _skipped(row: _Row) -> Skipped:
    kind = SkippedKind.TOTAL if _is_total(row) else SkippedKind.FOOTER
    return Skipped(int(str(row[0])), kind, " ".join(_cells(row)))


def _cells(row: _Row) -> list[str]:
    return [text for c in row[1:] if c is not None and (text := str(c).strip())]


def _first(columns: Sequence[str]) -> str:
    """SQL for the first cell of a row that is not blank, among those where a label can stand."""
    cells = (f"nullif(trim({quoted(name)}, '{_SPACE}'), '')" for name in columns[:_LABEL_COLUMNS])
    return f"coalesce({', '.join(cells)})"
