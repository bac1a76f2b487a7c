"""Attribution: to which campaigns and channels is revenue credited, and which of that is evidence?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke import formats
from shuke.analyses.campaign_contacts import CHANNELS, dated_contacts, since_first_sale
from shuke.analyses.cost_allocation import allocated
from shuke.analyses.marketing import EVIDENCE
from shuke.analyses.own_contacts import FAILED
from shuke.analyses.removal_effects import removal_effects
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

BY: dict[str, Text] = {"campaign": Text("Campaign", "活动"), "channel": Text("Channel", "渠道")}
NO_CONTACT = "(no contact)"
VALUES: dict[str, Text] = {
    NO_CONTACT: Text("no contact before", "此前无触达"), **CHANNELS,
}  # fmt: skip
METHODS: dict[str, Text] = {
    "last_touch": Text("Last touch", "末次触达"),
    "first_touch": Text("First touch", "首次触达"),
    "time_decay": Text("Time decay", "时间衰减"),
    "markov": Text("Markov removal effect", "马尔可夫移除效应"),
}

_MONEY = Type.MONEY.ibis
_NONE = ibis.literal(0).cast(_MONEY)
#: So finely are weights counted, as whole numbers.
_WEIGHTS = 10**9
_IN_TURN = ["moment", "key"]


@table(
    key=("by", "source", "value"),
    theme="measures",
    title=Text("Attribution of revenue", "收入归因"),
    about=Text(
        "To which campaigns and channels is revenue credited, and which of that is evidence?",
        "收入归功于哪些活动与渠道？其中哪些是证据？"),
    subject=None,
    first="-last_touch",
    reading=Text(
        "For each campaign the revenue that four rules of bookkeeping credit to it; where it held customers "
        "out, the point is what it truly brought beyond them, with its 95 % range. Only the point is "
        "evidence.",
        "每个活动按四种记账规则分得的收入；设有对照组者，圆点为超出对照组的真实增量及其 95% 区间。"
        "只有圆点可作证据。"),
    limits=Text(
        "The four ways divide revenue; none of them tells what would have been bought without a campaign, "
        "and each would credit one that changes nothing. Only the incremental revenue is evidence, and it is "
        "of the time that campaign_results counts. Contacts that nobody records get no credit.",
        "四种方法只是划分收入，都不能说明没有活动时的购买，对毫无效果的活动同样会记功。"
        "只有增量收入是证据，其统计期见 campaign_results。未登记的触达不获归因。"),
    columns=[
        Column("by", Type.TEXT, Text("By", "分组"), codes=BY),
        Column("source", Type.TEXT, Text("Source", "来源"), note=Text("Of a campaign.", "活动的来源。")),
        Column("value", Type.TEXT, Text("Value", "取值"), codes=VALUES),
        Column("campaign_name", Type.TEXT, Text("Campaign name", "活动名称")),
        Column("contacts", Type.INTEGER, Text("Contacts", "触达次数"), unit="count"),
        Column("purchases", Type.INTEGER, Text("Purchases it came before", "其后购买次数"), unit="count"),
        *(Column(name, Type.MONEY, title, unit="currency") for name, title in METHODS.items()),
        Column("removal_effect", Type.NUMBER, Text("Removal effect", "移除效应"), unit="share", note=Text(
            "The share of purchases after contacts that would be missing, if whoever comes to it were lost.",
            "若经过该处的客户全部流失，触达后购买将减少的比例。")),
        Column("evidence", Type.TEXT, Text("What the figures are", "数据性质"), codes=EVIDENCE),
        Column("incremental", Type.NUMBER, Text("Incremental revenue", "增量收入"), unit="currency"),
        Column("incremental_low", Type.NUMBER, Text("Incremental, at least", "增量下限"), unit="currency"),
        Column("incremental_high", Type.NUMBER, Text("Incremental, at most", "增量上限"), unit="currency"),
    ],
)  # fmt: skip
def attribution(  # noqa: PLR0917 - the tables that it is made from
    landed_touches: ir.Table,
    landed_coupons: ir.Table,
    landed_campaigns: ir.Table,
    purchases: ir.Table,
    identities: ir.Table,
    campaign_results: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
    days: int = 365,
    look_back: int = 30,
    half_life: int = 7,
    failed: tuple[str, ...] = FAILED,
) -> ir.Table:
    """The sales of goods of the last `days` days, credited to the contacts before them in four ways.

    One row per campaign and per channel with a contact, and one each for what no contact came before. A
    customer's sales of a day are a purchase; the contacts before it, back to the purchase before and at most
    `look_back` days, are its journey, those of its own day among them. Its revenue (discounts taken off,
    returns not) goes to

        last_touch     the last contact
        first_touch    the first
        time_decay     each, by ½ ^ (days before the purchase / `half_life`)
        markov         campaigns, or channels, by their removal effects over all journeys
                       (Anderl, Becker, von Wangenheim and Schumann 2016)

    Contacts after which nothing was bought for `look_back` days are journeys that were lost, parted where
    nothing happened for as long; those not yet so old and without a purchase do not count, nor do messages
    that `failed` and contacts from before the first sale on record. In each way the credit of campaigns, and
    that of channels, adds up with that of no contact to all sales of goods, to the last digit. `incremental`
    is the revenue of `campaign_results`, of campaigns that began within the time.
    """
    span = as_of - timedelta(days=days), as_of
    dated = dated_contacts(landed_touches, landed_coupons, landed_campaigns, zone=zone)
    arrived = dated.filter(~dated.status.fill_null("").lower().isin(failed))
    known = arrived.inner_join(identities.select("record", "customer_id"), "record")
    near = known.filter((known.day > span[0] - timedelta(days=look_back)) & (known.day <= ibis.date(as_of)))
    sales = checkpoint(_sales(purchases))
    seen = checkpoint(since_first_sale(near, purchases))
    journeys = checkpoint(_journeys(seen, sales, span=span, look_back=look_back))
    counted = sales.filter((sales.day > span[0]) & (sales.day <= span[1]))
    credit = checkpoint(_credit(journeys, half_life=half_life, look_back=look_back, checkpoint=checkpoint))
    parts = [_told(credit, journeys, counted, by, checkpoint=checkpoint) for by in BY]
    told = checkpoint(ibis.union(*parts))
    shown = told.filter((told.last_day > ibis.date(span[0])).fill_null(True) | (told.purchases > 0))
    return _beside_evidence(shown, landed_campaigns, campaign_results, since=span[0])


def _sales(purchases: ir.Table) -> ir.Table:
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & purchases.day.notnull())
    return goods.group_by("customer_id", "day").agg(amount=goods.amount.sum().fill_null(_NONE).cast(_MONEY))


def _journeys(contacts: ir.Table, sales: ir.Table, *, span: tuple[date, date], look_back: int) -> ir.Table:
    """Every contact with the purchase that it led to, if any, and whether its journey begins or ends "
    "there."""
    stops = contacts.select(
        "customer_id", "moment", "day", "key", "channel",
        campaign=contacts.source + "\t" + contacts.campaign_id, sold_on=ibis.null("date"),
    )  # fmt: skip
    bought = sales.semi_join(contacts, "customer_id").select(
        "customer_id", "day", moment=sales.day.cast("timestamp") + ibis.interval(days=1),
        key=ibis.literal(""),
        channel=ibis.null(str), campaign=ibis.null(str), sold_on=sales.day,
    )  # fmt: skip
    stream = stops.union(bought.select(stops.columns).cast(stops.schema()))
    onwards = ibis.window(group_by="customer_id", order_by=_IN_TURN, preceding=0, following=None)
    led = stream.mutate(next_sale=stream.sold_on.min().over(onwards))
    age = led.next_sale.delta(led.day, unit="day")
    led = led.filter(led.sold_on.isnull()).mutate(age=age, is_bought=(age <= look_back).fill_null(False))
    undecided = ~led.is_bought & (led.day > span[1] - timedelta(days=look_back))
    before_all = led.is_bought & (led.next_sale <= ibis.date(span[0]))
    decided = led.filter(~undecided & ~before_all)
    in_turn = ibis.window(group_by="customer_id", order_by=_IN_TURN)
    last = {name: decided[name].lag().over(in_turn) for name in ("is_bought", "next_sale", "day")}
    beside = decided.mutate(**{f"last_{name}": value for name, value in last.items()})
    goes_on = (
        (beside.last_is_bought == beside.is_bought)
        & beside.last_next_sale.identical_to(beside.next_sale)
        & (beside.is_bought | (beside.day.delta(beside.last_day, unit="day") <= look_back))
    ).fill_null(False)
    begun = beside.mutate(is_first=~goes_on)
    turned = begun.mutate(
        is_last=begun.is_first.lead().over(in_turn).fill_null(True),
        next_campaign=begun.campaign.lead().over(in_turn),
        next_channel=begun.channel.lead().over(in_turn),
    )
    amounts = sales.select("customer_id", next_sale="day", amount="amount")
    return turned.left_join(amounts, ["customer_id", "next_sale"]).select(turned, amount=amounts.amount)


