"""Plain kinds: what speaks for a file that feeds one table above all?"""

from shuke.collect.infer.file_kind import GOODS, MONEY, NO_SALE, PEOPLE, PERSONAL, RESIDENCE, FileKind, Signs
from shuke.tables import CANONICAL, Canonical

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
    "points": "points",
}

_USUALLY = {
    "note": "further",
    "status": "further",
    "account": "people.organisation",
    "people.account_manager": "staff.staff_id",
}

#: What a date of sale says in a file that is of no sales.
_MOMENTS = ("at", "paid_at", "issued")


#: Columns of other tables that a file may feed without being about those.
_REFERRED = ("orders.order_no", "orders.currency", "orders.region", "budgets.cost_centre")


def _plain(name: str, signs: Signs, *others: str, **means: str) -> FileKind:
    """A kind that feeds one table above all: its key, its date and its amount are the generic ones."""
    table = CANONICAL[name]
    owned = [column.name for column in table if not column.refers]
    usual = {"key": table.key[0], "when": table.event_time} | _USUAL
    known = {group: f"{name}.{column}" for group, column in usual.items() if column in owned}
    if table.event_time in _MOMENTS:
        known["orders.ordered_at"] = f"{name}.{table.event_time}"
    if name in ("payments", "invoices", "expenses"):
        known |= dict.fromkeys(("orders.total", "order_items.amount"), f"{name}.amount")
    referred = [column.refers for column in table if column.refers in _REFERRED]
    others = others or (*PEOPLE, "products", "stores", "staff", "campaigns")
    return FileKind(
        name,
        table.title,
        (name, *others, *map(str, referred)),
        signs,
        _USUALLY | known | means,
    )


