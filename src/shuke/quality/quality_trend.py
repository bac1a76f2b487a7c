"""Trend: how has the quality of each field changed from build to build?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.quality.dimensions import COUNTED, FIELD, FIELD_KEY
from shuke.tables import Column, Type, table


@table(
    key=("day", *FIELD_KEY),
    title=Text("Trend of quality", "质量趋势"),
    about=Text("How has the quality of each field changed?", "各字段质量如何变化？"),
    area="quality",
    subject=None,
    columns=[Column("day", Type.DATE, Text("As of", "截至")), *FIELD, *COUNTED],
)
def quality_trend(last_build_quality_trend: ir.Table, field_quality: ir.Table, *, as_of: date) -> ir.Table:
    """The quality of every field, as each build found it.

    One row per day from which a build looked, source, table, attribute and dimension: the trend of the
    current build before, with this build's rows in place of those that it had for the same day.
    """
    before = last_build_quality_trend.filter(last_build_quality_trend.day != as_of)
    today = field_quality.mutate(day=ibis.literal(as_of))
    return before.union(today.select(before.columns))
