"""Kinds of file: what is each row of it about?

Decided from all headers together, before any one of them is interpreted: `name` is a person in a member
list and a thing in a price list, `Invoice No` is the order of a line and the subject of a list of dues.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from shuke.collect.guess.grammar import generic
from shuke.collect.guess.headers import bare, compact, meanings
from shuke.errors import WrongCall
from shuke.languages import N_, Text
from shuke.tables import CANONICAL

_PEOPLE = ("people", "identifiers", "memberships")
_SALE = (*_PEOPLE, "order_parties", "stores", "staff")

_IN_A_SALE = {
    "key": "orders.order_no",
    "when": "orders.ordered_at",
    "status": "orders.status",
    "channel": "orders.channel",
    "note": "further",
    "type": "further",
    "device": "further",
    "reference": "further",
    "country": "people.country",
    "region": "people.region",
    "city": "people.city",
    "bureau": "further",
    "account": "people.organisation",
}


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    tables   whose columns it may hold, the likeliest first
    means    what headers that say nothing by themselves mean in it
    """

    name: str
    title: Text
    tables: tuple[str, ...]
    means: Mapping[str, str] = field(default_factory=dict)

    def meaning_of(self, header: str) -> str | None:
        """What a header that says nothing by itself means here; None where it speaks for itself."""
        said = compact(bare(header))
        return next((self.means.get(group) for group, headers in generic().items() if said in headers), None)


LINES = Kind(
    "order_items",
    Text("order lines", "订单明细"),
    ("order_items", "orders", "products", *_SALE),
    _IN_A_SALE
    | {
        "name": "products.name",
        "text": "products.name",
        "title": "products.name",
        "amount": "order_items.amount",
        "price": "order_items.price",
        "cost": "order_items.cost",
        "discount": "order_items.discount",
        "tax": "order_items.tax",
        "department": "products.category",
        "vat": "order_items.tax",
    },
)
ORDERS = Kind(
    "orders",
    Text("orders", "订单"),
    ("orders", *_SALE, "products", "order_items"),
    _IN_A_SALE
    | {
        "name": "people.name",
        "amount": "orders.total",
        "total": "orders.total",
        "discount": "orders.discount",
        "tax": "orders.tax",
        "text": "further",
        "title": "further",
        "price": "orders.total",
        "cost": "further",
        "department": "further",
        "vat": "orders.tax",
    },
)
MEMBERS = Kind(
    "people",
    Text("customers", "客户"),
    (*_PEOPLE, "organisation_parents", "consents", "possessions", "relations", "stores", "staff"),
    {
        "key": "people.record_id",
        "name": "people.name",
        "when": "people.since",
        "status": "further",
        "channel": "people.channel",
        "note": "people.remark",
        "type": "people.kind",
        "text": "people.remark",
        "title": "people.job",
        "country": "people.country",
        "amount": "further",
        "total": "further",
        "department": "further",
        "device": "identifiers.device_id",
        "account": "people.organisation",
    },
)
GOODS = Kind(
    "products",
    Text("products", "商品"),
    ("products", "stores"),
    {
        "key": "products.product_id",
        "name": "products.name",
        "title": "products.name",
        "text": "further",
        "price": "products.list_price",
        "cost": "products.cost",
        "type": "products.category",
        "department": "products.category",
        "status": "further",
        "note": "further",
        "when": "products.launched",
    },
)


#: What the generic headers are called in the vocabulary, where a table has such a column.
_USUAL = {
    "name": "name",
    "amount": "amount",
    "total": "amount",
    "status": "status",
    "channel": "channel",
    "type": "kind",
    "text": "text",
    "note": "text",
    "start": "starts",
    "end": "ends",
    "invoiced": "issued",
    "due": "due",
    "country": "country",
    "region": "region",
    "city": "city",
}


def _plain(name: str, *others: str, **means: str) -> Kind:
    """A kind that feeds one table above all: its key, its date and its amount are the generic ones."""
    table = CANONICAL[name]
    owned = [column.name for column in table if not column.refers]
    usual = {"key": table.key[0], "when": table.happened} | _USUAL
    known = {group: f"{name}.{column}" for group, column in usual.items() if column in owned}
    others = others or (*_PEOPLE, "products", "stores", "staff", "orders", "campaigns")
    return Kind(
        name,
        table.title,
        (name, *others),
        {"note": "further", "status": "further", "account": "people.organisation"} | known | means,
    )


#: A list of stores has addresses and phones, but nobody's names.
_NOBODY = (
    "!people.name !people.family_name !people.given_name !people.birth_date !identifiers.email "
    "!identifiers.member_no !orders.order_no"
)

