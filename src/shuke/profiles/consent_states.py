"""Consent states: what may we write to whom about, and by which way?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.permissions import MARKETING
from shuke.tables.records import record_of

#: A channel that stands for all of them.
ANY = "any"

#: The purposes and channels that sources tell in words of their own, in small letters.
_PURPOSES: dict[str, tuple[str, ...]] = {
    MARKETING: (
        "marketing", "advertising", "advertisement", "newsletter", "newsletters", "promotion", "promotions",
        "offers", "commercial", "direct marketing", "werbung", "publicité", "publicidad",
        "营销", "营销推广", "市场营销", "推广", "促销", "广告", "优惠信息", "商业推广", "マーケティング",
    ),
}  # fmt: skip
_CHANNELS: dict[str, tuple[str, ...]] = {
    ANY: ("", "any", "all", "every", "all channels", "全部", "所有", "所有渠道", "全渠道", "不限"),
    "email": ("email", "e-mail", "mail", "e mail", "邮件", "电子邮件", "邮箱", "电邮"),
    "sms": ("sms", "text", "text message", "短信", "手机短信"),
    "phone": ("phone", "call", "telephone", "电话", "外呼"),
    "post": ("post", "letter", "postal", "direct mail", "邮寄", "信件", "信函"),
    "wecom": ("wecom", "wechat", "weixin", "企业微信", "微信", "公众号"),
    "ads": ("ads", "ad", "custom audience", "广告平台"),
}  # fmt: skip


@table(
    key=("customer_id", "purpose", "channel"),
    title=Text("Consents in force", "现行同意"),
    about=Text(
        "What may we write to whom about, and by which way?", "可以就什么事、通过什么渠道联系谁？"),
    area="profiles",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("purpose", Type.TEXT, Text("Purpose", "目的"), note=Text(
            "`marketing`, or as the source says it.", "`marketing` 营销，其余沿用来源说法。")),
        Column("channel", Type.TEXT, Text("Channel", "渠道"), note=Text(
            "`any`: whichever.", "`any` 表示任意渠道。")),
        Column("granted", Type.FLAG, Text("Granted", "是否同意")),
        Column("since", Type.TIME, Text("Since", "起始时间"), note=Text(
            "When it was granted or withdrawn; empty where nobody says.", "同意或撤回的时间；未知时为空。")),
        Column("wording", Type.TEXT, Text("Wording", "条款版本")),
    ],
)  # fmt: skip
def consent_states(landed_consents: ir.Table, identities: ir.Table) -> ir.Table:
    """What each customer has last said of each purpose and channel.

    One row per customer, purpose and channel of which anything was said. Of several statements of one
    customer's records the newest counts; of equals, and beside any without a date, a withdrawal does.
    """
    said = landed_consents.filter(landed_consents.granted.notnull())
    named = said.select(
        "granted", "wording", "key", record=record_of(said), since=said["at"],
        purpose=_code(said.purpose, _PURPOSES), channel=_code(said.channel, _CHANNELS),
    )  # fmt: skip
    owned = named.inner_join(identities.select("record", "customer_id"), "record")
    undated_no = ~owned.granted & owned.since.isnull()
    last_first = ibis.window(
        group_by=("customer_id", "purpose", "channel"),
        order_by=[
            undated_no.desc(), owned.since.isnull(), owned.since.desc(), owned.granted, owned.key,
        ],
    )  # fmt: skip
    ranked = owned.mutate(nth=ibis.row_number().over(last_first))
    return ranked.filter(ranked.nth == 0)


def _code(told: ir.StringValue, codes: dict[str, tuple[str, ...]]) -> ir.StringValue:
    word = told.fill_null("").strip().lower()
    return ibis.cases(*((word.isin(words), code) for code, words in codes.items()), else_=word)
