"""Opinion codes: where, in which language and to what effect did a customer say something?"""

from shuke.languages import Text

ORIGINS: dict[str, Text] = {
    "contact": Text("call, visit or message", "来电、来访或留言"),
    "answer": Text("survey answer", "问卷回答"),
}
SENTIMENTS: dict[str, Text] = {
    "praise": Text("praise", "褒"),
    "neutral": Text("neither", "中性"),
    "blame": Text("blame", "贬"),
    "unknown": Text("cannot be told", "无法判断"),
}
LANGUAGES: dict[str, Text] = {
    "zh": Text("Chinese", "中文"),
    "en": Text("other letters", "西文"),
    "": Text("no words", "无文字"),
}
