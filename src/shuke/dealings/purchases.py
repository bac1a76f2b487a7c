"""Purchases: what stands on every order line, for whom, and for how much in one currency?"""

import ibis
import ibis.expr.types as ir

from shuke.dealings.goods import ADJUSTMENTS, FEES, SHIPPING, dictionary, named, one_code
from shuke.dealings.refunds import repaid, signed
from shuke.languages import Text
from shuke.periods import to_local
from shuke.stats import average
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

COLUMNS = [
    Column("line_id", Type.TEXT, Text("Line", "行")),
    Column("order_id", Type.TEXT, Text("Order", "订单")),
    Column("source", Type.TEXT, Text("Source", "来源")),
    Column("order_no", Type.TEXT, Text("Order number", "订单号")),
    Column("customer_id", Type.TEXT, Text("Customer", "客户编号"), note=Text(
        "Empty: nobody knows who bought.", "为空表示不知购买者。")),
    Column("ordered_at", Type.TIME, Text("Ordered at", "下单时间")),
    Column("day", Type.DATE, Text("Day", "日期")),
    Column("month", Type.DATE, Text("Month", "月份")),
    Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
    Column("product_name", Type.TEXT, Text("Product", "商品")),
    Column("category", Type.TEXT, Text("Category", "类别")),
    Column("quantity", Type.QUANTITY, Text("Quantity", "数量"), unit="piece"),
    Column("price", Type.MONEY, Text("Unit price", "单价"), unit="currency"),
    Column("amount", Type.MONEY, Text("Amount", "金额"), unit="currency", note=Text(
        "In the project's currency; empty where no rate is known.", "以本项目币种计；无汇率时为空。")),
    Column("stated_amount", Type.MONEY, Text("Amount as stated", "原币金额"), unit="currency"),
    Column("currency", Type.TEXT, Text("Currency", "原币种")),
    Column("discount", Type.MONEY, Text("Discount", "折扣"), unit="currency"),
    Column("tax", Type.MONEY, Text("Tax", "税额"), unit="currency"),
    Column("cost", Type.MONEY, Text("Cost", "成本"), unit="currency"),
    Column("kind", Type.TEXT, Text("Kind of line", "行类型"), note=Text(
        "`goods`, `shipping`, `fee`, `adjustment`, or `void`: no sale came of it, or all of it was undone; "
        "counts nothing.",
        "`goods` 商品，`shipping` 运费，`fee` 费用，`adjustment` 调整，"
        "`void` 未成立或已全部退款、不计金额。")),
    Column("is_return", Type.FLAG, Text("Return", "退货")),
    Column("original_line", Type.TEXT, Text("Line returned", "原销售行")),
    Column("store_id", Type.TEXT, Text("Store", "门店")),
    Column("channel", Type.TEXT, Text("Channel", "渠道")),
    Column("country", Type.TEXT, Text("Country", "国家")),
    Column("region", Type.TEXT, Text("Region", "地区")),
    Column("city", Type.TEXT, Text("City", "城市")),
    Column("status", Type.TEXT, Text("Status", "状态")),
]  # fmt: skip


