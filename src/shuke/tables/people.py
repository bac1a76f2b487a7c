"""People and organisations: who are they, by which names and numbers are they known?"""

from dataclasses import dataclass
from datetime import timedelta

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class IdentifierKind:
    """A kind of identifier: what it is called, and whether exact agreement alone makes two records one.

    A mapping addresses it as `identifiers.<name>`.
    """

    name: str
    title: Text
    strong: bool
    masked_as: str = "identifier"


IDENTIFIERS: dict[str, IdentifierKind] = {
    kind.name: kind
    for kind in (
        IdentifierKind("member_no", Text("Membership number", "会员卡号"), True),
        IdentifierKind("user_id", Text("User id", "用户编号"), True),
        IdentifierKind("email", Text("E-mail", "电子邮箱"), True, masked_as="email"),
        IdentifierKind("phone", Text("Phone", "电话"), True, masked_as="phone"),
        # Lands as whichever of the two its value is.
        IdentifierKind("contact", Text("Phone or e-mail", "手机或邮箱"), True, masked_as="email"),
        IdentifierKind("openid", Text("WeChat OpenID", "微信 OpenID"), True),
        IdentifierKind("unionid", Text("WeChat UnionID", "微信 UnionID"), True),
        IdentifierKind("device_id", Text("Device", "设备号"), False),
        IdentifierKind("tax_id", Text("Tax number", "税号"), False),
        # Keyed before it lands, in the scope of its country: see identity/national_ids.py. Two different ones
        # are two people, for its check digit rejects a single slip of the pen.
        IdentifierKind("resident_id", Text("Resident identity number", "居民身份证号"), True),
        IdentifierKind("national_id", Text("Identity number", "证件号码"), False),
        IdentifierKind("fax", Text("Fax", "传真"), False, masked_as="phone"),
    )
}  # fmt: skip

PEOPLE = Canonical(
    "people",
    Text("People and organisations", "个人与单位"),
    key=("record_id",),
    required=("record_id",),
    subject="record_id",
    note=Text("One row per record of a person or an organisation in a source.", "每个来源中每条个人或单位记录一行。"),
    grain=250,
    columns=(
        Column("record_id", Type.TEXT, Text("Customer number in the source", "来源内客户编号"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位"),
            note=Text("`person` or `organisation`.", "`person` 为个人，`organisation` 为单位。")),
        Column("name", Type.TEXT, Text("Name", "姓名"), pii="name", ttl=10 * YEAR),
        Column("given_name", Type.TEXT, Text("Given name", "名"), pii="text", ttl=10 * YEAR),  # 伟 is 伟 whole
        Column("family_name", Type.TEXT, Text("Family name", "姓"), pii="name", ttl=10 * YEAR),
        Column("organisation", Type.TEXT, Text("Organisation", "单位名称"), ttl=5 * YEAR),
        Column("gender", Type.TEXT, Text("Gender", "性别"), pii="text",
            note=Text("`female`, `male` or `other`.", "`female` 女，`male` 男，`other` 其他。")),
        Column("birth_date", Type.DATE, Text("Birth date", "出生日期"), pii="date"),
        Column("birth_month_day", Type.TEXT, Text("Birthday without a year", "生日（无年份）"), pii="date",
            note=Text("Month and day, such as `03-15`, where no year is told.", "未给出年份时的月和日，如 `03-15`。")),
        Column("age", Type.INTEGER, Text("Age when collected", "采集时年龄"), unit="year", pii="date"),
        Column("job", Type.TEXT, Text("Job", "职业"), ttl=3 * YEAR, pii="text"),
        Column("income", Type.TEXT, Text("Income band", "收入"), ttl=2 * YEAR, pii="text"),
        Column("language", Type.TEXT, Text("Language", "语言")),
        Column("country", Type.TEXT, Text("Country", "国家"), ttl=5 * YEAR),
        Column("region", Type.TEXT, Text("Province or state", "省份"), ttl=3 * YEAR),
        Column("city", Type.TEXT, Text("City", "城市"), ttl=3 * YEAR),
        Column("district", Type.TEXT, Text("District", "区县"), ttl=3 * YEAR),
        Column("postcode", Type.TEXT, Text("Postcode", "邮编"), pii="address", ttl=3 * YEAR),
        Column("address", Type.TEXT, Text("Address", "地址"), pii="address", ttl=3 * YEAR),
        Column("address_more", Type.TEXT, Text("Address, second line", "地址补充"), pii="address", ttl=3 * YEAR),
        Column("house", Type.TEXT, Text("House number", "门牌号"), pii="address", ttl=3 * YEAR),
        Column("children", Type.INTEGER, Text("Children", "子女数"), ttl=2 * YEAR, pii="text"),
        Column("plan", Type.TEXT, Text("Purchase plan", "购买计划"), ttl=timedelta(days=120), pii="text"),
        Column("interest", Type.TEXT, Text("Interest", "兴趣"), ttl=YEAR, pii="text"),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("account_manager", Type.TEXT, Text("Account manager", "客户经理"), ttl=YEAR,
            note=Text("Who of our own people looks after them.", "本公司负责该客户的员工。")),
        Column("since", Type.DATE, Text("Customer since", "建档日期")),
        Column("remark", Type.TEXT, Text("Remark", "备注"), pii="text"),
    ),
)  # fmt: skip

IDENTIFIER = Canonical(
    "identifiers",
    Text("Identifiers", "标识"),
    key=("record_id", "kind", "scope", "value"),
    required=("record_id", "kind", "value"),
    subject="record_id",
    note=Text("One row per number or name by which a record is known.", "每条记录的每个号码或账号一行。"),
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", pii="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类")),
        Column("scope", Type.TEXT, Text("Scope", "范围"), note=Text(
            "Within what the value is unique: an app, a shop; empty: everywhere.", "该值在何范围内唯一；空为处处唯一。")),
        Column("value", Type.TEXT, Text("Value", "值"), pii="identifier"),
        Column("valid_from", Type.DATE, Text("Valid from", "生效日")),
        Column("valid_until", Type.DATE, Text("Valid until", "失效日")),
    ),
)  # fmt: skip

