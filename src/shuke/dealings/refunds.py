"""Refunds: which lines never became a sale, which go back, and how much of the others was paid back?"""

from functools import partial, reduce

import ibis
import ibis.expr.types as ir

from shuke.dealings.statuses import NO_SALE, PARTLY, dictionary
from shuke.tables.derived import Checkpoint

#: What a verdict on a line is made from.
_TELLING = (
    "line_id", "order_id", "source", "returns_order_no", "status", "head_status", "direction", "is_return",
    "refunded", "head_refunded", "stated_amount",
)  # fmt: skip


def repaid(lines: ir.Table, *, void: tuple[str, ...], checkpoint: Checkpoint) -> ir.Table:
    """The lines, void where nothing came of them, and one more for each amount that was paid back of one
    that counts: a return without pieces, on the day of the refund or else of the sale. What a sale is worth
    of which a part was paid back, and nobody says how much, is not known.

    `lines` has `status`, the line's own or else its order's, and `head_status`, its order's. `void` are
    further words of the company's own. An order that is refunded as a whole never was a sale; but where
    another document pays it back, that one counts, and so does a credit note that is called refunded.
    """
    # Whatever a verdict needs beyond its line is small: so the lines, which are wide, are gone through once.
    telling = lines.select(*_TELLING)
    words = checkpoint(dictionary(telling.status, telling.head_status))
    read = partial(_read, words=words, void=void)
    orders = checkpoint(_orders_paid_back(read(telling)))
    weighed = _weighed(read(telling), orders)
    gone = weighed.filter(weighed.whole & ~weighed.is_return)
    sold = checkpoint(gone.select(sold_order="order_id").distinct())
    back = telling.filter(telling.returns_order_no.notnull())
    answered = checkpoint(back.select(answered_order=back.source + ":" + back.returns_order_no).distinct())

    def judged(some: ir.Table) -> ir.Table:
        return _but_what_pays_back(_weighed(read(some), orders), sold, answered)

    paid = checkpoint(_amounts_paid_back(judged(telling)))
    told = judged(lines)
    worth = told.stated_amount
    settled = told.mutate(
        kind=ibis.ifelse(told.never, "void", told.kind),
        is_return=told.is_return & ~told.never,
        stated_amount=ibis.ifelse(told.unknown & ~told.never, ibis.null(worth.type()), worth),
    ).select(*(name for name in lines.columns if name not in _SPENT))
    again = _paid_back(lines.inner_join(paid, "line_id"))
    return settled.union(again.select(settled.columns).cast(settled.schema()))


def _read(lines: ir.Table, *, words: ir.Table, void: tuple[str, ...]) -> ir.Table:
    """The lines with what their words say, and with `never`: whether nothing came of them, or all of it was
    undone."""
    told = _with_states(lines, words)
    # Of a line whose order is paid, "pending" tells that it is yet to be sent.
    waits = (told.line_state == "pending") & (told.head_state != "pending")
    no_sale = [
        told.line_state.isin(NO_SALE) & ~waits.fill_null(False),
        told.head_state.isin(NO_SALE),
        told.direction.isin(("none", "out")),
        (told.direction == "back") & ~told.sent_back,
        *(told[n].lower().isin(void) for n in ("status", "head_status")),
    ]
    return told.mutate(never=_any(no_sale))


def _weighed(told: ir.Table, orders: ir.Table) -> ir.Table:
    """The lines with `whole`: whether all was paid back; and `unknown`: a part, and nothing says how much."""
    told = told.left_join(orders, told.order_id == orders.paid_order)
    partly = told.line_back.notnull() | told.paid_partly.notnull()
    refunded = (told.line_state == "refunded") | (told.head_state == "refunded")
    whole = _any([refunded & ~partly, told.line_back >= told.stated_amount, told.paid_whole])
    return told.mutate(whole=whole, unknown=_is_unknown(told))


def _is_unknown(told: ir.Table) -> ir.BooleanValue:
    """Whether a part of a line, or of its order and nobody knows which line, was paid back without a sum."""
    own, of_order = (told[n] == PARTLY for n in ("line_state", "head_state"))
    alone = own.fill_null(False) & told.order_id.isnull() & told.line_back.isnull() & ~told.is_return
    silent = told.partly_untold.fill_null(False) & ~told.is_return
    return alone | (silent & _any([own, of_order & ~told.line_partly.fill_null(False)]))


def _with_states(lines: ir.Table, words: ir.Table) -> ir.Table:
    own = words.select(status_word="word", line_state="state", line_named="paid_back", sent_back="sent_back")
    of_order = words.select(head_word="word", head_state="state", head_named="paid_back")
    told = lines.left_join(own, lines.status == own.status_word)
    told = told.left_join(of_order, told.head_status == of_order.head_word)
    by_line = ibis.ifelse(told.head_status.isnull(), told.line_named, ibis.null(told.line_named.type()))
    return told.mutate(
        line_back=ibis.coalesce(told.refunded.abs().nullif(0), by_line),
        head_back=ibis.coalesce(told.head_refunded.abs().nullif(0), told.head_named),
    )


