"""Goods and places: what is sold, where and by whom, and what the world outside costs?"""

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

PRODUCTS = Canonical(
    "products",
    Text("Products", "商品"),
    key=("product_id",),
    required=("product_id",),
    shared=True,
    grain=260,
    columns=(
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("name", Type.TEXT, Text("Product name", "商品名称")),
        Column("category", Type.TEXT, Text("Category path", "类别"),
            note=Text("From general to special, parted by ` > `.", "由大到小，以 ` > ` 分隔。")),
        Column("brand", Type.TEXT, Text("Brand", "品牌")),
        Column("variant", Type.TEXT, Text("Variant", "规格")),
        Column("list_price", Type.MONEY, Text("List price", "标价"), unit="currency"),
        Column("cost", Type.MONEY, Text("Cost", "成本"), unit="currency"),
        Column("life_months", Type.INTEGER, Text("Life in use", "使用寿命（月）"), unit="month"),
        Column("launched", Type.DATE, Text("Launched", "上市日期")),
        Column("withdrawn_on", Type.DATE, Text("Withdrawn", "停售日期")),
        Column("kind", Type.TEXT, Text("Kind of line", "行类型"), note=Text(
            "`goods`, `shipping`, `fee` or `adjustment`.", "`goods` 商品，`shipping` 运费，`fee` 费用，`adjustment` 调整。")),
    ),
)  # fmt: skip

STORES = Canonical(
    "stores",
    Text("Stores", "门店"),
    key=("store_id",),
    required=("store_id",),
    shared=True,
    grain=270,
    columns=(
        Column("store_id", Type.TEXT, Text("Store", "门店")),
        Column("name", Type.TEXT, Text("Store name", "门店全称")),
        Column("kind", Type.TEXT, Text("Kind", "门店类型")),
        Column("country", Type.TEXT, Text("Country", "门店国家")),
        Column("region", Type.TEXT, Text("Province or state", "门店省份")),
        Column("city", Type.TEXT, Text("City", "门店城市")),
        Column("opened", Type.DATE, Text("Opened", "开业日期")),
    ),
)  # fmt: skip

STAFF = Canonical(
    "staff",
    Text("Staff", "员工"),
    key=("staff_id",),
    required=("staff_id",),
    shared=True,
    grain=280,
    columns=(
        Column("staff_id", Type.TEXT, Text("Employee", "员工")),
        Column("name", Type.TEXT, Text("Employee name", "员工姓名"), pii="name"),
        Column("store_id", Type.TEXT, Text("Store", "门店"), refers="stores.store_id"),
        Column("department", Type.TEXT, Text("Department", "部门")),
    ),
)  # fmt: skip

MARKET = Canonical(
    "market",
    Text("Outside figures", "市场数据"),
    key=("indicator", "region", "period"),
    required=("indicator", "period", "value"),
    event_time="period",
    shared=True,
    grain=200,
    columns=(
        Column("indicator", Type.TEXT, Text("Indicator", "指标")),
        Column("region", Type.TEXT, Text("Region", "区域")),
        Column("period", Type.DATE, Text("Period", "时期")),
        Column("value", Type.QUANTITY, Text("Value", "指标值")),
        Column("unit", Type.TEXT, Text("Unit", "单位名")),
    ),
)  # fmt: skip

EXCHANGE_RATES = Canonical(
    "exchange_rates",
    Text("Exchange rates", "汇率"),
    key=("currency", "day"),
    required=("currency", "day", "rate"),
    event_time="day",
    shared=True,
    note=Text("What one unit of a currency is worth in the project's own.", "一单位外币折合本项目币种的金额。"),
    grain=210,
    columns=(
        Column("currency", Type.CURRENCY, Text("Currency", "外币")),
        Column("day", Type.DATE, Text("Day", "汇率日期")),
        Column("rate", Type.RATE, Text("Rate", "汇率")),
    ),
)  # fmt: skip
