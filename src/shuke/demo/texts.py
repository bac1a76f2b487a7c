"""Texts: what do customers say on the telephone and in surveys?"""

#: topic, the motive that it betrays (or any), status, what was noted in Chinese and in English
CALLS = [
    ("delivery", "service", "closed", "快递晚了三天，希望下次准时送达", "The parcel came three days late"),
    ("complaint", "service", "open", "店员态度不好，要求回电", "Staff were rude, wants to be called back"),
    (
        "service",
        "service",
        "closed",
        "咨询安装服务，希望上门",
        "Asks whether somebody can come to install it",
    ),
    ("price", "price", "closed", "询问是否有优惠券", "Asks for a voucher"),
    (
        "price",
        "price",
        "closed",
        "别家更便宜，问能否保价",
        "Found it cheaper elsewhere, asks for a price match",
    ),
    ("product", "product", "closed", "询问新品何时上市", "Asks when the new collection arrives"),
    ("product", "product", "open", "质量有问题，申请换货", "Quality problem, wants another one"),
    ("inquiry", "any", "closed", "查询会员积分", "Asks for the points on the card"),
    ("inquiry", "any", "closed", "询问门店营业时间", "Asks for opening hours"),
    ("return", "any", "open", "申请退货退款", "Wants to return and be refunded"),
    ("complaint", "leaving", "open", "非常失望，不会再来", "Very disappointed, will not come again"),
]

#: the motive that it betrays, from which score on, the comment
COMMENTS = [
    ("price", 0, "太贵了"),
    ("price", 0, "Too expensive lately"),
    ("price", 7, "优惠力度大，很划算"),
    ("price", 7, "Great value for money"),
    ("service", 0, "服务差，等了很久"),
    ("service", 0, "Nobody answers the phone"),
    ("service", 7, "店员热情，送货快"),
    ("service", 7, "Friendly staff, quick delivery"),
    ("product", 0, "质量不如以前"),
    ("product", 0, "Quality is not what it was"),
    ("product", 7, "新品多，质量好"),
    ("product", 7, "Love the new products"),
]

#: what reviews say first, and what they add
REVIEWS = {
    "good": {
        "zh": [
            "质量好",
            "很好用",
            "包装精美",
            "物有所值",
            "做工细致",
            "味道不错",
            "颜色漂亮",
            "比图片还好看",
        ],
        "zh_more": ["，会再买", "，推荐给大家", "，非常满意", "，家人都喜欢"],
        "en": [
            "Good quality",
            "Works well",
            "Beautifully packed",
            "Worth the money",
            "Well made",
            "Tastes great",
        ],
        "en_more": [", will buy it again", ", highly recommended", ", very pleased", ", the family loves it"],
    },
    "bad": {
        "zh": [
            "质量差",
            "不好用",
            "包装破损",
            "不值这个价",
            "做工粗糙",
            "味道不对",
            "用了两天就坏了",
            "与描述不符",
        ],
        "zh_more": ["，不会再买", "，很失望", "，想退货", "，不推荐"],
        "en": [
            "Poor quality",
            "Does not work",
            "Arrived broken",
            "Not worth it",
            "Badly made",
            "Tastes wrong",
        ],
        "en_more": [", never again", ", very disappointed", ", want my money back", ", do not buy it"],
    },
}


def calls() -> list[dict[str, str]]:
    keys = ("topic", "motive", "status", "zh", "en")
    return [dict(zip(keys, call, strict=True)) for call in CALLS]


def comments() -> list[dict[str, object]]:
    return [{"motive": motive, "since": since, "text": text} for motive, since, text in COMMENTS]
