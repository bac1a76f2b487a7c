"""Life stages: whose life has moved on, so that they want other goods than before?"""

from datetime import date

import altair as alt
import ibis
import ibis.expr.types as ir
import pandas as pd

from shuke.analyses.life_rules import MOVED, RETIRED, RULES, LifeRule, pattern, read
from shuke.analyses.successions import awaited, beginnings, successions
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

#: Customers who have lived through all of a rule's months, before it can be said how often it comes true.
ENOUGH = 20


@table(
    key=("customer_id", "stage"),
    title=Text("Life stages", "人生阶段"),
    about=Text(
        "Whose life has moved on, so that they want other goods?", "哪些客户进入了新的人生阶段？"),
    reading=Text(
        "Each bar is a stage; its length is how many customers have reached it.",
        "每条为一个阶段，长度为已进入该阶段的客户数。"),
    limits=Text(
        "Goods are bought as presents, too, and an address may be an office: a stage is a good reason to "
        "ask, not a fact about a family. A rule is as good as the words in it; add your own in the settings. "
        "What is learnt says what comes after what, not why.",
        "商品也可能是送礼，地址也可能是办公室：阶段只是询问的理由，并非家庭的事实。"
        "规则取决于其中的词语，可在设置中增补。学得的阶段只说明先后，不说明原因。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("stage", Type.TEXT, Text("Stage", "阶段"),
            codes={"moved": Text("moved", "搬迁"), "retired": Text("retired", "退休")}, note=Text(
            "`moved`, `retired`, or what was bought and what is wanted now.",
            "`moved` 搬迁，`retired` 退休，或“已购 > 将需”。")),
        Column("source", Type.TEXT, Text("Known from", "依据"),
            codes={
                "rule": Text("a rule", "规则"), "learnt": Text("learnt", "学得"),
                "fact": Text("a fact", "资料"),
            },
            note=Text(
            "`rule`: a rule of the settings; `learnt`: what others came to later; `fact`: what is told of "
            "them.",
            "`rule` 设置中的规则；`learnt` 从其他客户的先后购买学得；`fact` 客户资料。")),
        Column("since", Type.DATE, Text("Since", "起始日")),
        Column("suggested_category", Type.TEXT, Text("Suggested category", "建议类别"), note=Text(
            "Of those that are sold the one that suits best; empty where none does.",
            "在售类别中最合适者；没有时为空。")),
        Column("sure", Type.NUMBER, Text("How sure", "把握"), unit="share", note=Text(
            "Of earlier customers the share with whom it came true; of facts, how fresh they are. Empty: too "
            "few earlier customers to tell.",
            "此前客户中应验的比例；资料类为其新鲜度。为空表示此前客户太少。")),
        Column("evidence", Type.TEXT, Text("Evidence", "依据说明（英文）")),
        Column("evidence_zh", Type.TEXT, Text("Evidence (Chinese)", "依据说明")),
    ],
)  # fmt: skip
def life_stages(
    purchases: ir.Table,
    customers: ir.Table,
    facts: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    rules: tuple[str, ...] = RULES,
    moved: tuple[str, ...] = MOVED,
    retired: tuple[str, ...] = RETIRED,
    retirement_age: int = 60,
    recent_months: int = 12,
    gap_days: int = 90,
    lead: float = 1.25,
) -> ir.Table:
    """Customers who have outgrown what they bought, moved, or retired, and what they may want now.

    One row per customer and stage, of four kinds:

    rules    "baby > 36..60 months > children": who bought goods whose category or name has a word before the
             first `>` (several parted by `|`), that many months ago, and since the stage began nothing with
             a word after the last. `sure` is the share of those whose months are over with whom it came true
    learnt   of two categories the later, where customers come to it after the other more often than the order
             of their purchases would give by chance, `lead` times as often or more, at least `gap_days` later
             in the middle, with false discoveries controlled (Benjamini and Hochberg 1995); who is as far on
             as others were and has none of it
    moved    a city or an address first said within `recent_months`, after the last time that another one was
             said; or two parcels or more to a new city after two or more to another
    retired  turned `retirement_age` within the last five years; of a birth date that is known as a range,
             `sure` is the part of the range for which this holds, and at least a half

    The suggested category is the one sold most often of those with a wanted word.
    """
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    ).filter(lambda t: t.day <= as_of)
    lines = goods.mutate(text=(goods.category.fill_null("") + " " + goods.product_name.fill_null("")).lower())
    shelf = lines.group_by("text").agg(category=lines.category.max(), sold=lines.count()).to_pandas()
    home = _suggested(shelf, moved)
    parts = [
        _said_moves(facts, as_of, recent_months, home),
        _retired(customers, as_of, retirement_age, _suggested(shelf, retired)),
    ]
    if len(shelf):
        parts.append(_parcels(goods, as_of, recent_months, home))
    matched = _matched(shelf, known := [read(rule) for rule in rules])
    if len(matched):
        parts.append(_outgrown(lines, matched, _terms(known, shelf, as_of)))
    begun = beginnings(goods, checkpoint)
    found = successions(begun, gap_days=gap_days, lead=lead)
    if len(found):
        parts.append(_succeeding(awaited(begun, found, as_of=as_of)))
    columns = [column.name for column in life_stages.columns]
    told = parts[0].select(columns)
    for part in parts[1:]:
        told = told.union(part.select(columns))
    # Of two signs of a move the older; where they are as old, the one that is surer.
    first = ibis.window(
        group_by=["customer_id", "stage"], order_by=[told.since, told.sure.desc(), told.evidence]
    )
    return told.mutate(nth=ibis.row_number().over(first)).filter(lambda t: t.nth == 0)


