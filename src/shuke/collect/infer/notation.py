"""Notation: how are a column's dates and numbers written, and is that certain?"""

from collections.abc import Iterable

from shuke.collect.infer.evidence import DateOrderCounts as Evidence
from shuke.collect.infer.evidence import DecimalMarks
from shuke.collect.mapping import Mark, Order
from shuke.languages import Text


def order(seen: Evidence) -> tuple[Order | None, Text | None, tuple[Order, ...]]:
    """The order of day and month, what shows it, and the orders that remain possible where nothing does."""
    if seen.three == 0:
        return None, None, ()
    if seen.first_beyond_31:
        return "ymd", _shown(seen.first_beyond_31, "begin with a year", "以年份开头"), ()
    century = seen.third_beyond_31 > 0
    if seen.first_beyond_12 and seen.second_beyond_12:
        return None, None, ("dmy", "mdy") if century else ("ymd", "dmy", "mdy")
    if seen.second_beyond_12:  # whatever the year is, only the day can be more than 12 there
        return (
            "mdy",
            _shown(seen.second_beyond_12, "have a day beyond 12 in the second place", "第二段大于 12"),
            (),
        )
    if seen.first_beyond_12 and century:
        return (
            "dmy",
            _shown(seen.first_beyond_12, "have a day beyond 12 in the first place", "第一段大于 12"),
            (),
        )
    if century and seen.same == seen.three:
        return "dmy", Text("day and month are always equal", "日与月总相同"), ()
    return None, None, ("dmy", "mdy") if century else ("ymd", "dmy", "mdy")


def mark(seen: DecimalMarks, elsewhere: Iterable[DecimalMarks]) -> tuple[Mark | None, Text | None, bool]:
    """The decimal mark, what shows it, and whether it is certain."""
    if seen.point and seen.comma and seen.undecidable:
        return None, None, False
    if seen.point and not seen.comma:
        return ".", None, True
    if seen.comma and not seen.point:
        return ",", _shown(seen.comma, "have a decimal comma", "使用小数逗号"), True
    if not seen.undecidable:
        return None, None, True
    others = list(elsewhere)
    points, commas = sum(m.point for m in others), sum(m.comma for m in others)
    if bool(points) != bool(commas):
        return "." if points else ",", Text("as in the other columns of the file", "与文件其他列一致"), True
    return None, None, False


def _shown(count: int, en: str, zh: str) -> Text:
    return Text(f"{count} values {en}", f"{count} 个值{zh}")
