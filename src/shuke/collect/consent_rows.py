"""Consent rows: which consents do the columns beside a customer give?"""

import ibis
import ibis.expr.types as ir

from shuke.collect.cells import Cells, ColumnPlan
from shuke.tables import Type
from shuke.tables.permissions import MARKETING, PERMISSIONS, Permission, Statement


def gives_consents(plan: ColumnPlan) -> bool:
    """Whether a column says of whoever a row is about what they consented to."""
    return any(slot.target in PERMISSIONS for slot in plan.slots)


def consent_rows(cells: Cells, typed: ir.Table, *, dealings: bool) -> ir.Table:
    """One row per record, channel and moment, in the columns of `consents`, with `row`; of several that
    contradict one another, the refusal.

    A date beside an answer is its moment; alone it says that they agreed or refused then. Beside an answer it
    never says that somebody agreed who did not, but a day of refusal holds whatever is answered. What was
    said with an order was said when it was placed (`dealings`).
    """
    channels = dict.fromkeys(PERMISSIONS[s.target].channel for s in cells.slots if s.target in PERMISSIONS)
    every = [part for channel in channels for part in _of_channel(cells, typed, channel, dealings=dealings)]
    told = (ibis.union(*every) if len(every) > 1 else every[0]).filter(ibis._.record_id.notnull())
    by = ["record_id", "purpose", "channel", "at"]
    return told.group_by(by).agg(granted=told.granted.min(), row=told.row.min())


def _of_channel(cells: Cells, typed: ir.Table, channel: str, *, dealings: bool) -> list[ir.Table]:
    answers, refusals, since, until = (
        [typed[name].cast(one.column.type.ibis) for name in cells.slots_of(one.target)]
        for one in (Permission(channel, statement) for statement in Statement)
    )
    otherwise = typed.moment if dealings else ibis.null(Type.TIME.ibis)
    agreed_at, refused_at = (ibis.coalesce(*days, otherwise) for days in (since, until))
    yes, no = ibis.literal(True), ibis.literal(False)
    found = [(answer, answer.ifelse(agreed_at, refused_at), answer.notnull()) for answer in answers]
    found += [(no, refused_at, refusal.fill_null(False)) for refusal in refusals]
    found += [(no, day, day.notnull()) for day in until]
    found += [] if answers else [(yes, day, day.notnull()) for day in since]
    return [_rows(typed.filter(where), channel, granted, at) for granted, at, where in found]


def _rows(typed: ir.Table, channel: str, granted: ir.BooleanValue, at: ir.TimestampValue) -> ir.Table:
    return typed.select(
        "record_id", "row", purpose=ibis.literal(MARKETING), channel=ibis.literal(channel),
        granted=granted, at=at.cast(Type.TIME.ibis),
    )  # fmt: skip
