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
    aliases: str = ""
    masked_as: str = "identifier"

    @property
    def headers(self) -> tuple[str, ...]:
        written = [part.strip() for part in self.aliases.split("|")]
        return tuple(dict.fromkeys(h for h in [self.name, self.title.en, self.title.zh, *written] if h))


IDENTIFIERS: dict[str, IdentifierKind] = {
    kind.name: kind
    for kind in (
        IdentifierKind(
            "member_no", Text("Membership number", "会员卡号"), True,
            "member card | card number | card no | loyalty number | loyalty id | member id | membership no | "
            "会员号 | 会员编号 | 会员卡 | 卡号 | VIP卡号 | VIP号 | 会员ID | member_card"),
        IdentifierKind(
            "user_id", Text("User id", "用户编号"), True,
            "user id | userid | account id | web customer id | login | username | user name | buyer id | "
            "用户ID | 用户编号 | 用户名 | 账号 | 帐号"),
        IdentifierKind(
            "email", Text("E-mail", "电子邮箱"), True,
            "e-mail | email address | mail | customer email | contact email | buyer email | billing email | "
            "邮箱 | 电子邮件 | 邮件 | 客户邮箱 | 联系邮箱", masked_as="email"),
        IdentifierKind(
            "phone", Text("Phone", "电话"), True,
            "phone number | mobile | mobile phone | mobile number | cell | cell phone | telephone | tel | "
            "customer phone | contact phone | billing phone | caller | caller phone | "
            "手机 | 手机号 | 手机号码 | 联系电话 | 联络电话 | 联系手机 | 电话号码 | 移动电话 | 联系方式 | 客户电话 | 买家手机 | 来电号码 | 会员手机号 | 用户购买手机号",
            masked_as="phone"),
        # Lands as whichever of the two its value is.
        IdentifierKind(
            "contact", Text("Phone or e-mail", "手机或邮箱"), True,
            "phone or email | email or phone | alipay account | 手机/邮箱 | 手机或邮箱 | 手机号/邮箱 | 支付宝账号 | 买家支付宝账号 | 联系电话/邮箱",
            masked_as="email"),
        IdentifierKind(
            "openid", Text("WeChat OpenID", "微信 OpenID"), True, "openid | open id | 微信openid | wechat openid"),
        IdentifierKind(
            "unionid", Text("WeChat UnionID", "微信 UnionID"), True, "unionid | union id | 微信unionid"),
        IdentifierKind("device_id", Text("Device", "设备号"), False, "device id | anonymous id | cookie | 设备ID"),
        IdentifierKind(
            "tax_id", Text("Tax number", "税号"), False,
            "vat number | vat | tax id | tax number | ein | uscc | 统一社会信用代码 | 纳税人识别号 | 税号 | 信用代码"),
        # Keyed before it lands, in the scope of its country: see identity/national_ids.py. Two different ones
        # are two people, for its check digit rejects a single slip of the pen.
        IdentifierKind(
            "resident_id", Text("Resident identity number", "居民身份证号"), True,
            "resident id | resident identity card | 身份证 | 身份证号 | 身份证号码 | 居民身份证 | 居民身份证号码 | 公民身份号码"),
        IdentifierKind(
            "national_id", Text("Identity number", "证件号码"), False,
            "national id | id number | ssn | social security number | soc sec id | id card | passport | 证件号 | 护照号 | 护照号码"),
        IdentifierKind("fax", Text("Fax", "传真"), False, "fax number | 传真号码", masked_as="phone"),
    )
}  # fmt: skip

