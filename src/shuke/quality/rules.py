"""Rules: which values of a column cannot be right, whatever the truth is?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

Bad = Callable[[ir.Table], ir.BooleanValue]


@dataclass(frozen=True)
class Rule:
    """Rows of a canonical table whose `attribute` is `bad`, where it is given; `reason` is a code."""

    table: str
    attribute: str
    reason: str
    bad: Bad


#: Days that stand in forms and programs for "unknown".
NO_DAY = (date(1900, 1, 1), date(1970, 1, 1), date(1, 1, 1))
OLDEST = date(1900, 1, 2)

#: Of countries whose postcodes have one form; any other is letters and digits.
POSTCODES = {
    "CN": r"^\d{6}$",
    "US": r"^\d{5}(-?\d{4})?$",
    "DE": r"^\d{5}$",
    "FR": r"^\d{5}$",
    "IT": r"^\d{5}$",
    "ES": r"^\d{5}$",
    "AU": r"^\d{4}$",
    "JP": r"^\d{3}-?\d{4}$",
    "GB": r"^[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}$",
    "CA": r"^[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d$",
}
ANY_POSTCODE = r"^[A-Za-z0-9][A-Za-z0-9 -]{1,8}[A-Za-z0-9]$"


def rules(*, as_of: date, country: str) -> tuple[Rule, ...]:
    """Every rule, as of a day, in a country where a record names none."""

    def outside(name: str, low: int, high: int) -> Bad:
        return lambda t: ~t[name].between(low, high)

    def below_nought(name: str) -> Bad:
        return lambda t: t[name] < 0

    return (
        Rule("people", "name", "no_letters", _no_letters("name")),
        Rule("people", "given_name", "no_letters", _no_letters("given_name")),
        Rule("people", "family_name", "no_letters", _no_letters("family_name")),
        Rule("people", "organisation", "no_letters", _no_letters("organisation")),
        Rule("people", "kind", "unknown_word", lambda t: ~t.kind.isin(["person", "organisation"])),
        Rule("people", "gender", "unknown_word", lambda t: ~t.gender.isin(["female", "male", "other"])),
        Rule("people", "birth_date", "impossible_day", lambda t: _impossible(t.birth_date, as_of)),
        Rule("people", "age", "out_of_range", outside("age", 0, 120)),
        Rule("people", "children", "out_of_range", outside("children", 0, 20)),
        Rule("people", "since", "impossible_day", lambda t: _impossible(t.since, as_of)),
        Rule("people", "postcode", "wrong_form", lambda t: ~_is_postcode(t, country)),
        Rule("order_items", "price", "below_nought", below_nought("price")),
        Rule("order_items", "quantity", "nought", lambda t: t.quantity == 0),
        Rule("products", "list_price", "below_nought", below_nought("list_price")),
        Rule("products", "cost", "below_nought", below_nought("cost")),
    )


def _no_letters(name: str) -> Bad:
    return lambda t: ~t[name].re_search(r"\p{L}")


def _impossible(day: ir.DateValue, as_of: date) -> ir.BooleanValue:
    return (day < OLDEST) | (day > as_of) | day.isin(NO_DAY)


def _is_postcode(people: ir.Table, country: str) -> ir.BooleanValue:
    code, where = people.postcode.strip(), people.country.upper().fill_null(country)
    forms = [(where == name, code.re_search(form)) for name, form in POSTCODES.items()]
    return ibis.cases(*forms, else_=code.re_search(ANY_POSTCODE))