def _credit(journeys: ir.Table, *, half_life: int, look_back: int, checkpoint: Checkpoint) -> ir.Table:
    """Of each campaign and channel together: what the rules credit that look at one journey alone."""
    bought = journeys.filter(journeys.is_bought)
    pool = bought.customer_id + "\t" + bought.next_sale.cast(str)
    owner = bought.campaign + "\t" + bought.channel.fill_null("")
    # Powers end in other digits on another engine: the few that there are come from here.
    weights = pd.DataFrame({
        "age": range(look_back + 1),
        "units": [round(_WEIGHTS * 0.5 ** (age / half_life)) for age in range(look_back + 1)],
    })  # fmt: skip
    weighed = bought.mutate(pool=pool, owner=owner).inner_join(
        ibis.memtable(weights, schema={"age": "int64", "units": "int64"}), "age"
    )
    driver = checkpoint(weighed.group_by("pool", "owner").agg(units=weighed.units.sum().cast("int64")))
    pools = checkpoint(weighed.group_by("pool").agg(amount=weighed.amount.max()))
    decayed = allocated(pools, driver)
    ends = bought.mutate(owner=owner)
    parts = {
        "last_touch": ends.filter(ends.is_last).select("owner", "amount"),
        "first_touch": ends.filter(ends.is_first).select("owner", "amount"),
        "time_decay": decayed.select("owner", "amount"),
    }
    every = ibis.union(*(rows.mutate(method=ibis.literal(name)) for name, rows in parts.items()))
    return every.group_by("owner").agg(
        **{name: every.amount.sum(where=every.method == name).fill_null(_NONE).cast(_MONEY) for name in parts}
    )


