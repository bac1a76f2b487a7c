"""Plans that are written down: they keep their history, land, and go before imported ones."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from shuke.access.roles import Principal, Role
from shuke.actions import plans as actions
from shuke.alerts.plan_figures import PlanKind, PlanTarget, amounts_of, target_of, year_of
from shuke.app import Project
from shuke.errors import Denied, UnknownCustomer, WrongCall
from shuke.store.operations import audit
from shuke.views import plans as view
from shuke.views.viewer import Viewer
from tests.engage import club
from tests.landing import land

NOV, DEC = date(2026, 11, 1), date(2026, 12, 1)
COMPANY = target_of(PlanKind.PLANS, "company", "")
TEA = target_of(PlanKind.PLANS, "product", "TEA")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Project]:
    project = club.found(tmp_path / "shop", channels={})
    club.members(project, 2)
    yield project
    project.operations.close()


def planned(shop: Project, target: PlanTarget, month: date = NOV) -> Decimal | None:
    told: Decimal | None
    [told] = shop.open().table("planned_months").filter(
        lambda t: (t.subject == target.subject) & (t.month == month)
    ).planned.to_pyarrow().to_pylist()  # fmt: skip
    return told


def test_what_is_written_down_goes_before_what_was_imported_until_it_is_taken_back(shop: Project) -> None:
    imported = {"period": NOV, "product_id": "TEA", "amount": 70}
    land(shop, "finance", plans=[imported])
    actions.write(shop, TEA, {NOV: Decimal("99.5"), DEC: Decimal(40)}, viewer=club.viewer())
    club.build(shop)
    assert planned(shop, TEA) == Decimal("99.5")
    ahead = view.one(shop, TEA, 2026, viewer=club.viewer())[0].months[11]
    assert (ahead.planned, ahead.is_new) == (Decimal(40), False)
    [progress] = shop.open().table("plan_progress").to_pyarrow().to_pylist()
    assert (progress["subject"], progress["plan"], progress["actual"]) == ("product:TEA", Decimal("99.5"), 10)
    later = club.NOON + timedelta(hours=1)
    actions.write(shop, TEA, {NOV: None}, viewer=club.viewer(now=later))
    club.build(shop, now=later)
    assert planned(shop, TEA) == 70


def test_an_imported_plan_of_months_to_come_is_seen_from_the_first(shop: Project) -> None:
    ahead = date(2027, 3, 1)
    plans = [{"period": month, "product_id": "TEA", "amount": 70} for month in (NOV, ahead)]
    land(shop, "finance", plans=plans)
    club.build(shop)
    assert planned(shop, TEA, ahead) == 70
    assert view.one(shop, TEA, 2027, viewer=club.viewer())[0].months[2].planned == 70
    [progress] = shop.open().table("plan_progress").to_pyarrow().to_pylist()
    assert progress["plan"] == 70, "of this month alone"


def test_a_figure_shows_at_once_and_lands_once(shop: Project) -> None:
    club.build(shop)
    assert actions.write(shop, COMPANY, {NOV: Decimal(500)}, viewer=club.viewer()) == 1
    assert actions.write(shop, COMPANY, {NOV: Decimal(500)}, viewer=club.viewer("wu")) == 0
    [told] = [each for each in view.year(shop, PlanKind.PLANS, 2026, viewer=club.viewer()) if each.is_planned]
    assert (told.target, told.months[10].planned, told.months[10].is_new) == (COMPANY, Decimal(500), True)
    assert (told.months[10].actual, told.months[11].actual) == (Decimal(10), None)
    club.build(shop)
    batches = len(shop.landing.receipts())
    club.build(shop)
    assert len(shop.landing.receipts()) == batches
    assert not view.one(shop, COMPANY, 2026, viewer=club.viewer())[0].months[10].is_new


def test_last_years_figures_stand_beside_and_who_changed_what_is_kept(shop: Project) -> None:
    past = datetime(2025, 11, 5)  # noqa: DTZ001
    land(shop, "club", order_items=[club.order("M000", past)])
    club.build(shop)
    actions.write(shop, TEA, {NOV: Decimal(20)}, viewer=club.viewer())
    actions.write(shop, TEA, {NOV: Decimal(30)}, viewer=club.viewer("wu"))
    told, history = view.one(shop, TEA, 2026, viewer=club.viewer())
    assert (told.months[10].last_year, told.months[10].actual) == (Decimal(5), Decimal(10))
    assert [(each.amount, each.who) for each in history] == [(Decimal(30), "wu"), (Decimal(20), "lin")]
    with shop.operations.reading() as connection:
        verbs = connection.execute(select(audit.c.verb)).scalars().all()
    assert verbs.count("plan.written") == 2


def test_of_a_customer_the_plan_is_theirs_and_a_stranger_is_refused(shop: Project) -> None:
    club.build(shop)
    [who] = shop.open().table("customers").limit(1).customer_id.to_pyarrow().to_pylist()
    theirs = target_of(PlanKind.PLANS, "customer", who)
    actions.write(shop, theirs, {NOV: Decimal(8)}, viewer=club.viewer())
    club.build(shop, now=club.NOON + timedelta(hours=1))
    rows = shop.open().table("plan_progress").to_pyarrow().to_pylist()
    assert [(row["subject_kind"], row["subject"], row["actual"]) for row in rows] == [("customer", who, 5)]
    with pytest.raises(UnknownCustomer):
        actions.write(
            shop, target_of(PlanKind.PLANS, "customer", "C0"), {NOV: Decimal(8)}, viewer=club.viewer()
        )


def test_a_budget_is_of_a_department_and_no_viewer_writes_one(shop: Project) -> None:
    ads = target_of(PlanKind.BUDGETS, "cost_centre", "ads")
    land(
        shop,
        "finance",
        expenses=[{"expense_no": "1", "at": date(2026, 11, 3), "cost_centre": "ads", "amount": 9}],
    )
    actions.write(shop, ads, {NOV: Decimal(12)}, viewer=club.viewer())
    club.build(shop)
    rows = shop.open().table("spending").to_pyarrow().to_pylist()
    assert [(row["subject"], row["budget"], row["spent"]) for row in rows] == [("cost_centre:ads", 12, 9)]
    only_looks = Viewer(Principal(1, "vera", frozenset({Role.VIEWER})), "console", club.NOON)
    with pytest.raises(Denied):
        actions.write(shop, ads, {NOV: Decimal(1)}, viewer=only_looks)


def test_a_column_of_a_sheet_becomes_twelve_months() -> None:
    cells = "1,200\n¥ 900.50\n\n-\n300元\n6\n7\n8\n9\n10\n11\n12\n"
    amounts = amounts_of(cells)
    assert amounts[:5] == [1200, Decimal("900.50"), None, None, 300]
    assert year_of(amounts, 2026)[DEC] == 12
    assert amounts_of("1\t2\t3") == [1, 2, 3]
    with pytest.raises(WrongCall, match=r"Figure 2, ten"):
        amounts_of("1\nten")
    with pytest.raises(WrongCall, match="12 months"):
        year_of(amounts[:3], 2026)
