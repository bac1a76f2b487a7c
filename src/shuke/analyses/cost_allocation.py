"""Cost allocation: which part of a cost falls to whom, so that the parts add up to it exactly?"""

import ibis
import ibis.expr.types as ir

from shuke.tables import Type

#: Amounts are divided in units of the fourth decimal, those of money.
_UNIT, _UNITS = (ibis.literal(each).cast("decimal(14, 4)") for each in ("0.0001", "10000"))


def allocated(pools: ir.Table, driver: ir.Table) -> ir.Table:
    """What of each pool's `amount` falls to each `owner`, in proportion to the `units` that they drove.

    `pools` has one row per `pool`, `driver` one per `pool` and `owner` with a whole number of `units`, of
    which none below one counts. Owners stand in a row, by their names, and each gets what the running total
    of the pool rises by, rounded down: no part is further from its exact share than one unit of money, and
    the parts add up to the pool (cumulative rounding). A pool that nobody drove has no row.
    """
    drove = driver.filter(driver.units > 0)
    so_far = ibis.cumulative_window(group_by="pool", order_by="owner")
    whole = ibis.window(group_by="pool")
    told = drove.mutate(through=drove.units.sum().over(so_far), total=drove.units.sum().over(whole))
    beside = told.inner_join(pools.select("pool", "amount"), "pool")
    before = _upto(beside, beside.through - beside.units)
    part = _upto(beside, beside.through) - before
    return beside.select("pool", "owner", amount=_money(part))


def _upto(rows: ir.Table, through: ir.IntegerValue) -> ir.IntegerValue:
    """How many units of money fall to all owners until one, as a whole number."""
    amount = (rows.amount.cast("decimal(19, 4)") * _UNITS).cast("int64")
    share = through.cast("float64") / rows.total.cast("float64")
    part = (amount.cast("float64") * share).floor().cast("int64")
    # In floating point the last would miss a pool of more than fifteen digits.
    return ibis.ifelse(through == rows.total, amount, part)


def _money(units: ir.IntegerValue) -> ir.DecimalValue:
    return (units.cast("decimal(23, 4)") * _UNIT).cast(Type.MONEY.ibis)
