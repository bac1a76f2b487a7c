"""Contacts: what did customers look at, say, answer and complain of, and how did we reach them?"""

from datetime import timedelta

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

_RECORD = Column(
    "record_id", Type.TEXT, Text("Customer", "客户"), refers="people.record_id", personal="identifier"
)

EVENTS = Canonical(
    "events",
    Text("Events", "行为事件"),
    key=("event_id",),
    needs=("event_id", "name"),
    subject="record_id",
    happened="at",
    keep=timedelta(days=3 * 365),
    columns=(
        Column("event_id", Type.TEXT, Text("Event id", "事件编号"), aliases="event id | message id | messageid | 事件ID"),
        Column("name", Type.TEXT, Text("Event", "事件"), aliases="event | event name | event type | action | 事件名称 | 行为类型"),
        Column("at", Type.TIME, Text("At", "事件时间"), aliases="event time | event timestamp | 行为时间"),
        _RECORD,
        Column("device_id", Type.TEXT, Text("Device", "设备号"), refers="identifiers.device_id", personal="identifier"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("page", Type.TEXT, Text("Page", "页面"), aliases="url | page url | page path | screen | 页面地址"),
        Column("query", Type.TEXT, Text("Search", "搜索词"), aliases="search term | search query | keyword | 关键词"),
        Column("session", Type.TEXT, Text("Session", "会话"), aliases="session id | 会话ID"),
        Column("value", Type.MONEY, Text("Value", "事件金额"), unit="currency", aliases="event value"),
        Column("properties", Type.JSON, Text("Properties", "事件属性"), personal="text", aliases="event properties"),
    ),
)  # fmt: skip

INTERACTIONS = Canonical(
    "interactions",
    Text("Interactions", "往来记录"),
    key=("interaction_id",),
    needs=("interaction_id",),
    subject="record_id",
    happened="at",
    keep=timedelta(days=5 * 365),
    note=Text(
        "Calls, visits, talks at exhibitions, inquiries, complaints, opinions, service.",
        "来电、拜访、展会洽谈、咨询、投诉、意见、服务。"),
    columns=(
        Column("interaction_id", Type.TEXT, Text("Number", "工单号"), aliases=(
            "ticket id | ticket number | case number | case id | call id | conversation id | interaction id | 工单编号 | 通话编号 | 服务单号")),
        Column("at", Type.TIME, Text("At", "来电时间"), aliases="call time | called at | contact date | visit date | opened at | 通话时间 | 联系时间 | 拜访时间 | 受理时间"),
        _RECORD,
        Column("kind", Type.TEXT, Text("Kind", "往来类型"), aliases="interaction type | case type | ticket type | call type | 工单类型 | 服务类型"),
        Column("direction", Type.TEXT, Text("Direction", "方向"), aliases="call direction | 呼叫方向"),
        Column("channel", Type.TEXT, Text("Channel", "渠道"), aliases="contact channel | case origin | 联系渠道 | 受理渠道"),
        Column("department", Type.TEXT, Text("Department", "受理部门"), aliases="queue | 处理部门"),
        Column("staff_id", Type.TEXT, Text("Employee", "员工"), refers="staff.staff_id"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
        Column("topic", Type.TEXT, Text("Topic", "主题"), aliases="subject | reason | category of call | 问题分类 | 咨询主题 | 来电原因"),
        Column("text", Type.TEXT, Text("Text", "内容"), personal="text", aliases="message | transcript | body | content | 通话内容 | 问题描述 | 留言 | 沟通内容"),
        Column("status", Type.TEXT, Text("Status", "处理状态"), aliases="ticket status | case status | 工单状态"),
        Column("outcome", Type.TEXT, Text("Outcome", "处理结果"), aliases="resolution | result | 解决方案"),
        Column("seconds", Type.INTEGER, Text("Duration in seconds", "时长（秒）"), unit="count", aliases="duration | call duration | 通话时长"),
    ),
)  # fmt: skip

RESPONSES = Canonical(
    "responses",
    Text("Survey answers", "问卷答案"),
    key=("record_id", "survey", "question", "at"),
    needs=("question",),
    subject="record_id",
    happened="at",
    columns=(
        _RECORD,
        Column("survey", Type.TEXT, Text("Survey", "问卷"), aliases="survey name | survey id | questionnaire | 问卷名称"),
        Column("question", Type.TEXT, Text("Question", "问题"), aliases="survey question | question text | 题目"),
        Column("score", Type.QUANTITY, Text("Score", "评分"), unit="point", aliases="rating | nps | nps score | stars | 打分 | 分数 | 满意度"),
        Column("answer", Type.TEXT, Text("Answer", "回答"), personal="text", aliases="comment | feedback | response | review | 评价 | 意见 | 建议 | 评论"),
        Column("at", Type.TIME, Text("At", "作答时间"), aliases="answered at | response date | submitted at | submitted | survey date | 提交时间 | 填写时间"),
        Column("product_id", Type.TEXT, Text("Product", "商品"), refers="products.product_id"),
    ),
)  # fmt: skip

CAMPAIGNS = Canonical(
    "campaigns",
    Text("Campaigns", "营销活动"),
    key=("campaign_id",),
    needs=("campaign_id",),
    happened="starts",
    columns=(
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动编号"), aliases="campaign | campaign id | campaign name | 活动 | 活动名称"),
        Column("name", Type.TEXT, Text("Campaign name", "活动全称"), aliases="campaign title"),
        Column("channel", Type.TEXT, Text("Channel", "渠道"), aliases="campaign channel"),
        Column("starts", Type.DATE, Text("Starts", "活动开始"), aliases="campaign start | 活动开始时间"),
        Column("ends", Type.DATE, Text("Ends", "活动结束"), aliases="campaign end | 活动结束时间"),
        Column("cost", Type.MONEY, Text("Cost", "活动费用"), unit="currency", aliases="campaign cost"),
    ),
)  # fmt: skip

TOUCHES = Canonical(
    "touches",
    Text("Touches", "触达"),
    key=("touch_id",),
    needs=("touch_id",),
    subject="record_id",
    happened="at",
    columns=(
        Column("touch_id", Type.TEXT, Text("Touch", "触达编号"), aliases="touch id | message sent id | send id"),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动"), refers="campaigns.campaign_id"),
        _RECORD,
        Column("at", Type.TIME, Text("At", "触达时间"), aliases="sent at | sent date | 发送时间"),
        Column("channel", Type.TEXT, Text("Channel", "触达渠道"), aliases="touch channel"),
        Column("group", Type.TEXT, Text("Group", "组别"), aliases="test group | control group | treatment | 实验组", note=Text(
            "`treated` or `control`.", "`treated` 实验组，`control` 对照组。")),
        Column("status", Type.TEXT, Text("Status", "触达状态"), aliases="delivery status | send status | 发送状态"),
        Column("opened_at", Type.TIME, Text("Opened at", "打开时间"), aliases="open time"),
        Column("clicked_at", Type.TIME, Text("Clicked at", "点击时间"), aliases="click time"),
    ),
)  # fmt: skip

TABLES = (EVENTS, INTERACTIONS, RESPONSES, CAMPAIGNS, TOUCHES)
