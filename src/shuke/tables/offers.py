"""Offers: which offers did the company make by Shuke?

It lands under source `shuke`; nobody else may write it.
"""

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

KINDS = {
    "value": Text("an amount off the order", "立减"),
    "percent": Text("a share of the order", "折扣"),
    "product": Text("a product for nothing", "赠品"),
}

OFFERS = Canonical(
    "offers",
    Text("Offers", "优惠"),
    key=("offer_id",),
    required=("offer_id",),
    event_time="made_on",
    columns=(
        Column("offer_id", Type.TEXT, Text("Number of the offer", "优惠编号")),
        Column("offer_name", Type.TEXT, Text("Name of the offer", "优惠的名称")),
        Column("offer_kind", Type.TEXT, Text("Kind of offer", "优惠类型"), codes=KINDS),
        Column("off", Type.MONEY, Text("Amount taken off", "优惠金额"), unit="currency"),
        Column("off_share", Type.SHARE, Text("Share taken off", "优惠比例"), unit="share"),
        Column("offer_currency", Type.TEXT, Text("Currency of the offer", "优惠币种")),
        Column("made_on", Type.DATE, Text("Offer made on", "优惠创建日")),
        Column("offer_starts", Type.DATE, Text("Offer starts", "优惠开始日")),
        Column("offer_ends", Type.DATE, Text("Offer ends", "优惠结束日")),
        Column("reason", Type.TEXT, Text("Reason for unlike terms", "差别对待的理由"), note=Text(
            "Why some are offered it and others are not.", "为何只面向部分客户。")),
        Column("is_automated", Type.FLAG, Text("Chosen by a model", "由模型选择")),
    ),
)  # fmt: skip
