"""Facts: who said what of a customer, when, and until when may it be believed?"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.profiles.survivorship import CONTACTS, LOSSES, STATED, USUAL, SourceOrder, Survivorship, decided
from shuke.tables import Column, Type, table

#: A value of which the source shows only a part: 138****9000, 张**.
_MASKED = r"[*•●＊]{2,}|^[^*＊]{1,2}[*＊]$"

_UNSAID: Mapping[str, Any] = MappingProxyType({})


@table(
    key=("record", "attribute", "value"),
    title=Text("Facts", "事实"),
    about=Text(
        "Every statement about every customer, with its source, its age, and why it holds or does not.",
        "每位客户的每条信息及其来源、时效，以及采用或未采用的原因。",
    ),
    area="profiles",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("attribute", Type.TEXT, Text("Attribute", "属性")),
        Column("value", Type.TEXT, Text("Value", "值"), pii="text"),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("collected_at", Type.TIME, Text("Last said", "最近采集")),
        Column("first_at", Type.TIME, Text("First said", "首次采集")),
        Column("received_at", Type.TIME, Text("Received", "接收时间")),
        Column("said_on", Type.DATE, Text("Ages from", "时效起算日"), note=Text(
            "The day on which it was last said; the day of receipt where no source states one.",
            "最近采集日；来源未注明时为接收日。")),
        Column("believed_until", Type.DATE, Text("Believed until", "可信至")),
        Column("believed", Type.FLAG, Text("Believed", "可信")),
        Column("freshness", Type.NUMBER, Text("Freshness", "新鲜度"), unit="share", note=Text(
            "1 when just said, 0 when expired; addresses and jobs are at one half after their half-life.",
            "刚采集为 1，过期为 0；地址与职业经过半衰期后为 0.5。")),
        Column("wins", Type.FLAG, Text("In the golden record", "采用")),
        Column("reason", Type.TEXT, Text("Why", "原因"), note=Text(
            "Why it stands in the golden record, or does not.", "采用或未采用的原因。")),
        Column("batch_id", Type.TEXT, Text("Batch", "批次")),
        Column("row", Type.INTEGER, Text("Row", "行号")),
    ],
)  # fmt: skip
def facts(
    history_people: ir.Table,
    history_identifiers: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    rules: Mapping[str, str] = _UNSAID,
    trusted: tuple[str, ...] = (),
    ttl: Mapping[str, Any] = _UNSAID,
    half_life: Mapping[str, Any] = _UNSAID,
) -> ir.Table:
    """Every value that a record ever gave for an attribute, whether it still counts, and why.

    One row per record, attribute and value, dated by the last time it was said, or received where no
    source states a day. `believed_until` is that day plus the attribute's time to live, empty where it does
    not age. Expired facts are kept and never win; a value that the source has masked wins only where
    nobody tells more. Of the other believed facts of a customer about one attribute, by `rules`:

        most_recent    the last said wins; the default, so of every contact, address, job and plan
        majority       the value of most sources; the default of names, organisation, kind, gender, birth date
        most_trusted   that of the first source in `trusted`
        most_complete  the longest, blanks not counted
        earliest       the default of `since`

    Where a rule leaves several, the last said wins. `ttl` and `half_life` give days, by attribute
    ("job") or by source and attribute ("survey.plan"). `freshness` is 0 once a fact has expired. Before
    that it is 1; of addresses and jobs it is 0.5 to the power of age over half-life, which is half their
    time to live.
    """
    how = decided(rules, trusted, ttl, half_life)
    if how.sources:
        known = identities.select("source").distinct().to_pyarrow()["source"].to_pylist()
        how.check_sources(known or how.sources)  # before the first import nobody is known
    stated = _last_said(_attributes(history_people).union(_contacts(history_identifiers)))
    owned = stated.inner_join(identities.select("record", "customer_id"), "record")
    said_at = ibis.coalesce(owned.collected_at, owned.received_at)
    dated = owned.mutate(said_at=said_at, said_on=to_local(said_at, zone).date())
    return _judged(_ranked(_weighed(_aged(dated, how, as_of), how)))


def _aged(facts: ir.Table, how: Survivorship, as_of: date) -> ir.Table:
    """Until when each fact may be believed, and how fresh it is."""
    lived = facts.mutate(life=_days(facts, how.ttl), half=_days(facts, how.half_life))
    until = (lived.said_on + lived.life.as_interval("D")).cast("date")
    age = ibis.greatest(ibis.literal(as_of).delta(lived.said_on, unit="day"), 0)
    believed = (until >= as_of).fill_null(True)
    faded = (0.5 ** (age / lived.half)).fill_null(1.0)
    aged = lived.mutate(believed_until=until, believed=believed, freshness=ibis.ifelse(believed, faded, 0.0))
    return aged.drop("life", "half")


def _days(facts: ir.Table, days: Mapping[SourceOrder, int | None]) -> ir.IntegerValue:
    """For each fact the days of its source and attribute, else of its attribute, else nothing."""
    usual = {attribute: its for (source, attribute), its in days.items() if source is None}
    found = facts.attribute.cases(*usual.items(), else_=None).cast("int32")
    own = {(source, attribute): its for (source, attribute), its in days.items() if source}
    named = [((facts.source == s) & (facts.attribute == a), its) for (s, a), its in own.items()]
    return ibis.cases(*named, else_=found).cast("int32") if named else found


def _weighed(facts: ir.Table, how: Survivorship) -> ir.Table:
    """The weight of each fact under the rule of its attribute: the heaviest wins."""
    ruled = [(name, rule) for name, rule in how.rules.items() if rule != USUAL]
    folded = facts.mutate(
        same=facts.value.lower().replace(" ", ""),
        masked=facts.value.re_search(_MASKED),
        rule=facts.attribute.cases(*ruled, else_=USUAL),
    )
    told = folded.mutate(open=folded.believed & ~folded.masked)
    keys = ["customer_id", "attribute", "same"]
    voting = told.filter((told.rule == "majority") & told.open)
    votes = voting.group_by(keys).agg(votes=voting.source.nunique())
    counted = told.left_join(votes, keys).select(*told.columns, "votes")
    trust = {source: -n for n, source in enumerate(how.trusted)}
    weights = {
        "majority": counted.votes.fill_null(0),
        "most_trusted": counted.source.cases(*trust.items(), else_=-len(trust)) if trust else 0,
        "most_complete": counted.same.length(),
        "earliest": -counted.same.replace("-", "").try_cast("int64"),
    }
    return counted.mutate(weight=counted.rule.cases(*weights.items(), else_=0).cast("int32"))


def _ranked(facts: ir.Table) -> ir.Table:
    """The place of each fact among those about one attribute of a customer, and what stands beside it."""
    place = {
        "group_by": ["customer_id", "attribute"],
        "order_by": [
            facts.open.desc(), facts.believed.desc(), facts.weight.desc(), facts.said_at.desc(),
            facts.received_at.desc(), facts.record, facts.value,
        ],
    }  # fmt: skip
    best_first, all_ = ibis.window(**place), ibis.window(**place, rows=(None, None))
    first = {name: facts[name].first().over(best_first) for name in ("same", "weight", "said_at")}
    next_ = {name: facts[name].lead().over(best_first) for name in ("same", "weight", "said_at")}
    rival = ibis.ifelse(facts.open, facts.same, ibis.null(str))
    return facts.mutate(
        nth=ibis.row_number().over(best_first),
        differ=(rival.min().over(all_) != rival.max().over(all_)).fill_null(False),
        **{f"best_{name}": value for name, value in first.items()},
        **{f"next_{name}": value for name, value in next_.items()},
    )


def _judged(facts: ir.Table) -> ir.Table:
    """Whether each fact wins, and why."""
    even = (facts.next_weight == facts.weight) & (facts.next_same != facts.same)
    won = ibis.cases(
        (~facts.differ, "only"),
        (even & (facts.next_said_at == facts.said_at), "tied"),
        (even, USUAL),
        else_=facts.rule,
    )
    lost = ibis.cases(
        (facts.masked, "masked"),
        (facts.same == facts.best_same, "agrees"),
        (facts.weight < facts.best_weight, facts.rule.cases(*LOSSES.items(), else_="older")),
        (facts.said_at == facts.best_said_at, "tied"),
        else_="older",
    )
    wins = facts.believed & (facts.nth == 0)
    return facts.mutate(wins=wins, reason=ibis.cases((~facts.believed, "expired"), (wins, won), else_=lost))


def _attributes(people: ir.Table) -> ir.Table:
    kept = people.filter(~people.withdrawn.fill_null(False))
    wide = kept.select(
        "source", "channel", "collected_at", "received_at", "batch_id", "row",
        record=kept.source + ":" + kept.record_id,
        **{c.name: _as_text(kept[c.name], c) for c in STATED},
    )  # fmt: skip
    long = wide.pivot_longer([c.name for c in STATED], names_to="attribute", values_to="value")
    return long.filter(long.value.notnull())


def _contacts(identifiers: ir.Table) -> ir.Table:
    kept = identifiers.filter(~identifiers.withdrawn.fill_null(False) & identifiers.kind.isin(CONTACTS))
    return kept.select(
        "source", channel=ibis.null(str), collected_at="collected_at", received_at="received_at",
        batch_id="batch_id", row="row", record=kept.source + ":" + kept.record_id,
        attribute="kind", value="value",
    )  # fmt: skip


def _last_said(statements: ir.Table) -> ir.Table:
    """One row per record, attribute and value: the last statement of it, and when the first was made."""
    said = ["record", "attribute", "value"]
    told = ("source", "channel", "received_at", "batch_id", "row")
    place = ibis.struct({
        "said_at": ibis.coalesce(statements.collected_at, statements.received_at),
        "batch_id": statements.batch_id, "row": statements.row, "channel": statements.channel.fill_null(""),
    })  # fmt: skip
    last = statements.group_by(said).agg(
        last=ibis.struct({name: statements[name] for name in told}).argmax(place),
        collected_at=statements.collected_at.max(),
        first_at=statements.collected_at.min(),
    )
    return last.select(*said, "collected_at", "first_at", **{name: last["last"][name] for name in told})


def _as_text(value: ir.Value, column: Column) -> ir.StringValue:
    return value if column.type is Type.TEXT else value.cast(str)
