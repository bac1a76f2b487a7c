"""Life stages: whose life has moved on, so that they want other goods than before?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.life_rules import MOVED, RETIRED, RULES, read
from shuke.analyses.stage_signs import KnownThen, StageRules, stages_reached
from shuke.analyses.stage_trials import METHODS, come_true
from shuke.analyses.successions import beginnings
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

#: What is known of customers, and what the rules call theirs.
STAGES: dict[str, Text] = {
    "moved": Text("moved", "搬迁"),
    "retired": Text("retired", "退休"),
    **{rule.stage: rule.title for rule in map(read, RULES)},
}


@table(
    key=("customer_id", "stage"),
    first="-since",
    theme="offering",
    title=Text("Life stages", "人生阶段"),
    about=Text(
        "Whose life has moved on, so that they want other goods?", "哪些客户进入了新的人生阶段？"),
    reading=Text(
        "Each bar is a stage; its length is how many customers have reached it. The colour says whether what "
        "it suggests has come true on the company's own past more often than with anybody.",
        "每根柱表示一个阶段，长度为已进入该阶段的客户数；颜色表示其建议是否经本公司历史检验、优于一般客户。"),
    limits=Text(
        "Goods are bought as presents, too, and an address may be an office: a stage is a good reason to "
        "ask, not a fact about a family. A rule is as good as the words in it; add your own in the settings. "
        "What is learnt says what comes after what, not why. Where those of a stage bought what it suggests "
        "no more often than anybody, the stage is told and nothing is suggested.",
        "商品也可能是送礼，地址也可能是办公室：阶段只是询问的理由，并非家庭的事实。"
        "规则取决于其中的词语，可在设置中增补。学得的阶段只说明先后，不说明原因。"
        "若某阶段的客户购买建议类别并不多于一般客户，则只列出阶段，不作建议。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("stage", Type.TEXT, Text("Stage", "阶段"),
            codes=STAGES, note=Text(
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
            "Of those that are sold the one that suits best; empty where none does, or where it was tried "
            "and did no better than for anybody.",
            "在售类别中最合适者；没有时，或检验后并不优于一般客户时为空。")),
        Column("method", Type.TEXT, Text("Suggestion", "建议依据"), codes=METHODS, note=Text(
            "`stage`: in the last half year those of the stage bought what it suggests clearly more often "
            "than all customers; `untried`: too few have been in it to tell; `baseline`: no more often, so "
            "nothing is suggested.",
            "`stage` 最近半年，该阶段的客户购买建议类别明显多于全体客户；`untried` 人数太少，无法检验；"
            "`baseline` 并不更多，故不作建议。")),
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
    category_successions: ir.Table,
    stage_trials: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    rules: tuple[str, ...] = RULES,
    moved: tuple[str, ...] = MOVED,
    retired: tuple[str, ...] = RETIRED,
    retirement_age: int = 60,
    recent_months: int = 12,
    gap_days: int = 90,  # noqa: ARG001 - asked of `category_successions` and `stage_trials`
    lead: float = 1.25,  # noqa: ARG001 - likewise
) -> ir.Table:
    """Customers who have outgrown what they bought, moved, or retired, and what they may want now.

    One row per customer and stage, of four kinds:

    - rules, such as "baby > 36..60 months > children": who bought goods whose category or name has a word
      before the first `>` (several parted by `|`), that many months ago, and since the stage began nothing
      with a word after the last. `sure` is the share of those whose months are over with whom it came true
    - learnt: of two categories the later, where customers come to it after the other more often than the
      order of their purchases would give by chance, `lead` times as often or more, at least `gap_days` later
      in the middle, with false discoveries controlled (Benjamini and Hochberg 1995); who is as far on as
      others were and has none of it
    - moved: a city or an address first said within `recent_months`, after the last time that another one was
      said; or two parcels or more to a new city after two or more to another
    - retired: turned `retirement_age` within the last five years; of a birth date that is known as a range,
      `sure` is the part of the range for which this holds, and at least a half

    The suggested category is the one sold most often of those with a wanted word.

    What a stage suggests is tried first. The stages are told as of half a year ago, and it is counted how
    many of those in each bought of its category since, and how many of all customers of that time did. Where
    it is not more (binomial, one-sided, at most 5 % of all stages found to be better being so by chance:
    Benjamini and Hochberg 1995), `method` is `baseline` and nothing is suggested; with fewer than 20
    customers in the stage by then, or a company younger than a year, it is `untried` and stays.
    """
    known = KnownThen.of(purchases, customers, facts, as_of)
    asked = StageRules(rules, moved, retired, retirement_age, recent_months)
    begun, found = beginnings(known.goods, checkpoint), category_successions.to_pandas()
    told = checkpoint(stages_reached(known, asked, begun, found))
    trials = stage_trials.to_pandas()
    better, worse = (trials.stage[trials.method == method].tolist() for method in ("stage", "baseline"))
    method = ibis.cases(
        (told.stage.isin(better), "stage"), (told.stage.isin(worse), "baseline"), else_="untried"
    )
    return told.mutate(
        method=method,
        suggested_category=ibis.ifelse(method == "baseline", ibis.null("string"), told.suggested_category),
    )


#: Strong where the suggestion has been shown, grey where there is none.
_COLOURS = ["#4c78a8", "#9ecae9", "#bab0ac"]


@life_stages.chart
def stage_bars(rows: ir.Table) -> alt.Chart:
    counted = _counted(rows).head(20)
    people, basis = str(Text("Customers", "客户数")), str(life_stages["method"].title)
    named = counted.assign(
        title=[str(_named(stage)) for stage in counted.stage],
        method=[str(METHODS[method]) for method in counted.method],
    )
    return (
        alt.Chart(named)
        .mark_bar()
        .encode(
            y=alt.Y("title:N", sort="-x", title=None, axis=alt.Axis(labelLimit=280)),
            x=alt.X("customers:Q", title=people, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "method:N",
                title=basis,
                scale=alt.Scale(domain=[str(m) for m in METHODS.values()], range=_COLOURS),
            ),
            tooltip=[
                alt.Tooltip("title:N", title=str(life_stages["stage"].title)),
                alt.Tooltip("customers:Q", title=people, format=","),
                alt.Tooltip("method:N", title=basis),
            ],
        )
    )


@life_stages.sentence
def stage_sentence(rows: ir.Table) -> Text:
    stages = _counted(rows)
    if stages.empty:
        return Text("Nobody is known to have entered a new stage.", "目前没有客户进入新的人生阶段。")
    first, back = stages.iloc[0], int((stages.method == "baseline").sum())
    name = _named(str(first.stage))
    kinds = "1 kind of stage" if len(stages) == 1 else f"{len(stages)} kinds of stages"
    but = Text("", "")
    if back:
        but = Text(
            f" For {back} of them nothing is suggested: it came true no more often than with anybody.",
            f"其中 {back} 种不作建议：检验表明应验并不多于一般客户。",
        )
    return Text(
        f"Customers have reached {kinds}; most often “{name.en}”: {first.customers:,}.{but.en}",
        f"目前客户进入了 {len(stages)} 种阶段；最多的是「{name.zh}」，共 {first.customers:,} 位。{but.zh}",
    )


def _counted(rows: ir.Table) -> pd.DataFrame:
    frame: pd.DataFrame = rows.group_by("stage", "method").agg(customers=rows.count()).to_pandas()
    return frame.sort_values(["customers", "stage"], ascending=[False, True])


def _named(stage: str) -> Text:
    """What a stage is called; what a rule or the goods call it has but one name."""
    return STAGES.get(stage, Text(stage, stage))


@life_stages.grade
def came_true(life_stages: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """How many bought of the category that was suggested, beside all who had bought anything by then."""
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.day <= until))
    frame = come_true(life_stages, goods.filter(goods.customer_id.notnull()), at)
    here = int(frame.here.sum())
    if not here and (life_stages.method == "baseline").any().execute():
        raise NotEnoughData(
            N_("By {day} nothing was suggested: it came true no more often than with anybody."), day=at
        )
    if not here:
        raise NotEnoughData(N_("Nobody was suggested a category by {day}."), day=at)
    share, naive = float(frame.came.sum()) / here, float((frame.here * frame.usual).sum()) / here
    bought = Text("Bought of the suggested category", "购买建议类别的比例")
    told = Text(
        f"Of 100 customers in a new stage {100 * share:.1f} bought of the category suggested, of all "
        f"customers {100 * naive:.1f}.",
        f"每 100 位进入新阶段的客户中有 {100 * share:.1f} 位购买了建议类别，"
        f"所有客户中为 {100 * naive:.1f} 位。",
    )
    measure = Measure(name="came_true", title=bought, value=share, naive=naive, unit="share")
    return Grade(subjects=here, measures=(measure,), sentence=told)