@table(
    key="line_id",
    title=Text("Purchases", "购买明细"),
    about=Text("Every order line of every channel, returns included.", "各渠道的每一行订单明细，含退货。"),
    area="dealings",
    event_time="day",
    columns=COLUMNS,
)
def purchases(  # noqa: PLR0917 - it is made from six tables
    landed_order_items: ir.Table,
    landed_orders: ir.Table,
    landed_products: ir.Table,
    landed_stores: ir.Table,
    landed_exchange_rates: ir.Table,
    identities: ir.Table,
    *,
    currency: str,
    zone: str,
    checkpoint: Checkpoint,
    shipping: tuple[str, ...] = SHIPPING,
    fees: tuple[str, ...] = FEES,
    adjustments: tuple[str, ...] = ADJUSTMENTS,
    void: tuple[str, ...] = (),
) -> ir.Table:
    """Every order line, whoever bought it and whatever it is; nothing is netted away.

    One row per order line, and one per order with a total of whose lines, if it has any, none says an amount:
    the pieces stand on the lines, the money on that row. `amount` is the line's amount as charged (stated,
    or quantity × price − discount) in the project's currency at the newest rate of that day or before.
    `kind` is the source's, else read off the name, or the code
    where there is none; codes that differ in case alone and share a name are one (see `goods`);
    `void` where the line's or its order's status says that nothing came of it or that all of it was
    refunded (see `statuses`; `void` are the company's own words for it), and then `amount` is 0.
    `is_return` marks negative quantities, negative amounts of goods, and what says that it goes back. What
    was refunded of a line or of an order is a line of its own, without pieces, on the day of the refund or
    else of the sale. `original_line` is the latest earlier sale of the same product,
    in at least that quantity, in the order that the return names, else to the same customer, at the same
    price first. `day` and `month` are the project's zone's.
    """
    words = {"shipping": shipping, "fee": fees, "adjustment": adjustments}
    same = checkpoint(one_code(landed_order_items, landed_products))
    texts = landed_order_items.select(name="product_name").union(
        landed_order_items.select(name="product_id"), landed_products.select("name")
    )
    booked = checkpoint(dictionary(texts, words))
    lines = _lines(landed_order_items, checkpoint(_told_by_original(landed_orders)), checkpoint=checkpoint)
    owned = lines.left_join(identities.select("record", "customer_id"), "record")
    described = _described(owned, landed_products, landed_stores, same=same, booked=booked)
    told = checkpoint(signed(described))
    settled = repaid(told, void=void, checkpoint=checkpoint)
    matched = checkpoint(_originals(checkpoint(settled.select(*_MATCHED))))
    rates = checkpoint(_rates(told, landed_exchange_rates, currency=currency, zone=zone))
    dated = _converted(settled, rates, currency=currency, zone=zone)
    return dated.left_join(matched, dated.line_id == matched.return_line).select(
        *(dated[c.name] for c in COLUMNS if c.name != "original_line"), original_line=matched.original_line
    )


