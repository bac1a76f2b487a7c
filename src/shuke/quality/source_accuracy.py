"""Accuracy: how often is what a source says true, as far as sources that err independently can tell?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.stats import Z95, wilson
from shuke.tables import Column, Type, table

#: How often two sources that are both wrong agree nevertheless: of two values, always there is but one wrong.
GUESSED = {"gender": 0.5}


@table(
    key=("source", "attribute"),
    first="score",
    title=Text("Accuracy of sources", "来源准确性"),
    about=Text("How often is what a source says true?", "来源所言有多少为真？"),
    area="quality",
    subject=None,
    columns=[
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("attribute", Type.TEXT, Text("Attribute", "属性")),
        Column("method", Type.TEXT, Text("Method", "方法"), note=Text(
            "`three_way`: estimated from three sources; `two_way`: only the bound that two allow; `too_few`.",
            "`three_way` 由三个来源估计；`two_way` 两个来源仅能给出界限；`too_few` 客户太少。")),
        Column("second", Type.TEXT, Text("Beside", "对照来源一")),
        Column("third", Type.TEXT, Text("And", "对照来源二")),
        Column("customers", Type.INTEGER, Text("Customers in common", "共同客户数"), unit="count"),
        Column("score", Type.NUMBER, Text("Accuracy", "准确性"), unit="share"),
        Column("low", Type.NUMBER, Text("At least", "下限"), unit="share"),
        Column("high", Type.NUMBER, Text("At most", "上限"), unit="share"),
    ],
)  # fmt: skip
def source_accuracy(source_agreement: ir.Table, *, min_customers: int = 30) -> ir.Table:
    """How often each source is right about an attribute.

    One row per source and attribute that another source speaks of too. With three sources that err
    independently, who agrees with whom tells how often each is right: of agreements a, cleared of
    chance, p1 = √(a12·a13/a23). `low` and `high` are a 95 % interval by the delta method, pairs taken as
    independent. With two sources nothing but a bound can be said: each is right at least as often as
    they agree. Fewer than `min_customers` customers in common tell nothing. Sources that copy from one
    another, and records that were joined because they agree, make the figure too high. Method: Dawid and
    Skene (1979), Hui and Walter (1980); the identity as in Joglekar et al., KDD 2013.
    """
    pairs = _cleared(source_agreement)
    enough = pairs.filter(pairs.customers >= min_customers)
    three = _three_way(enough)
    two = _widest(enough).anti_join(three, ["source", "attribute"])
    bound = wilson(two.agreeing, two.customers)
    bounds = two.select(
        "source", "attribute", "customers", method=ibis.literal("two_way"), second="other_source",
        third=ibis.null("string"), score=ibis.null("float64"), low=bound.low, high=ibis.literal(1.0),
    )  # fmt: skip
    few = _widest(pairs).anti_join(enough, ["source", "attribute"])
    unknown = few.select(
        "source", "attribute", "customers", method=ibis.literal("too_few"), second="other_source",
        third=ibis.null("string"), **{name: ibis.null("float64") for name in ("score", "low", "high")},
    )  # fmt: skip
    return three.select(*_NAMES).union(bounds.select(*_NAMES)).union(unknown.select(*_NAMES))


_NAMES = ("source", "attribute", "method", "second", "third", "customers", "score", "low", "high")


def _cleared(pairs: ir.Table) -> ir.Table:
    """With `a`, the agreement beyond chance (null where there is none), and how unsure its logarithm is."""
    guess = ibis.cases(*((pairs.attribute == n, g) for n, g in GUESSED.items()), else_=0.0)
    n = pairs.customers.cast("float64")
    share = pairs.agreeing.cast("float64") / n
    beyond = (share - guess) / (1 - guess)
    cautious = (pairs.agreeing + 1).cast("float64") / (n + 2)  # unanimity is not certainty
    a = ibis.ifelse(beyond > 0, beyond, ibis.null("float64"))
    return pairs.mutate(
        guess=guess, a=a, variance=cautious * (1 - cautious) / n / ((1 - guess) * (1 - guess) * a * a)
    )


def _three_way(pairs: ir.Table) -> ir.Table:
    """One row per source and attribute that two others bear on, by the three with most in common."""
    beside = ("other_source", "customers", "a", "variance")
    second = pairs.select("source", "attribute", "guess", **{f"{n}_2": pairs[n] for n in beside})
    third = pairs.select("source", "attribute", **{f"{n}_3": pairs[n] for n in beside}).view()
    across = pairs.select(
        "attribute", other_source_2="source", other_source_3="other_source", customers_23="customers",
        a_23="a", variance_23="variance",
    ).view()  # fmt: skip
    triples = second.inner_join(third, ["source", "attribute"]).filter(
        lambda t: t.other_source_2 < t.other_source_3
    )
    told = triples.inner_join(across, ["attribute", "other_source_2", "other_source_3"])
    told = told.mutate(customers=ibis.least(told.customers_2, told.customers_3, told.customers_23))
    known = told.filter(told.a_2.notnull() & told.a_3.notnull() & told.a_23.notnull())
    widest_first = ibis.window(
        group_by=["source", "attribute"],
        order_by=[known.customers.desc(), known.other_source_2, known.other_source_3],
    )
    best = known.mutate(nth=ibis.row_number().over(widest_first)).filter(lambda t: t.nth == 0)
    return _estimated(best)


def _estimated(t: ir.Table) -> ir.Table:
    right = (t.a_2 * t.a_3 / t.a_23).sqrt()
    spread = (Z95 * (t.variance_2 + t.variance_3 + t.variance_23).sqrt() / 2).exp()

    def share(beyond_chance: ir.FloatingValue) -> ir.FloatingValue:
        return ibis.least(t.guess + (1 - t.guess) * beyond_chance, 1.0)

    return t.select(
        "source", "attribute", "customers", method=ibis.literal("three_way"),
        second="other_source_2", third="other_source_3",
        score=share(right), low=share(right / spread), high=share(right * spread),
    )  # fmt: skip


def _widest(pairs: ir.Table) -> ir.Table:
    """The pair with most customers in common, of each source and attribute."""
    first = ibis.window(
        group_by=["source", "attribute"], order_by=[pairs.customers.desc(), pairs.other_source]
    )
    return pairs.mutate(nth=ibis.row_number().over(first)).filter(lambda t: t.nth == 0)
