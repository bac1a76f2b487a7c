"""Dealings: what was ordered, offered, agreed, invoiced, paid, planned and spent?"""

from datetime import timedelta

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

#: Books and invoices are kept ten years (Art. 30, PRC accounting archives; § 147 AO).
BOOKS = timedelta(days=3653)

_RECORD = Column(
    "record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", pii="identifier"
)
_ORDER_NO = Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no")
_STORE = Column("store_id", Type.TEXT, Text("Store", "门店"), refers="stores.store_id")
_STAFF = Column("staff_id", Type.TEXT, Text("Employee", "员工"), refers="staff.staff_id")
_CURRENCY = Column("currency", Type.CURRENCY, Text("Currency", "币种"), refers="orders.currency")

ORDERS = Canonical(
    "orders",
    Text("Orders", "订单"),
    key=("order_no",),
    required=("order_no",),
    subject="record_id",
    event_time="ordered_at",
    keep=BOOKS,
    grain=220,
    amounts=("total",),
    columns=(
        Column("order_no", Type.TEXT, Text("Order number", "订单号")),
        Column("ordered_at", Type.TIME, Text("Ordered at", "下单时间")),
        Column("record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", pii="identifier"),
        _STORE, _STAFF,
        Column("channel", Type.TEXT, Text("Channel", "销售渠道")),
        Column("status", Type.TEXT, Text("Status", "订单状态")),
        Column("currency", Type.CURRENCY, Text("Currency", "币种")),
        Column("total", Type.MONEY, Text("Order total", "订单总额"), unit="currency"),
        Column("shipping", Type.MONEY, Text("Shipping", "运费"), unit="currency"),
        Column("discount", Type.MONEY, Text("Order discount", "订单优惠"), unit="currency"),
        Column("discount_rate", Type.SHARE, Text("Order discount, share", "整单折扣率"), unit="share"),
        Column("tax", Type.MONEY, Text("Order tax", "订单税额"), unit="currency"),
        Column("tax_rate", Type.SHARE, Text("Order tax, share", "订单税率"), unit="share"),
        Column("payment", Type.TEXT, Text("Payment method", "支付方式")),
        Column("coupon", Type.TEXT, Text("Coupon", "优惠券")),
        Column("country", Type.TEXT, Text("Country of sale", "销售国家")),
        Column("region", Type.TEXT, Text("Province of sale", "销售省份")),
        Column("city", Type.TEXT, Text("City of sale", "销售城市")),
        Column("returns_order_no", Type.TEXT, Text("Returned order", "原订单号")),
        Column("refunded", Type.MONEY, Text("Amount refunded", "退款金额"), unit="currency"),
        Column("refunded_at", Type.TIME, Text("Refunded at", "退款时间")),
        Column("direction", Type.TEXT, Text("In or out", "收/支"), note=Text(
            "`in`, `back` (a refund or return), `out` or `none` (no sales); empty: it came in.",
            "`in` 收入，`back` 退款或退货，`out` 支出、`none` 不计收支（均非销售）；空为收入。")),
        Column("deed", Type.TEXT, Text("Kind of transaction", "交易类型")),
    ),
)  # fmt: skip

