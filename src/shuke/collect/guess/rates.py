"""Rates: is a discount or a tax an amount of money, or a share of the price?"""

from collections.abc import Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect import mapping
from shuke.collect.guess.choice import RATES
from shuke.collect.guess.doubts import Choice, Doubt
from shuke.collect.mapping import Reading, targets
from shuke.collect.values.folding import blank, folded
from shuke.languages import Text
from shuke.tables import Type


def rated(
    rows: ir.Table, readings: Mapping[str, Reading], decided: Mapping[str, Reading]
) -> tuple[dict[str, Reading], list[Doubt]]:
    """The readings, with what is a share at its own target, and what must be asked.

    A sign tells: 10%, 8.5折. A column that has both signs and amounts is read cell by cell. Without a sign,
    amounts that all lie between 0 and 1 are as likely shares, and that is asked unless the file says itself
    what each line came to.
    """
    told, doubts = dict(readings), []
    stated = any("order_items.amount" in reading.to for reading in readings.values())
    for header, reading in readings.items():
        money = next((target for target in reading.to if target in RATES), None)
        share = any(targets()[target].type is Type.SHARE for target in reading.to)
        if header in decided or not (money or share):
            continue
        signed, plain, small = _seen(rows, header)
        if share:
            told[header] = replace(reading, scale="percent" if plain > small else None)
            doubts += [_either_side(header, told[header])] if plain and "折扣" in header else []
        elif money and signed:
            others = tuple(target for target in reading.to if target != money)
            told[header] = replace(reading, to=(*others, RATES[money], *([money] if plain else [])))
        elif money and plain == small > 0 and not stated:
            doubts.append(_unclear(header, reading, money))
    return told, doubts


def _seen(rows: ir.Table, header: str) -> tuple[int, int, int]:
    """How many cells have the sign of a share, how many are another number than 0, and how many of those
    lie between 0 and 1."""
    text = folded(rows[header])
    said = ~blank(rows[header]) & ~text.re_search(r"^[0.,% ]*$")
    signed, small = text.re_search(r"[%折]$"), text.re_search(r"^-?0?[.,]\d+$|^1(?:[.,]0*)?$")
    counted = rows.agg(signed=(said & signed).sum(), plain=(said & ~signed).sum(), small=(said & small).sum())
    found = counted.to_pyarrow().to_pylist()[0]
    return int(found["signed"] or 0), int(found["plain"] or 0), int(found["small"] or 0)


def _either_side(header: str, reading: Reading) -> Doubt:
    """In Chinese a discount of 0.85 is mostly what is paid; in software from elsewhere, what is taken off."""
    question = Text(
        "Is this discount what is taken off the price, or what remains to be paid?",
        "这一列折扣是减去的比例，还是实付的比例（如 0.85 即八五折）？",
    )
    answers = (
        (
            Text("what remains to be paid: 0.85 is 15 % off", "实付的比例：0.85 即八五折"),
            replace(reading, scale="paid"),
        ),
        (Text("what is taken off", "减去的比例"), reading),
    )
    return Doubt(
        header,
        question,
        tuple(Choice(says, replace(one, sure=True), mapping.line(header, one)) for says, one in answers),
    )


def _unclear(header: str, reading: Reading, money: str) -> Doubt:
    question = Text(
        "Every value of this column lies between 0 and 1. Is 0.15 a share of the price, or an amount?",
        "这一列的值都在 0 与 1 之间。0.15 是占价格的比率，还是金额？",
    )
    share = tuple(RATES[money] if target == money else target for target in reading.to)
    answers = (
        (Text("a share: 0.15 is 15 %", "比率：0.15 即 15%"), replace(reading, to=share)),
        (Text("an amount of money", "金额"), reading),
    )
    return Doubt(
        header,
        question,
        tuple(Choice(says, replace(one, sure=True), mapping.line(header, one)) for says, one in answers),
    )
