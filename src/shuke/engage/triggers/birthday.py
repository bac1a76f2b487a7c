"""Birthday: whose birthday is it, or will it be in some days?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.engage.trigger import trigger
from shuke.languages import Text


@trigger(
    title=Text("Birthday", "生日"),
    about=Text(
        "Of who has told their birth date; who was born on 29 February has it on the 28th in other years.",
        "仅限已知出生日期者；2 月 29 日出生者平年按 28 日计。"),
)  # fmt: skip
def birthday(customers: ir.Table, *, as_of: date, days_before: int = 0) -> ir.Table:
    """One occasion a year; it begins `days_before` days before the birthday."""
    born = customers.filter(customers.birth_date.notnull() & (customers.kind == "person"))
    years = [as_of.year - 1, as_of.year, as_of.year + 1]
    yearly = [_in_year(born, year) for year in years]
    every = ibis.union(*yearly)
    begun = every.mutate(day=every.on - ibis.interval(days=days_before))
    near = begun.filter(begun.day.between(as_of - timedelta(days=_SPAN), as_of))
    return near.select("customer_id", occasion=near.on.cast("string"), day=near.day)


#: No longer ago: the birthday before is another occasion.
_SPAN = 180


def _in_year(born: ir.Table, year: int) -> ir.Table:
    day, leaps = born.birth_date.cast("date"), year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    of_month = day.day() if leaps else ibis.ifelse((day.month() == 2) & (day.day() == 29), 28, day.day())
    return born.select("customer_id", on=ibis.date(ibis.literal(year), day.month(), of_month))