PEOPLE = Canonical(
    "people",
    Text("People and organisations", "个人与单位"),
    key=("record_id",),
    needs=("record_id",),
    subject="record_id",
    note=Text("One row per record of a person or an organisation in a source.", "每个来源中每条个人或单位记录一行。"),
    columns=(
        Column("record_id", Type.TEXT, Text("Customer number in the source", "来源内客户编号"), personal="identifier", aliases=(
            "customer id | customerid | customer no | customer number | cust id | client id | contact id | account number | "
            "person id | partner id | household id | household key | id | external id | customer | customer code | rec_id | unique id | "
            "客户编号 | 客户号 | 客户代码 | 客户编码 | 客户ID | 顾客编号 | 往来单位编码 | 买家会员名 | 买家昵称 | 买家账号 | 下单帐号 | 下单账号")),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位"), aliases=(
            "customer type | client type | account type | 客户类型 | 客户性质 | 客户类别"),
            note=Text("`person` or `organisation`.", "`person` 为个人，`organisation` 为单位。")),
        Column("name", Type.TEXT, Text("Name", "姓名"), personal="name", lives=10 * YEAR, aliases=(
            "full name | customer name | contact name | client name | billing name | buyer name | buyer | display name | fn | "
            "cardholder | 名称 | 客户名称 | 客户姓名 | 顾客姓名 | 会员姓名 | 买家姓名 | 联系人 | 联系人姓名 | 真实姓名 | 客户")),
        Column("given_name", Type.TEXT, Text("Given name", "名"), personal="name", lives=10 * YEAR, aliases=(
            "first name | firstname | forename | given name | billing first name | customer first name | 名字")),
        Column("family_name", Type.TEXT, Text("Family name", "姓"), personal="name", lives=10 * YEAR, aliases=(
            "last name | lastname | surname | family name | billing last name | customer last name | 姓氏")),
        Column("organisation", Type.TEXT, Text("Organisation", "单位名称"), lives=5 * YEAR, aliases=(
            "company | company name | account name | organization | business name | billing company | org | site name | employer | "
            "公司 | 公司名 | 公司名称 | 企业名称 | 单位 | 工作单位 | 往来单位 | 往来单位名称 | 购货单位 | 开票抬头")),
        Column("gender", Type.TEXT, Text("Gender", "性别"), personal="text", aliases="sex | 称谓",
            note=Text("`female`, `male` or `other`.", "`female` 女，`male` 男，`other` 其他。")),
        Column("birth_date", Type.DATE, Text("Birth date", "出生日期"), personal="date", aliases=(
            "birthday | birth date | date of birth | dob | bday | 生日 | 出生年月 | 会员生日")),
        Column("age", Type.INTEGER, Text("Age when collected", "采集时年龄"), unit="year", personal="date", aliases="年龄"),
        Column("job", Type.TEXT, Text("Job", "职业"), lives=3 * YEAR, personal="text", aliases="job title | occupation | title | position | 职位 | 职务"),
        Column("income", Type.TEXT, Text("Income band", "收入"), lives=2 * YEAR, personal="text", aliases="income | 收入水平 | 月收入"),
        Column("language", Type.TEXT, Text("Language", "语言"), aliases="locale | preferred language | 语种"),
        Column("country", Type.TEXT, Text("Country", "国家"), lives=5 * YEAR, aliases=(
            "billing country | country code | nation | country/region | mailing country | 国家/地区 | 国别")),
        Column("region", Type.TEXT, Text("Province or state", "省份"), lives=3 * YEAR, aliases=(
            "state | province | county | billing province | billing state | state/province | mailing state | 省 | 省/州 | 所在省 | 地区")),
        Column("city", Type.TEXT, Text("City", "城市"), lives=3 * YEAR, aliases=(
            "town | billing city | suburb | mailing city | 市 | 所在城市 | 所在市")),
        Column("district", Type.TEXT, Text("District", "区县"), lives=3 * YEAR, aliases="区 | 县 | 区/县 | 所在区"),
        Column("postcode", Type.TEXT, Text("Postcode", "邮编"), personal="address", lives=3 * YEAR, aliases=(
            "zip | zip code | postal code | billing zip | mailing zip/postal code | 邮政编码")),
        Column("address", Type.TEXT, Text("Address", "地址"), personal="address", lives=3 * YEAR, aliases=(
            "street | address1 | address_1 | address line 1 | street address | billing address | billing street | billing address1 | adr | "
            "mailing street | 详细地址 | 联系地址 | 通讯地址 | 家庭住址 | 住址 | 客户地址 | 街道")),
        Column("address_more", Type.TEXT, Text("Address, second line", "地址补充"), personal="address", lives=3 * YEAR,
            aliases="address2 | address_2 | address line 2 | billing address2"),
        Column("house", Type.TEXT, Text("House number", "门牌号"), personal="address", lives=3 * YEAR,
            aliases="house number | house no | street number | street no | building number | 门牌 | 门牌号码"),
        Column("children", Type.INTEGER, Text("Children", "子女数"), lives=2 * YEAR, personal="text", aliases="number of children | 孩子数"),
        Column("plan", Type.TEXT, Text("Purchase plan", "购买计划"), lives=timedelta(days=120), personal="text", aliases=(
            "purchase plan | plans to buy | intends to buy | 购买意向 | 意向产品 | 计划购买")),
        Column("interest", Type.TEXT, Text("Interest", "兴趣"), lives=YEAR, personal="text", aliases="interests | hobby | hobbies | 爱好 | 兴趣爱好"),
        Column("channel", Type.TEXT, Text("Channel", "渠道"), aliases="acquisition channel | lead source | customer source | 客户来源 | 注册渠道 | 来源渠道"),
        Column("since", Type.DATE, Text("Customer since", "建档日期"), aliases=(
            "registered | registered at | created | created at | created date | customer since | signup date | create date | "
            "注册时间 | 注册日期 | 建档时间 | 开户日期")),
        Column("accepts_marketing", Type.FLAG, Text("Accepts marketing", "接受营销"), aliases=(
            "accepts marketing | email opt in | newsletter | 是否接受营销")),
        Column("remark", Type.TEXT, Text("Remark", "备注"), personal="text", aliases="note | notes | comment | remarks | 客户备注"),
    ),
)  # fmt: skip