def _told(
    credit: ir.Table, journeys: ir.Table, sales: ir.Table, by: str, *, checkpoint: Checkpoint
) -> ir.Table:
    """One row per campaign or channel, and one for what no contact came before."""
    stop = journeys[by].fill_null("")
    path = journeys.customer_id + "\t" + journeys.next_sale.cast(str)
    seen = journeys.group_by(stop=stop).agg(
        contacts=journeys.count(),
        last_day=journeys.day.max(),
        purchases=path.nunique(where=journeys.is_bought),
    )
    names = credit.owner.split("\t")
    named = credit.mutate(stop=names[0] + "\t" + names[1] if by == "campaign" else names[2])
    rules = named.group_by("stop").agg(
        **{name: named[name].sum().cast(_MONEY) for name in ("last_touch", "first_touch", "time_decay")}
    )
    effects = _effects(journeys, by)
    whole = credit.aggregate(amount=credit.last_touch.sum().fill_null(_NONE).cast(_MONEY))
    divided = allocated(
        whole.mutate(pool=ibis.literal(by)),
        effects.select(pool=ibis.literal(by), owner="stop", units=(effects.removal * 1e12).cast("int64")),
    )
    joined = seen.left_join(rules, "stop").left_join(effects, "stop").left_join(
        divided.select(stop="owner", markov="amount"), "stop"
    )  # fmt: skip
    ends = joined.stop.split("\t")
    value, source = (ends[1], ends[0]) if by == "campaign" else (joined.stop, ibis.literal(""))
    told = checkpoint(joined.select(
        "contacts", "last_day", "purchases", by=ibis.literal(by), source=source, value=value,
        removal_effect=joined.removal,
        **{name: joined[name].fill_null(_NONE).cast(_MONEY) for name in METHODS},
    ))  # fmt: skip
    return told.union(_without_contact(told, sales, by).select(told.columns).cast(told.schema()))


