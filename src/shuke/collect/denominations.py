"""Denominations: in which currency is the money of each row?

What a column of its own says goes first; then the sign or code beside an amount; then what is said of the
column, be it by its header, `Total (USD)`, or in the mapping. A row that names none is in the project's own.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.collect.mapping import Layout
from shuke.collect.values import currencies
from shuke.collect.values.currency_words import candidates, settled
from shuke.errors import WrongSettings
from shuke.languages import N_

CURRENCY = "orders.currency"
#: What a bad cell has wrong that can be read as a number.
ANOTHER = N_("names another currency than the rest of its row")
SHARED = N_(
    'names a currency that several countries call so; write its code, such as USD, or add currency = "USD" '
    "to the column in the mapping"
)
SHARE = N_("is a percentage and no amount; map its column to order_items.discount_rate or the like")

#: The words beside the amounts of each column that has any.
Words = Mapping[str, list[str]]


def words_in(raw: ir.Table, headers: Sequence[str]) -> Words:
    """Which words for a currency stand beside the amounts of each column; most columns have none."""
    if not headers:
        return {}
    other = r"[^0-9.,() +'-]"
    counted = raw.agg(**{f"{n}": raw[h].re_search(other).any() for n, h in enumerate(headers)})
    told = counted.to_pyarrow().to_pylist()[0]
    some = [header for n, header in enumerate(headers) if told[f"{n}"]]
    return {header: found for header in some if (found := _distinct(raw, header))}


def _distinct(raw: ir.Table, header: str) -> list[str]:
    said = raw.select(word=currencies.word_in(raw[header])).distinct().to_pyarrow()["word"].to_pylist()
    return sorted(word for word in said if word and candidates(word))


def denominated(rows: ir.Table, money: Words, layout: Layout, home: str | None) -> ir.Table:
    """The typed rows with their currency in `orders.currency`, and amounts that contradict it put aside.

    `money` has the words of every slot of an amount; where there are any, `word:<slot>` has that of the row.
    """
    worded = {slot: words for slot, words in money.items() if words}
    said = {slot: _said_of(layout, slot) for slot in money}
    told: list[ir.Value] = [rows[CURRENCY]] if CURRENCY in rows.columns else []
    told += [
        currencies.of_words(rows[f"word:{slot}"], words, said[slot] or home) for slot, words in worded.items()
    ]
    told += [ibis.literal(code) for code in (*said.values(), _constant(layout, home)) if code]
    if not told:
        return rows
    named = rows.mutate(**{CURRENCY: ibis.coalesce(*told)})
    return reduce(_without_others, worded.items(), named)


def _constant(layout: Layout, home: str | None) -> str | None:
    """The currency that the mapping says of every row."""
    said = layout.constants.get(CURRENCY)
    code = settled(said, home) if said else None
    if said and code is None:
        raise WrongSettings(
            N_(
                "The mapping says that amounts are in {currency}, which is not a currency. Write a "
                "code, such as USD."
            ),
            currency=repr(said),
        )
    return code


def _without_others(rows: ir.Table, slot: tuple[str, list[str]]) -> ir.Table:
    """The rows with every amount of a slot put aside whose word cannot mean the currency of its row."""
    name, words = slot
    word, value = rows[f"word:{name}"], rows[name]
    fits = currencies.may_mean(word, words, rows[CURRENCY].fill_null("-"))
    wrong = value.notnull() & word.isin(words) & ~fits
    return rows.mutate(
        **{
            name: wrong.ifelse(ibis.null(value.type()), value),
            f"bad:{name}": rows[f"bad:{name}"] | wrong.fill_null(False),
        }
    ).drop(f"word:{name}")


def _said_of(layout: Layout, target: str) -> str | None:
    """The currency that is said of the column of an amount."""
    said = (reading.currency for reading in layout.columns.values() if target in reading.to)
    return next((code for code in said if code), None)


def reason(text: ir.StringValue, readable: ir.BooleanValue, home: str | None) -> ir.StringValue:
    """Why an amount was put aside that names a currency or a share; null where it is no amount at all."""
    alone = currencies.code_beside(text, home)
    return ibis.cases(
        (text.re_search("[%％]"), SHARE),
        (readable & alone.isnull(), SHARED),
        (readable, ANOTHER),
        else_=ibis.null("string"),
    )