IDENTIFIER = Canonical(
    "identifiers",
    Text("Identifiers", "标识"),
    key=("record_id", "kind", "scope", "value"),
    needs=("record_id", "kind", "value"),
    subject="record_id",
    note=Text("One row per number or name by which a record is known.", "每条记录的每个号码或账号一行。"),
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", personal="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类")),
        Column("scope", Type.TEXT, Text("Scope", "范围"), note=Text(
            "Within what the value is unique: an app, a shop; empty: everywhere.", "该值在何范围内唯一；空为处处唯一。")),
        Column("value", Type.TEXT, Text("Value", "值"), personal="identifier"),
        Column("valid_from", Type.DATE, Text("Valid from", "生效日")),
        Column("valid_until", Type.DATE, Text("Valid until", "失效日")),
    ),
)  # fmt: skip

RELATIONS = Canonical(
    "relations",
    Text("Relations", "关系"),
    key=("record_id", "kind", "other_record_id"),
    needs=("record_id", "kind", "other_record_id"),
    subject="record_id",
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", personal="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类"), aliases="relation | relationship | 关系", note=Text(
            "`referral`, `household`, `employer`.", "`referral` 推荐，`household` 家庭，`employer` 雇主。")),
        Column("other_record_id", Type.TEXT, Text("Other record", "对方记录"), personal="identifier", aliases="referred by | referrer | 推荐人"),
        Column("since", Type.DATE, Text("Since", "起始")),
        Column("until", Type.DATE, Text("Until", "终止")),
    ),
)  # fmt: skip

ORGANISATION_PARENTS = Canonical(
    "organisation_parents",
    Text("Branches and groups", "分支与集团"),
    key=("record_id",),
    needs=("record_id", "parent_record_id"),
    subject="record_id",
    columns=(
        Column("record_id", Type.TEXT, Text("Organisation", "单位"), refers="people.record_id"),
        Column("parent_record_id", Type.TEXT, Text("Belongs to", "上级单位"), aliases=(
            "parent account | parent company | parent | subsidiary of | 上级单位 | 母公司 | 集团")),
    ),
)  # fmt: skip

