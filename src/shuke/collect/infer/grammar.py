"""Grammar: of which words do people make their headers, beside the vocabulary's own names?

The words of each language are one file of `languages/`. Each has, by what they mean:

    [targets.TABLE]  whole headers, the usual ones first
    [generic]        headers that say nothing by themselves: see `kinds`
    [entities]       whose attribute a header names, and
    [attributes]     which: the two stand beside one another in `Ship-to phone` and 收货人手机
    [permissions]    what people agree to or refuse, and by which way: see `permission_headers`
    [noise]          small words that change nothing
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Words = Mapping[str, list[str]]


@dataclass(frozen=True)
class Language:
    """What people of one language write over their columns."""

    targets: Mapping[str, Words]
    generic: Words
    entities: Words
    attributes: Words
    permissions: Words
    noise: frozenset[str]


@cache
def languages() -> tuple[Language, ...]:
    """Every language that headers are understood in."""
    folder = files("shuke.collect.infer") / "languages"
    written = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name
    )
    return tuple(_spoken(tomllib.loads(file.read_text(encoding="utf-8"))) for file in written)


def _spoken(said: Mapping[str, Any]) -> Language:
    words = frozenset(said.get("noise", {}).get("words", ()))
    groups = (said["targets"], said["generic"], said["entities"], said["attributes"])
    return Language(*groups, said.get("permissions", {}), words)


@cache
def entities() -> Mapping[str, tuple[str, ...]]:
    return _merged([language.entities for language in languages()])


@cache
def attributes() -> Mapping[str, tuple[str, ...]]:
    return _merged([language.attributes for language in languages()])


@cache
def generic() -> Mapping[str, tuple[str, ...]]:
    """Headers that say nothing by themselves, by what they mean in a file of any kind."""
    return _merged([language.generic for language in languages()])


@cache
def permissions() -> Mapping[str, tuple[str, ...]]:
    return _merged([language.permissions for language in languages()])


@cache
def noise() -> frozenset[str]:
    return frozenset().union(*(language.noise for language in languages()))


def _merged(spoken: list[Words]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for words in spoken:
        for name, said in words.items():
            found[name] = (*found.get(name, ()), *said)
    return found


#: What an attribute of an entity is in the vocabulary.
ATTRIBUTE_OF: Mapping[str, Mapping[str, str]] = {
    "customer": {
        "name": "people.name",
        "given": "people.given_name",
        "family": "people.family_name",
        "phone": "identifiers.phone",
        "email": "identifiers.email",
        "address": "people.address",
        "address2": "people.address_more",
        "city": "people.city",
        "region": "people.region",
        "district": "people.district",
        "country": "people.country",
        "postcode": "people.postcode",
        "company": "people.organisation",
        "number": "people.record_id",
        "type": "people.kind",
        "gender": "people.gender",
        "birth": "people.birth_date",
        "level": "memberships.tier",
        "note": "people.remark",
        "channel": "people.channel",
    },
    "recipient": {
        "name": "order_parties.recipient_name",
        "phone": "order_parties.recipient_phone",
        "city": "orders.city",
        "address": "order_parties.recipient_address",
        "region": "orders.region",
        "country": "orders.country",
        "postcode": "order_parties.recipient_postcode",
        "amount": "orders.shipping",
        "cost": "orders.shipping",
        "price": "orders.shipping",
    },
    "product": {
        "name": "products.name",
        "number": "products.product_id",
        "type": "products.category",
        "category": "products.category",
        "brand": "products.brand",
        "variant": "products.variant",
        "quantity": "order_items.quantity",
        "price": "order_items.price",
        "amount": "order_items.amount",
        "cost": "order_items.cost",
        "discount": "order_items.discount",
        "tax": "order_items.tax",
    },
    "store": {
        "name": "stores.store_id",
        "number": "stores.store_id",
        "type": "stores.kind",
        "city": "stores.city",
        "region": "stores.region",
        "country": "stores.country",
    },
    "staff": {"name": "staff.staff_id", "number": "staff.staff_id"},
    "order": {
        "number": "orders.order_no",
        "when": "orders.ordered_at",
        "amount": "orders.total",
        "status": "orders.status",
        "channel": "orders.channel",
        "discount": "orders.discount",
        "tax": "orders.tax",
    },
}
