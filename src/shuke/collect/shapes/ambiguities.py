"""Ambiguities: what about the shape of a sheet can only a person decide?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from shuke.collect.shapes.sample import meant
from shuke.collect.shapes.shape import Ledger, Melt, Returns, Settlement, Shape, Split
from shuke.languages import Text


@dataclass(frozen=True)
class ShapeQuestion:
    """What is open, the column that it is about, and the shapes to choose from."""

    column: str
    says: Text
    choices: tuple[tuple[Text, Shape], ...]


@dataclass(frozen=True)
class Recognised:
    """The shape of a sheet, as the mapping file or the rows have it, and what only a person can say of it."""

    shape: Shape
    asked: ShapeQuestion | None = None


#: So many columns are named in a question.
_NAMED = 5

_AS_IT_STANDS = Text("none of this: take the file as it stands", "都不是：按原样读取")


def about_blanks(shape: Shape) -> Recognised:
    """Whether rows that are blank in some columns belong to the filled one above."""
    carried = [name for carry in shape.carry for name in carry.columns]
    says = Text(
        f"Blank in many rows: {', '.join(carried)}. Do these rows belong to the filled one above?",
        f"“{'”“'.join(carried)}”在许多行为空。这些行是否属于上方有值的一行？",
    )
    choices = (
        (Text("yes: fill them from the row above", "是：用上方的值填充"), shape),
        (Text("no: they are blank", "否：就是空的"), replace(shape, carry=())),
    )
    return Recognised(shape, ShapeQuestion(carried[0], says, choices))


def about_items(shape: Shape, split: Split) -> Recognised:
    """How many there are of each of the products in one cell."""
    says = Text(
        "Several products in one cell, and nothing says how many of each. Is it one of each?",
        "一个单元格中有多种商品，且没有写明各自数量。是否各一件？",
    )
    choices = ((Text("yes: one of each", "是：各一件"), shape), (_AS_IT_STANDS, replace(shape, split=None)))
    return Recognised(shape, ShapeQuestion(split.column, says, choices))


def about_prices(shape: Shape, split: Split) -> Recognised:
    """Whether what a cell says that products cost is the price of one or of all of them."""
    says = Text(
        "Products in one cell with what they cost. Is that the price of each, or of all of a line?",
        "单元格中的商品带有价格。这是单价，还是该行合计？",
    )
    choices = (
        (Text("the price of each", "单价"), replace(shape, split=replace(split, price="each"))),
        (Text("of all of a line", "该行合计"), replace(shape, split=replace(split, price="line"))),
        (_AS_IT_STANDS, replace(shape, split=None)),
    )
    return Recognised(shape, ShapeQuestion(split.column, says, choices))


def about_figures(shape: Shape, melt: Melt) -> Recognised:
    """What the figures under months are, and of which year."""
    first, last = melt.columns[0], melt.columns[-1]
    says = Text(
        f"The columns {first} to {last} are periods. What do they hold? "
        "Where no year is said, write it: melt = { …, year = 2024 }.",
        f"{first} 至 {last} 各列是时间段，其中的数字是什么？没有年份时请补上：melt = {{ …, year = 2024 }}。",
    )
    choices = (
        (
            Text("amounts sold", "销售金额"),
            replace(shape, melt=replace(melt, value="amount", of="order_items")),
        ),
        (
            Text("pieces sold", "销售数量"),
            replace(shape, melt=replace(melt, value="quantity", of="order_items")),
        ),
        (Text("amounts planned", "计划金额"), replace(shape, melt=replace(melt, value="amount", of="plans"))),
        (Text("costs", "费用"), replace(shape, melt=replace(melt, value="amount", of="expenses"))),
        (_AS_IT_STANDS, replace(shape, melt=None)),
    )
    return Recognised(shape, ShapeQuestion(first, says, choices))


def about_year(column: str, shapes: Sequence[tuple[int, Shape]]) -> Recognised:
    """Of which year months are that do not say it; `shapes` are those for each year that it may be."""
    says = Text(
        f"“{column}” says no year. Of which year is it (where it goes on into the next one: the first)? "
        "For another year, write it as year = …",
        f"“{column}”没有写明年份。是哪一年（跨年时为第一个月所在年份）？其他年份请写成 year = …",
    )
    choices = [(Text(f"of {year}", f"{year} 年"), shape) for year, shape in shapes]
    return Recognised(choices[0][1], ShapeQuestion(column, says, (*choices, (_AS_IT_STANDS, Shape()))))


#: What parts the figures of a day: what the headings become, and what is said of each column.
_PARTS = (
    ("store", Text("a store", "一家门店")),
    ("product name", Text("a product or a group of products", "一种商品或品类")),
    ("channel", Text("a sales channel", "一个销售渠道")),
    ("payment method", Text("a way of payment", "一种支付方式")),
    ("employee", Text("an employee", "一名员工")),
)
_COST = ("cost centre", Text("a kind of cost", "一类费用"))
_HOLDING = {
    "amount": Text("amounts sold", "销售金额"),
    "quantity": Text("pieces sold", "销售数量"),
    "plans": Text("amounts planned", "计划金额"),
    "budgets": Text("budgets", "预算"),
    "expenses": Text("costs", "费用"),
}


def about_parts(shape: Shape, melt: Melt, *, sure: bool, beside: Collection[str]) -> Recognised:
    """What each of the columns is that hold figures of a day, and what the figures are.

    `beside` are the targets of the sheet's other columns: what they say, the headings do not. It may be
    `sure` that the figures are amounts, or that they are pieces.
    """
    named = ", ".join(f"“{name}”" for name in melt.columns[:_NAMED])
    more = " …" if len(melt.columns) > _NAMED else ""
    says = Text(
        f"{named}{more} hold figures of each day or month. What is each of these columns, and what are "
        "the figures?",
        f"{named}{more} 各列是每天或每月的数字。每一列代表什么？数字是什么？",
    )
    open_ones = [(name, what) for name, what in _PARTS if not meant(name) & set(beside)]
    sold = [replace(melt, name=name, of="order_items") for name, _ in open_ones]
    if not sure:
        sold += [replace(one, value="quantity") for one in sold[:2]]
    planned = [
        replace(melt, name=name, of="plans") for name, _ in open_ones if name in ("store", "product name")
    ]
    costs = [replace(melt, name=_COST[0], of=of) for of in ("budgets", "expenses")]
    ways = [one for one in (*sold, *planned, *costs) if melt.of in ("order_items", one.of)]
    ways = [one for one in ways if one.of != "budgets" or melt.of == "budgets"]
    called = dict((*_PARTS, _COST))
    choices = [(_of_each(called[one.name], _figures(one)), replace(shape, melt=one)) for one in ways]
    return Recognised(choices[0][1], ShapeQuestion(melt.columns[0], says, (*choices, (_AS_IT_STANDS, shape))))


def about_products(shape: Shape, melt: Melt) -> Recognised:
    """Whether each of several columns of an order is a product, and what its figures are."""
    named = ", ".join(f"“{name}”" for name in melt.columns[:_NAMED])
    more = " …" if len(melt.columns) > _NAMED else ""
    says = Text(
        f"{named}{more} hold figures of each order. Is each of these columns a product, and what are the "
        "figures?",
        f"{named}{more} 各列是每个订单的数字。每一列是一种商品吗？数字是什么？",
    )
    called = dict(_PARTS)["product name"]
    ways = (melt, replace(melt, value="amount"))
    choices = [(_of_each(called, _figures(one)), replace(shape, melt=one)) for one in ways]
    return Recognised(choices[0][1], ShapeQuestion(melt.columns[0], says, (*choices, (_AS_IT_STANDS, shape))))


def _figures(melt: Melt) -> Text:
    return _HOLDING[
        ("quantity" if melt.value == "quantity" else "amount") if melt.of == "order_items" else melt.of
    ]


def _of_each(what: Text, figures: Text) -> Text:
    return Text(f"each is {what.en}: {figures.en}", f"每列是{what.zh}：{figures.zh}")


def about_sides(shape: Shape, ledger: Ledger) -> Recognised:
    """Which of two columns is what came in: the balance rises by what the heading calls a payment out."""
    a, b = ledger.into, ledger.out
    says = Text(
        f"The balance rises with “{b}” and falls with “{a}”. Which of them is money that came in?",
        f"余额随“{b}”增加、随“{a}”减少。哪一列是收入？",
    )
    ways = (Ledger(b, a), ledger)
    choices = [
        (
            Text(f"“{one.into}” came in, “{one.out}” went out", f"“{one.into}”为收入，“{one.out}”为支出"),
            replace(shape, ledger=one),
        )
        for one in ways
    ]
    return Recognised(shape, ShapeQuestion(b, says, (*choices, (_AS_IT_STANDS, replace(shape, ledger=None)))))


def about_returns(shape: Shape, returns: Returns) -> Recognised:
    """Whether the rows of a sheet that is called so, or has a day of return, are what came back."""
    says = Text(
        "Is each row something that came back, of the order whose number it names?",
        "每一行是否为所列订单的退货或退款？",
    )
    whole = Text("yes: all of that order came back", "是：整单退回")
    part = Text("yes: a return of that order", "是：该订单的一笔退货")
    choices = (
        (whole if returns.whole else part, shape),
        (_AS_IT_STANDS, replace(shape, returns=None)),
    )
    return Recognised(shape, ShapeQuestion(returns.order, says, choices))


def about_mark(shape: Shape, settlement: Settlement) -> Recognised:
    """What is the decimal mark of figures of which one is taken from the other to know what was paid?"""
    says = Text(
        "Is 1,299 (or 1.299) in these amounts more than a thousand, or a little more than one?",
        "这些金额中的 1,299（或 1.299）是一千多，还是一点几？",
    )
    marks = (
        (Text("decimal point: 1,299 is a thousand", "小数点为“.”：1,299 是一千多"), "."),
        (Text("decimal comma: 1.299 is a thousand", "小数点为“,”：1.299 是一千多"), ","),
    )
    choices = [(told, replace(shape, settlement=replace(settlement, decimal=mark))) for told, mark in marks]
    return Recognised(shape, ShapeQuestion(settlement.whole, says, tuple(choices)))
