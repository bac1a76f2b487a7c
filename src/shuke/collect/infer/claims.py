"""Claims: of the meanings that a header may have, which one does it have in this file?"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import LINES, ORDERS, FileKind, are_silent, by_looks, fits
from shuke.collect.infer.headers import Meaning, compact, generics, meanings, owners
from shuke.collect.mapping import FURTHER, TIME_OF_DAY, targets
from shuke.languages import Text
from shuke.tables import Type

_DATED = (Type.DATE, Type.TIME)
_PLACES = {"people.country": "orders.country", "people.region": "orders.region", "people.city": "orders.city"}

#: Which of several columns for one thing is meant: the first pattern that one of them meets.
_PRECEDENCE: Mapping[str, tuple[str, ...]] = {
    "orders.total": (
        r"实付|实际支付|实收|grand|net ?total|total ?collected|total ?paid|结算",
        r"应付|应收|ordertotal|^total$|totalamount",
        r"总额|总金额|订单金额|合计|gross|.",
    ),
    "order_items.amount": (
        r"实收|实付|成交|实际|net|价税合计",
        r"小计|subtotal|linetotal|lineamount",
        r"^amount$|^金额$|销售额|销售金额",
        r".",
    ),
    "order_items.price": (r"成交|实际|含税|net|sale", r"^price$|unitprice|单价|售价", r"."),
    "products.product_id": (
        r"sku|商家编码|规格编码|货号|款号|stockcode",
        r"^(?!.*(条码|barcode|ean|upc|gtin|id$))",
        r".",
    ),
    "payments.paid_at": (r"^(?!.*(value|valuta|valeur|valor|wert|起息))", r"."),
    "orders.order_no": (
        r"^name$|orderid$",
        r"order|订单|receipt|小票|invoice|单据|单号|bestell|auftrag|commande|pedido|注文",
        r"^(?!.*(transaction|交易|payment|支付))",
        r".",
    ),
    "orders.ordered_at": (
        r"order|下单|订单(创建|日期|时间)|sale|销售|成交|开单|invoice",
        r"creat|创建|^date$|^日期$|单据",
        r"transaction|交易|time|时间",
        r"paid|付款|支付",
        r".",
    ),
    "orders.discount": (r"cart|order|整单|订单", r"."),
    "order_parties.recipient_address": (r"详细|full|地址|address", r"."),
    "people.address": (r"详细|full|地址|address", r"."),
    "order_parties.recipient_phone": (r"手机|mobile|cell", r"."),
    "people.since": (r"regist|注册|since|signup|建档|开户", r"creat", r"."),
}


#: Amounts that are also written as a share, and where that belongs.
RATES: Mapping[str, str] = {
    "order_items.discount": "order_items.discount_rate",
    "order_items.tax": "order_items.tax_rate",
    "orders.discount": "orders.discount_rate",
    "orders.tax": "orders.tax_rate",
}


@dataclass(frozen=True)
class ColumnClaim:
    """A column that may feed a target, and how good its claim is (smaller is better)."""

    header: str
    target: str
    why: Text
    standing: tuple[int, ...]


def claims(headers: Iterable[str], kind: FileKind, seen: Mapping[str, Shapes]) -> list[ColumnClaim]:
    """What each column would be if it stood alone; columns that nothing speaks for are left out."""
    names = list(headers)
    silent = are_silent(names)
    plain = {_best(header, kind) for header in names}
    to_recipient = kind in (LINES, ORDERS) and _RECIPIENT in plain
    found = []
    of_somebody = _names_somebody(plain, names, kind)
    for header in names:
        target = _target(header, kind, seen.get(header, Shapes()), silent=silent)
        if of_somebody and target == "products.name" and "name" in generics(header):
            target = "people.name"
        if to_recipient:
            theirs = _OF_THE_RECIPIENT.get((target, _owner(header)), target)
            target = target if theirs in plain else theirs
        if target not in (None, FURTHER):
            found.append(
                ColumnClaim(
                    header, str(target), _why(header, str(target), kind), _standing(header, str(target))
                )
            )
    return _with_name(found, seen)


def _with_name(found: list[ColumnClaim], seen: Mapping[str, Shapes]) -> list[ColumnClaim]:
    """The claims, of which beside a customer's number a `Customer` without a digit is their name."""
    numbers = sorted((c for c in found if c.target == "people.record_id"), key=lambda c: c.standing)
    if not numbers[1:] or any(c.target in _NAMED for c in found):
        return found
    named = next((c for c in numbers[1:] if seen[c.header].said and not _has_digits(seen[c.header])), None)
    why = Text("beside a number: the name", "编号旁边的姓名")
    return [replace(c, target="people.name", why=why) if c is named else c for c in found]