def _effects(journeys: ir.Table, by: str) -> ir.Table:
    """The removal effect of each stop, from how often one follows another."""
    stop, then = journeys[by].fill_null(""), journeys[f"next_{by}"].fill_null("")
    following = ibis.ifelse(journeys.is_last, ibis.ifelse(journeys.is_bought, "\r", "\n"), then)
    steps = journeys.group_by(stop=stop, following=following, is_first=journeys.is_first).agg(
        times=journeys.count()
    )
    frame = steps.order_by("stop", "following", "is_first").to_pandas()
    stops = sorted(frame.stop.unique())
    place = {name: n for n, name in enumerate(stops)}
    starts, bought, lost = (np.zeros(len(stops)) for _ in range(3))
    moves = np.zeros((len(stops), len(stops)))
    at = frame.stop.map(place).to_numpy(int)
    times = frame.times.to_numpy(float)
    np.add.at(starts, at, times * frame.is_first.to_numpy(float))
    for ending, counted in (("\r", bought), ("\n", lost)):
        np.add.at(counted, at, times * (frame.following == ending).to_numpy(float))
    inside = ~frame.following.isin(["\r", "\n"])
    np.add.at(moves, (at[inside], frame.following[inside].map(place).to_numpy(int)), times[inside])
    effects = removal_effects(starts, moves, bought, lost) if stops else np.zeros(0)
    found = pd.DataFrame({"stop": pd.Series(stops, dtype=object), "removal": effects})
    return ibis.memtable(found, schema={"stop": "string", "removal": "float64"})


def _without_contact(told: ir.Table, sales: ir.Table, by: str) -> ir.Table:
    """What is left of all sales; nothing where no contact of anybody is recorded."""
    sold = sales.aggregate(amount=sales.amount.sum().fill_null(_NONE))
    credited = told.aggregate(
        **{name: told[name].sum().fill_null(_NONE) for name in METHODS}, stops=told.count()
    )
    left = credited.cross_join(sold)
    return left.filter(left.stops > 0).select(
        contacts=ibis.null("int64"), last_day=ibis.null("date"), purchases=ibis.null("int64"),
        by=ibis.literal(by),
        source=ibis.literal(""), value=ibis.literal(NO_CONTACT), removal_effect=ibis.null("float64"),
        **{name: (left.amount - left[name]).cast(_MONEY) for name in METHODS},
    )  # fmt: skip


def _beside_evidence(rows: ir.Table, campaigns: ir.Table, results: ir.Table, *, since: date) -> ir.Table:
    """With what each campaign brought beyond those held out, if all of it lies in the time that is "
    "credited."""
    keys = ["by", "source", "value"]
    named = campaigns.select("source", by=ibis.literal("campaign"), value="campaign_id", campaign_name="name")
    judged = results.verdict.isin(["more", "less", "unclear"]) & (results.started > ibis.date(since))
    sound = results.filter((results.metric == "revenue") & judged)
    brought = sound.select(
        "source", by=ibis.literal("campaign"), value="campaign_id", incremental="total",
        incremental_low="total_low", incremental_high="total_high",
    )  # fmt: skip
    told = rows.left_join(named, keys).select(rows, campaign_name=named.campaign_name)
    both = told.left_join(brought, keys).select(
        told, *(brought[f"incremental{end}"] for end in ("", "_low", "_high"))
    )
    return both.mutate(evidence=ibis.ifelse(both.incremental.notnull(), "experiment", "bookkeeping"))


