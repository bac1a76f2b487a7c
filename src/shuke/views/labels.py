"""Labels: what do people call what the code calls otherwise?"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta

from shuke import formats
from shuke.analyses.product_distribution import UNKNOWN
from shuke.formats import locale
from shuke.languages import Text, _, language
from shuke.profiles.survivorship import REASONS
from shuke.quality.dimensions import DIMENSIONS
from shuke.tables import IDENTIFIERS, Column, Type
from shuke.views.audit_labels import DETAILS, SUBJECTS

#: The conditions of a filter.
OPS: dict[str, Text] = {
    "eq": Text("is", "等于"),
    "ne": Text("is not", "不等于"),
    "ge": Text("is at least", "不小于"),
    "gt": Text("is more than", "大于"),
    "le": Text("is at most", "不大于"),
    "lt": Text("is less than", "小于"),
    "contains": Text("contains", "包含"),
    "in": Text("is one of (a|b|c)", "为其中之一（a|b|c）"),
    "empty": Text("is empty", "为空"),
    "given": Text("is given", "不为空"),
}

TYPES: dict[Type, Text] = {
    Type.TEXT: Text("text", "文本"),
    Type.INTEGER: Text("whole number", "整数"),
    Type.NUMBER: Text("number", "数值"),
    Type.MONEY: Text("amount", "金额"),
    Type.QUANTITY: Text("quantity", "数量"),
    Type.RATE: Text("rate of exchange", "汇率"),
    Type.SHARE: Text("share", "比率"),
    Type.CURRENCY: Text("currency code", "币种代码"),
    Type.FLAG: Text("yes or no", "是否"),
    Type.DATE: Text("day", "日期"),
    Type.TIME: Text("moment", "时间"),
    Type.JSON: Text("several values", "多个值"),
}

UNITS: dict[str, Text] = {
    "currency": Text("currency", "货币"),
    "piece": Text("pieces", "件"),
    "day": Text("days", "天"),
    "month": Text("month", "月"),
    "percent": Text("percent", "百分比"),
    "share": Text("share", "占比"),
    "point": Text("points", "分"),
    "count": Text("number", "个数"),
    "year": Text("year", "年"),
}

#: How a value gives a person away.
PERSONAL: dict[str, Text] = {
    "name": Text("name", "姓名"),
    "phone": Text("telephone", "电话"),
    "email": Text("e-mail", "邮箱"),
    "address": Text("address", "地址"),
    "date": Text("date", "日期"),
    "identifier": Text("identifier", "标识"),
    "text": Text("free text", "文本"),
}

SEVERITIES: dict[str, Text] = {
    "high": Text("high", "严重"),
    "medium": Text("medium", "一般"),
    "low": Text("low", "轻微"),
}

STATUSES: dict[str, Text] = {
    "open": Text("open", "待处理"),
    "acknowledged": Text("acknowledged", "处理中"),
    "snoozed": Text("snoozed", "已暂缓"),
    "resolved": Text("resolved", "已解决"),
}

#: What the answers to a table's questions say, where a manager may want to give others.
PARAMETERS: dict[str, Text] = {
    "antecedents": Text("Antecedents, at most", "前项最多商品数"),
    "climb": Text("Growth beyond that of sales (0.25 for 25 %)", "超出销售增速（0.25 即 25%）"),
    "confidence": Text("Confidence, at least (0 to 1)", "最低置信度（0 至 1）"),
    "days_after": Text("Days after", "之后天数"),
    "days_ahead": Text("Forecast horizon in days", "预测天数"),
    "days_ahead_of_expiry": Text("Days before they expire", "到期前天数"),
    "days_ahead_of_limit": Text("Days ahead in which the limit is crossed", "预计多少天内超过额度"),
    "days_before": Text("Days before", "之前天数"),
    "deadline_days": Text("Days in which to answer", "答复期限天数"),
    "discount_rate": Text("Discount rate per year (0.1 for 10 %)", "年贴现率（0.1 即 10%）"),
    "false_discovery_rate": Text("False discovery rate (0 to 1)", "错误发现率（0 至 1）"),
    "forgotten_days": Text("Days after which it is no warning any more", "超过多少天不再预警"),
    "grace": Text("Days of grace", "宽限天数"),
    "horizon": Text("Days without a purchase that count as churn", "多少天不来算流失"),
    "horizon_days": Text("Forecast horizon in days", "预测天数"),
    "lift": Text("Lift, at least", "最低提升度"),
    "max_customers": Text("Customers, at most", "最多列出客户数"),
    "max_offers": Text("Offers per customer, at most", "每位客户最多推荐数"),
    "max_products": Text("Products, at most", "最多商品数"),
    "min_baskets": Text("Baskets, at least", "最少购物篮数"),
    "min_customers": Text("Customers, at least", "最少客户数"),
    "min_gaps": Text("Gaps, at least", "最少间隔数"),
    "min_probability": Text("Probability, at least (0 to 1)", "最低概率（0 至 1）"),
    "min_share": Text("Share, at least (0 to 1)", "最低占比（0 至 1）"),
    "near": Text("Near the limit from (0.8 for 80 %)", "接近额度（0.8 即 80%）"),
    "over": Text("Resolved below this part of it (0.75 for 75 %)", "降至此比例以下解除（0.75 即 75%）"),
    "patience": Text("Times the longest gap", "最长间隔的倍数"),
    "points": Text("Percentage points, more than", "超过多少个百分点"),
    "recent_days": Text("Days that count as recent", "近期天数"),
    "rules_per_antecedent": Text("Rules per antecedent, at most", "每个前项最多规则数"),
    "support": Text("Support, at least (0 to 1)", "最低支持度（0 至 1）"),
    "tolerance": Text("Tolerance (0.1 for 10 %)", "容差（0.1 即 10%）"),
    "valid_days": Text("Days for which a consent stands", "同意有效天数"),
    "window_days": Text("Days looked back over", "回看天数"),
    "within_days": Text("Within days", "多少天以内"),
}

#: The shelves of tables.
AREAS: dict[str, Text] = {
    "analyses": Text("Analyses", "分析"),
    "alerts": Text("Alerts", "预警"),
    "segments": Text("Segments", "客群"),
    "profiles": Text("Customers", "客户"),
    "dealings": Text("Dealings", "交易"),
    "quality": Text("Quality", "质量"),
    "identity": Text("Identity", "身份"),
    "landing": Text("As collected", "原始数据"),
}

#: In which order a date is written.
ORDERS: dict[str, Text] = {
    "ymd": Text("year, month, day", "年月日"),
    "dmy": Text("day, month, year", "日月年"),
    "mdy": Text("month, day, year", "月日年"),
}

#: What happens to a customer.
EVENTS: dict[str, Text] = {
    "order": Text("Order", "订单"),
    "interaction": Text("Contact", "联系"),
    "response": Text("Answer", "问卷回答"),
    "fact": Text("Profile updated", "资料更新"),
}

#: What a person may decide of two sides.
VERDICTS: dict[str, Text] = {
    "same": Text("the same customer", "同一客户"),
    "different": Text("never the same", "不是同一客户"),
    "split": Text("two customers", "拆分为两个客户"),
}

#: Whether two records say the same.
AGREEMENTS: dict[str, Text] = {
    "same": Text("the same", "相同"),
    "alike": Text("alike", "相近"),
    "different": Text("different", "不同"),
    "unknown": Text("", ""),
}

#: What becomes of a customer id, and why.
BECAME: dict[str, Text] = {
    "issued": Text("issued", "发放"),
    "merged": Text("merged into another", "并入另一客户"),
    "revived": Text("its own again", "恢复为独立客户"),
    "renewed": Text("given anew, made with the key", "以密钥重新发放"),
    "split": Text("split off", "拆分而来"),
    "ended": Text("means nobody any more", "不再指任何客户"),
    "decision": Text("a decision", "人工裁定"),
    "evidence": Text("what the records say", "数据依据"),
}

#: The closed sets of words that columns hold.
CODES: dict[str, dict[str, Text]] = {
    "kind": {
        "person": Text("person", "个人"),
        "organisation": Text("organisation", "单位"),
        "goods": Text("goods", "商品"),
        "shipping": Text("shipping", "运费"),
        "fee": Text("fee", "费用"),
        "adjustment": Text("adjustment", "调整"),
        "void": Text("void", "未成立"),
        "sale": Text("sale", "销售"),
        "return": Text("return", "退货"),
    },
    "gender": {"female": Text("female", "女"), "male": Text("male", "男"), "other": Text("other", "其他")},
    "severity": SEVERITIES,
    "subject_kind": {"customer": SUBJECTS["customer"], "source": DETAILS["source"]},
    "dimension": DIMENSIONS,
    "state": {"expired": Text("expired", "已过期"), "soon": Text("expires soon", "即将过期")},
    "reason": {
        **REASONS,
        "answered": Text("reacted through it last", "最近经此回应"),
        "bought": Text("bought there last", "最近在此购买"),
        "phone": Text("a valid number is known", "有有效电话"),
        "email": Text("a valid address is known", "有有效邮箱"),
        "none": Text("no way is known", "无联系方式"),
        "empty": Text("is empty", "为空"),
        "no_letters": Text("has no letters", "不含文字"),
        "unknown_word": Text("is an unknown word", "取值未知"),
        "impossible_day": Text("is an impossible day", "日期不可能"),
        "out_of_range": Text("is out of range", "超出范围"),
        "wrong_form": Text("has the wrong form", "格式不对"),
        "below_nought": Text("is below nought", "小于零"),
        "nought": Text("is nought", "为零"),
        "shared": Text("another customer has it too", "其他客户也有"),
        "duplicate": Text("is in the source twice", "来源内重复"),
    },
    "status": STATUSES,
    "region": {UNKNOWN: Text("unknown", "未知")},
    "product_id": {UNKNOWN: Text("unknown", "未知")},
}


def running(*sentences: str) -> str:
    """Sentences one after another, as the language sets them apart."""
    return ("" if language() == "zh" else " ").join(sentences)


_SUREST = 0.9999


def likelihood(probability: float | None) -> str:
    """How likely, as one says it."""
    if probability is None:
        return _("likelihood unknown")
    steps = {0.9: _("almost certainly"), 0.7: _("probably"), 0.4: _("perhaps"), 0.0: _("hardly")}
    value_label = next(words for least, words in steps.items() if probability >= least)
    return f"{value_label} ({formats.share(probability, places=0)})"


def chance(probability: float) -> str:
    """A likelihood in percent; never all and never nothing, for no likeness is proof."""
    if probability > _SUREST:
        return _("over {share}").format(share=formats.share(_SUREST, places=2))
    if probability < 1 - _SUREST:
        return _("under {share}").format(share=formats.share(1 - _SUREST, places=2))
    return formats.share(probability, places=2)


def value_label(column: Column, value: str) -> str:
    """What a person calls a value of a column: by the column's own codes, or as everywhere."""
    if column.type is Type.JSON and column.codes and value.startswith("{"):
        return " · ".join(f"{name} {figure}" for name, figure in evidence(value, column.codes))
    known = (column.codes or {}).get(value)
    return coded(column.name, value) if known is None else str(known)


