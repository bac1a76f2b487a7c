"""Contacts: what did customers look at, say, answer and complain of, and how did we reach them?"""

from datetime import timedelta

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

_RECORD = Column(
    "record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", pii="identifier"
)

EVENTS = Canonical(
    "events",
    Text("Events", "行为事件"),
    key=("event_id",),
    required=("event_id", "name"),
    subject="record_id",
    event_time="at",
    keep=timedelta(days=3 * 365),
    grain=80,
    made_up=True,
    dates_people=True,
    columns=(
        Column("event_id", Type.TEXT, Text("Event id", "事件编号")),
        Column("name", Type.TEXT, Text("Event", "事件")),
        Column("at", Type.TIME, Text("At", "事件时间")),
        _RECORD,
        Column("device_id", Type.TEXT, Text("Device", "设备号"), refers="identifiers.device_id", pii="identifier"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("page", Type.TEXT, Text("Page", "页面")),
        Column("query", Type.TEXT, Text("Search", "搜索词")),
        Column("session", Type.TEXT, Text("Session", "会话")),
        Column("value", Type.MONEY, Text("Value", "事件金额"), unit="currency"),
        Column("properties", Type.JSON, Text("Properties", "事件属性"), pii="text"),
    ),
)  # fmt: skip

INTERACTIONS = Canonical(
    "interactions",
    Text("Interactions", "往来记录"),
    key=("interaction_id",),
    required=("interaction_id",),
    subject="record_id",
    event_time="at",
    laid_out_by="record_id",
    keep=timedelta(days=5 * 365),
    note=Text(
        "Calls, visits, talks at exhibitions, inquiries, complaints, opinions, service.",
        "来电、拜访、展会洽谈、咨询、投诉、意见、服务。"),
    grain=90,
    made_up=True,
    dates_people=True,
    columns=(
        Column("interaction_id", Type.TEXT, Text("Number", "工单号")),
        Column("at", Type.TIME, Text("At", "来电时间")),
        _RECORD,
        Column("kind", Type.TEXT, Text("Kind", "往来类型")),
        Column("direction", Type.TEXT, Text("Direction", "方向")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("department", Type.TEXT, Text("Department", "受理部门")),
        Column("staff_id", Type.TEXT, Text("Employee", "员工"), refers="staff.staff_id"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("topic", Type.TEXT, Text("Topic", "主题")),
        Column("text", Type.TEXT, Text("Text", "内容"), pii="text"),
        Column("status", Type.TEXT, Text("Status", "处理状态")),
        Column("outcome", Type.TEXT, Text("Outcome", "处理结果")),
        Column("seconds", Type.INTEGER, Text("Duration in seconds", "时长（秒）"), unit="count"),
    ),
)  # fmt: skip

RESPONSES = Canonical(
    "responses",
    Text("Survey answers", "问卷答案"),
    key=("record_id", "survey", "question", "at"),
    required=("question",),
    subject="record_id",
    event_time="at",
    laid_out_by="record_id",
    grain=70,
    dates_people=True,
    columns=(
        _RECORD,
        Column("survey", Type.TEXT, Text("Survey", "问卷")),
        Column("question", Type.TEXT, Text("Question", "问题")),
        Column("score", Type.QUANTITY, Text("Score", "评分"), unit="point"),
        Column("answer", Type.TEXT, Text("Answer", "回答"), pii="text"),
        Column("at", Type.TIME, Text("At", "作答时间")),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
    ),
)  # fmt: skip

CAMPAIGNS = Canonical(
    "campaigns",
    Text("Campaigns", "营销活动"),
    key=("campaign_id",),
    required=("campaign_id",),
    event_time="starts",
    grain=290,
    columns=(
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动编号")),
        Column("name", Type.TEXT, Text("Campaign name", "活动全称")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("starts", Type.DATE, Text("Starts", "活动开始")),
        Column("ends", Type.DATE, Text("Ends", "活动结束")),
        Column("cost", Type.MONEY, Text("Cost", "活动费用"), unit="currency"),
        Column("control_share", Type.SHARE, Text("Share held out", "对照组比例"), unit="share", note=Text(
            "As it was planned: 0.05 is 5 %.", "计划比例：0.05 即 5%。")),
        Column("global_share", Type.SHARE, Text("Share no campaign reaches", "全局对照组比例"), unit="share",
               note=Text("Of all customers: held out of this campaign as of every other; 0 where it reaches all.",
                         "占全部客户的比例：任何活动均不触达；触达所有人的活动为 0。")),
    ),
)  # fmt: skip

TOUCHES = Canonical(
    "touches",
    Text("Touches", "触达"),
    key=("touch_id",),
    required=("touch_id",),
    subject="record_id",
    event_time="at",
    grain=50,
    made_up=True,
    columns=(
        Column("touch_id", Type.TEXT, Text("Touch", "触达编号")),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动"), refers="campaigns.campaign_id"),
        _RECORD,
        Column("at", Type.TIME, Text("At", "触达时间")),
        Column("channel", Type.TEXT, Text("Channel", "触达渠道")),
        Column("group", Type.TEXT, Text("Group", "组别"), note=Text(
            "`treated` or `control`; `global`: held out of all campaigns.",
            "`treated` 实验组，`control` 对照组，`global` 全局对照组。")),
        Column("stratum", Type.TEXT, Text("Stratum", "分层"), note=Text(
            "Within which some were held out, as it was at first assignment.", "首次分组时所在的分层。")),
        Column("status", Type.TEXT, Text("Status", "触达状态")),
        Column("delivered_at", Type.TIME, Text("Delivered at", "送达时间")),
        Column("opened_at", Type.TIME, Text("Opened at", "打开时间")),
        Column("clicked_at", Type.TIME, Text("Clicked at", "点击时间")),
    ),
)  # fmt: skip
