"""Birthdays: does a column of birth dates also hold days without a year?"""

from collections.abc import Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect.mapping import Order, Reading
from shuke.collect.values.birthdays import LOOKS, TWO
from shuke.collect.values.folding import folded

BORN, BIRTHDAY = "people.birth_date", "people.birth_month_day"


def with_birthdays(
    rows: ir.Table, readings: Mapping[str, Reading], decided: Mapping[str, Reading]
) -> dict[str, Reading]:
    """The readings, with a column of birth dates read cell by cell where some of it says only the day."""
    told = dict(readings)
    for header, reading in readings.items():
        if BORN not in reading.to or BIRTHDAY in reading.to or header in decided:
            continue
        text = folded(rows[header])
        first, second = (text.re_extract(TWO, n).try_cast("int64") for n in (1, 3))
        seen = rows.agg(
            days=text.re_search(f"(?i){LOOKS}").any(), dmy=(first > 12).any(), mdy=(second > 12).any()
        )
        (found,) = seen.to_pyarrow().to_pylist()
        if found["days"]:
            order = reading.order or _order(dmy=bool(found["dmy"]), mdy=bool(found["mdy"]))
            told[header] = replace(reading, to=(*reading.to, BIRTHDAY), order=order)
    return told


def _order(*, dmy: bool, mdy: bool) -> Order | None:
    if dmy == mdy:
        return None
    return "dmy" if dmy else "mdy"
