"""Goods: is what a line sells an article, and under how many codes does it go?"""

import ibis
import ibis.expr.types as ir

#: Names under which tills and shops book what is no article; a company adds its own in shuke.toml. A code
#: alone says so only where it is such a word: what a till calls M is elsewhere a size.
SHIPPING = (
    "postage", "dotcom postage", "carriage", "shipping", "delivery", "delivery fee", "freight", "p&p",
    "versand", "versandkosten", "porto", "livraison", "frais de port", "gastos de envío", "envío", "frete",
    "运费", "邮费", "快递费", "配送费", "物流费", "運費", "送料", "配送料",
)  # fmt: skip
FEES = (
    "bank charges", "amazonfee", "amazon fee", "fee", "service fee", "handling fee", "gift wrapping fee",
    "transaction fee", "payment fee", "surcharge", "bearbeitungsgebühr", "手续费", "服务费", "包装费",
    "安装费", "手數料",
)  # fmt: skip
ADJUSTMENTS = (
    "manual", "discount", "adjust bad debt", "samples", "cruk commission", "adjustment", "rounding", "rabatt",
    "gutschein", "remise", "descuento", "desconto", "折扣", "优惠", "抹零", "调整", "差价", "值引",
)  # fmt: skip

#: How the names of many ways to send a thing end.
_SENDING = (
    r"(^| )(postage|shipping|carriage|freight)( (fee|cost|charge)s?)?$|delivery (fee|cost|charge)s?$"
    r"|^(standard|express|home|next day|free|courier|same day) delivery$|^(shipping|versand|livraison)\b"
    r"|[运運邮]费$|快递费$|配送费$"
)
#: What is taken off a bill, where it is less than nothing.
_TAKEN_OFF = (
    r"discount|coupon|voucher|promo|rebate|reward|% ?off|loyalty|rounding|deposit|gift ?card|rabatt|gutschein"
    r"|nachlass|skonto|remise|descuento|cupón|desconto|cupom|折扣|优惠|優惠|满减|抹零|立减|代金|红包|积分|抵扣|差价|调整|值引|クーポン"
)


def named(products: ir.Table) -> ir.Table:
    """Each product with what its name says that it is, `booked`: shipping, where its code is no article
    number."""
    number = products.product_id.re_search("[0-9]") & (products.product_id != products.name)
    sending = products.name.lower().strip().re_search(_SENDING) & ~number
    return products.mutate(booked=ibis.ifelse(sending, "shipping", ibis.null(str)))


def dictionary(names: ir.Table, words: dict[str, tuple[str, ...]]) -> ir.Table:
    """Each text of the column `name` once, with what it says that it is called by it is: `word`, `booked`,
    and whether it is `taken_off` a bill where it is less than nothing."""
    told = names.filter(names.name.notnull()).distinct()
    plain = told.name.lower().strip()
    return told.select(
        word="name",
        word_booked=ibis.cases(*((plain.isin(said), kind) for kind, said in words.items()), else_=None).cast(
            str
        ),
        taken_off=plain.re_search(_TAKEN_OFF),
    )


def one_code(lines: ir.Table, products: ir.Table) -> ir.Table:
    """The codes of articles that go by another one of those whose codes differ in case alone and share a
    name: `other_code`, `one`.

    One such code whose names are all others stays an article of its own.
    """
    codes = lines.select("product_id").union(products.select("product_id")).distinct()
    codes = codes.mutate(folded=codes.product_id.upper()).filter(lambda t: t.product_id.notnull())
    several = codes.group_by("folded").agg(first=codes.product_id.min(), spelled=codes.count())
    spelled = codes.inner_join(several.filter(several.spelled > 1), "folded").select("product_id", "first")
    called = lines.select("product_id", name="product_name").union(products.select("product_id", "name"))
    names = called.semi_join(spelled, "product_id").filter(lambda t: t.name.notnull())
    names = names.select("product_id", name=names.name.lower().re_replace(r"[\s.,]+", "")).distinct()
    others = spelled.filter(spelled.product_id != spelled["first"])
    theirs = others.inner_join(names, "product_id")
    of_first = names.select("name", first="product_id")
    shared = theirs.semi_join(of_first, ["first", "name"]).select("product_id").distinct()
    nameless = others.anti_join(names, "product_id").select("product_id").distinct()
    bare_first = others.anti_join(of_first, "first").select("product_id").distinct()
    alike = shared.union(nameless).union(bare_first).distinct()
    return others.semi_join(alike, "product_id").select(other_code="product_id", one="first")