def _outgrown(lines: ir.Table, matched: pd.DataFrame, terms: ir.Table) -> ir.Table:
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
        has=(joined.day >= _later(joined.sign, joined.least)).any().fill_null(False),
    )
    over = seen["first"] < seen.begins
    odds = seen.group_by("rule").agg(over=over.sum(), came=(over & seen.came).sum())
    rated = odds.mutate(sure=ibis.ifelse(odds.over >= ENOUGH, odds.came / odds.over.nullif(0), None))
    open_ = seen.filter(seen.sign.notnull() & ~seen.has).inner_join(rated.select("rule", "sure"), "rule")
    day = open_.sign.cast(str)
    return open_.mutate(
        source=ibis.literal("rule"), since=_later(open_.sign, open_.least),
        suggested_category=open_.suggested,
        evidence=ibis.literal("Bought what “") + open_.stage + "” begins with on " + day + ".",
        evidence_zh=ibis.literal("于 ") + day + " 购买了「" + open_.stage + "」的起始商品。",
    )  # fmt: skip


def _matched(shelf: pd.DataFrame, rules: list[LifeRule]) -> pd.DataFrame:
    """Which goods are a sign of, or wanted by, which rule; both where it says so."""
    found = [
        pd.DataFrame(
            {"text": shelf.text[shelf.text.str.contains(pattern(words))], "rule": n, "wanted": wanted}
        )
        for n, rule in enumerate(rules)
        for words, wanted in ((rule.sign, False), (rule.wanted, True))
    ]
    return pd.concat(found, ignore_index=True) if found and len(shelf) else pd.DataFrame()


def _terms(rules: list[LifeRule], shelf: pd.DataFrame, as_of: date) -> ir.Table:
    """Each rule's window of days, and the category that it suggests."""
    rows = [
        {"rule": n, "stage": rule.stage, "least": _days(rule.least), "most": _days(rule.most),
         "begins": _before(as_of, rule.most), "ends": _before(as_of, rule.least),
         "suggested": _suggested(shelf, rule.wanted)}
        for n, rule in enumerate(rules)
    ]  # fmt: skip
    schema = {"rule": "int64", "stage": "string", "least": "int64", "most": "int64", "begins": "date",
              "ends": "date", "suggested": "string"}  # fmt: skip
    return ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema)


