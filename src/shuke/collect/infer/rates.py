"""Rates: is a discount or a tax an amount of money, or a share of the price?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from shuke.collect import mapping
from shuke.collect.infer import sums
from shuke.collect.infer.ambiguities import Ambiguity, Answer
from shuke.collect.infer.claims import RATES
from shuke.collect.mapping import Reading, Scale, targets
from shuke.collect.values.folding import blank, folded
from shuke.languages import Text
from shuke.tables import Type

_TAXES = ("order_items.tax", "orders.tax")
_REMAINS = Text("what remains to be paid: 0.85 is 15 % off", "实付的比例：0.85 即八五折")
_BY_SUM = Text("price, quantity and amount show it", "由单价、数量与金额推出")


@dataclass(frozen=True)
class _Seen:
    """How many cells have the sign of a share, how many are another number than 0, and how many of those
    lie between 0 and 1."""

    signed: int
    plain: int
    small: int


def rated(
    rows: ir.Table, readings: Mapping[str, Reading], decided: Mapping[str, Reading]
) -> tuple[dict[str, Reading], list[Ambiguity]]:
    """The readings, with what is a share at its own target, and what must be asked.

    A sign tells: 10%, 8.5折. A column that has both signs and amounts is read cell by cell. Without a sign,
    price, quantity and amount tell; where they do not, numbers that may be shares are asked.
    """
    told, ambiguities = dict(readings), []
    for header, reading in readings.items():
        money = next((target for target in reading.to if target in RATES), None)
        share = any(targets()[target].type is Type.SHARE for target in reading.to)
        if header in decided or not (money or share):
            continue
        seen = _seen(rows, header)
        if share:
            told[header] = replace(reading, scale="percent" if seen.plain > seen.small else None)
            ambiguities += [_either_side(header, told[header])] if seen.plain and "折扣" in header else []
        elif money and seen.signed:
            others = tuple(target for target in reading.to if target != money)
            told[header] = replace(reading, to=(*others, RATES[money], *([money] if seen.plain else [])))
        elif money and seen.plain:
            told[header], asked = _without_sign(rows, readings, header, money, seen)
            ambiguities += asked
    return told, ambiguities


def _without_sign(
    rows: ir.Table, readings: Mapping[str, Reading], header: str, money: str, seen: _Seen
) -> tuple[Reading, list[Ambiguity]]:
    """How plain numbers are read: as the sums show, else as money if they hardly can be anything else."""
    reading, small = readings[header], seen.plain == seen.small
    found = sums.shown(rows, readings, header, tax=money in _TAXES)
    if found in ("share", "percent", "paid"):
        scale = None if found == "share" else found
        return replace(_as_share(reading, money), scale=scale, why=_BY_SUM), []
    like = small or (money in _TAXES and sums.is_like_rates(rows, readings, header))
    return reading, [_unclear(header, reading, money, small=small)] if like and found is None else []


def _as_share(reading: Reading, money: str, scale: Scale | None = None) -> Reading:
    to = tuple(RATES[money] if target == money else target for target in reading.to)
    return replace(reading, to=to, scale=scale)


def _seen(rows: ir.Table, header: str) -> _Seen:
    text = folded(rows[header])
    said = ~blank(rows[header]) & ~text.re_search(r"^[0.,% ]*$")
    signed, small = text.re_search(r"[%折]$"), text.re_search(r"^-?0?[.,]\d+$|^1(?:[.,]0*)?$")
    counted = rows.agg(signed=(said & signed).sum(), plain=(said & ~signed).sum(), small=(said & small).sum())
    found = counted.to_pyarrow().to_pylist()[0]
    return _Seen(*(int(found[name] or 0) for name in ("signed", "plain", "small")))


def _either_side(header: str, reading: Reading) -> Ambiguity:
    """In Chinese a discount of 0.85 is mostly what is paid; in software from elsewhere, what is taken off."""
    question = Text(
        "Is this discount what is taken off the price, or what remains to be paid?",
        "这一列折扣是减去的比例，还是实付的比例（如 0.85 即八五折）？",
    )
    off = Text("what is taken off", "减去的比例")
    return _asked(header, question, ((_REMAINS, replace(reading, scale="paid")), (off, reading)))


def _unclear(header: str, reading: Reading, money: str, *, small: bool) -> Ambiguity:
    amount = (Text("an amount of money", "金额"), reading)
    if not small:
        question = Text(
            "The same few numbers stand beside many amounts. Is 20 a share of the price, or an amount?",
            "许多不同的金额旁都是这几个数。20 是占价格的百分比，还是金额？",
        )
        share = Text("a share in hundredths: 20 is 20 %", "百分比：20 即 20%")
        return _asked(header, question, ((share, _as_share(reading, money, "percent")), amount))
    question = Text(
        "Every value of this column lies between 0 and 1. Is 0.15 a share of the price, or an amount?",
        "这一列的值都在 0 与 1 之间。0.15 是占价格的比率，还是金额？",
    )
    share = Text("a share: 0.15 is 15 %", "比率：0.15 即 15%")
    remains = ((_REMAINS, _as_share(reading, money, "paid")),) if "折" in header else ()
    return _asked(header, question, (*remains, (share, _as_share(reading, money)), amount))


def _asked(header: str, question: Text, answers: Iterable[tuple[Text, Reading]]) -> Ambiguity:
    choices = (Answer(says, replace(one, sure=True), mapping.line(header, one)) for says, one in answers)
    return Ambiguity(header, question, tuple(choices))
