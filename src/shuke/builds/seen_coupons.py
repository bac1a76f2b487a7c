"""Seen coupons: which coupons do imported orders name that nobody redeemed at the till?

Where a shop takes codes without asking, the order that comes with the next import says so, and the coupon is
redeemed then, as of the order's own time.
"""

from datetime import UTC

import ibis.expr.types as ir
import sqlalchemy as sa

from shuke.access.audit import Actor
from shuke.app import Opened, Project
from shuke.engage import coupon_codes, coupons
from shuke.engage.coupons import CouponStatus, NotRedeemable, Till
from shuke.store.builds import Build
from shuke.store.offer_rows import coupons as rows

_BUILD = Actor("build", "cli")

#: A code of ours, without what divides its groups.
_SHAPE = f"^[{coupon_codes.ALPHABET}]{{12}}$"


def redeem_seen(project: Project, build: Build) -> int:
    """Redeem what the orders of a build name; returns how many were. Safe to do again."""
    with project.operations.reading() as connection:
        waiting = sa.select(rows.c.id).where(rows.c.status == CouponStatus.ISSUED).exists()
        if not connection.execute(sa.select(waiting)).scalar():
            return 0
    seen = _seen(project.open(build.number))
    return 0 if seen is None else sum(_redeem(project, row) for row in seen.to_pyarrow().to_pylist())


def _redeem(project: Project, row: dict[str, object]) -> bool:
    at = row["moment"].replace(tzinfo=UTC)  # type: ignore[attr-defined]
    code, order_no, source = str(row["code"]), str(row["order_no"]), str(row["source"])
    till = Till(source=source, order_no=order_no, amount=row["amount"])  # type: ignore[arg-type]
    mark = coupon_codes.digest(code, project.key)[:16]
    try:
        with project.operations.writing() as connection:
            made = coupons.redeem(
                connection, code, till, idempotency_key=f"order:{source}:{order_no}:{mark}", key=project.key,
                by=_BUILD, now=at, today=row["day"],  # type: ignore[arg-type]
            )  # fmt: skip
    except (coupons.UnknownCoupon, NotRedeemable):
        return False  # another system's code, one redeemed at the till, or one that did not hold any more
    return not made.repeated


def _seen(opened: Opened) -> ir.Table | None:
    """The orders that name what looks like a code, with what they come to."""
    if not {"landed_orders", "purchases"} <= set(opened.reader.tables):
        return None
    heads, lines = opened.table("landed_orders"), opened.table("purchases")
    code = heads.coupon.upper().replace("-", "").replace(" ", "")
    named = heads.select("source", "order_no", code=code, order_id=heads.source + ":" + heads.order_no)
    alike = named.filter(named.code.re_search(_SHAPE))
    sold = lines.semi_join(alike, "order_id").filter(lambda t: t.kind != "void")
    orders = sold.group_by("order_id").agg(
        moment=sold.ordered_at.min(), day=sold.day.min(), amount=sold.amount.sum()
    )
    found = alike.inner_join(orders, "order_id").filter(orders.day.notnull())
    columns = ("code", "source", "order_no", "moment", "day", "amount")
    return found.select(*columns).order_by("source", "order_no", "code")
