"""Goods and places: what is sold, where and by whom, and what the world outside costs?"""

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

PRODUCTS = Canonical(
    "products",
    Text("Products", "商品"),
    key=("product_id",),
    needs=("product_id",),
    shared=True,
    columns=(
        Column("product_id", Type.TEXT, Text("Product code", "商品编码"), aliases=(
            "sku | stock code | stockcode | product code | product id | item code | item no | item number | item id | article | "
            "lineitem sku | variant sku | barcode | upc | ean | internal reference | product sku | variation sku | "
            "商品编号 | 商品代码 | 货号 | 条码 | 条形码 | 商家编码 | 存货编码 | 物料编码 | 物料代码 | 商品ID | 规格编码 | SKU编码 | 商品条码 | 外部商品编号")),
        Column("name", Type.TEXT, Text("Product name", "商品名称"), aliases=(
            "description | product | item | item name | product title | lineitem name | product description | article name | "
            "line item name | order lines/product | "
            "品名 | 宝贝标题 | 宝贝名称 | 商品标题 | 商品 | 选购商品 | 存货名称 | 物料名称 | 货品名称 | 商品全称 | 标题")),
        Column("category", Type.TEXT, Text("Category path", "类别"), aliases=(
            "category path | product category | product type | department | item category | "
            "分类 | 品类 | 商品类别 | 商品分类 | 类目 | 商品类目 | 物料分类"),
            note=Text("From general to special, parted by ` > `.", "由大到小，以 ` > ` 分隔。")),
        Column("brand", Type.TEXT, Text("Brand", "品牌"), aliases="vendor | lineitem vendor | manufacturer | maker | 商品品牌"),
        Column("variant", Type.TEXT, Text("Variant", "规格"), aliases=(
            "size | colour | color | price point name | variation | item variation | lineitem variant | 商品属性 | 规格型号 | 颜色 | 尺码 | 商品规格 | 销售属性")),
        Column("list_price", Type.MONEY, Text("List price", "标价"), unit="currency", aliases="list price | retail price | rrp | 零售价 | 吊牌价 | 原价 | 市场价"),
        Column("cost", Type.MONEY, Text("Cost", "成本"), unit="currency", aliases="cost price | purchase price | standard price | 成本价 | 进价 | 采购价"),
        Column("life_months", Type.INTEGER, Text("Life in use", "使用寿命（月）"), unit="month", aliases="life | lifetime months | 使用寿命"),
        Column("launched", Type.DATE, Text("Launched", "上市日期"), aliases="launch date | launched on | 上架日期 | 上架时间"),
        Column("withdrawn_on", Type.DATE, Text("Withdrawn", "停售日期"), aliases="discontinued | end of sale | 下架日期 | 停产日期"),
        Column("kind", Type.TEXT, Text("Kind of line", "行类型"), aliases="item type | line type", note=Text(
            "`goods`, `shipping`, `fee` or `adjustment`.", "`goods` 商品，`shipping` 运费，`fee` 费用，`adjustment` 调整。")),
    ),
)  # fmt: skip

STORES = Canonical(
    "stores",
    Text("Stores", "门店"),
    key=("store_id",),
    needs=("store_id",),
    shared=True,
    columns=(
        Column("store_id", Type.TEXT, Text("Store", "门店"), aliases=(
            "store id | store code | shop | store no | branch | outlet | location | till | register | store name | shop name | "
            "pos location | device name | warehouse | 门店编号 | 店铺 | 店铺名称 | 门店名称 | 门市 | 店名 | 网点 | 门店编码 | 收银台 | 所属门店 | 开卡门店 | 归属店铺 | 下单网点")),
        Column("name", Type.TEXT, Text("Store name", "门店全称"), aliases="store title | store full name | 店铺全称"),
        Column("kind", Type.TEXT, Text("Kind", "门店类型"), aliases="store type | store kind | 店铺类型"),
        Column("country", Type.TEXT, Text("Country", "门店国家"), aliases="store country"),
        Column("region", Type.TEXT, Text("Province or state", "门店省份"), aliases="store region | store state | store province | 所在省份"),
        Column("city", Type.TEXT, Text("City", "门店城市"), aliases="store city | 门店所在城市"),
        Column("opened", Type.DATE, Text("Opened", "开业日期"), aliases="opening date | opened on | 开业时间"),
    ),
)  # fmt: skip

STAFF = Canonical(
    "staff",
    Text("Staff", "员工"),
    key=("staff_id",),
    needs=("staff_id",),
    shared=True,
    columns=(
        Column("staff_id", Type.TEXT, Text("Employee", "员工"), aliases=(
            "staff | staff id | cashier | salesperson | sales rep | sales agent | seller | employee | owner | user id/name | staff name | "
            "team member | account owner | contact owner | opportunity owner | agent | "
            "营业员 | 收银员 | 导购 | 导购员 | 业务员 | 销售员 | 店员 | 员工编号 | 经办人 | 受理人 | 客服 | 负责人 | 跟进人")),
        Column("name", Type.TEXT, Text("Employee name", "员工姓名"), personal="name"),
        Column("store_id", Type.TEXT, Text("Store", "门店"), refers="stores.store_id"),
        Column("department", Type.TEXT, Text("Department", "部门"), aliases="team | 所属部门"),
    ),
)  # fmt: skip

MARKET = Canonical(
    "market",
    Text("Outside figures", "市场数据"),
    key=("indicator", "region", "period"),
    needs=("indicator", "period", "value"),
    happened="period",
    shared=True,
    columns=(
        Column("indicator", Type.TEXT, Text("Indicator", "指标"), aliases="metric | market indicator | 指标名称"),
        Column("region", Type.TEXT, Text("Region", "区域"), aliases="market region"),
        Column("period", Type.DATE, Text("Period", "时期"), aliases="market period | 期间"),
        Column("value", Type.QUANTITY, Text("Value", "指标值"), aliases="market value"),
        Column("unit", Type.TEXT, Text("Unit", "单位名")),
    ),
)  # fmt: skip

EXCHANGE_RATES = Canonical(
    "exchange_rates",
    Text("Exchange rates", "汇率"),
    key=("currency", "day"),
    needs=("currency", "day", "rate"),
    happened="day",
    shared=True,
    note=Text("What one unit of a currency is worth in the project's own.", "一单位外币折合本项目币种的金额。"),
    columns=(
        Column("currency", Type.TEXT, Text("Currency", "外币"), aliases="currency code | 外币代码"),
        Column("day", Type.DATE, Text("Day", "汇率日期"), aliases="rate date | 牌价日期"),
        Column("rate", Type.RATE, Text("Rate", "汇率"), aliases="exchange rate | fx rate | 折算汇率 | 中间价"),
    ),
)  # fmt: skip

TABLES = (PRODUCTS, STORES, STAFF, MARKET, EXCHANGE_RATES)
