"""Life rules: which goods tell today of goods wanted years later, written as a person would write it?"""

import re
from dataclasses import dataclass

from shuke.errors import WrongSettings
from shuke.languages import N_

#: What was bought > how many months later > what will be wanted. Words are parted by `|`.
RULES = (
    "baby|nappies|infant|母婴|婴儿|纸尿裤|奶粉 > 36..60 months > children|kids|toys|童装|儿童|玩具|绘本",
    "children|kids|童装|儿童|玩具 > 48..84 months > school|stationery|学生|文具|书包",
    "maternity|pregnan|孕妇|待产 > 6..18 months > baby|infant|母婴|婴儿",
    "wedding|婚庆|婚纱 > 12..36 months > baby|infant|maternity|母婴|婴儿|孕妇",
    "puppy|kitten|幼犬|幼猫 > 12..24 months > dog|cat|pets|宠物|狗粮|猫粮",
)

#: What is wanted after a move, and after work.
MOVED = ("home", "furniture", "bedding", "kitchen", "家居", "家具", "床品", "厨房", "家电")
RETIRED = ("health", "travel", "garden", "tea", "保健", "健康", "旅游", "园艺", "茶叶")

_FORM = re.compile(r"\s*(.+?)\s*>\s*(\d+)\s*\.\.\s*(\d+)\s*(?:months?|个?月)?\s*>\s*(.+?)\s*")


@dataclass(frozen=True)
class LifeRule:
    """Who bought goods of `sign` between `least` and `most` months ago should want those of `wanted` now."""

    sign: tuple[str, ...]
    least: int
    most: int
    wanted: tuple[str, ...]

    @property
    def stage(self) -> str:
        """What it is called: the first word of either side."""
        return f"{self.sign[0]} > {self.wanted[0]}"


def read(rule: str) -> LifeRule:
    """The rule that is written.

    read("baby|母婴 > 36..60 months > children|儿童")
    LifeRule(sign=("baby", "母婴"), least=36, most=60, wanted=("children", "儿童"))
    """
    found = _FORM.fullmatch(rule)
    if not found or int(found[2]) >= int(found[3]):
        raise WrongSettings(
            N_("“{rule}” is no rule of life stages. Write it like: baby > 36..60 months > children."),
            rule=rule,
        )
    return LifeRule(_words(found[1]), int(found[2]), int(found[3]), _words(found[4]))


def _words(side: str) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in side.split("|") if word.strip())


def pattern(words: tuple[str, ...]) -> str:
    """A regular expression that finds any of the words in lower-case text, Latin ones where a word begins."""
    return "|".join((r"\b" if word.isascii() else "") + re.escape(word) for word in words)