_NAMED = ("people.name", "people.given_name", "people.family_name", "people.organisation")


def _has_digits(shapes: Shapes) -> bool:
    return bool(shapes.number or shapes.code or shapes.email or shapes.hash)


def _names_somebody(plain: Collection[str | None], names: Iterable[str], kind: FileKind) -> bool:
    """Whether a mere `Name` among order lines is a person's: something else is the product, or an address
    stands beside it and no product's code."""
    called = {"people.name", "people.given_name", "people.family_name"} & set(plain)
    others = {_best(header, kind) for header in names if "name" not in generics(header)}
    goods = {"products.product_id", "products.name"} & others
    reached = {"identifiers.email", "identifiers.phone"} & others
    return kind is LINES and not called and ("products.name" in goods or (bool(reached) and not goods))


#: The looks of a column that nobody has looked at.
NOTHING = Shapes()

_RECIPIENT = "order_parties.recipient_name"
#: Beside a recipient's name, an address or phone that is nobody else's is theirs.
_OF_THE_RECIPIENT: Mapping[tuple[str | None, str | None], str] = {
    ("identifiers.phone", None): "order_parties.recipient_phone",
    ("people.address", None): "order_parties.recipient_address",
    ("people.postcode", None): "order_parties.recipient_postcode",
    ("people.region", None): "orders.region",
    ("people.city", None): "orders.city",
    ("people.country", None): "orders.country",
    ("people.district", None): FURTHER,
}


def _owner(header: str) -> str | None:
    owned = r"customer|client|buyer|billing|member|user|contact ?(email|phone)|客户|顾客|会员|买家|用户|账单"
    found = re.search(owned, compact(header))
    return found[0] if found else next(iter({"customer"} & owners(header)), None)


def _target(header: str, kind: FileKind, shapes: Shapes, *, silent: bool) -> str | None:
    overruled = by_looks(header, shapes, silent=silent)
    if overruled and kind.holds(overruled):
        return overruled
    best = _best(header, kind, shapes)
    if shapes.mostly("clock") and _is_dated(_best(header, kind)):
        return TIME_OF_DAY
    if best and "%" in header and targets()[best].type is Type.MONEY:
        return RATES.get(best, FURTHER)
    if best == "people.remark" and kind in (LINES, ORDERS):
        return FURTHER  # a word about this order, not about the customer
    if best == "people.organisation" and kind is LINES and compact(header) == "单位":
        return FURTHER  # in what it is counted, for all that the word also means a firm
    if best == "people.record_id" and shapes.mostly("spaced") and kind.name != "people":
        return "people.name"
    return best


def _best(header: str, kind: FileKind, shapes: Shapes = NOTHING) -> str | None:
    """The likeliest meaning of a header in a file of this kind; of several, one that the values can be."""
    said = kind.meaning_of(header)
    if said is not None and (said == FURTHER or fits(said, shapes)):
        return said
    here = (replace(m, target=kind.target_of(m.target)) for m in meanings(header))
    held = [m for m in here if kind.holds(m.target)]
    fitting = [m for m in held if fits(m.target, shapes)]
    if not fitting:
        return said or (held and min(held, key=lambda m: _likely(m, kind)).target) or None
    return min(fitting, key=lambda m: _likely(m, kind)).target


def _likely(meaning: Meaning, kind: FileKind) -> tuple[int, int, int]:
    return meaning.rank, kind.place_of(meaning.target), meaning.place


def _is_dated(target: str | None) -> bool:
    return target is not None and targets()[target].type in _DATED


def _standing(header: str, target: str) -> tuple[int, ...]:
    """Precedence among its rivals, then how plainly the header says it."""
    patterns = _PRECEDENCE.get(target, ())
    place = next((n for n, p in enumerate(patterns) if re.search(p, compact(header))), len(patterns))
    meaning = next((m for m in meanings(header) if m.target == target), None)
    return place, meaning.rank if meaning else 1, meaning.place if meaning else 0


def _why(header: str, target: str, kind: FileKind) -> Text:
    column = targets()[target]
    if kind.meaning_of(header) is not None:
        return Text(f"among {kind.title.en}: {column.title.en}", f"{kind.title.zh}中：{column.title.zh}")
    return Text(f"header: {column.title.en}", f"列名：{column.title.zh}")


def with_places(target: str, taken: set[str], kind: FileKind) -> tuple[str, ...]:
    """A country in a file of sales is the customer's and that of the sale, unless another column says it."""
    also = _PLACES.get(target)
    return (target, also) if kind in (LINES, ORDERS) and also and also not in taken else (target,)