PLAIN: tuple[FileKind, ...] = (
    _plain(
        "credit_limits",
        ((5, "credit_limits.limit"), (3, "credit_limits.limit & ~start | credit_limits.starts")),
    ),
    _plain(
        "opportunities",
        (
            (3, "opportunities.opportunity_id"),
            (3, "opportunities.stage"),
            (2, "opportunities.value"),
            (3, "opportunities.expected_close | opportunities.probability"),
            (1, "opportunities.opened | opportunities.closed"),
            *NO_SALE,
        ),
        amount="opportunities.value", total="opportunities.value",
    ),
    _plain(
        "invoices",
        (
            (5, "invoices.due | ~due"),
            (2, "invoices.invoice_no"),
            (2, "invoices.amount"),
            (1, "invoices.issued | ~invoiced"),
            (1, MONEY),
            *NO_SALE,
        ),
        "payments", *PEOPLE, "products", "stores", "staff", "campaigns",
    ),
    _plain(
        "payments",
        (
            (4, "payments.payment_no"),
            (3, "payments.paid_at"),
            (3, "payments.amount"),
            (2, "invoices.invoice_no"),
            (4, "payments.direction"),
            (3, "~processed"),
            (2, "~counterparty"),
            (2, "~balance"),
            (1, MONEY),
            (1, "~when | orders.ordered_at"),
            (-4, "orders.total & orders.order_no"),
            *NO_SALE,
        ),
        "invoices", *PEOPLE,
        counterparty="people.name", balance="further", type="payments.deed",
    ),
    _plain(
        "contracts",
        (
            (5, "contracts.contract_no"),
            (-6, "*contracts repeat"),
            (3, "contracts.monthly_fee"),
            (1, "contracts.starts | contracts.ends | ~start | ~end"),
            (2, "contracts.cancelled"),
            # A membership with a term and a fee.
            (3, "contracts.starts | ~start & contracts.ends | ~end & contracts.monthly_fee"),
            *NO_SALE,
        ),
    ),
    _plain(
        "points",
        (
            (5, "points.entry_no"),
            (5, "points.points"),
            (5, "~points & *person returns"),
            (1, "points.at | ~when"),
            (1, "points.reason"),
            *NO_SALE,
        ),
    ),
    _plain(
        "coupons",
        (
            (2, "coupons.coupon_code | orders.coupon"),
            (3, "coupons.expires"),
            (5, "coupons.redeemed_at"),
            (2, "coupons.value"),
            *NO_SALE,
        ),
    ),
    _plain(
        "expenses",
        (
            (5, "expenses.expense_no"),
            (4, "expenses.amount"),
            (2, "budgets.cost_centre"),
            (3, "~reach"),
            (3, "~cost & campaigns.campaign_id & ~when | expenses.at"),
            (1, "~when | expenses.at"),
            *NO_SALE,
        ),
        cost="expenses.amount", department="budgets.cost_centre", bureau="budgets.cost_centre",
    ),
    _plain(
        "budgets",
        ((4, "budgets.amount"), (4, "budgets.period"), (2, "budgets.cost_centre"), *NO_SALE),
        department="budgets.cost_centre", bureau="budgets.cost_centre",
    ),
    _plain(
        "plans",
        ((4, "plans.amount"), (4, "plans.period"), *NO_SALE),
        *PEOPLE, "products", "stores", "staff",
    ),
    _plain(
        "touches",
        (
            (5, "touches.touch_id"),
            (5, "touches.opened_at | touches.clicked_at"),
            (2, "touches.at"),
            (2, "touches.group"),
            (2, "campaigns.campaign_id"),
            *NO_SALE,
        ),
    ),
    _plain(
        "campaigns",
        (
            (3, "campaigns.campaign_id"),
            (3, "campaigns.starts | ~start"),
            (2, "campaigns.ends | ~end"),
            (2, "campaigns.cost | ~cost"),
            (-3, "~reach & ~when"),
            (-4, "orders.order_no"),
            *NO_SALE,
        ),
    ),
    _plain(
        "responses",
        (
            (5, "responses.question"),
            (3, "responses.survey"),
            (2, "responses.score"),
            (2, "responses.answer"),
            (1, "responses.at | ~when"),
            *NO_SALE,
        ),
        note="responses.answer", text="responses.answer",
    ),
    _plain(
        "interactions",
        (
            (5, "interactions.interaction_id"),
            (4, "interactions.direction & !~amount & !~balance"),
            (4, "interactions.seconds"),
            (2, "interactions.topic"),
            (2, "interactions.text"),
            (2, "interactions.outcome"),
            (2, "interactions.at"),
            (1, "interactions.kind | interactions.channel | interactions.status"),
            *NO_SALE,
        ),
    ),
    _plain(
        "events",
        (
            (3, "events.event_id"),
            (2, "events.name"),
            (2, "events.at | ~when & events.name"),
            (2, "events.page & events.name"),
            (3, "events.page"),
            (4, "events.session"),
            (2, "events.query"),
            *NO_SALE,
        ),
    ),
    _plain("exchange_rates", ((5, "exchange_rates.rate"), (-5, "orders.order_no"), *NO_SALE)),
    _plain("market", ((5, "market.indicator"), *NO_SALE)),
    _plain("consents", ((5, "consents.purpose"), (3, "consents.granted"), (2, "consents.at"), *NO_SALE)),
    _plain(
        "stores",
        (
            (4, "stores.opened"),
            (4, "stores.kind"),
            (3, "stores.store_id"),
            (2, "stores.name | ~name & stores.store_id"),
            (2, "stores.city | stores.region | stores.country"),
            (1, f"stores.store_id & {RESIDENCE}"),
            (-5, f"people.name | people.given_name | people.family_name | {PERSONAL}"),
            (-5, "identifiers.email | identifiers.member_no | people.record_id"),
            (-5, "orders.order_no | orders.ordered_at"),
            (-4, f"~when & {MONEY}"),
            (-4, GOODS),
            *NO_SALE,
        ),
        "staff",
    ),
    _plain(
        "staff",
        (
            (3, "staff.staff_id"),
            (2, "staff.department & staff.staff_id"),
            (2, "staff.name"),
            (4, "~hired"),
            (2, "*staff once"),
            (-3, "people.record_id | identifiers.member_no | memberships.tier"),
            (-5, "orders.order_no | orders.ordered_at"),
            (-4, f"~when & {MONEY}"),
            (-4, GOODS),
            *NO_SALE,
        ),
        "stores",
    ),
)  # fmt: skip


def of_table(table: Canonical) -> FileKind:
    """The kind of a table that nobody has weighed: its key speaks for it, what it needs, and the rest."""
    owned = [column.name for column in table if not column.refers]
    by_key = {} if table.made_up else dict.fromkeys(table.key, 5)
    weights = dict.fromkeys(owned, 2) | dict.fromkeys(table.required, 3) | by_key
    signs = tuple((weights[name], f"{table.name}.{name}") for name in owned)
    return _plain(table.name, (*signs, *NO_SALE))
