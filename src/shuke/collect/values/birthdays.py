"""Birthdays: on which day of which month, where no year is told?

03月15日   3-15   03/15   15.03.   15 March   March 15th   --03-15 (vCard)
"""

import ibis
import ibis.expr.types as ir

from shuke.collect.mapping import Order
from shuke.collect.values.folding import folded, once

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAME = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_NTH = r"(\d{1,2})(?:st|nd|rd|th)?"
_SIGNED = r"^(?:--)?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号號]?$|^--(\d\d)-?(\d\d)$"
_DAY_NAMED, _NAME_DAY = rf"^{_NTH}\.?[ -]?(?:of )?{_NAME}$", rf"^{_NAME} {_NTH}$"
#: Two numbers, of which only the column or their size says which is the month.
TWO = r"^(\d{1,2})([-/.])(\d{1,2})\.?$"
#: What is no whole date, but a month and a day.
LOOKS = rf"{_SIGNED}|(?i:{_DAY_NAMED}|{_NAME_DAY})|{TWO}"


def month_day(text: ir.StringValue, order: Order | None) -> ir.StringValue:
    """03-15; null where it says no day of a month, or does not say which number is the month."""
    return once(folded(text).lower(), lambda t: t.re_search(LOOKS).ifelse(_read(t, order), ibis.null(str)))


def _read(t: ir.StringValue, order: Order | None) -> ir.StringValue:
    numbered = ibis.array(_MONTHS)
    first, sign, second = (t.re_extract(TWO, n) for n in (1, 2, 3))
    day_first = _day_first(first, sign, second, order)
    month = ibis.coalesce(
        t.re_extract(_SIGNED, 1).nullif(""),
        t.re_extract(_SIGNED, 3).nullif(""),
        _number_of(t.re_extract(_DAY_NAMED, 2), numbered),
        _number_of(t.re_extract(_NAME_DAY, 1), numbered),
        ibis.cases((day_first, second), (~day_first, first)).nullif(""),
    )
    day = ibis.coalesce(
        t.re_extract(_SIGNED, 2).nullif(""),
        t.re_extract(_SIGNED, 4).nullif(""),
        t.re_extract(_DAY_NAMED, 1).nullif(""),
        t.re_extract(_NAME_DAY, 2).nullif(""),
        ibis.cases((day_first, first), (~day_first, second)).nullif(""),
    )
    return ("2000-" + month + "-" + day).try_cast("date").strftime("%m-%d")  # a year with a 29 February


def _number_of(name: ir.StringValue, names: ir.ArrayValue) -> ir.StringValue:
    return (name == "").ifelse(ibis.null(str), (names.index(name) + 1).cast(str))


def _day_first(
    first: ir.StringValue, sign: ir.StringValue, second: ir.StringValue, order: Order | None
) -> ir.BooleanValue:
    """Null where nothing decides it: 03/05. With hyphens the month leads, with points the day."""
    one, other = first.try_cast("int64"), second.try_cast("int64")
    usual = ibis.cases((sign == "-", False), (sign == ".", True), else_=ibis.null("boolean"))
    said = usual if order is None else ibis.literal(order == "dmy")
    return ibis.cases((one > 12, True), ((other > 12) | (one == other), False), else_=said)
