"""Dealings: what was ordered, offered, agreed, invoiced, paid, planned and spent?"""

from datetime import timedelta

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

#: Books and invoices are kept ten years (Art. 30, PRC accounting archives; § 147 AO).
BOOKS = timedelta(days=3653)

_RECORD = Column(
    "record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", personal="identifier"
)
_ORDER_NO = Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no")
_STORE = Column("store_id", Type.TEXT, Text("Store", "门店"), refers="stores.store_id")
_STAFF = Column("staff_id", Type.TEXT, Text("Employee", "员工"), refers="staff.staff_id")
_CURRENCY = Column("currency", Type.TEXT, Text("Currency", "币种"), refers="orders.currency")

ORDERS = Canonical(
    "orders",
    Text("Orders", "订单"),
    key=("order_no",),
    needs=("order_no",),
    subject="record_id",
    happened="ordered_at",
    keep=BOOKS,
    columns=(
        Column("order_no", Type.TEXT, Text("Order number", "订单号"), aliases=(
            "order | order id | order number | order no | invoice | invoice no | invoiceno | invoice number | receipt | receipt no | "
            "receipt number | ticket | ticket no | transaction id | transaction no | payment id | bill no | document no | order reference | "
            "sales order | basket id | charge id | "
            "订单编号 | 单号 | 单据编号 | 单据号 | 小票号 | 流水号 | 交易号 | 交易编号 | 销售单号 | 发票号码 | 出库单号 | 销售订单号 | 主订单编号")),
        Column("ordered_at", Type.TIME, Text("Ordered at", "下单时间"), aliases=(
            "order date | date | invoice date | invoicedate | order time | created at | created (utc) | created | transaction date | "
            "transaction time | purchase date | sale date | datetime | timestamp | time | paid at | date created | order_date | "
            "订单创建时间 | 订单付款时间 | 付款时间 | 日期 | 交易时间 | 销售日期 | 单据日期 | 开单日期 | 订单日期 | 成交时间 | 时间 | 销售时间 | 下单日期 | 订单提交时间 | 订单时间 | 支付时间")),
        Column("record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", personal="identifier"),
        _STORE, _STAFF,
        Column("channel", Type.TEXT, Text("Channel", "销售渠道"), aliases=(
            "sales channel | source name | order source | order channel | platform | 订单来源 | 订单渠道 | 平台 | 下单渠道")),
        Column("status", Type.TEXT, Text("Status", "订单状态"), aliases="order status | financial status | fulfillment status | 状态 | 交易状态 | 单据状态"),
        Column("currency", Type.TEXT, Text("Currency", "币种"), aliases="currency code | order currency | cur | 货币 | 币别 | 结算币别"),
        Column("total", Type.MONEY, Text("Order total", "订单总额"), unit="currency", aliases=(
            "total | order total | grand total | total amount | total price | gross sales | net total | total collected | order amount | "
            "实付金额 | 用户实付金额 | 订单应付金额 | 订单金额 | 买家实付金额 | 总金额 | 应付金额 | 买家实际支付金额 | 订单实付金额 | 合计金额 | 应收金额")),
        Column("shipping", Type.MONEY, Text("Shipping", "运费"), unit="currency", aliases=(
            "shipping | shipping amount | shipping cost | delivery fee | freight | order shipping amount | 邮费 | 运费金额 | 买家应付邮费 | 快递费")),
        Column("discount", Type.MONEY, Text("Order discount", "订单优惠"), unit="currency", aliases=(
            "discount amount | order discount | total discount | cart discount amount | 优惠金额 | 优惠总金额 | 订单优惠金额 | 整单优惠")),
        Column("tax", Type.MONEY, Text("Order tax", "订单税额"), unit="currency", aliases="taxes | total tax | order total tax amount | 税金"),
        Column("payment", Type.TEXT, Text("Payment method", "支付方式"), aliases=(
            "payment | payment type | tender | payment method title | paid with | card brand | 付款方式 | 支付类型 | 结算方式 | 收款方式")),
        Column("coupon", Type.TEXT, Text("Coupon", "优惠券"), aliases="discount code | coupon code | promo code | voucher | 优惠码 | 优惠券码"),
        Column("country", Type.TEXT, Text("Country of sale", "销售国家"), aliases="shipping country | ship country | delivery country | 收货国家"),
        Column("region", Type.TEXT, Text("Province of sale", "销售省份"), aliases=(
            "shipping province | shipping state | ship state | delivery state | 收货省份 | 收货人省份 | 收件省")),
        Column("city", Type.TEXT, Text("City of sale", "销售城市"), aliases="shipping city | ship city | delivery city | 收货城市 | 收货人城市 | 收件市"),
        Column("returns_order_no", Type.TEXT, Text("Returned order", "原订单号"), aliases=(
            "original order | original receipt | refund of | original invoice | credit note for | 原单号 | 退货原单 | 原小票号")),
    ),
)  # fmt: skip