RELATIONS = Canonical(
    "relations",
    Text("Relations", "关系"),
    key=("record_id", "kind", "other_record_id"),
    required=("record_id", "kind", "other_record_id"),
    subject="record_id",
    grain=150,
    of_some=True,
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", pii="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类"), note=Text(
            "`referral`, `household`, `employer`.", "`referral` 推荐，`household` 家庭，`employer` 雇主。")),
        Column("other_record_id", Type.TEXT, Text("Other record", "对方记录"), pii="identifier"),
        Column("since", Type.DATE, Text("Since", "起始")),
        Column("until", Type.DATE, Text("Until", "终止")),
    ),
)  # fmt: skip

ORGANISATION_PARENTS = Canonical(
    "organisation_parents",
    Text("Branches and groups", "分支与集团"),
    key=("record_id",),
    required=("record_id", "parent_record_id"),
    subject="record_id",
    grain=160,
    of_some=True,
    columns=(
        Column("record_id", Type.TEXT, Text("Organisation", "单位"), refers="people.record_id"),
        Column("parent_record_id", Type.TEXT, Text("Belongs to", "上级单位")),
    ),
)  # fmt: skip

MEMBERSHIPS = Canonical(
    "memberships",
    Text("Memberships", "会籍"),
    key=("member_no",),
    required=("member_no",),
    subject="record_id",
    grain=240,
    of_some=True,
    columns=(
        Column("member_no", Type.TEXT, Text("Membership number", "会员卡号"), refers="identifiers.member_no", pii="identifier"),
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", pii="identifier"),
        Column("programme", Type.TEXT, Text("Programme", "会员计划")),
        Column("tier", Type.TEXT, Text("Tier", "等级")),
        Column("joined", Type.DATE, Text("Joined", "入会日期")),
        Column("ends", Type.DATE, Text("Ends", "到期日")),
        Column("balance", Type.QUANTITY, Text("Points balance", "积分余额"), unit="point"),
    ),
)  # fmt: skip

POINTS = Canonical(
    "points",
    Text("Points ledger", "积分流水"),
    key=("entry_no",),
    required=("entry_no", "points"),
    subject="member_no",
    event_time="at",
    grain=40,
    made_up=True,
    dates_people=True,
    amounts=("points",),
    columns=(
        Column("entry_no", Type.TEXT, Text("Entry", "流水号")),
        Column("member_no", Type.TEXT, Text("Membership number", "会员卡号"), refers="identifiers.member_no", pii="identifier"),
        Column("at", Type.TIME, Text("At", "时间")),
        Column("points", Type.QUANTITY, Text("Points", "积分变动"), unit="point"),
        Column("reason", Type.TEXT, Text("Reason", "原因")),
        Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no"),
    ),
)  # fmt: skip

POSSESSIONS = Canonical(
    "possessions",
    Text("What they own", "拥有物品"),
    key=("record_id", "category", "brand", "model"),
    required=("record_id", "category"),
    subject="record_id",
    grain=170,
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", pii="identifier"),
        Column("category", Type.TEXT, Text("Category", "品类")),
        Column("brand", Type.TEXT, Text("Brand", "品牌")),
        Column("model", Type.TEXT, Text("Model", "型号")),
        Column("acquired", Type.DATE, Text("Acquired", "购置日期")),
        Column("bought_here", Type.FLAG, Text("Bought from us", "购自本店")),
    ),
)  # fmt: skip

CONSENTS = Canonical(
    "consents",
    Text("Consents", "同意"),
    key=("record_id", "purpose", "channel", "at"),
    required=("record_id", "purpose", "granted"),
    subject="record_id",
    event_time="at",
    grain=140,
    of_some=True,
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", pii="identifier"),
        Column("purpose", Type.TEXT, Text("Purpose", "目的")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("granted", Type.FLAG, Text("Granted", "是否同意")),
        Column("at", Type.TIME, Text("At", "时间")),
        Column("wording", Type.TEXT, Text("Wording", "条款版本")),
    ),
)  # fmt: skip
