"""File kind: what may a row of a file be about, and what is the evidence?

A kind is declared as data: what speaks for it and against it, and what headers mean in it that say nothing
by themselves. `name` is a person in a member list and a thing in a price list; `Invoice No` is the order of a
line and the subject of a list of dues. How the evidence is weighed stands in `kinds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shuke.collect.infer.headers import generics
from shuke.languages import Text

#: What speaks for a kind, and how much: see `FileKind`.
Signs = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class FileKind:
    """A kind of file.

    tables   whose columns it may hold, the likeliest first; of some tables only one column
    signs    what speaks for it and against it:
                 5  a header that is said of nothing else
                 3  one that is seldom said of anything else
                 2  usual in it, and elsewhere too
                 1  agrees with it
             `orders.order_no` is a header of that meaning whose values can be it, `~when` one that says no
             more than when, `#email` values, `*person returns` what the rows together show (`repeats`);
             `a | b & !c` is either of the first two, without the third
    means    what headers that say nothing by themselves mean in it, and what is said otherwise elsewhere
    """

    name: str
    title: Text
    tables: tuple[str, ...]
    signs: Signs = ()
    means: Mapping[str, str] = field(default_factory=dict)

    def meaning_of(self, header: str) -> str | None:
        """What a header that says nothing by itself means here; None where it speaks for itself."""
        return next((self.means[group] for group in generics(header) if group in self.means), None)

    def target_of(self, meaning: str) -> str:
        """What a meaning is called here: a date of sale among payments is the date of a payment."""
        return self.means.get(meaning, meaning)

    def holds(self, target: str) -> bool:
        """Whether a file of this kind may have a column of that meaning."""
        return target.split(".", maxsplit=1)[0] in self.tables or target in self.tables

    def place_of(self, target: str) -> int:
        """How likely a column of that meaning is in a file of this kind; small is likely."""
        return self.tables.index(target if target in self.tables else target.split(".", maxsplit=1)[0])


PEOPLE = ("people", "identifiers", "memberships", "marketing")

# Of signs, what is said of them alike in many kinds.
WHO = "people.name | people.given_name | people.family_name | people.organisation | ~account"
REACHED = (
    "identifiers.phone | identifiers.email | identifiers.contact | identifiers.openid | identifiers.unionid"
)
PERSONAL = "people.birth_date | people.gender | people.age"
RESIDENCE = (
    "people.address | people.city | people.region | people.country | people.postcode | ~city | ~region"
)
MONEY = "orders.total | order_items.amount | ~amount | ~total"
GOODS = "products.product_id | products.name"


#: No line of a sale: neither so many pieces of something, nor a product with its order.
NO_SALE: Signs = ((-5, "order_items.quantity"), (-3, f"orders.order_no & {GOODS}"))