@attribution.chart
def four_methods(frame: pd.DataFrame) -> alt.LayerChart:
    """The eight campaigns to which most is credited by the last touch."""
    of = frame[(frame.by == "campaign") & (frame.value != NO_CONTACT)]
    most = (
        of.assign(credit=of.last_touch.astype(float))
        .sort_values(["credit", "value"], ascending=[False, True])
        .head(8)
    )
    most = most.assign(called=most.campaign_name.fillna(most.value))
    proof = str(attribution["incremental"].title)
    rows = pd.concat([
        *(pd.DataFrame({"called": most.called, "method": str(title), "value": most[name].astype(float)})
          for name, title in METHODS.items()),
        pd.DataFrame({"called": most.called, "method": proof, "value": most.incremental.astype(float),
                      "low": most.incremental_low.astype(float),
                      "high": most.incremental_high.astype(float)}),
    ])  # fmt: skip
    methods = [*(str(title) for title in METHODS.values()), proof]
    scale = alt.Scale(domain=methods, range=["#d8d4d2", "#bab0ac", "#9c9390", "#7d7572", "#4c78a8"])
    title = str(Text("Revenue", "收入"))
    base = alt.Chart(rows).encode(
        y=alt.Y("called:N", sort=list(most.called), title=None),
        yOffset=alt.YOffset("method:N", sort=methods),
        color=alt.Color("method:N", title=None, scale=scale, sort=methods),
        tooltip=["called:N", "method:N", alt.Tooltip("value:Q", title=title, format=",.0f")],
    )  # fmt: skip
    bars = base.transform_filter(alt.datum.method != proof).mark_bar().encode(x=alt.X("value:Q", title=title))
    known = base.transform_filter((alt.datum.method == proof) & alt.expr.isValid(alt.datum.low))
    lines = known.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    return (
        bars
        + lines
        + known.mark_point(filled=True, size=60, opacity=1).encode(x=alt.X("value:Q", title=title))
    )


@attribution.sentence
def what_is_credited(frame: pd.DataFrame, *, currency: str = "") -> Text:
    campaigns = frame[(frame.by == "campaign") & (frame.value != NO_CONTACT)]
    if campaigns.empty:
        return Text(
            "No message or coupon of a campaign to a known customer has been recorded in the time, so "
            "there is "
            "nothing to credit revenue to.",
            "期内没有活动向已知客户发送消息或优惠券的记录，收入无从归因。",
        )
    whole = float(frame[frame.by == "campaign"].last_touch.astype(float).sum())
    credited = float(campaigns.last_touch.astype(float).sum())
    share = credited / whole if whole else 0.0
    money = formats.amount(credited, currency)
    proven = campaigns[campaigns.evidence == "experiment"]
    if proven.empty:
        return Text(
            f"{share:.0%} of sales ({money.en}) followed a contact and are credited to campaigns. That is "
            f"bookkeeping: no campaign held enough customers out to be evidence of an effect.",
            f"销售额的 {share:.0%}（{money.zh}）发生于触达之后，记入各活动。这只是记账："
            f"没有活动设有足够的对照组，不构成效果证据。",
        )
    mine = formats.amount(float(proven.last_touch.astype(float).sum()), currency)
    brought = formats.amount(float(proven.incremental.sum()), currency)
    return Text(
        f"{share:.0%} of sales ({money.en}) followed a contact and are credited to campaigns. Of the "
        f"{len(proven):,} that held customers out the last touch books {mine.en}; the evidence is "
        f"{brought.en}.",
        f"销售额的 {share:.0%}（{money.zh}）发生于触达之后，记入各活动。其中 {len(proven):,} 个设有对照组："
        f"末次触达记 {mine.zh}，而证据表明的增量为 {brought.zh}。",
    )