MEMBERSHIPS = Canonical(
    "memberships",
    Text("Memberships", "会籍"),
    key=("member_no",),
    needs=("member_no",),
    subject="record_id",
    columns=(
        Column("member_no", Type.TEXT, Text("Membership number", "会员卡号"), refers="identifiers.member_no", personal="identifier"),
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", personal="identifier"),
        Column("programme", Type.TEXT, Text("Programme", "会员计划")),
        Column("tier", Type.TEXT, Text("Tier", "等级"), aliases="member tier | level | grade | membership level | vip level | 会员等级 | 会员级别 | 级别"),
        Column("joined", Type.DATE, Text("Joined", "入会日期"), aliases="join date | joined date | member since | 入会时间 | 办卡日期 | 开卡日期 | 办卡时间"),
        Column("ends", Type.DATE, Text("Ends", "到期日"), aliases="expiry date | expires | valid until | 到期日期 | 有效期"),
        Column("balance", Type.QUANTITY, Text("Points balance", "积分余额"), unit="point", aliases="points | points balance | 积分 | 当前积分 | 可用积分"),
    ),
)  # fmt: skip

POINTS = Canonical(
    "points",
    Text("Points ledger", "积分流水"),
    key=("entry_no",),
    needs=("entry_no", "points"),
    subject="member_no",
    happened="at",
    columns=(
        Column("entry_no", Type.TEXT, Text("Entry", "流水号"), aliases="points entry | 积分流水号"),
        Column("member_no", Type.TEXT, Text("Membership number", "会员卡号"), refers="identifiers.member_no", personal="identifier"),
        Column("at", Type.TIME, Text("At", "时间"), aliases="points time | 积分时间"),
        Column("points", Type.QUANTITY, Text("Points", "积分变动"), unit="point", aliases="points change | points earned | 积分变化 | 变动积分"),
        Column("reason", Type.TEXT, Text("Reason", "原因"), aliases="points reason | 变动原因"),
        Column("order_no", Type.TEXT, Text("Order", "订单号"), refers="orders.order_no"),
    ),
)  # fmt: skip

POSSESSIONS = Canonical(
    "possessions",
    Text("What they own", "拥有物品"),
    key=("record_id", "category", "brand", "model"),
    needs=("record_id", "category"),
    subject="record_id",
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", personal="identifier"),
        Column("category", Type.TEXT, Text("Category", "品类"), aliases="owns | owned product | 拥有产品"),
        Column("brand", Type.TEXT, Text("Brand", "品牌"), aliases="owned brand | current brand | 现用品牌"),
        Column("model", Type.TEXT, Text("Model", "型号"), aliases="owned model | 现用型号"),
        Column("acquired", Type.DATE, Text("Acquired", "购置日期"), aliases="purchase year | 购置时间"),
        Column("bought_here", Type.FLAG, Text("Bought from us", "购自本店")),
    ),
)  # fmt: skip

CONSENTS = Canonical(
    "consents",
    Text("Consents", "同意"),
    key=("record_id", "purpose", "channel", "at"),
    needs=("record_id", "purpose", "granted"),
    subject="record_id",
    happened="at",
    columns=(
        Column("record_id", Type.TEXT, Text("Record", "记录"), refers="people.record_id", personal="identifier"),
        Column("purpose", Type.TEXT, Text("Purpose", "目的"), aliases="consent purpose | 同意目的"),
        Column("channel", Type.TEXT, Text("Channel", "渠道"), aliases="consent channel"),
        Column("granted", Type.FLAG, Text("Granted", "是否同意"), aliases="consent | consent given | opt in | 是否授权"),
        Column("at", Type.TIME, Text("At", "时间"), aliases="consent date | consent time | 同意时间 | 授权时间"),
        Column("wording", Type.TEXT, Text("Wording", "条款版本"), aliases="consent text | policy version | 隐私版本"),
    ),
)  # fmt: skip

TABLES = (
    PEOPLE,
    IDENTIFIER,
    RELATIONS,
    ORGANISATION_PARENTS,
    MEMBERSHIPS,
    POINTS,
    POSSESSIONS,
    CONSENTS,
)
