"""Credit exposure: how much does each debtor owe, counted against which limit?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.credit_accounts import accounts, limits_in_force
from shuke.alerts.uninvoiced import MONEY, delivered_orders
from shuke.dealings.receivable_entries import INVOICE, PAYMENT, UNDATED
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.exchange import exchanged
from shuke.tables.payment_allocation import AGES, open_invoices

#: Whose limit it is.
LIMITS: dict[str, Text] = {
    "own": Text("their own", "客户自身"),
    "parent": Text("the organisation above", "上级单位"),
    "default": Text("the company's default", "默认额度"),
    "none": Text("none", "无额度"),
}

#: Fewer rises in ninety days are no rhythm.
RHYTHM = 3

_NONE = ibis.literal(0).cast(MONEY)


def _money(name: str, en: str, zh: str) -> Column:
    return Column(name, Type.MONEY, Text(en, zh), unit="currency")


@table(
    key=("customer_id", "currency"),
    title=Text("Credit exposure", "信用敞口"),
    about=Text("Who owes how much, counted against which limit?", "谁欠多少，计入哪个信用额度？"),
    area="dealings",
    columns=[
        Column("customer_id", Type.TEXT, Text("Account", "额度主体"), note=Text(
            "Who has the limit: the customer, or the organisation above.", "额度所属的客户或其上级单位。")),
        Column("currency", Type.TEXT, Text("Currency", "币种")),
        _money("limit", "Limit", "额度"),
        Column("limit_of", Type.TEXT, Text("Whose limit", "额度来源"), codes=LIMITS),
        Column("starts", Type.DATE, Text("Limit in force from", "额度生效日")),
        Column("customers", Type.INTEGER, Text("Customers who share it", "共用客户数"), unit="count"),
        _money("invoiced", "Open invoices", "未收发票款"),
        _money("delivered", "Delivered, not invoiced", "已交付未开票"),
        _money("exposure", "Exposure", "信用敞口"),
        _money("in_currency", "Exposure in the project's currency", "敞口（本项目币种）"),
        *(_money(name, f"Overdue {low} to {high} days" if high else "Overdue for longer",
                 f"逾期 {low} 至 {high} 天" if high else "逾期更久") for name, (low, high) in AGES.items()),
        _money("pace", "Rise per day", "日均增加"),
        Column("rose", Type.DATE, Text("Above the limit since", "超额起始日")),
        Column("neared", Type.DATE, Text("Near the limit since", "接近额度起始日")),
    ],
)  # fmt: skip
def credit_exposure(  # noqa: PLR0917 - the tables that it is made from
    receivable_entries: ir.Table,
    landed_invoices: ir.Table,
    landed_credit_limits: ir.Table,
    landed_exchange_rates: ir.Table,
    landed_organisation_parents: ir.Table,
    history_orders: ir.Table,
    purchases: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    zone: str,
    checkpoint: Checkpoint,
    near: float = 0.8,
    default_limit: float = 0.0,
) -> ir.Table:
    """What is owed on each account, in each currency that has a limit there.

    One row per account and currency. An account is a customer with a limit, or an organisation with the
    branches below it that have none. Open is what was invoiced less payments, credit notes and advances; to
    it comes what was delivered and not yet invoiced. A payment finds its invoice in whichever source that
    is, and settles it at the rate of its day; what is open stands in the limit's currency at the rate of
    `as_of`, and in its own, without a limit, where there is no rate. Of several currencies with a limit
    each counts for itself. `default_limit`, in the project's currency, is that of everybody who has no
    other; 0: they have none. Overdue amounts are what is left of the oldest invoices once everything that
    names none has been taken off. `pace` is the lesser of the mean rises of 30 and of 90 days; nothing
    where the account does not rise in both.
    """
    dated = receivable_entries.mutate(day=receivable_entries.day.fill_null(UNDATED))
    invoices = dated.filter(dated.entry == INVOICE)
    payments = dated.filter(dated.entry == PAYMENT)
    orders = checkpoint(delivered_orders(history_orders, purchases, landed_invoices, zone=zone))
    entries = ibis.union(
        invoices.select("customer_id", "currency", "day", "amount", what=ibis.literal("invoiced")),
        payments.select("customer_id", "currency", "day", "amount", what=ibis.literal("invoiced")),
        orders.select("customer_id", "currency", "day", "amount", what=ibis.literal("delivered")),
    )
    limits = checkpoint(limits_in_force(landed_credit_limits, identities, as_of=as_of, currency=currency))
    shared = checkpoint(accounts(entries, limits, landed_organisation_parents, identities))
    place = _Books(shared, limits, landed_exchange_rates, as_of, currency)
    moved = checkpoint(place.booked(entries))
    owed = checkpoint(_owed(moved, place.allowed(moved, default_limit), as_of=as_of, near=near))
    late = checkpoint(_overdue(checkpoint(place.booked(invoices)), checkpoint(place.booked(payments)), as_of))
    whole = owed.left_join(late, ["customer_id", "currency"]).drop("customer_id_right", "currency_right")
    home = exchanged(
        whole.mutate(
            native=whole.currency, in_currency=whole.exposure, into=ibis.literal(currency),
            day=ibis.literal(as_of),
        ),
        landed_exchange_rates, amount="in_currency", currency=currency,
    )  # fmt: skip
    return home.mutate(
        in_currency=ibis.ifelse(home.currency == currency, home.in_currency, ibis.null(MONEY)),
        currency=home.native,
        **{name: home[name].fill_null(_NONE) for name in AGES},
    )


class _Books:
    """On which account, and in which currency, an amount of a customer is booked."""

    def __init__(
        self, shared: ir.Table, limits: ir.Table, rates: ir.Table, as_of: date, currency: str
    ) -> None:
        self.shared, self.limits, self.rates = shared, limits, rates
        self.as_of, self.currency = as_of, currency

    def booked(self, rows: ir.Table) -> ir.Table:
        """Rows with `account`, their `amount` in the currency of a limit of it."""
        held = self.limits.select(of="account", held="currency")
        main = self.limits.group_by(main_of="account").agg(
            home=(self.limits.currency == self.currency).any(), first=self.limits.currency.min()
        )
        known = rows.inner_join(self.shared, "customer_id")
        own = known.left_join(held, [("account", "of"), ("currency", "held")])
        told = own.left_join(main, [("account", "main_of")])
        other = ibis.ifelse(told.home.fill_null(True), ibis.literal(self.currency), told.first)
        # What is open is worth what it is worth today, whenever it arose.
        placed = told.mutate(
            into=ibis.coalesce(told.held, other), arose=told.day, day=ibis.literal(self.as_of)
        )
        changed = exchanged(placed, self.rates, amount="amount", currency=self.currency)
        return changed.mutate(day=changed.arose).drop("arose", "of", "held", "main_of", "home", "first")

    def allowed(self, moved: ir.Table, default_limit: float) -> ir.Table:
        """Every account and currency in which something was booked, with its limit if it has one."""
        seen = moved.group_by("account", "currency").agg(
            customers=moved.customer_id.nunique(), limit_of=moved.limit_of.max()
        )
        mine = self.limits.select("limit", "starts", of="account", held="currency")
        told = seen.left_join(mine, [("account", "of"), ("currency", "held")])
        default = ibis.literal(default_limit).cast(MONEY)
        without = (told.limit_of == "none") & (told.currency == self.currency) & (default > 0)
        return told.select(
            "account", "currency", "customers", "starts",
            limit=ibis.ifelse(without, default, told["limit"]),
            limit_of=ibis.cases(
                (without, "default"), (told["limit"].isnull(), "none"), else_=told.limit_of
            ),
        )  # fmt: skip


def _owed(moved: ir.Table, allowed: ir.Table, *, as_of: date, near: float) -> ir.Table:
    """One row per account and currency: what is open, how fast it rises, since when it is too much."""
    daily = moved.group_by("account", "currency", "day").agg(
        amount=moved.amount.sum(),
        invoiced=moved.amount.sum(where=moved.what == "invoiced").fill_null(_NONE),
        delivered=moved.amount.sum(where=moved.what == "delivered").fill_null(_NONE),
    )
    known = daily.inner_join(allowed, ["account", "currency"])
    so_far = ibis.cumulative_window(group_by=["account", "currency"], order_by="day")
    running = known.mutate(balance=known.amount.sum().over(so_far))
    warned = running["limit"].cast("float64") * near
    within = running.mutate(
        kept=_day_if(running.balance <= running["limit"].fill_null(_NONE), running.day),
        calm=_day_if(running.balance.cast("float64") < warned, running.day),
    )
    whole = ibis.window(group_by=["account", "currency"])
    last = within.mutate(last_kept=within.kept.max().over(whole), last_calm=within.calm.max().over(whole))
    month, quarter = as_of - timedelta(days=30), as_of - timedelta(days=90)
    summed = last.group_by("account", "currency", "limit", "limit_of", "starts", "customers").agg(
        invoiced=last.invoiced.sum(), delivered=last.delivered.sum(), exposure=last.amount.sum(),
        rose=last.day.min(where=last.last_kept.isnull() | (last.day > last.last_kept)),
        neared=last.day.min(where=last.last_calm.isnull() | (last.day > last.last_calm)),
        in_month=last.amount.sum(where=last.day > month).fill_null(_NONE),
        rises=((last.day > quarter) & (last.amount > 0)).sum(),
        in_quarter=last.amount.sum(where=last.day > quarter).fill_null(_NONE),
    )  # fmt: skip
    slower = ibis.least(summed.in_month.cast("float64") / 30, summed.in_quarter.cast("float64") / 90)
    begun = summed.starts.fill_null(date(1900, 1, 1))
    return summed.select(
        "currency", "limit", "limit_of", "starts", "customers", "invoiced", "delivered", "exposure",
        customer_id=summed.account,
        pace=ibis.ifelse(summed.rises >= RHYTHM, ibis.greatest(slower, 0.0), 0.0).round(4).cast(MONEY),
        rose=ibis.greatest(summed.rose, begun),
        neared=ibis.greatest(summed.neared, begun),
    )  # fmt: skip


def _day_if(holds: ir.BooleanValue, day: ir.DateValue) -> ir.DateValue:
    return ibis.ifelse(holds.fill_null(False), day, ibis.null("date"))


def _overdue(invoices: ir.Table, payments: ir.Table, as_of: date) -> ir.Table:
    """What is overdue on each account and in each currency, by age."""
    open_ = open_invoices(invoices, payments, by=("account", "currency"))
    aged = open_.mutate(days=ibis.literal(as_of).delta(open_.due, unit="day"))
    return aged.group_by(customer_id=aged.account, currency=aged.currency).agg(
        **{
            name: aged.still_open.sum(
                where=(aged.days >= low) & (aged.days <= high) if high else aged.days >= low
            ).fill_null(_NONE)
            for name, (low, high) in AGES.items()
        }
    )