ORDER_ITEMS = Canonical(
    "order_items",
    Text("Order lines", "订单明细"),
    key=("order_no", "ordered_at", "store_id", "product_id", "quantity", "price", "nth"),
    needs=("quantity",),
    subject="record_id",
    happened="ordered_at",
    keep=BOOKS,
    note=Text(
        "Every line as it was exported, returns and adjustments included.", "按原样保存每一行，包括退货和调整。"),
    columns=(
        Column("line_id", Type.TEXT, Text("Line number in the source", "明细编号"), aliases=(
            "line id | lineitem id | line no | line number | order line id | sub order id | 子订单编号 | 明细编号 | 行号 | 子订单号")),
        _ORDER_NO,
        Column("ordered_at", Type.TIME, Text("Ordered at", "下单时间"), refers="orders.ordered_at"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("product_name", Type.TEXT, Text("Product name", "商品名称"), refers="products.name"),
        Column("record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", personal="identifier"),
        Column("quantity", Type.QUANTITY, Text("Quantity", "数量"), unit="piece", aliases=(
            "qty | units | lineitem quantity | item quantity | quantity sold | count | pieces | sold | order lines/quantity | "
            "购买数量 | 订购数量 | 销售数量 | 宝贝总数量 | 商品数量 | 件数 | 宝贝数量 | 实发数量")),
        Column("price", Type.MONEY, Text("Unit price", "单价"), unit="currency", aliases=(
            "price | unit price | unitprice | lineitem price | item price | item cost | sale price | selling price | order lines/unit price | "
            "售价 | 京东价 | 商品单价 | 商品价格 | 价格 | 销售单价 | 含税单价 | 成交单价")),
        Column("amount", Type.MONEY, Text("Line amount", "金额"), unit="currency", aliases=(
            "line total | amount | sales | net sales | subtotal | line amount | sales amount | sales value | item total | turnover | revenue | "
            "order line total | order lines/subtotal | "
            "小计 | 商品总价 | 销售额 | 销售金额 | 实收金额 | 商品金额 | 价税合计 | 应付货款 | 商品实际成交金额 | 成交金额 | 实际销售额 | 本币金额")),
        Column("discount", Type.MONEY, Text("Line discount", "折扣"), unit="currency", aliases=(
            "discounts | line discount | lineitem discount | discount | markdown | 折扣额 | 商品优惠 | 优惠 | 折扣金额")),
        Column("tax", Type.MONEY, Text("Line tax", "税额"), unit="currency", aliases="tax | vat amount | item tax | sales tax | 税费"),
        Column("cost", Type.MONEY, Text("Line cost", "成本额"), unit="currency", aliases="line cost | cost of goods | cogs | 销售成本 | 成本金额"),
        Column("kind", Type.TEXT, Text("Kind of line", "行类型"), refers="products.kind"),
        _STORE, _STAFF, _CURRENCY,
        Column("channel", Type.TEXT, Text("Channel", "销售渠道"), refers="orders.channel"),
        Column("country", Type.TEXT, Text("Country of sale", "销售国家"), refers="orders.country"),
        Column("region", Type.TEXT, Text("Province of sale", "销售省份"), refers="orders.region"),
        Column("city", Type.TEXT, Text("City of sale", "销售城市"), refers="orders.city"),
        Column("returns_order_no", Type.TEXT, Text("Returned order", "原订单号"), refers="orders.returns_order_no"),
        Column("coupon", Type.TEXT, Text("Coupon", "优惠券"), refers="orders.coupon"),
        Column("status", Type.TEXT, Text("Status", "状态"), aliases="lineitem fulfillment status | line status | item status | 退款状态 | 明细状态"),
        Column("nth", Type.INTEGER, Text("Repeat within the file", "同文件内第几次"), unit="count", note=Text(
            "The how-manieth line alike in everything that its key holds.", "键值完全相同的行中的序号。")),
    ),
)  # fmt: skip

ORDER_PARTIES = Canonical(
    "order_parties",
    Text("Parties to an order", "订单各方"),
    key=("order_no",),
    needs=("order_no",),
    subject="order_no",
    keep=BOOKS,
    note=Text("A recipient is never taken for the customer.", "收货人不会被当作客户。"),
    columns=(
        _ORDER_NO,
        Column("recipient_name", Type.TEXT, Text("Recipient", "收货人"), personal="name", aliases=(
            "shipping name | ship to | ship to name | recipient | delivery name | shipping first name | 收货人姓名 | 收件人 | 收件人姓名 | 收货人/提货人")),
        Column("recipient_phone", Type.TEXT, Text("Recipient's phone", "收货人电话"), personal="phone", aliases=(
            "shipping phone | delivery phone | ship to phone | 收货人手机 | 收货人联系电话 | 收件人电话 | 收货人手机号 | 收货人手机号/提货人手机号")),
        Column("recipient_address", Type.TEXT, Text("Recipient's address", "收货地址"), personal="address", aliases=(
            "shipping address | shipping address1 | shipping street | ship to address | delivery address | 收货人地址 | 收件地址 | 详细收货地址 | 收货详细地址")),
        Column("recipient_postcode", Type.TEXT, Text("Recipient's postcode", "收货邮编"), personal="address", aliases=(
            "shipping zip | shipping postcode | delivery postcode | 收货邮政编码")),
        Column("payer_name", Type.TEXT, Text("Payer", "付款人"), personal="name", aliases="payer | payer name | paid by | 付款人姓名"),
        Column("card_holder_name", Type.TEXT, Text("Card holder", "持卡人"), personal="name", aliases="card holder | card holder name | name on card"),
    ),
)  # fmt: skip

OPPORTUNITIES = Canonical(
    "opportunities",
    Text("Sales opportunities", "商机"),
    key=("opportunity_id",),
    needs=("opportunity_id",),
    subject="record_id",
    happened="opened",
    columns=(
        Column("opportunity_id", Type.TEXT, Text("Opportunity", "商机编号"), aliases="opportunity | opportunity id | opportunity name | deal | deal id | 商机 | 商机名称"),
        _RECORD, _STAFF,
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("stage", Type.TEXT, Text("Stage", "阶段"), aliases="deal stage | sales stage | opportunity stage | 销售阶段 | 商机阶段"),
        Column("value", Type.MONEY, Text("Value", "商机金额"), unit="currency", aliases="close value | deal value | opportunity amount | expected revenue | 预计金额 | 预计成交金额"),
        _CURRENCY,
        Column("probability", Type.NUMBER, Text("Probability", "成交概率"), unit="percent", aliases="probability (%) | win probability | 赢率"),
        Column("opened", Type.DATE, Text("Opened", "创建日期"), aliases="engage date | opened date | deal created | 商机创建时间"),
        Column("expected_close", Type.DATE, Text("Expected close", "预计成交日期"), aliases="expected close date | close date | 预计成交时间"),
        Column("closed", Type.DATE, Text("Closed", "关闭日期"), aliases="closed date | 实际成交日期"),
    ),
)  # fmt: skip

CONTRACTS = Canonical(
    "contracts",
    Text("Contracts", "合同"),
    key=("contract_no",),
    needs=("contract_no",),
    subject="record_id",
    happened="starts",
    keep=BOOKS,
    columns=(
        Column("contract_no", Type.TEXT, Text("Contract", "合同号"), aliases="contract | contract id | contract number | subscription id | 合同编号"),
        _RECORD,
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("kind", Type.TEXT, Text("Kind", "合同类型"), aliases="contract type | subscription plan"),
        Column("starts", Type.DATE, Text("Starts", "开始日期"), aliases="contract start | start date | 合同开始日期 | 生效日期"),
        Column("ends", Type.DATE, Text("Ends", "结束日期"), aliases="contract end | end date | renewal date | 合同结束日期 | 合同到期日"),
        Column("cancelled", Type.DATE, Text("Cancelled", "终止日期"), aliases="cancelled on | canceled at | churn date | 解约日期"),
        Column("monthly_fee", Type.MONEY, Text("Monthly fee", "月费"), unit="currency", aliases="monthly charges | monthly charge | mrr | 月租"),
        _CURRENCY,
    ),
)  # fmt: skip

INVOICES = Canonical(
    "invoices",
    Text("Invoices", "应收发票"),
    key=("invoice_no",),
    needs=("invoice_no", "amount"),
    subject="record_id",
    happened="issued",
    keep=BOOKS,
    columns=(
        Column("invoice_no", Type.TEXT, Text("Invoice number", "发票号"), aliases="invoice no | invoice number | invoice id | bill number | 发票编号 | 应收单号 | 账单号"),
        _RECORD,
        Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no"),
        Column("issued", Type.DATE, Text("Issued", "开票日期"), aliases="issue date | invoice issued | invoice issue date | billed on | 账单日期"),
        Column("due", Type.DATE, Text("Due", "到期日期"), aliases="due date | payment due | 应收日期 | 付款期限 | 应付日期"),
        Column("amount", Type.MONEY, Text("Invoice amount", "发票金额"), unit="currency", aliases="invoice amount | amount due | invoiced amount | 开票金额 | 账单金额"),
        _CURRENCY,
    ),
)  # fmt: skip

PAYMENTS = Canonical(
    "payments",
    Text("Payments", "收款"),
    key=("payment_no",),
    needs=("payment_no", "amount"),
    subject="record_id",
    happened="paid_at",
    keep=BOOKS,
    columns=(
        Column("payment_no", Type.TEXT, Text("Payment number", "收款单号"), aliases="payment no | payment number | payment reference | 付款单号 | 收款编号"),
        Column("invoice_no", Type.TEXT, Text("Invoice", "发票号"), refers="invoices.invoice_no"),
        _RECORD,
        Column("paid_at", Type.TIME, Text("Paid at", "收款时间"), aliases="payment date | paid on | date paid | 收款日期 | 付款日期 | 到账日期"),
        Column("amount", Type.MONEY, Text("Amount paid", "收款金额"), unit="currency", aliases="payment amount | paid amount | amount paid | 付款金额 | 到账金额"),
        _CURRENCY,
    ),
)  # fmt: skip

CREDIT_LIMITS = Canonical(
    "credit_limits",
    Text("Credit limits", "信用额度"),
    key=("record_id", "starts"),
    needs=("record_id", "limit"),
    subject="record_id",
    happened="starts",
    columns=(
        _RECORD,
        Column("limit", Type.MONEY, Text("Limit", "额度"), unit="currency", aliases="credit limit | limit amount | 信用额度 | 授信额度"),
        _CURRENCY,
        Column("starts", Type.DATE, Text("In force from", "额度生效日"), aliases="limit from | credit limit from | effective date | 授信日期"),
    ),
)  # fmt: skip

PLANS = Canonical(
    "plans",
    Text("Sales plans", "销售计划"),
    key=("period", "store_id", "staff_id", "product_id"),
    needs=("period", "amount"),
    happened="period",
    columns=(
        Column("period", Type.DATE, Text("Month", "计划月份"), aliases="plan month | target month | plan period"),
        _STORE, _STAFF,
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("amount", Type.MONEY, Text("Plan", "计划金额"), unit="currency", aliases="target | sales target | plan amount | 目标 | 销售目标"),
    ),
)  # fmt: skip

BUDGETS = Canonical(
    "budgets",
    Text("Budgets", "预算"),
    key=("period", "cost_centre"),
    needs=("period", "amount"),
    happened="period",
    columns=(
        Column("period", Type.DATE, Text("Month", "预算月份"), aliases="budget month | budget period"),
        Column("cost_centre", Type.TEXT, Text("Cost centre", "成本中心"), aliases="budget item | cost center | 预算科目"),
        Column("amount", Type.MONEY, Text("Budget", "预算金额"), unit="currency", aliases="budget | budget amount"),
    ),
)  # fmt: skip

EXPENSES = Canonical(
    "expenses",
    Text("Expenses", "费用"),
    key=("expense_no",),
    needs=("expense_no", "amount"),
    subject="record_id",
    happened="at",
    keep=BOOKS,
    columns=(
        Column("expense_no", Type.TEXT, Text("Expense", "费用单号"), aliases="expense | expense id | expense number | 报销单号"),
        Column("at", Type.DATE, Text("Date", "费用日期"), aliases="expense date | 发生日期"),
        Column("cost_centre", Type.TEXT, Text("Cost centre", "成本中心"), refers="budgets.cost_centre"),
        _RECORD,
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动"), refers="campaigns.campaign_id"),
        Column("amount", Type.MONEY, Text("Expense amount", "费用金额"), unit="currency", aliases="expense amount | spend | 支出金额"),
        _CURRENCY,
    ),
)  # fmt: skip

COUPONS = Canonical(
    "coupons",
    Text("Coupons", "优惠券"),
    key=("coupon_code",),
    needs=("coupon_code",),
    subject="record_id",
    happened="issued",
    columns=(
        Column("coupon_code", Type.TEXT, Text("Coupon", "券码"), aliases="coupon id | coupon upc | 优惠券编号"),
        _RECORD,
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动"), refers="campaigns.campaign_id"),
        Column("issued", Type.DATE, Text("Issued", "发券日期"), aliases="coupon issued | issued on | 领取时间"),
        Column("expires", Type.DATE, Text("Expires", "有效期至"), aliases="coupon expires | 过期时间"),
        Column("redeemed_at", Type.TIME, Text("Redeemed at", "核销时间"), aliases="redeemed | redemption date | 使用时间"),
        Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no"),
        Column("value", Type.MONEY, Text("Value", "券面额"), unit="currency", aliases="coupon value | face value | 面额"),
    ),
)  # fmt: skip

TABLES = (
    ORDERS,
    ORDER_ITEMS,
    ORDER_PARTIES,
    OPPORTUNITIES,
    CONTRACTS,
    INVOICES,
    PAYMENTS,
    CREDIT_LIMITS,
    PLANS,
    BUDGETS,
    EXPENSES,
    COUPONS,
)
