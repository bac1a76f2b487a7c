"""Life rules: which goods tell today of goods wanted years later, written as a person would write it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.life_facts import days_after, days_of, months_before
from shuke.errors import WrongSettings
from shuke.languages import N_, Text
from shuke.lazy import pd

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

#: Customers who have lived through all of a rule's months, before it can be said how often it comes true.
ENOUGH = 20

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

    @property
    def title(self) -> Text:
        """The same in both languages, where the rule has a word of it on both sides."""
        chinese = [next((w for w in side if not w.isascii()), side[0]) for side in (self.sign, self.wanted)]
        return Text(self.stage, " > ".join(chinese))


def read(rule: str) -> LifeRule:
    """The rule that is written.

    read("baby|母婴 > 36..60 months > children|儿童")
    LifeRule(sign=("baby", "母婴"), least=36, most=60, wanted=("children", "儿童"))
    """
    found = _FORM.fullmatch(rule)
    if not found or int(found[2]) >= int(found[3]):
        raise WrongSettings(
            N_(
                "“{rule}” is not a valid life-stage rule. Write it like this: baby > 36..60 months > "
                "children."
            ),
            rule=rule,
        )
    return LifeRule(_words(found[1]), int(found[2]), int(found[3]), _words(found[4]))


def _words(side: str) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in side.split("|") if word.strip())


def pattern(words: tuple[str, ...]) -> str:
    """A regular expression that finds any of the words in lower-case text, Latin ones where a word begins."""
    return "|".join((r"\b" if word.isascii() else "") + re.escape(word) for word in words)


def outgrown(lines: ir.Table, matched: pd.DataFrame, terms: ir.Table) -> ir.Table:
    """Who bought a rule's sign that many months ago, and has not bought what it says will be wanted."""
    schema = {"text": "string", "rule": "int64", "wanted": "boolean"}
    told = lines.inner_join(ibis.memtable(matched, schema=schema), "text").inner_join(terms, "rule")
    signs = told.filter(~told.wanted)
    within = signs.day.between(signs.begins, signs.ends)
    each = ["customer_id", "rule", "least", "most", "ends", "begins", "stage", "suggested"]
    held = signs.group_by(each).agg(first=signs.day.min(), sign=signs.day.min(where=within))
    later = told.filter(told.wanted).select("customer_id", "rule", "day")
    # Left, with what came after: one row per customer and rule again.
    joined = held.left_join(later, ["customer_id", "rule"])
    grown = joined.day.delta(joined["first"], unit="day")
    seen = joined.group_by([*each, "first", "sign"]).agg(
        came=(grown.between(joined.least, joined.most)).any().fill_null(False),
        has=(joined.day >= days_after(joined.sign, joined.least)).any().fill_null(False),
    )
    over = seen["first"] < seen.begins
    odds = seen.group_by("rule").agg(over=over.sum(), came=(over & seen.came).sum())
    rated = odds.mutate(sure=ibis.ifelse(odds.over >= ENOUGH, odds.came / odds.over.nullif(0), None))
    open_ = seen.filter(seen.sign.notnull() & ~seen.has).inner_join(rated.select("rule", "sure"), "rule")
    day = open_.sign.cast(str)
    return open_.mutate(
        source=ibis.literal("rule"), since=days_after(open_.sign, open_.least),
        suggested_category=open_.suggested,
        evidence=ibis.literal("Bought what “") + open_.stage + "” begins with on " + day + ".",
        evidence_zh=ibis.literal("于 ") + day + " 购买了「" + open_.stage + "」的起始商品。",
    )  # fmt: skip


def matched(assortment: pd.DataFrame, rules: list[LifeRule]) -> pd.DataFrame:
    """Which goods are a sign of, or wanted by, which rule; both where it says so."""
    found = [
        pd.DataFrame(
            {
                "text": assortment.text[assortment.text.str.contains(pattern(words))],
                "rule": n,
                "wanted": wanted,
            }
        )
        for n, rule in enumerate(rules)
        for words, wanted in ((rule.sign, False), (rule.wanted, True))
    ]
    return pd.concat(found, ignore_index=True) if found and len(assortment) else pd.DataFrame()


def terms(rules: list[LifeRule], assortment: pd.DataFrame, as_of: date) -> ir.Table:
    """Each rule's window of days, and the category that it suggests."""
    rows = [
        {"rule": n, "stage": rule.stage, "least": days_of(rule.least), "most": days_of(rule.most),
         "begins": months_before(as_of, rule.most), "ends": months_before(as_of, rule.least),
         "suggested": suggested(assortment, rule.wanted)}
        for n, rule in enumerate(rules)
    ]  # fmt: skip
    schema = {"rule": "int64", "stage": "string", "least": "int64", "most": "int64", "begins": "date",
              "ends": "date", "suggested": "string"}  # fmt: skip
    return ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema)


def suggested(assortment: pd.DataFrame, words: tuple[str, ...]) -> str | None:
    if assortment.empty:
        return None
    found = assortment[assortment.text.str.contains(pattern(words)) & assortment.category.notna()]
    sold = found.groupby("category").sold.sum()
    return None if sold.empty else str(sold.sort_index().idxmax())