def _suggested(shelf: pd.DataFrame, words: tuple[str, ...]) -> str | None:
    if shelf.empty:
        return None
    found = shelf[shelf.text.str.contains(pattern(words)) & shelf.category.notna()]
    sold = found.groupby("category").sold.sum()
    return None if sold.empty else str(sold.sort_index().idxmax())


def _days(months: int) -> int:
    return round(months * 30.4375)


def _before(day: date, months: int) -> date:
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def _later(day: ir.DateValue, days: ir.IntegerValue) -> ir.DateValue:
    return day + days.cast("int32").as_interval("D")


def _succeeding(rows: ir.Table) -> ir.Table:
    share = (rows.share * 100).round().cast("int64").cast(str) + "%"
    day = rows["first"].cast(str)
    return rows.mutate(
        stage=rows.sign + " → " + rows.wanted, source=ibis.literal("learnt"), sure=rows.share,
        since=_later(rows["first"], rows.after), suggested_category=rows.wanted,
        evidence="Began with " + rows.sign + " on " + day + "; " + share + " of such customers came to "
        + rows.wanted + " later.",
        evidence_zh=day + " 开始购买「" + rows.sign + "」；此类客户中有 " + share
        + " 后来购买「" + rows.wanted + "」。",
    )  # fmt: skip


def _said_moves(facts: ir.Table, as_of: date, months: int, suggested: str | None) -> ir.Table:
    """Whose city or address is a new one: nobody has said the old one since."""
    told = facts.filter(
        facts.attribute.isin(["city", "address"]) & facts.customer_id.notnull() & facts.first_at.notnull()
    )
    plain = told.mutate(place=told.value.replace("市", "").strip())
    places = plain.group_by("customer_id", "attribute", "place").agg(
        begun=plain.first_at.min().date(), last=plain.collected_at.max().date(), fresh=plain.freshness.max()
    )
    newest = ibis.window(group_by=["customer_id", "attribute"], order_by=[places.begun.desc(), places.place])
    ranked = places.mutate(nth=ibis.row_number().over(newest), before=places["last"].lead().over(newest))
    new = ranked.filter((ranked.nth == 0) & (ranked.before < ranked.begun))
    lately = new.filter(new.begun.between(_before(as_of, months), as_of))
    return _moved(lately, lately.begun, lately.fresh, suggested,
                  Text("A new address or city was first given on ", "首次登记新地址或城市："))  # fmt: skip


def _parcels(goods: ir.Table, as_of: date, months: int, suggested: str | None) -> ir.Table:
    """Whose parcels go to another city than they used to; what a shop sold says nothing of a home."""
    shipped = goods.filter(goods.store_id.isnull() & goods.city.notnull())
    cities = shipped.group_by("customer_id", "city").agg(
        begun=shipped.day.min(), last=shipped.day.max(), parcels=shipped.day.nunique()
    )
    newest = ibis.window(group_by="customer_id", order_by=[cities["last"].desc(), cities.city])
    ranked = cities.mutate(
        nth=ibis.row_number().over(newest), before=cities["last"].lead().over(newest),
        earlier=cities.parcels.lead().over(newest),
    )  # fmt: skip
    new = ranked.filter((ranked.nth == 0) & (ranked.before < ranked.begun))
    often = new.filter((new.parcels >= 2) & (new.earlier >= 2))
    lately = often.filter(often.begun.between(_before(as_of, months), as_of))
    sure = lately.parcels / (lately.parcels + 1)
    return _moved(lately, lately.begun, sure, suggested,
                  Text("Parcels go to another city since ", "收货城市变更，始于 "))  # fmt: skip


def _moved(
    rows: ir.Table, since: ir.DateValue, sure: ir.NumericValue, suggested: str | None, said: Text
) -> ir.Table:
    return rows.mutate(
        stage=ibis.literal("moved"), source=ibis.literal("fact"), since=since, sure=sure.cast("float64"),
        suggested_category=ibis.literal(suggested, type="string"),
        evidence=ibis.literal(said.en) + since.cast(str) + ".",
        evidence_zh=ibis.literal(said.zh) + since.cast(str) + "。",
    )  # fmt: skip