def spoken(columns: Sequence[Column]) -> list[Column]:
    """The columns that a reader needs: of a text that stands in both languages, as `reason_zh`, only one."""
    names = {column.name for column in columns}
    both = {name for name in names if f"{name}_zh" in names}
    foreign = both if language() == "zh" else {f"{name}_zh" for name in both}
    return [column for column in columns if column.name not in foreign]


def answering(columns: Sequence[Column]) -> list[Column]:
    """The columns that tell something of a customer, without the steps of its working-out."""
    return [column for column in spoken(columns) if column.name != "customer_id" and not column.step]


def coded(column: str, value: str) -> str:
    """What a person calls a value of a closed set; any other value as it is."""
    known = CODES.get(column, {}).get(value)
    if known is not None:
        return str(known)
    if column == "country":
        return str(locale().territories.get(value, value))
    return str(locale().languages.get(value, value)) if column == "language" else value


def evidence(told: Mapping[str, Any] | str | None, labels: Mapping[str, Text]) -> tuple[tuple[str, str], ...]:
    """The figures behind a finding, each by what a person calls it."""
    values = json.loads(told) if isinstance(told, str) else told or {}
    known = ((name, value) for name, value in values.items() if value is not None)
    return tuple((str(labels.get(name, name)), _shown(name, value)) for name, value in known)