ORDER_ITEMS = Canonical(
    "order_items",
    Text("Order lines", "订单明细"),
    key=("order_no", "ordered_at", "store_id", "product_id", "quantity", "price", "nth"),
    required=("quantity",),
    subject="record_id",
    event_time="ordered_at",
    keep=BOOKS,
    note=Text(
        "Every line as it was exported, returns and adjustments included.", "按原样保存每一行，包括退货和调整。"),
    grain=10,
    amounts=("amount", "price"),
    columns=(
        Column("line_id", Type.TEXT, Text("Line number in the source", "明细编号")),
        _ORDER_NO,
        Column("ordered_at", Type.TIME, Text("Ordered at", "下单时间"), refers="orders.ordered_at"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("product_name", Type.TEXT, Text("Product name", "商品名称"), refers="products.name"),
        Column("record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", pii="identifier"),
        Column("quantity", Type.QUANTITY, Text("Quantity", "数量"), unit="piece"),
        Column("price", Type.MONEY, Text("Unit price", "单价"), unit="currency"),
        Column("amount", Type.MONEY, Text("Line amount", "金额"), unit="currency"),
        Column("discount", Type.MONEY, Text("Line discount", "折扣"), unit="currency"),
        Column("discount_rate", Type.SHARE, Text("Line discount, share", "折扣率"), unit="share"),
        Column("tax", Type.MONEY, Text("Line tax", "税额"), unit="currency"),
        Column("tax_rate", Type.SHARE, Text("Tax rate", "税率"), unit="share"),
        Column("cost", Type.MONEY, Text("Line cost", "成本额"), unit="currency"),
        Column("kind", Type.TEXT, Text("Kind of line", "行类型"), refers="products.kind"),
        _STORE, _STAFF, _CURRENCY,
        Column("channel", Type.TEXT, Text("Channel", "销售渠道"), refers="orders.channel"),
        Column("country", Type.TEXT, Text("Country of sale", "销售国家"), refers="orders.country"),
        Column("region", Type.TEXT, Text("Province of sale", "销售省份"), refers="orders.region"),
        Column("city", Type.TEXT, Text("City of sale", "销售城市"), refers="orders.city"),
        Column("returns_order_no", Type.TEXT, Text("Returned order", "原订单号"), refers="orders.returns_order_no"),
        Column("coupon", Type.TEXT, Text("Coupon", "优惠券"), refers="orders.coupon"),
        Column("status", Type.TEXT, Text("Status", "状态")),
        Column("refunded", Type.MONEY, Text("Line amount refunded", "明细退款金额"), unit="currency"),
        Column("refunded_at", Type.TIME, Text("Refunded at", "退款时间"), refers="orders.refunded_at"),
        Column("direction", Type.TEXT, Text("In or out", "收/支"), refers="orders.direction"),
        Column("nth", Type.INTEGER, Text("Repeat within the file", "同文件内第几次"), unit="count", note=Text(
            "The how-manieth line alike in everything that its key holds.", "键值完全相同的行中的序号。")),
    ),
)  # fmt: skip

ORDER_PARTIES = Canonical(
    "order_parties",
    Text("Parties to an order", "订单各方"),
    key=("order_no",),
    required=("order_no",),
    subject="order_no",
    keep=BOOKS,
    note=Text("A recipient is never taken for the customer.", "收货人不会被当作客户。"),
    grain=230,
    columns=(
        _ORDER_NO,
        Column("recipient_name", Type.TEXT, Text("Recipient", "收货人"), pii="name"),
        Column("recipient_phone", Type.TEXT, Text("Recipient's phone", "收货人电话"), pii="phone"),
        Column("recipient_address", Type.TEXT, Text("Recipient's address", "收货地址"), pii="address"),
        Column("recipient_postcode", Type.TEXT, Text("Recipient's postcode", "收货邮编"), pii="address"),
        Column("payer_name", Type.TEXT, Text("Payer", "付款人"), pii="name"),
        Column("card_holder_name", Type.TEXT, Text("Card holder", "持卡人"), pii="name"),
    ),
)  # fmt: skip

OPPORTUNITIES = Canonical(
    "opportunities",
    Text("Sales opportunities", "商机"),
    key=("opportunity_id",),
    required=("opportunity_id",),
    subject="record_id",
    event_time="opened",
    grain=110,
    amounts=("value",),
    columns=(
        Column("opportunity_id", Type.TEXT, Text("Opportunity", "商机编号")),
        _RECORD, _STAFF,
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("stage", Type.TEXT, Text("Stage", "阶段")),
        Column("value", Type.MONEY, Text("Value", "商机金额"), unit="currency"),
        _CURRENCY,
        Column("probability", Type.NUMBER, Text("Probability", "成交概率"), unit="percent"),
        Column("opened", Type.DATE, Text("Opened", "创建日期")),
        Column("expected_close", Type.DATE, Text("Expected close", "预计成交日期")),
        Column("closed", Type.DATE, Text("Closed", "关闭日期")),
    ),
)  # fmt: skip

CONTRACTS = Canonical(
    "contracts",
    Text("Contracts", "合同"),
    key=("contract_no",),
    required=("contract_no",),
    subject="record_id",
    event_time="starts",
    keep=BOOKS,
    grain=120,
    amounts=("monthly_fee",),
    columns=(
        Column("contract_no", Type.TEXT, Text("Contract", "合同号")),
        _RECORD,
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("kind", Type.TEXT, Text("Kind", "合同类型")),
        Column("starts", Type.DATE, Text("Starts", "开始日期")),
        Column("ends", Type.DATE, Text("Ends", "结束日期")),
        Column("cancelled", Type.DATE, Text("Cancelled", "终止日期")),
        Column("monthly_fee", Type.MONEY, Text("Monthly fee", "月费"), unit="currency"),
        _CURRENCY,
    ),
)  # fmt: skip

INVOICES = Canonical(
    "invoices",
    Text("Invoices", "应收发票"),
    key=("invoice_no",),
    required=("invoice_no", "amount"),
    subject="record_id",
    event_time="issued",
    keep=BOOKS,
    grain=30,
    dates_people=True,
    columns=(
        Column("invoice_no", Type.TEXT, Text("Invoice number", "发票号")),
        _RECORD,
        Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no"),
        Column("issued", Type.DATE, Text("Issued", "开票日期")),
        Column("due", Type.DATE, Text("Due", "到期日期")),
        Column("amount", Type.MONEY, Text("Invoice amount", "发票金额"), unit="currency"),
        _CURRENCY,
    ),
)  # fmt: skip

PAYMENTS = Canonical(
    "payments",
    Text("Payments", "收款"),
    key=("payment_no",),
    required=("payment_no", "amount"),
    subject="record_id",
    event_time="paid_at",
    keep=BOOKS,
    grain=20,
    made_up=True,
    dates_people=True,
    columns=(
        Column("payment_no", Type.TEXT, Text("Payment number", "收款单号")),
        Column("invoice_no", Type.TEXT, Text("Invoice", "发票号"), refers="invoices.invoice_no"),
        _RECORD,
        Column("paid_at", Type.TIME, Text("Paid at", "收款时间")),
        Column("amount", Type.MONEY, Text("Amount paid", "收款金额"), unit="currency"),
        _CURRENCY,
        Column("direction", Type.TEXT, Text("Direction", "收支方向"), note=Text(
            "`in`, `back` (paid back to the customer), `out` or `none`; empty: it came in.",
            "`in` 收入，`back` 退还客户，`out` 支出，`none` 不计收支；空为收入。")),
        Column("status", Type.TEXT, Text("Payment status", "付款状态")),
        Column("deed", Type.TEXT, Text("Kind of payment", "收支类型")),
        Column("refunded", Type.MONEY, Text("Amount paid back", "付款退回金额"), unit="currency"),
    ),
)  # fmt: skip

CREDIT_LIMITS = Canonical(
    "credit_limits",
    Text("Credit limits", "信用额度"),
    key=("record_id", "starts"),
    required=("record_id", "limit"),
    subject="record_id",
    event_time="starts",
    grain=130,
    of_some=True,
    amounts=("limit",),
    columns=(
        _RECORD,
        Column("limit", Type.MONEY, Text("Limit", "额度"), unit="currency"),
        _CURRENCY,
        Column("starts", Type.DATE, Text("In force from", "额度生效日")),
    ),
)  # fmt: skip

PLANS = Canonical(
    "plans",
    Text("Sales plans", "销售计划"),
    key=("period", "store_id", "staff_id", "product_id", "record_id", "region"),
    required=("period", "amount"),
    event_time="period",
    lies_ahead=True,
    grain=180,
    columns=(
        Column("period", Type.DATE, Text("Month", "计划月份")),
        _STORE, _STAFF, _RECORD,
        Column("region", Type.TEXT, Text("Province of sale", "销售省份"), refers="orders.region"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("amount", Type.MONEY, Text("Plan", "计划金额"), unit="currency"),
    ),
)  # fmt: skip

BUDGETS = Canonical(
    "budgets",
    Text("Budgets", "预算"),
    key=("period", "cost_centre", "campaign_id", "record_id"),
    required=("period", "amount"),
    event_time="period",
    lies_ahead=True,
    grain=190,
    columns=(
        Column("period", Type.DATE, Text("Month", "预算月份")),
        Column("cost_centre", Type.TEXT, Text("Cost centre", "成本中心")),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动"), refers="campaigns.campaign_id"),
        _RECORD,
        Column("amount", Type.MONEY, Text("Budget", "预算金额"), unit="currency"),
    ),
)  # fmt: skip

EXPENSES = Canonical(
    "expenses",
    Text("Expenses", "费用"),
    key=("expense_no",),
    required=("expense_no", "amount"),
    subject="record_id",
    event_time="at",
    keep=BOOKS,
    grain=100,
    made_up=True,
    columns=(
        Column("expense_no", Type.TEXT, Text("Expense", "费用单号")),
        Column("at", Type.DATE, Text("Date", "费用日期")),
        Column("cost_centre", Type.TEXT, Text("Cost centre", "成本中心"), refers="budgets.cost_centre"),
        _RECORD, _STAFF,
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动"), refers="campaigns.campaign_id"),
        Column("amount", Type.MONEY, Text("Expense amount", "费用金额"), unit="currency"),
        _CURRENCY,
    ),
)  # fmt: skip

COUPONS = Canonical(
    "coupons",
    Text("Coupons", "优惠券"),
    key=("coupon_code",),
    required=("coupon_code",),
    subject="record_id",
    event_time="issued",
    grain=60,
    columns=(
        Column("coupon_code", Type.TEXT, Text("Coupon", "券码")),
        _RECORD,
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动"), refers="campaigns.campaign_id"),
        Column("issued", Type.DATE, Text("Issued", "发券日期")),
        Column("expires", Type.DATE, Text("Expires", "有效期至")),
        Column("redeemed_at", Type.TIME, Text("Redeemed at", "核销时间")),
        Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no"),
        Column("value", Type.MONEY, Text("Value", "券面额"), unit="currency"),
        Column("offer_id", Type.TEXT, Text("Offer of the coupon", "优惠券所属优惠"), refers="offers.offer_id"),
    ),
)  # fmt: skip
