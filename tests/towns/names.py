"""Names: what are people of a small town called, and how often?

Surnames in about the order and the shares that they have in China and in Great Britain; given names that are
common there, falling off as lists of given names do. A town has what is common: namesakes are the point.
"""

from random import Random

#: per thousand people
SURNAMES_ZH = {
    "王": 72, "李": 71, "张": 68, "刘": 51, "陈": 45, "杨": 32, "黄": 25, "赵": 23, "吴": 21, "周": 20, "徐": 15,
    "孙": 14, "马": 13, "朱": 12, "胡": 12, "郭": 12, "何": 11, "林": 11, "高": 10, "罗": 9, "郑": 9, "梁": 8,
    "谢": 7, "宋": 7, "唐": 7, "许": 6, "韩": 6, "冯": 6, "邓": 6, "曹": 5, "彭": 5, "曾": 5, "肖": 5, "田": 4,
}  # fmt: skip
SURNAMES_EN = {
    "Smith": 122, "Jones": 75, "Williams": 52, "Brown": 47, "Taylor": 47, "Davies": 36, "Wilson": 33, "Evans": 30,
    "Thomas": 29, "Johnson": 28, "Roberts": 27, "Walker": 25, "Wright": 25, "Robinson": 24, "Thompson": 24,
    "White": 23, "Hughes": 22, "Edwards": 21, "Green": 20, "Hall": 19, "Wood": 19, "Harris": 18, "Lewis": 18,
    "Martin": 18, "Jackson": 17, "Clarke": 17, "Clark": 16, "Turner": 16, "Hill": 15, "Scott": 15, "Cooper": 14,
    "Morris": 14, "Ward": 13, "Moore": 13, "King": 12, "Watson": 12, "Baker": 12, "Harrison": 11,
}  # fmt: skip
GIVEN_EN = {
    "M": "David John Michael Paul James Andrew Mark Robert Stephen Christopher Richard Peter William Matthew "
         "Daniel Thomas Simon Anthony Martin Kevin Alan Ian Graham Philip Gary Neil Adam Luke Jack Harry".split(),
    "F": "Susan Margaret Karen Sarah Jacqueline Christine Mary Elizabeth Helen Emma Claire Nicola Julie Alison "
         "Jane Laura Rebecca Lisa Rachel Catherine Ann Janet Linda Patricia Hannah Lucy Sophie Chloe Amy".split(),
}  # fmt: skip
GIVEN_ZH = {
    "M": "伟 强 磊 军 勇 杰 涛 超 明 刚 平 辉 鹏 斌 建国 建华 志强 志明 海涛 国强 文杰 俊杰 子轩 浩宇 浩然 宇轩 一鸣 "
         "天宇 家豪 晓东 晓明 建军 永强 少华 振华 立新 文博 思远 嘉伟 子豪".split(),
    "F": "芳 娜 敏 静 丽 艳 娟 霞 秀英 桂英 秀兰 玉兰 桂兰 淑珍 雪梅 海燕 丽娟 晓燕 婷婷 欣怡 梓涵 诗涵 雨欣 佳怡 思雨 "
         "玉梅 春梅 丽华 美玲 红梅 小红 晓丽 文静 佳琪 雅婷 慧敏 雪莹 梦婷".split(),
}  # fmt: skip


def surname(dice: Random, language: str) -> str:
    weights = SURNAMES_ZH if language == "zh" else SURNAMES_EN
    return dice.choices(list(weights), list(weights.values()))[0]


def composed(dice: Random, language: str) -> str:
    """A given name as a whole country has them: most Chinese ones are two characters, put together freely."""
    name = given(dice, language, dice.choice("MF"))
    if language == "zh" and dice.random() < 0.75:
        return name[0] + given(dice, language, dice.choice("MF"))[-1]
    return name


def given(dice: Random, language: str, sex: str) -> str:
    """The n-th of the list is given in proportion to 1 / (n + 6): the first of forty to one in fifteen or so."""
    names = (GIVEN_ZH if language == "zh" else GIVEN_EN)[sex]
    return dice.choices(names, [1 / (n + 6) for n in range(len(names))])[0]