def _retired(customers: ir.Table, as_of: date, age: int, suggested: str | None) -> ir.Table:
    """Who turned that age within the last five years, by the range of birth dates that is known."""
    newest, oldest = _before(as_of, 12 * age), _before(as_of, 12 * (age + 5))
    people = customers.filter(customers.birth_from.notnull() & customers.birth_until.notnull())
    low, high = ibis.greatest(people.birth_from, oldest), ibis.least(people.birth_until, newest)
    share = (high.delta(low, unit="day") + 1) / (people.birth_until.delta(people.birth_from, unit="day") + 1)
    told = people.mutate(sure=share.cast("float64"), since=_later(low, ibis.literal(_days(12 * age))))
    return told.filter(told.sure >= 0.5).mutate(
        stage=ibis.literal("retired"), source=ibis.literal("fact"),
        suggested_category=ibis.literal(suggested, type="string"),
        evidence=ibis.literal(f"Turned {age} within the last five years."),
        evidence_zh=ibis.literal(f"最近五年内年满 {age} 岁。"),
    )  # fmt: skip


@life_stages.chart
def stage_bars(rows: ir.Table) -> alt.Chart:
    return (
        alt.Chart(_counted(rows).head(20))
        .mark_bar()
        .encode(
            y=alt.Y("stage:N", sort="-x", title=None, axis=alt.Axis(labelLimit=280)),
            x=alt.X("customers:Q", title=str(Text("Customers", "客户数"))),
            tooltip=["stage", "customers"],
        )
    )


@life_stages.sentence
def stage_sentence(rows: ir.Table) -> Text:
    stages = _counted(rows)
    if stages.empty:
        return Text("Nobody is known to have entered a new stage.", "目前没有客户进入新的人生阶段。")
    first = stages.iloc[0]
    kinds = "1 kind of stage" if len(stages) == 1 else f"{len(stages)} kinds of stages"
    return Text(
        f"Customers have reached {kinds}; most often “{first.stage}”: {first.customers:,}.",
        f"目前客户进入了 {len(stages)} 种阶段；最多的是「{first.stage}」，共 {first.customers:,} 位。",
    )


def _counted(rows: ir.Table) -> pd.DataFrame:
    frame: pd.DataFrame = rows.group_by("stage").agg(customers=rows.count()).to_pandas()
    return frame.sort_values(["customers", "stage"], ascending=[False, True])


@life_stages.grade
def came_true(life_stages: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """How many bought of the category that was suggested, beside everybody who had bought anything."""
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.day <= until))
    known = goods.filter(goods.customer_id.notnull())
    after = known.filter((known.day > at) & known.category.notnull())
    taken = after.select("customer_id", suggested_category="category").distinct()
    told = life_stages.filter(life_stages.suggested_category.notnull())
    keys = ["customer_id", "suggested_category"]
    pairs = told.select(keys).distinct().left_join(taken.mutate(came=1.0), keys)
    named = pairs.group_by("suggested_category").agg(here=pairs.count(), came=pairs.came.sum().fill_null(0))
    buyers = taken.group_by("suggested_category").agg(buyers=taken.count())
    frame = named.left_join(buyers, "suggested_category").to_pandas().fillna({"buyers": 0})
    everybody = int(known.filter(known.day <= at).customer_id.nunique().execute())
    here = int(frame.here.sum())
    if not here or not everybody:
        raise NotEnoughData(N_("Nobody was suggested a category by {day}."), day=at)
    share = float(frame.came.sum()) / here
    naive = float((frame.here * frame.buyers).sum()) / everybody / here
    bought = Text("Bought of the suggested category", "购买建议类别的比例")
    told_ = Text(
        f"Of 100 customers in a new stage {100 * share:.1f} bought of the category suggested, of all "
        f"customers {100 * naive:.1f}.",
        f"每 100 位进入新阶段的客户中有 {100 * share:.1f} 位购买了建议类别，"
        f"所有客户中为 {100 * naive:.1f} 位。",
    )
    measure = Measure(name="came_true", title=bought, value=share, naive=naive, unit="share")
    return Grade(subjects=here, measures=(measure,), sentence=told_)