def _orders_paid_back(told: ir.Table) -> ir.Table:
    """Orders of which an amount was paid back that none of their lines tells: all of it, a part, or one that
    nobody names."""
    partly = _any([told.line_state == PARTLY, told.head_state == PARTLY])
    claimed = told.filter(told.head_back.notnull() | partly)
    summed = claimed.group_by(paid_order="order_id").agg(
        back=claimed.head_back.max(),
        line_partly=(claimed.line_state == PARTLY).any() & ~(claimed.line_state == PARTLY).all(),
        sold=claimed.stated_amount.sum(where=~claimed.never),
        lines_tell=(claimed.is_return | claimed.line_back.notnull() | claimed.never).any(),
    )
    untold = summed.filter(~summed.lines_tell)
    whole = untold.back >= untold.sold
    return untold.select(
        "paid_order",
        paid_whole=whole,
        paid_partly=ibis.ifelse(whole, ibis.null(untold.back.type()), untold.back),
        partly_untold=untold.back.isnull(),
        line_partly=untold.line_partly,
    )


def _but_what_pays_back(told: ir.Table, sold: ir.Table, answered: ir.Table) -> ir.Table:
    """The lines with the verdict on them, and with what was paid back of a line (`line_back`) or of its order
    (`order_back`) that still counts: not what another document pays back."""
    beside = told.left_join(sold, told.order_id == sold.sold_order)
    beside = beside.left_join(answered, beside.order_id == answered.answered_order)
    elsewhere = beside.answered_order.notnull()
    credit_note = beside.is_return & beside.sold_order.isnull()
    return beside.mutate(
        never=beside.never | (beside.whole & ~elsewhere & ~credit_note),
        unknown=beside.unknown & ~elsewhere,
        line_back=ibis.ifelse(elsewhere, ibis.null(beside.line_back.type()), beside.line_back),
        order_back=ibis.ifelse(elsewhere, ibis.null(beside.paid_partly.type()), beside.paid_partly),
    )


def _amounts_paid_back(judged: ir.Table) -> ir.Table:
    """What was paid back of lines that count, and of orders that do, at the first line of each; known as
    `refund`."""
    stands = judged.filter(~judged.never & ~judged.is_return)
    of_lines = stands.filter(stands.line_back.notnull())
    of_orders = stands.filter(stands.order_back.notnull())
    in_turn = ibis.window(group_by="order_id", order_by="line_id")
    first = of_orders.mutate(nth=ibis.row_number().over(in_turn)).filter(lambda t: t.nth == 0)
    told = of_lines.select("line_id", refund="line_id", back="line_back", of_order=False)
    return told.union(
        first.select(
            "line_id", refund="order_id", back=first.order_back.cast(told.back.type()), of_order=True
        )
    )


#: What nobody asks of a line once it is settled.
_SPENT = ("refunded", "head_refunded", "head_status", "refunded_at", "direction", "amount")


def _paid_back(lines: ir.Table) -> ir.Table:
    """The return that each amount is: of an order as a whole it names no product."""
    products = {
        n: lines.of_order.ifelse(ibis.null(lines[n].type()), lines[n])
        for n in ("product_id", "product_name", "category")
    }
    return lines.mutate(
        line_id=lines.refund + ".refunded",
        ordered_at=ibis.coalesce(lines.refunded_at, lines.ordered_at),
        stated_amount=-lines.back,
        quantity=ibis.literal(0),
        kind=ibis.literal("goods"),
        is_return=ibis.literal(True),
        **products,
        **{n: ibis.null(lines[n].type()) for n in ("price", "discount", "tax", "cost")},
    )


def _any(signs: list[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(lambda a, b: a | b, (each.fill_null(False) for each in signs))


def signed(lines: ir.Table) -> ir.Table:
    """The lines with `is_return`, and with the signs that a return has: nothing that goes back brings money.

    A return is a negative quantity, a negative amount of goods, or what says of itself that it goes back.
    """
    back = (lines.direction == "back").fill_null(False)
    negative = (lines.kind == "goods") & (lines.stated_amount < 0)
    is_return = (lines.quantity < 0) | negative.fill_null(False) | back
    stands = (lines.quantity < 0) & lines.amount.isnull()  # quantity × price has its sign already
    return lines.mutate(
        is_return=is_return,
        quantity=is_return.ifelse(-lines.quantity.abs(), lines.quantity),
        stated_amount=(is_return & ~stands | back).ifelse(-lines.stated_amount.abs(), lines.stated_amount),
    )