def _lines(items: ir.Table, heads: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """The lines as landed, with what only their order says of them; and the orders that only say a total."""
    own = items.select(
        "source", "order_no", "ordered_at", "product_id", "product_name", "quantity", "price", "amount",
        "discount", "discount_rate", "tax", "cost", "kind", "store_id", "currency", "channel", "country",
        "region", "city", "returns_order_no", "status", "refunded", "refunded_at", "direction",
        line_id="key", order_id=_order_id(items), record=_record(items),
    )  # fmt: skip
    joined = own.left_join(heads.drop("key", "total"), "order_id", rname="order_{name}")
    shared = (
        "record", "ordered_at", "store_id", "channel", "status", "currency", "country", "region", "city",
        "returns_order_no", "refunded_at", "direction",
    )  # fmt: skip
    told = joined.mutate(**{name: ibis.coalesce(joined[name], joined[f"order_{name}"]) for name in shared})
    told = told.mutate(discount_rate=ibis.coalesce(told.discount_rate, told.head_discount_rate))
    filled = told.select(*own.columns, "head_status", "head_refunded")
    priced = own.filter(own.amount.notnull() | own.price.notnull())
    pieces_of = own.select(lines_of="order_id").distinct()
    open_ones = checkpoint(heads.filter(heads.total.notnull()).anti_join(priced, "order_id"))
    held = checkpoint(pieces_of.semi_join(open_ones, pieces_of.lines_of == open_ones.order_id))
    bare = open_ones.left_join(held, open_ones.order_id == held.lines_of)
    pieces = ibis.ifelse(bare.lines_of.notnull(), 0, ibis.ifelse(bare.total < 0, -1, 1))
    without = bare.mutate(
        line_id=bare.key, quantity=pieces, price=bare.total.abs(), amount=bare.total,
        kind=ibis.literal("goods"),
        **{n: ibis.null(own[n].type()) for n in _OF_LINES},
    )  # fmt: skip
    return filled.union(without.select(**{n: without[n].cast(k) for n, k in filled.schema().items()}))


def _told_by_original(orders: ir.Table) -> ir.Table:
    """What the orders say; what a return does not say of its customer, shop and money is as the order has it
    that it returns."""
    named = orders.mutate(order_id=_order_id(orders), record=_record(orders))
    back = named.filter(named.returns_order_no.notnull()).select(
        back_id="order_id", sold_id=named.source + ":" + named.returns_order_no
    )
    original = named.select(sold="order_id", **{f"sold_{n}": named[n] for n in _INHERITED})
    told = back.inner_join(original, back.sold_id == original.sold)
    beside = named.left_join(told, named.order_id == told.back_id)
    whole = beside.mutate(**{n: ibis.coalesce(beside[n], beside[f"sold_{n}"]) for n in _INHERITED})
    return whole.select(
        "ordered_at", "store_id", "channel", "status", "currency", "country", "region", "city", "total",
        "returns_order_no", "source", "order_no", "key", "refunded_at", "direction",
        "order_id", "record", head_status="status", head_refunded="refunded",
        head_discount_rate="discount_rate",
    )  # fmt: skip


_INHERITED = ("record", "store_id", "channel", "currency", "country", "region", "city")

_OF_LINES = ("product_id", "product_name", "discount", "discount_rate", "tax", "cost", "refunded")


def _described(
    lines: ir.Table, products: ir.Table, stores: ir.Table, *, same: ir.Table, booked: ir.Table
) -> ir.Table:
    """The lines with one code for each article, and with what products and stores say of them."""
    goods = named(products).select(
        "product_id", "category", newest_name="name", product_kind="kind", by_product="booked"
    )
    places = stores.select("store_id", store_country="country", store_region="region", store_city="city")
    coded = lines.left_join(same, lines.product_id == same.other_code)
    coded = coded.mutate(product_id=ibis.coalesce(coded.one, coded.product_id))
    told = coded.left_join(goods, "product_id").left_join(places, "store_id")
    told = told.mutate(name=ibis.coalesce(told.product_name, told.newest_name, told.product_id))
    told = told.left_join(booked, told.name == booked.word)
    # Some write the discount of a returned line with its sign, others without.
    fixed = told.discount.fill_null(0).abs() * told.quantity.sign().cast("int64")
    full = told.quantity * told.price
    shared = _money(full.cast("decimal(19, 4)") * told.discount_rate.fill_null(0).cast("decimal(19, 10)"))
    stated = ibis.coalesce(told.amount, full - shared - fixed)
    off = ibis.ifelse((stated < 0) & told.taken_off, "adjustment", ibis.null(str))
    each = average(told.amount, told.quantity.nullif(0))
    return told.select(
        *(told[n] for n in lines.columns if n not in _REWRITTEN),
        product_name=ibis.coalesce(told.newest_name, told.product_name),
        category=told.category,
        amount=told.amount,
        discount=ibis.ifelse(told.discount_rate.isnull(), told.discount, _money(shared + fixed)),
        kind=ibis.coalesce(
            told.kind, told.product_kind, told.word_booked, off, told.by_product, ibis.literal("goods")
        ),
        stated_amount=_money(stated),
        price=ibis.coalesce(told.price, each),
        country=ibis.coalesce(told.country, told.store_country),
        region=ibis.coalesce(told.region, told.store_region),
        city=ibis.coalesce(told.city, told.store_city),
    )


_REWRITTEN = (
    "product_name",
    "kind",
    "amount",
    "price",
    "discount",
    "discount_rate",
    "country",
    "region",
    "city",
)


def _rates(lines: ir.Table, rates: ir.Table, *, currency: str, zone: str) -> ir.Table:
    """The newest rate of each foreign currency on each day of a sale or a refund, or before."""
    moments = (
        lines.filter(lines[at].notnull()).select("currency", at=at) for at in ("ordered_at", "refunded_at")
    )
    said = ibis.union(*(each.select("currency", day=to_local(each["at"], zone).date()) for each in moments))
    told = said.mutate(currency=said.currency.upper())
    foreign = told.filter(told.currency != currency).distinct()
    quoted = foreign.inner_join(
        rates.select("rate", currency=rates.currency.upper(), quoted="day"), "currency"
    )
    valid = quoted.filter(quoted.quoted <= quoted.day)
    last = ibis.struct({"quoted": valid.quoted, "rate": valid.rate})  # of two of one day the higher
    return valid.group_by("currency", "day").agg(rate=valid.rate.argmax(last))


def _converted(lines: ir.Table, rates: ir.Table, *, currency: str, zone: str) -> ir.Table:
    """The lines with their day and month, and with their amount in the one currency."""
    dated = lines.mutate(
        currency=lines.currency.upper().fill_null(currency), day=to_local(lines.ordered_at, zone).date()
    )
    priced = dated.left_join(rates, ["currency", "day"])
    rate = ibis.ifelse(dated.currency == currency, ibis.literal(1).cast(Type.RATE.ibis), rates.rate)
    nothing = ibis.literal(0).cast(Type.MONEY.ibis)
    # Wide enough for the product: 18 digits are not.
    exact = dated.stated_amount.cast("decimal(19, 4)") * rate.cast("decimal(19, 10)")
    amount = ibis.ifelse(dated.kind == "void", nothing, _money(exact))
    return priced.select(dated, amount=amount, month=to_local(dated.ordered_at, zone).truncate("M").date())


#: What a return and its sale are found by.
_MATCHED = (
    "line_id", "customer_id", "product_id", "product_name", "source", "order_no", "returns_order_no",
    "ordered_at", "quantity", "price", "is_return", "kind",
)  # fmt: skip


def _originals(lines: ir.Table) -> ir.Table:
    """One row per return whose sale is found: `return_line`, `original_line`."""
    lines = lines.mutate(product_id=ibis.coalesce(lines.product_id, lines.product_name))
    back = lines.filter(lines.is_return).select(
        "customer_id", "product_id", "source",
        return_line="line_id", back_price="price", back_at="ordered_at",
        pieces=-lines.quantity, sold_in=ibis.coalesce(lines.returns_order_no, lines.order_no),
    )  # fmt: skip
    sold = lines.filter(~lines.is_return & (lines.quantity > 0) & (lines.kind != "void")).select(
        "customer_id", "product_id", "source", "order_no", "line_id", "quantity", "price", "ordered_at"
    )
    named = back.inner_join(sold, ["product_id", "source", back.sold_in == sold.order_no]).mutate(named=True)
    by_customer = back.inner_join(sold, ["customer_id", "product_id"]).mutate(named=False)
    columns = (
        "return_line", "line_id", "named", "pieces", "quantity", "back_price", "price",
        "back_at", "ordered_at",
    )  # fmt: skip
    found = named.select(*columns).union(by_customer.select(*columns))
    possible = found.filter((found.quantity >= found.pieces) & (found.ordered_at <= found.back_at))
    best_first = ibis.window(
        group_by="return_line",
        order_by=[
            possible.named.desc(), (possible.price == possible.back_price).desc(),
            possible.ordered_at.desc(), possible.line_id,
        ],
    )  # fmt: skip
    ranked = possible.mutate(nth=ibis.row_number().over(best_first))
    return ranked.filter(ranked.nth == 0).select("return_line", original_line="line_id")


def _money(product: ir.DecimalValue) -> ir.DecimalValue:
    """A product of two decimals, rounded to the places of money."""
    # Ibis takes it for money already and would leave the one cast out.
    return product.cast("decimal(38, 14)").cast(Type.MONEY.ibis)


def _order_id(rows: ir.Table) -> ir.StringValue:
    return rows.source + ":" + rows.order_no


def _record(rows: ir.Table) -> ir.StringValue:
    return rows.source + ":" + rows.record_id