#: Asked in this order; a kind is met when one of its groups of meanings is wholly present.
_SIGNS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (_plain("credit_limits"), ("credit_limits.limit",)),
    (
        _plain("opportunities"),
        (
            "opportunities.opportunity_id opportunities.stage",
            "opportunities.stage opportunities.value",
            "opportunities.opportunity_id opportunities.expected_close",
            "opportunities.probability",
            "opportunities.opportunity_id opportunities.value",
        ),
    ),
    (
        _plain("invoices"),
        (
            "invoices.due !order_items.quantity",
            "invoices.invoice_no ~due !order_items.quantity",
        ),
    ),
    (
        _plain("payments", "invoices", *_PEOPLE, "orders"),
        (
            "payments.payment_no payments.amount !order_items.quantity !orders.total",
            "payments.paid_at payments.amount !order_items.quantity !orders.total",
            "payments.payment_no payments.paid_at !order_items.quantity",
        ),
    ),
    (_plain("contracts"), ("contracts.contract_no", "contracts.monthly_fee contracts.starts")),
    (_plain("points"), ("points.points", "points.entry_no")),
    (_plain("coupons"), ("coupons.coupon_code coupons.expires !order_items.quantity", "coupons.redeemed_at")),
    (_plain("expenses"), ("expenses.expense_no",)),
    (_plain("budgets"), ("budgets.amount", "budgets.period")),
    (_plain("plans", "products", "stores", "staff"), ("plans.amount !order_items.quantity", "plans.period")),
    (_plain("touches"), ("touches.touch_id", "touches.opened_at", "touches.at campaigns.campaign_id")),
    (
        _plain("campaigns", "orders"),
        (
            "campaigns.campaign_id campaigns.starts",
            "campaigns.campaign_id campaigns.cost",
            "campaigns.campaign_id ~start",
        ),
    ),
    (
        _plain("responses", note="responses.answer", text="responses.answer"),
        ("responses.question", "responses.score responses.answer", "responses.survey"),
    ),
    (
        _plain("interactions"),
        (
            "interactions.interaction_id",
            "interactions.direction",
            "interactions.seconds",
            "interactions.at interactions.topic",
            "interactions.topic interactions.text !people.birth_date",
            "interactions.at interactions.text",
            "interactions.text interactions.outcome",
        ),
    ),
    (
        _plain("events"),
        ("events.event_id", "events.name events.at", "events.name events.page", "events.session"),
    ),
    (
        LINES,
        (
            "order_items.quantity order_items.price",
            "order_items.quantity order_items.amount",
            "order_items.quantity products.product_id",
            "order_items.quantity products.name",
            "products.product_id order_items.amount orders.order_no",
            "products.name order_items.amount orders.ordered_at",
            "order_items.quantity orders.ordered_at",
            "order_items.quantity orders.order_no",
        ),
    ),
    (
        ORDERS,
        (
            "orders.order_no orders.ordered_at",
            "orders.order_no orders.total",
            "orders.order_no order_items.amount",
            "orders.order_no orders.status",
            "orders.ordered_at orders.total !people.birth_date",
            "orders.ordered_at order_items.amount !people.birth_date",
            "~when ~amount",
        ),
    ),
    (_plain("exchange_rates", "orders"), ("exchange_rates.rate",)),
    (_plain("market"), ("market.indicator",)),
    (_plain("consents"), ("consents.purpose", "consents.granted consents.at")),
    (
        _plain("stores"),
        (
            "stores.opened",
            "stores.kind",
            f"stores.store_id stores.name {_NOBODY}",
            f"stores.store_id people.city {_NOBODY}",
            f"stores.city {_NOBODY}",
        ),
    ),
    (
        MEMBERS,
        (
            "identifiers.phone",
            "identifiers.email",
            "people.birth_date",
            "people.gender",
            "people.given_name",
            "people.family_name",
            "identifiers.member_no",
            "people.organisation",
            "~account",
        ),
    ),
    (
        GOODS,
        (
            "~name ~price",
            "~title ~price",
            "products.name order_items.price",
            "products.name ~price",
            "products.product_id",
            "products.brand",
            "products.name products.category",
            "products.cost",
            "products.list_price",
        ),
    ),
    (_plain("staff", "stores"), ("staff.staff_id",)),
)


def decide(columns: Collection[str]) -> Kind:
    """What the rows of a file with these headers are about; customers where nothing says otherwise."""
    present = {meaning.target for header in columns for meaning in meanings(header) if meaning.rank < 3}
    said = {compact(bare(header)) for header in columns}
    present |= {f"~{group}" for group, headers in generic().items() if said & set(headers)}
    for kind, signs in _SIGNS:
        if any(_met(sign.split(), present) for sign in signs):
            return kind
    return MEMBERS


def named(table: str) -> Kind:
    """The kind of file whose rows are rows of a table; raises `WrongCall` where no file is of that kind."""
    kinds = {kind.name: kind for kind, _ in _SIGNS}
    if table not in kinds:
        raise WrongCall(
            N_("No file is read as {table}. There are: {tables}."),
            table=table,
            tables=", ".join(sorted(kinds)),
        )
    return kinds[table]


def _met(sign: list[str], present: set[str]) -> bool:
    return all((s[1:] not in present) if s.startswith("!") else (s in present) for s in sign)
