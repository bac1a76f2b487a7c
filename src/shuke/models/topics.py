"""Topics: what do customers talk about?"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models.topic_model import Weights, assigned, learn, matched
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: The number of what fits no topic.
OTHER = 0
OTHER_NAME = Text("other", "其他")

#: So many words name a topic.
_NAMING = 4


@table(
    key="topic_no",
    theme="feeling",
    title=Text("Topics", "主题"),
    about=Text("What do customers talk about?", "客户在谈论什么？"),
    limits=Text(
        "Topics are found by words that stand together; what is said in words of its own is other. A topic "
        "that "
        "is no longer spoken of is dropped unless somebody has pinned or named it.",
        "主题由同现的词语得出，说法独特者归为其他。不再有人谈论的主题会消失，除非有人固定或命名过它。"),
    subject=None,
    columns=[
        Column("topic_no", Type.INTEGER, Text("Topic", "主题编号")),
        Column("name", Type.TEXT, Text("Name", "名称"), note=Text(
            "As somebody has named it; else its words.", "由人命名；否则为其主要词语。")),
        Column("words", Type.TEXT, Text("Words", "词语")),
        Column("weights", Type.JSON, Text("What each word weighs", "词语权重"), step=True),
        Column("pinned", Type.FLAG, Text("Pinned", "已固定")),
        Column("since", Type.DATE, Text("First found", "首次发现")),
        Column("texts", Type.INTEGER, Text("Different texts", "不同文字数"), unit="count"),
    ],
)  # fmt: skip
def topics(
    opinion_texts: ir.Table,
    landed_topic_names: ir.Table,
    last_build_topics: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    max_topics: int = 30,
    min_texts: int = 3,
) -> ir.Table:
    """The topics that customers' texts are about, with the words that tell each.

    One row per topic, and one of what is other, number 0. Topics are learnt from the different texts, one
    that was said often counting up to `min_texts` times: their words weighed by rarity, brought to a hundred
    dimensions (latent semantic analysis, Deerwester et al. 1990) and clustered (k-means), into the square
    root of half as many, at most `max_topics`; clusters of fewer than `min_texts` texts are no topic.

    A topic keeps its number and its name as long as it is the same: of all ways to pair the topics of this
    build with those of the last one that is taken by which they are most alike (Kuhn 1955), and a pair is the
    same from a cosine of 0.4 of its words on. One that somebody pinned keeps its words as well, and stands
    whether or not anybody speaks of it. A new one is given the next number that was never given.
    """
    often = opinion_texts.group_by("text").agg(times=ibis.least(opinion_texts.count(), min_texts))
    counts = often.order_by("text").to_pandas()
    texts = counts.text.tolist()
    said = counts.text.repeat(counts.times).tolist()
    earlier = [topic for topic in _earlier(last_build_topics) if topic.number != OTHER]
    named = _named(landed_topic_names)
    pinned = [topic for topic in earlier if named.get(topic.number, ("", False))[1]]
    number = min(max_topics, max(2, round((len(texts) / 2) ** 0.5)))
    found = learn(said, topics=number, smallest=min_texts)
    kept = _numbered(found, earlier, pinned, as_of)
    about = pd.Series(assigned(texts, [topic.weights for topic in kept]).topic).value_counts()
    rows = [
        {
            "topic_no": topic.number, "words": topic.words,
            "weights": json.dumps(topic.weights, ensure_ascii=False),
            "name": named.get(topic.number, ("", False))[0] or topic.words,
            "pinned": named.get(topic.number, ("", False))[1], "since": topic.since,
            "texts": int(about.get(place, 0)),
        }
        for place, topic in enumerate(kept)
    ]  # fmt: skip
    rows.append({
        "topic_no": OTHER, "name": OTHER_NAME.en, "words": "", "weights": "{}", "pinned": False,
        "since": as_of,
        "texts": int(about.get(-1, 0)),
    })  # fmt: skip
    schema = topics.schema
    return checkpoint(ibis.memtable(pd.DataFrame(rows)[list(schema)], schema=schema))


@dataclass(frozen=True)
class Topic:
    number: int
    weights: Weights
    since: date

    @property
    def words(self) -> str:
        return " ".join(list(self.weights)[:_NAMING])


def _earlier(rows: ir.Table) -> list[Topic]:
    known = rows.select("topic_no", "weights", "since").order_by("topic_no").to_pandas()
    return [
        Topic(int(row.topic_no), json.loads(row.weights), pd.Timestamp(row.since).date())
        for row in known.itertuples()
    ]


def _named(rows: ir.Table) -> dict[int, tuple[str, bool]]:
    """What people call topics, and which they pinned."""
    known = rows.select("topic_no", "topic_name", "is_pinned").order_by("topic_no").to_pandas()
    return {
        int(row.topic_no): ("" if pd.isna(row.topic_name) else str(row.topic_name), bool(row.is_pinned))
        for row in known.itertuples()
    }


def _numbered(
    found: list[dict[str, float]], earlier: list[Topic], pinned: list[Topic], as_of: date
) -> list[Topic]:
    """Topics with the numbers that they had; pinned ones as they were."""
    pairs = matched(found, [topic.weights for topic in earlier])
    highest = max((topic.number for topic in earlier), default=OTHER)
    stays = {topic.number for topic in pinned}
    kept = list(pinned)
    for place, weights in enumerate(found):
        if place in pairs:
            before = earlier[pairs[place]]
            kept += [] if before.number in stays else [replace(before, weights=weights)]
        else:
            highest += 1
            kept.append(Topic(highest, weights, as_of))
    return sorted(kept, key=lambda topic: topic.number)


@table(
    key="opinion_id",
    theme="feeling",
    title=Text("Topics of texts", "文字的主题"),
    about=Text("What is each text about?", "每条文字在谈什么？"),
    columns=[
        Column("opinion_id", Type.TEXT, Text("Number", "编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("topic_no", Type.INTEGER, Text("Topic", "主题编号")),
        Column("topic", Type.TEXT, Text("Name of the topic", "主题名称")),
        Column("likeness", Type.NUMBER, Text("Likeness", "相似度"), unit="share"),
    ],
)  # fmt: skip
def text_topics(opinion_texts: ir.Table, topics: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """The topic that each text is most like.

    One row per text. A text counts each of its words once; what is less alike than a cosine of 0.12 to
    every topic is other, number 0.
    """
    told = [topic for topic in _earlier(topics) if topic.number != OTHER]
    frame = opinion_texts.select("text").distinct().order_by("text").to_pandas()
    found = assigned(frame.text.tolist(), [topic.weights for topic in told])
    numbers = [told[place].number if place >= 0 else OTHER for place in found.topic]
    schema = ibis.schema({"text": "string", "topic_no": "int64", "likeness": "float64"})
    each = ibis.memtable(frame.assign(topic_no=numbers, likeness=found.likeness)[list(schema)], schema=schema)
    named = checkpoint(each).inner_join(topics.select("topic_no", topic="name"), "topic_no")
    return opinion_texts.select("opinion_id", "customer_id", "text").inner_join(named, "text")
