"""Money: in which currency are a file's amounts, and where must a person say?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect import mapping
from shuke.collect.denominations import CURRENCY, words_in
from shuke.collect.infer.ambiguities import Ambiguity, Answer
from shuke.collect.infer.headers import generics
from shuke.collect.mapping import FURTHER, Reading, targets
from shuke.collect.values.currency_words import candidates, in_header, settled
from shuke.languages import Text
from shuke.tables import Type

#: Whose currency counts where the headers name several: what was charged, before what it is made of.
_WEIGHTIEST = (
    "order_items.amount",
    "orders.total",
    "invoices.amount",
    "payments.amount",
    "order_items.price",
)
#: The currencies that are offered first where many share a sign, by how much they are traded.
_TRADED = (
    "USD EUR JPY GBP CNY AUD CAD CHF HKD SGD SEK KRW NOK NZD INR MXN TWD ZAR BRL DKK PLN THB ILS AED"
).split()
_OFFERED = 6


def denominated(
    rows: ir.Table, readings: Mapping[str, Reading], home: str | None, *, aside: Sequence[str] = ()
) -> tuple[dict[str, Reading], dict[str, str], list[Ambiguity]]:
    """The readings, what is said of every row's currency, and the columns whose currency must be asked.

    A header names the currency of its column. Where several are named, the rows are in that of the weightiest
    amount, and amounts in another are kept as further attributes. Where no amount says any, the figures that
    are kept `aside` may: a statement may write its currency beside the balance alone.
    """
    told = dict(readings)
    money = [h for h, r in told.items() if any(targets()[t].type is Type.MONEY for t in r.to)]
    own = [h for h, r in told.items() if CURRENCY in r.to]
    named = {h: word for h in money if (word := in_header(h))}
    codes = {h: told[h].currency or settled(word, home) for h, word in named.items()}
    chosen = next((codes[h] for h in sorted(codes, key=lambda h: _weight(told[h])) if codes[h]), None)
    for header, code in codes.items():
        if code and chosen and code != chosen:
            told[header] = Reading(
                (FURTHER,), why=Text(f"in {code}, not {chosen}", f"币种为 {code}，非 {chosen}")
            )
    said = chosen or next((told[h].currency for h in money if told[h].currency), None)
    ambiguities = _ambiguities(rows, told, (named, money, own), said or home) if home else []
    word = None if not money or said or own or ambiguities else _beside(rows, aside)
    if word and not words_in(rows, money):
        chosen = settled(word, home)
        ambiguities = [] if chosen else [_unclear(money[0], told[money[0]], word)]
    return told, {CURRENCY: chosen} if chosen and not own else {}, ambiguities


def _beside(rows: ir.Table, aside: Sequence[str]) -> str | None:
    """The one currency that stands beside figures which are kept aside."""
    said = {word for words in words_in(rows, list(aside)).values() for word in words if candidates(word)}
    said |= {word for header in aside if _is_balance(header) and (word := in_header(header))}
    return next(iter(said)) if len(said) == 1 else None


def _is_balance(header: str) -> bool:
    return bool({"balance", "outstanding"} & set(generics(header)))


def _ambiguities(
    rows: ir.Table,
    readings: Mapping[str, Reading],
    columns: tuple[Mapping[str, str], list[str], list[str]],
    home: str,
) -> list[Ambiguity]:
    """What to ask about words that several currencies share; the first column answers for all amounts."""
    named, money, own = columns
    plain = [] if own else [header for header in money if FURTHER not in readings[header].to]
    words = {**{header: [word] for header, word in named.items() if not own}, **_words(rows, plain, own)}
    shared = {
        header: [word for word in said if settled(word, readings[header].currency or home) is None]
        for header, said in words.items()
    }
    return [_unclear(header, readings[header], said[0]) for header, said in shared.items() if said][:1]


def _words(rows: ir.Table, beside: list[str], own: list[str]) -> Mapping[str, list[str]]:
    """The words for currencies beside the amounts of some columns, and in columns of their own."""
    said = {h: rows.select(word=rows[h]).distinct().limit(1000).to_pyarrow()["word"].to_pylist() for h in own}
    stated = {h: sorted(word for word in words if word and candidates(word)) for h, words in said.items()}
    return {**words_in(rows, beside), **stated}


def _weight(reading: Reading) -> int:
    return min((_WEIGHTIEST.index(t) for t in reading.to if t in _WEIGHTIEST), default=len(_WEIGHTIEST))


def _unclear(header: str, reading: Reading, word: str) -> Ambiguity:
    question = Text(
        f"Which currency is “{word}” in this column?",
        f"这一列中的“{word}”是哪种货币？",
    )
    shared = candidates(word)
    usual = [code for code in _TRADED if code in shared]
    offered = [*usual, *(code for code in shared if code not in usual)][:_OFFERED]
    return Ambiguity(
        header, question, tuple(_choice(header, replace(reading, currency=code)) for code in offered)
    )


def _choice(header: str, reading: Reading) -> Answer:
    code = str(reading.currency)
    return Answer(Text(code, code), replace(reading, sure=True), mapping.line(header, reading))
