"""Themes: under which of a manager's questions does an analysis stand?"""

from shuke.languages import Text

#: Where an analysis stands that names no theme.
OTHER = "other"

#: In the order in which they are asked.
THEMES: dict[str, Text] = {
    "value": Text("Who are our best customers, and what are they worth?", "谁是我们最好的客户，价值几何？"),
    "leaving": Text("Who is leaving, and why?", "谁在流失，为什么？"),
    "returning": Text("Do they come back, and when?", "客户会回来吗，何时回来？"),
    "offering": Text("What should we offer to whom?", "该向谁推荐什么？"),
    "goods": Text("What sells, where, and with what?", "什么好卖，卖在哪里，与什么同买？"),
    "price": Text("What draws customers, and what would they pay?", "什么吸引客户，他们愿付什么价？"),
    "feeling": Text("How do customers feel, and what do they tell us?", "客户感受如何，说了什么？"),
    "measures": Text("Did our campaigns and offers work?", "活动与优惠有效吗？"),
    "money": Text("What do customers cost us, and who owes us?", "客户花了我们多少成本，谁还欠款？"),
    "market": Text("How large is the market, and where can we grow?", "市场有多大，增长在哪里？"),
    "unasked": Text("What did nobody ask?", "还有哪些没人问过的发现？"),
    OTHER: Text("What else is known?", "还知道些什么？"),
}
