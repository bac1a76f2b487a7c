"""Wide: which columns of a sheet are months of one figure?

Store | 2024-01 | 2024-02        Store | date       | amount
North |     100 |     120        North | 2024-01-01 |    100
                                 North | 2024-02-01 |    120
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from shuke.collect.shapes import melting
from shuke.collect.shapes.sample import SheetSample, is_moment, is_of_a_line, is_order
from shuke.collect.shapes.shape import Melt
from shuke.collect.sheets import ROW, Sheet
from shuke.collect.values import currency_words

#: Fewer columns are no row of months.
_FEWEST = 3
#: How many of the rows must have figures in them.
_NUMBERS = 0.8

_MONTHS = (
    "jan january januar janvier enero ene janeiro",
    "feb february februar février fevrier febrero fevereiro",
    "mar march märz maerz mär mars marzo março marco",
    "apr april avril abril abr avr",
    "may mai mayo maio",
    "jun june juni juin junio junho",
    "jul july juli juillet julio julho",
    "aug august août aout agosto ago",
    "sep sept september septembre septiembre setembro set",
    "oct october oktober okt octobre octubre outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre decembre diciembre dic dezembro",
)
_NUMBER_OF = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
WORD = rf"(?P<word>{'|'.join(sorted(_NUMBER_OF, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
#: How a month, a quarter or a year is written as a heading.
_PERIODS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}\s*[-/.年_ ]\s*(?P<month>1[0-2]|0?[1-9])\s*月?(?:份)?(?:[-/.]0?1(?: 00:00:00)?)?",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])",
        rf"(?P<month>1[0-2]|0?[1-9])\s*[-/.]\s*{_YEAR}",
        rf"{WORD}\s*[-/.' ,_]?\s*(?P<year>(?:(?:19|20)\d\d)|\d\d)",
        rf"{_YEAR}\s*[-/. _]?\s*{WORD}",
        rf"{_YEAR}\s*年?\s*[-/. _]?\s*(?:Q(?P<quarter>[1-4])|第?(?P<hanzi>[一二三四])季度?)",
        rf"Q(?P<quarter>[1-4])\s*[-/.' _]?\s*{_YEAR}",
        rf"{_YEAR}\s*年?",
        rf"{WORD}",
        r"(?P<month>1[0-2]|[1-9])\s*月(?:份)?",
        r"(?P<hanzi_month>十[一二]?|[一二三四五六七八九])\s*月(?:份)?",
        r"Q(?P<quarter>[1-4])|第?(?P<hanzi>[一二三四])季度?",
    )
)
#: How a column is called that says the year of each row, and its cells.
_YEARS = re.compile(
    r"(?:fiscal |sales )?year|jahr|geschäftsjahr|année|exercice|año|ano|年|年份|年度|年次", re.IGNORECASE
)
_A_YEAR = re.compile(r"\s*(?:19|20)\d\d(?:\.0)?\s*年?\s*")
_DIGITS = "一二三四五六七八九十"
_NOTHING = r"^\s*(?:[-–—]?0*(?:[.,]0+)?|[-–—])\s*$"
#: A figure over the year, beside its months.
SUM = re.compile(r"(?:grand |sub)?totals?|sum|合计|总计|总和|全年|年度合计|小计", re.IGNORECASE)
_PIECES = re.compile(
    r"\b(?:qty|quantity|quantities|units?|pieces|pcs|count|volume)\b|数量|件数|销量|台数|箱数", re.IGNORECASE
)
_YEAR_OF = "__year__"
#: What the order is called that a figure without goods stands for.
ORDER = "order no"
#: The first word that is found in the name of a file or in its headings says what its figures are.
_OF = (
    ("plans", re.compile(r"\b(?:plans?|planned|targets?|quotas?|forecast)\b|目标|计划|指标", re.IGNORECASE)),
    ("budgets", re.compile(r"\bbudgets?\b|预算", re.IGNORECASE)),
    ("expenses", re.compile(r"\b(?:costs?|expenses?|spend(?:ing)?)\b|费用|支出|成本|开支", re.IGNORECASE)),
    (
        "order_items",
        re.compile(r"\b(?:sales?|sold|revenue|turnover|orders)\b|销售|营业额|销量|业绩", re.IGNORECASE),
    ),
)
_MONEY = re.compile(
    r"\b(?:amounts?|sales|revenue|turnover|value|spend|net|gross|umsatz|ventas|ca)\b|金额|销售额|营业额|收入|实收|"
    r"\b(?:USD|EUR|GBP|CNY|RMB|JPY)\b|[¥￥$€£元]",
    re.IGNORECASE,
)


#: A word for the figures beside the period.
_MEASURE = re.compile(
    r"(?<![a-z])(?:sales?|amounts?|revenue|turnover|qty|quantity|units?|pieces|value|net|gross|plan|target|budget|costs?)"
    r"(?![a-z])|销售额|销售量|销量|金额|数量|营业额|业绩|预算|计划|目标|费用",
    re.IGNORECASE,
)


def period(name: str) -> tuple[int | None, int] | None:
    """The year, if it is said, and the first month of the period that a heading names.

    A word for the figures may stand before or behind it: `Sales 2024-01`, `1月销量`.
    """
    bare = unmeasured(name)
    for pattern in _PERIODS:
        if found := pattern.fullmatch(bare):
            told = found.groupdict()
            return _year(told.get("year")), _month(told)
    return None


def unmeasured(name: str) -> str:
    """A heading without the word for its figures and their currency: `North sales (£)` is North."""
    plain = currency_words.without(name) if currency_words.in_header(name) else name
    return _MEASURE.sub("", plain.strip()).strip(" _-/:()（）")


def unit(columns: Iterable[str]) -> str | None:
    """The word for a currency that every one of the headings names; None where they name none, or several."""
    named = {currency_words.in_header(name) for name in columns}
    return next(iter(named)) if len(named) == 1 else None


def number_of(word: str) -> int:
    """Which month a word is."""
    return _NUMBER_OF[word.lower()]


def year_column(look: SheetSample) -> str | None:
    """The column that says the year of each row."""
    called = [n for n in look.columns if _YEARS.fullmatch(n.strip())]
    cells = {n: [c for c in look.cells[look.columns.index(n)] if c] for n in called}
    told = [n for n in called if cells[n] and all(_A_YEAR.fullmatch(c) for c in cells[n])]
    return told[0] if len(told) == 1 else None


def _measure(name: str) -> str:
    """The word for the figures in the name of a column, where there is one."""
    return " ".join(found.lower() for found in _MEASURE.findall(name))


def _year(said: str | None) -> int | None:
    return None if said is None else int(said) if len(said) == 4 else 2000 + int(said)


def _month(told: dict[str, str | None]) -> int:
    if word := told.get("word"):
        return number_of(word)
    if month := told.get("month"):
        return int(month)
    if hanzi := told.get("hanzi_month"):
        return sum(_DIGITS.index(sign) + 1 for sign in hanzi)
    quarter = told.get("quarter") or (str(_DIGITS.index(h) + 1) if (h := told.get("hanzi")) else None)
    return 3 * int(quarter) - 2 if quarter else 1


def recognise(look: SheetSample, sheet: Sheet) -> tuple[Melt, bool] | None:
    """The months of a sheet, and whether it is sure what their figures are; None where it has none. Of which
    year they are may be open still."""
    columns = [n for n in look.columns if period(n)]
    measures = list(dict.fromkeys(_measure(n) for n in columns))
    if len(columns) < _FEWEST or len(columns) == len(look.columns):
        return None
    return _of_several(look, sheet, measures) if len(measures) > 1 else _of_one(look, sheet)


def _of_one(look: SheetSample, sheet: Sheet) -> tuple[Melt, bool] | None:
    """Months of one figure."""
    columns = [n for n in look.columns if period(n)]
    measures = {_measure(n) for n in columns}
    figures = [n for n in columns if look.mostly(look.columns.index(n), "number", share=_NUMBERS)]
    others = [n for n in look.columns if n not in columns]
    said = [n for n in columns if any(look.filled[look.columns.index(n)])]
    if set(said) - set(figures) or not figures or any(is_moment(n) and _dated(look, n) for n in others):
        return None
    told = described_by(sheet, (*measures, *others))
    year = stated_year(look, sheet, columns)
    of = belonging(told)
    value, sure = valued(look, columns, told)
    goods = any(is_of_a_line(n) for n in others)
    sums = tuple(n for n in others if SUM.fullmatch(_MEASURE.sub("", n).strip()))
    melt = Melt(tuple(columns), "date", value, year, sums, of or "order_items")
    return melt, of not in (None, "order_items") or (sure and (of is not None or goods))


def is_yearless(columns: Iterable[str]) -> bool:
    """Whether some of these months are of a year that they do not say."""
    return any((found := period(name)) is not None and found[0] is None for name in columns)


def stated_year(look: SheetSample, sheet: Sheet, columns: Sequence[str]) -> int | str | None:
    """Of which year months are that do not say it: what a column says of each row, or the one year that the
    file speaks of. Where a year begins in another month than January, that may be either of two."""
    if not is_yearless(columns):
        return None
    others = [n for n in look.columns if n not in columns]
    if column := year_column(look):
        return column
    return None if _turning(columns) else one_year(described_by(sheet, others))


def _turning(columns: Iterable[str]) -> int | None:
    return turning([found[1] for n in columns if (found := period(n)) and found[0] is None])


def turning(months: Sequence[int]) -> int | None:
    """The month with which a year begins that is none of the calendar: those before it are of the next one.

    April, May, … December, January, … March: 4. None where the months do not go on from December to January.
    """
    distinct = list(dict.fromkeys(months))
    steps = {(after - before) % 12 for before, after in pairwise(distinct)}
    turns = any(after < before for before, after in pairwise(distinct))
    return distinct[0] if turns and len(distinct) > 2 and steps in ({1}, {3}) else None


def _of_several(look: SheetSample, sheet: Sheet, measures: Sequence[str]) -> tuple[Melt, bool] | None:
    """Months of an amount and of a quantity; of other figures the first, and that is not sure."""
    columns = {one: [n for n in look.columns if period(n) and _measure(n) == one] for one in measures}
    alike = {tuple(map(_at, names)) for names in columns.values()}
    filled = [n for names in columns.values() for n in names if any(look.filled[look.columns.index(n)])]
    figures = all(look.mostly(look.columns.index(n), "number", share=_NUMBERS) for n in filled)
    if len(alike) > 1 or not figures or not filled:
        return None
    pieces = [one for one in measures if _PIECES.search(one)]
    money = [one for one in measures if one not in pieces]
    first = (money or pieces)[0]
    pair = len(measures) == 2 and len(pieces) == 1
    aside = [n for one in measures if one != first for n in columns[one]]
    kept = [c for c, n in enumerate(look.columns) if n not in aside]
    rest = SheetSample(tuple(look.columns[c] for c in kept), look.numbers, tuple(look.cells[c] for c in kept))
    found = _of_one(rest, sheet)
    if found is None:
        return None
    melt, sure = found
    if pair:
        return replace(
            melt,
            value=_with_unit("amount", columns[first]),
            beside=(("quantity", tuple(columns[pieces[0]])),),
        ), sure
    return replace(melt, without=(*melt.without, *aside)), False


def melted(rows: ir.Table, melt: Melt) -> ir.Table:
    """One row per figure; a row without any stays one, without a date."""
    kept = {n: rows[n] for n in rows.columns if n not in (ROW, *melt.named)}
    if melt.of == "order_items":  # where nothing was sold there was no sale
        sold = {n: rows[n].re_search(_NOTHING).ifelse(ibis.null(str), rows[n]) for n in melt.columns}
        rows = rows.mutate(**sold)
    more = {f"__{name}__": ibis.array([rows[n] for n in names]) for name, names in melt.beside}
    of_rows = isinstance(melt.year, str)
    if of_rows:
        more[_YEAR_OF] = rows[str(melt.year)].re_extract(r"(?:19|20)\d\d", 0).nullif("")
    long = melting.melted(rows, melt.columns, kept | more)
    first = _turning(melt.columns)
    names = ibis.array([ibis.literal(_name(n, melt, first)) for n in melt.columns])[long[melting.NUMBER]]
    if of_rows:
        names = names.startswith("-").ifelse(long[_YEAR_OF] + names, names)
    told = {
        melt.name: long[melting.CELL].notnull().ifelse(names, ibis.null(str)),
        melt.value: long[melting.CELL],
        **{name: long[f"__{name}__"][long[melting.NUMBER]] for name, _ in melt.beside},
    }
    figures = long.select(ROW, *kept, **told)
    if melt.of != "order_items" or any(is_of_a_line(n) or is_order(n) for n in (*kept, melt.name)):
        return figures
    # Without goods each figure stands for an order, which has the same number in the next file.
    parts = [figures[n].fill_null("") for n in (*kept, melt.name)]
    return figures.mutate(**{ORDER: ibis.literal(" ").join(parts)})


def _at(name: str) -> tuple[int | None, int]:
    return period(name) or (None, 1)


def _name(column: str, melt: Melt, first: int | None) -> str:
    """The first day of a period, where a heading names one, without its year where each row has its own;
    else the heading itself. Months before the `first` of a year are of the next one."""
    found = period(column)
    if found is None:
        return unmeasured(column) or column
    year, month = found
    if year is None and isinstance(melt.year, str):
        return f"-{month:02}-01"
    if year is None and isinstance(melt.year, int):
        year = melt.year + int(first is not None and month < first)
    return date(year, month, 1).isoformat() if year else column


def one_year(told: str) -> int | None:
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", told))
    return int(years.pop()) if len(years) == 1 else None


def _dated(look: SheetSample, name: str) -> bool:
    return look.mostly(look.columns.index(name), "date")


def described_by(sheet: Sheet, names: Iterable[str]) -> str:
    """The words of a file, its sheet, its titles and some headings."""
    return " ".join((sheet.file, sheet.sheet or "", *(s.text for s in sheet.skipped), *names)).replace(
        "_", " "
    )


def belonging(told: str) -> str | None:
    """The table that figures belong to, where a word says it."""
    return next((table for table, pattern in _OF if pattern.search(told)), None)


def valued(look: SheetSample, columns: Sequence[str], told: str) -> tuple[str, bool]:
    """What the figures are: amounts by a word or by a fraction, quantities by a word, else who knows."""
    money, pieces = _MONEY.search(told), _PIECES.search(told)
    if bool(money) != bool(pieces):
        return (_with_unit("amount", columns) if money else "quantity"), True
    cells = (cell for n in columns for cell in look.cells[look.columns.index(n)] if cell)
    marked = any(re.search(r"[.,]\d{1,2}$|[¥￥$€£元]", cell.strip()) for cell in cells)
    return _with_unit("amount", columns), marked or unit(columns) is not None


def _with_unit(value: str, columns: Iterable[str]) -> str:
    return f"{value} ({unit(columns)})" if unit(columns) else value