def known_as(record_id: str) -> str:
    """What a source calls somebody; who has no number there goes by what they are recognised by.

    known_as("C0042")                "C0042"
    known_as("member_no:8732153870") "Membership number 8732153870"
    known_as("phone~ce166fb0c288")   "known by phone"
    known_as("organisation:acme")    "known by name"
    known_as("row~0b4e7a0e5f1a2c3d") "no number"
    """
    if record_id.startswith("row~"):
        return _("no number")
    if record_id.startswith("organisation:"):
        return _("known by name")
    for mark in ":~":
        kind, found, value = record_id.partition(mark)
        if found and kind in IDENTIFIERS:
            title = str(IDENTIFIERS[kind].title)
            # What follows is a digest, which tells a reader nothing.
            return f"{title} {value}" if mark == ":" else _("known by {what}").format(what=_within(title))
    return record_id


def _within(title: str) -> str:
    """A title as it stands within a sentence: phone, e-mail, WeChat OpenID."""
    return title.lower() if title[1:].islower() else title


def ago(days: int) -> str:
    """A day's distance from the build's, as one says it: 3 days ago, 2年前."""
    if days <= 0:
        return str(Text("that day", "当天"))
    return format_timedelta(timedelta(days=-days), add_direction=True, threshold=1.5, locale=locale())


def _shown(name: str, value: object) -> str:
    return formats.number(value) if isinstance(value, int | float) else coded(name, str(value))
