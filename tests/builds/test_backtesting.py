from datetime import date, timedelta
from pathlib import Path

import pytest

from shuke.app import Project
from shuke.builds import backtesting, pipeline
from shuke.errors import UnknownTable, WrongCall
from tests.builds.test_pipeline import NOW, empty, sale
from tests.landing import land

#: Foretells that whoever bought by a day will buy again, and is told how many did.
REGULARS = """
from datetime import date

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Grade, Measure, Type, table


@table(
    key="customer_id", title=Text("Regulars", "常客"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("orders", Type.INTEGER, Text("Orders", "订单数")),
    ],
)
def regulars(purchases: ir.Table, *, as_of: date) -> ir.Table:
    \"\"\"Orders by customer.\"\"\"
    known = purchases.filter(purchases.customer_id.notnull())
    return known.group_by("customer_id").agg(orders=known.order_id.nunique())


@regulars.grade
def came_again(regulars: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    later = purchases.filter((purchases.day > at) & (purchases.day <= until))
    there, back = (t.count().execute() for t in (regulars, regulars.semi_join(later, "customer_id")))
    share = Measure(name="share", title=Text("Came again", "再次购买"), value=back / there, naive=0.5)
    return Grade(subjects=there, measures=(share,), sentence=Text(f"{back} of {there} came.", "回来了。"))
"""
CUT = date(2026, 3, 31)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, few_tables: None) -> Project:
    """1 and 2 buy before the cut, 1 within thirty days of it, 2 after, and 3 for the first time."""
    project = empty(tmp_path_factory.mktemp("regulars"))
    (project.root / "analyses").mkdir()
    (project.root / "analyses" / "regulars.py").write_text(REGULARS, "utf-8")
    bought = [("1", "03-01"), ("2", "03-05"), ("1", "04-10"), ("2", "06-01"), ("3", "04-02")]
    lines = [sale(f"A{n}", f"2026-{day}", who) for n, (who, day) in enumerate(bought)]
    land(project, "till", people=[{"record_id": who} for who in "123"], order_items=lines)
    pipeline.build(project, now=NOW)
    return project


def graded(project: Project, *days: date, horizon: int = 30) -> tuple[backtesting.BacktestResult, ...]:
    span = timedelta(days=horizon)
    return backtesting.backtest(project, now=NOW, wanted=["regulars"], at=days, horizon=span)


def test_a_table_is_made_as_of_then_and_graded_by_what_came(company: Project) -> None:
    (told,) = graded(company, CUT)
    assert told.grade
    assert (told.as_of, told.until, told.grade.subjects) == (CUT, date(2026, 4, 30), 2)
    (share,) = told.grade.measures
    assert (share.value, share.beats_naive, told.grade.sentence.en) == (0.5, False, "1 of 2 came.")


def test_the_default_day_is_the_latest_whose_horizon_has_passed(company: Project) -> None:
    (told,) = graded(company, horizon=90)
    assert told.until == company.open().build.manifest.as_of == NOW.date()


def test_what_asks_how_far_to_look_ahead_is_told_the_horizon(company: Project) -> None:
    with pipeline.past(company, as_of=CUT, wanted=["lifetime_value"], days_ahead=60) as past:
        then = past.table("lifetime_value").to_pyarrow().to_pylist()
    asked = [row["purchases_3m"] for row in then]
    with pipeline.past(company, as_of=CUT, wanted=["lifetime_value"]) as past:
        plain = [row["purchases_3m"] for row in past.table("lifetime_value").to_pyarrow().to_pylist()]
    assert sum(asked) == pytest.approx(sum(plain) * 60 / 91)  # too few to fit: the rate so far


def test_a_backtest_leaves_the_build_in_force_and_keeps_its_grade(company: Project) -> None:
    before = company.builds.numbers(), company.builds.current().number
    graded(company, date(2026, 3, 3))
    graded(company, date(2026, 4, 5))
    assert (company.builds.numbers(), company.builds.current().number) == before
    assert not [path for path in company.work.iterdir() if path.is_dir()]
    graded(company, CUT)
    newest = backtesting.latest(company)["regulars"]
    assert newest.as_of == max(date(2026, 4, 5), CUT)
    assert newest.grade
    assert newest.grade.measures[0].title.zh == "再次购买"


def test_what_came_later_changes_no_grade_but_by_what_came(tmp_path: Path, company: Project) -> None:
    """The rows made for the cut are the same, whatever is landed with a later date."""
    (before,) = graded(company, CUT)
    with pipeline.past(company, as_of=CUT, wanted=["regulars"]) as past:
        then = past.table("regulars").order_by("customer_id").to_pyarrow().to_pylist()
    land(company, "till", order_items=[sale("later", "2026-05-20", "1")])
    pipeline.build(company, now=NOW)
    with pipeline.past(company, as_of=CUT, wanted=["regulars"]) as past:
        assert past.table("regulars").order_by("customer_id").to_pyarrow().to_pylist() == then
    assert graded(company, CUT) == (before,)


def test_one_is_told_what_foretells_nothing_and_what_is_not_known_yet(company: Project) -> None:
    with pytest.raises(UnknownTable, match=r"Table monthly_sales makes no forecast. These do:.*regulars"):
        backtesting.backtest(company, now=NOW, wanted=["monthly_sales"])
    with pytest.raises(WrongCall, match="The 30 days after 2026-06-20 are not over yet"):
        graded(company, date(2026, 6, 20))


def test_a_table_that_could_not_be_made_then_says_why(company: Project) -> None:
    own = company.root / "analyses" / "regulars.py"
    text = own.read_text("utf-8")
    own.write_text(text.replace("known = purchases", "1 / (as_of.month - 3); known = purchases"), "utf-8")
    (told,) = graded(company, CUT)
    own.write_text(text, "utf-8")
    assert told.grade is None
    assert "division by zero" in (told.failed or "")
