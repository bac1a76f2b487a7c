"""Stages: which status follows from what is known of a customer, since when, and in which words?"""

import ibis
import ibis.expr.types as ir

from shuke.models.inactivity import spell
from shuke.tables.statuses import CONTRACT, LOST, OVERDUE


def stage(known: ir.Table) -> ir.Table:
    """With `status`, and the `basis` on which it is told whether they are lost."""
    bought = known.last_day.notnull()
    due = (known.silent_days > known.usual).fill_null(False)
    ended = known.ended_on.notnull() & ~known.held
    left = ended & (~bought | ((known.last_day <= known.ended_on) & (due | (known.gaps == 0))))
    silent = known.silent_days
    status = ibis.cases(
        (known.held, CONTRACT),
        (left.fill_null(False), LOST),
        (~bought & known.traded, "unknown"),
        (~bought, "prospect"),
        (silent > known.limit_days, LOST),
        (silent > known.late_days, OVERDUE),
        (due, "due"),
        (known.gaps == 0, "new"),
        (known.came_back, "returned"),
        else_="active",
    )
    basis = ibis.cases(
        (known.held | left.fill_null(False), "contract"),
        (~bought, ibis.null("string")),
        (known.learnt, "model"),
        else_="rhythm",
    )
    return known.mutate(status=status, basis=basis)


def since(staged: ir.Table) -> ir.DateValue:
    """The first day on which it was so."""
    status, last = staged.status, staged.last_day
    ended = (status == LOST) & (staged.basis == "contract")
    return ibis.cases(
        (status == CONTRACT, staged.begun_on),
        (ended, staged.ended_on),
        (status == LOST, _after(last, staged.limit_days)),
        (status == OVERDUE, _after(last, staged.late_days)),
        (status == "due", _after(last, staged.usual.floor().cast("int64"))),
        (status == "prospect", staged.first_seen),
        else_=last,
    )


def _after(last: ir.DateValue, days: ir.IntegerValue) -> ir.DateValue:
    return (last + (days + 1).as_interval("D")).cast("date")


def explained(staged: ir.Table) -> ir.Table:
    """With `reason` and `reason_zh`, why it is so, in one line."""
    told = staged.mutate(
        silent=staged.silent_days.cast("string"),
        usually=ibis.greatest(staged.usual.round(0), 1).cast("int64").cast("string"),
        late=staged.late_days.cast("string"), most=staged.limit_days.cast("string"),
        back=staged.last_gap.cast("int64").cast("string"), until=staged.contract_ends.cast("string"),
    )  # fmt: skip
    ended = (told.status == LOST) & (told.basis == "contract")
    endless = (told.status == CONTRACT) & told.contract_ends.isnull()
    words = [
        (endless, ["A contract without an end is in force"], ["合同有效，无到期日"]),
        (told.status == CONTRACT, ["A contract is in force until ", told.until], ["合同有效至 ", told.until]),
        (ended, ["The contract ended on ", told.until], ["合同已于 ", told.until, " 终止"]),
        (told.status == LOST,
         ["Silent for ", spell(told.silent), "; the usual gap is about ", spell(told.usually),
          ", and beyond ", spell(told.most), " they are given up"],
         ["已沉默 ", told.silent, " 天；通常约 ", told.usually, " 天，超过 ", told.most, " 天视为流失"]),
        (told.status == OVERDUE,
         ["Silent for ", spell(told.silent), "; nine in ten gaps end within ", spell(told.late)],
         ["已沉默 ", told.silent, " 天；十次间隔有九次不超过 ", told.late, " 天"]),
        (told.status == "unknown", ["Bought, but on no known day"], ["购买过，但日期不明"]),
        (told.status == "prospect", ["Has not bought yet"], ["尚未购买"]),
        (told.status == "returned",
         ["Bought ", spell(told.silent), " ago, after a silence of ", spell(told.back)],
         [told.silent, " 天前购买，此前沉默 ", told.back, " 天"]),
        (told.status == "new",
         ["Bought on one day only, ", spell(told.silent), " ago"],
         ["仅购买过一天，距今 ", told.silent, " 天"]),
    ]  # fmt: skip
    else_ = (
        ["Bought ", spell(told.silent), " ago; the usual gap is about ", spell(told.usually)],
        [told.silent, " 天前购买；通常约 ", told.usually, " 天"],
    )
    return told.mutate(
        reason=ibis.cases(*((when, _line(en)) for when, en, _ in words), else_=_line(else_[0])),
        reason_zh=ibis.cases(*((when, _line(zh)) for when, _, zh in words), else_=_line(else_[1])),
    )


def _line(parts: list[str | ir.StringValue]) -> ir.StringValue:
    first, *rest = (ibis.literal(part) if isinstance(part, str) else part for part in parts)
    return first.concat(*rest) if rest else first
