"""Expense items: what was spent, on which activity and for whom, in the project's currency?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.exchange import exchanged
from shuke.tables.records import owned

SERVICE, MARKETING, LOGISTICS, CREDIT, OTHER = "service", "marketing", "logistics", "credit", "other"

ACTIVITIES: dict[str, Text] = {
    SERVICE: Text("Service", "服务"),
    MARKETING: Text("Marketing", "营销"),
    LOGISTICS: Text("Logistics", "物流"),
    CREDIT: Text("Credit", "信用与资金"),
    OTHER: Text("Other", "其他"),
}

#: What the name of a cost centre must hold to be of an activity, unless it is the activity's own; a company
#: gives words of its own. IT services and the services of a landlord are nobody's service to customers.
SERVICE_WORDS = (
    "customer serv", "customer support", "customer care", "service desk", "service cent", "call cent",
    "contact cent", "help desk", "helpdesk", "after-sales", "after sales", "warranty", "kundendienst",
    "kundenservice", "客服", "客户服务", "售后", "呼叫中心", "保修",
)  # fmt: skip
MARKETING_WORDS = (
    "market", "advert", "promotion", "campaign", "sponsor", "werbung", "publicit", "publicidad",
    "营销", "市场", "广告", "推广", "促销", "宣传",
)  # fmt: skip
LOGISTICS_WORDS = (
    "logistic", "freight", "shipping", "delivery", "packaging", "warehous", "courier", "postage", "fulfil",
    "versand", "lager", "物流", "运输", "运费", "仓储", "快递", "配送", "包装", "邮费",
)  # fmt: skip
CREDIT_WORDS = (
    "interest", "bad debt", "dunning", "debt collection", "credit insur", "credit loss", "credit risk",
    "factoring", "financing", "zinsen", "利息", "坏账", "催收", "信用保险", "信用损失", "保理", "融资",
)  # fmt: skip


@table(
    key="expense_id",
    title=Text("Expense items", "费用明细"),
    about=Text("What was spent, on which activity and for whom?", "花了哪些费用，用于何种作业、哪些客户？"),
    area="dealings",
    event_time="day",
    columns=[
        Column("expense_id", Type.TEXT, Text("Expense", "费用编号")),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号"), note=Text(
            "For whom it was spent, where that is recorded.", "费用对应的客户（如有记录）。")),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动编号")),
        Column("cost_centre", Type.TEXT, Text("Cost centre", "成本中心")),
        Column("staff_id", Type.TEXT, Text("Employee", "员工")),
        Column("activity", Type.TEXT, Text("Activity", "作业类型"), codes=ACTIVITIES, note=Text(
            "By the words of the cost centre; marketing where there is none and a campaign is named.",
            "按成本中心名称判断；无成本中心而有活动者为营销。")),
        Column("amount", Type.MONEY, Text("Amount", "金额"), unit="currency", note=Text(
            "In the project's currency; empty where no rate is known.", "以本项目币种计；无汇率时为空。")),
        Column("stated_amount", Type.MONEY, Text("Amount as stated", "原币金额"), unit="currency"),
        Column("currency", Type.TEXT, Text("Currency", "原币种")),
    ],
)  # fmt: skip
def expense_items(
    landed_expenses: ir.Table,
    landed_exchange_rates: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    service: tuple[str, ...] = SERVICE_WORDS,
    marketing: tuple[str, ...] = MARKETING_WORDS,
    logistics: tuple[str, ...] = LOGISTICS_WORDS,
    credit: tuple[str, ...] = CREDIT_WORDS,
) -> ir.Table:
    """Every expense up to `as_of`, in the project's currency at the newest rate of its day or before.

    One row per expense with a day. Its activity is the first of service, marketing, logistics and credit one
    of whose words stands in the name of the cost centre, in whatever case, or whose name it bears; `other`
    where none does.
    """
    told = owned(landed_expenses, identities, currency=currency)
    dated = told.filter(told["at"].notnull() & (told["at"] <= as_of))
    valued = dated.mutate(
        day=dated["at"], into=ibis.literal(currency), stated=dated.amount, stated_in=dated.currency
    )
    changed = exchanged(valued, landed_exchange_rates, amount="amount", currency=currency)
    words = {SERVICE: service, MARKETING: marketing, LOGISTICS: logistics, CREDIT: credit}
    centre = changed.cost_centre.fill_null("").lower()
    known = [
        (_holds(centre, said) | centre.isin(_own_names(name)), ibis.literal(name))
        for name, said in words.items()
        if said
    ]
    campaign = changed.cost_centre.isnull() & changed.campaign_id.notnull()
    return changed.select(
        "source", "day", "customer_id", "campaign_id", "cost_centre", "staff_id",
        expense_id=changed.key,
        activity=ibis.cases(*known, (campaign, ibis.literal(MARKETING)), else_=OTHER),
        amount=ibis.ifelse(changed.currency == currency, changed.amount, ibis.null(Type.MONEY.ibis)),
        stated_amount=changed.stated,
        currency=changed.stated_in,
    )  # fmt: skip


def _own_names(activity: str) -> list[str]:
    return [ACTIVITIES[activity].en.lower(), ACTIVITIES[activity].zh]


def _holds(text: ir.StringValue, words: tuple[str, ...]) -> ir.BooleanValue:
    first, *rest = (text.contains(word.lower()) for word in words)
    found = first
    for each in rest:
        found |= each
    return found
