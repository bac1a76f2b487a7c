import multiprocessing
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shuke import app
from shuke.alerts.flips import AlertSubject, history
from shuke.app import Project
from shuke.builds import parameterised, pipeline
from shuke.engine.parquet import pieces
from shuke.errors import BuildFailed, UnknownTable, WrongCall, WrongSettings
from shuke.graph import catalogue, names
from shuke.settings import Settings
from shuke.tables import CANONICAL
from shuke.version import __version__
from tests import shop
from tests.engine_fixtures import at
from tests.few_tables import FEW, only
from tests.landing import ANALYSES, Row, land

NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
TODAY = NOW.date()

ANALYSIS = """
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key="city", title=Text("Cities", "城市"), area="{area}", subject=None,
    columns=[
        Column("city", Type.TEXT, Text("City", "城市")), Column("lines", Type.INTEGER, Text("Lines", "行数")),
    ],
)
def cities(purchases: ir.Table, *, as_of: date, at_least: int = 1) -> ir.Table:
    \"\"\"Lines by city.\"\"\"
    {body}
"""
GOOD = """counted = purchases.group_by(city=purchases.city.fill_null("?")).agg(lines=purchases.count())
    return counted.filter(counted.lines >= at_least)"""


def empty(root: Path, **settings: Any) -> Project:
    return app.init(root, Settings(**{"name": "Shop", "currency": "CNY", "analyses": ANALYSES, **settings}))


def sale(order: str, day: date | str, record: str | None = "1", **further: Any) -> Row:
    """A line of one piece, at noon in Shanghai."""
    return {
        "order_no": order, "ordered_at": at(f"{day}T04:00"), "record_id": record, "product_id": "TEA",
        "quantity": Decimal(1), "price": Decimal(10), "city": "杭州", "nth": 1, **further,
    }  # fmt: skip


def sales(*days: str | date) -> list[Row]:
    return [sale(f"A{n}", day) for n, day in enumerate(days)]


def own(project: Project, body: str, area: str = "analyses") -> None:
    (project.root / "analyses").mkdir(exist_ok=True)
    (project.root / "analyses" / "cities.py").write_text(ANALYSIS.format(body=body, area=area), "utf-8")


def rows(project: Project, table: str, build: int | None = None) -> list[Row]:
    key = getattr(catalogue.derived(project.root).get(table), "key", ("key",))
    found: list[Row] = project.open(build).table(table).to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: tuple(str(row[name]) for name in key))


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop, built once; these tests only look at it."""
    return shop.built(tmp_path_factory.mktemp("tea"))


def test_a_manifest_names_all_that_a_build_is_a_function_of(tea):
    manifest = tea.open().build.manifest
    assert manifest.batches == ("000001-till", "000002-web")
    assert (manifest.number, manifest.as_of, manifest.looks_back) == (1, shop.AS_OF, False)
    assert (manifest.built_at, manifest.engine, manifest.version) == (shop.NOW, "duckdb", __version__)
    assert (manifest.currency, manifest.zone) == ("GBP", "Europe/London")
    assert manifest.settings == tea.settings.digest
    wanted = catalogue.wanted(tea.root, tea.settings.analyses)
    made = {n for n, t in wanted.items() if not names.is_delta(t) and t.area != "segments"}  # none is defined
    assert set(manifest.tables) >= made | {"landed_order_items", "landed_interactions"}
    assert {name: made.rows for name, made in manifest.tables.items()} == {
        name: len(rows(tea, name)) for name in manifest.tables
    }


def test_every_table_is_written_in_its_declared_types(tea):
    build = tea.open().build
    for name in build.manifest.tables:
        declared = catalogue.derived().get(name) or CANONICAL[name.removeprefix("landed_")]
        for piece in pieces(build.path(name)):
            found = {field.name: field.type for field in pq.read_schema(piece)}
            assert found == {field.name: field.type for field in declared.schema.to_pyarrow()}, name


def test_the_ids_of_a_build_are_landed_and_the_next_issues_none(few, tmp_path):
    project = empty(tmp_path)
    land(project, "till", people=[{"record_id": "1"}, {"record_id": "2"}])
    pipeline.build(project, now=NOW)
    assert [r.batch for r in project.landing.receipts()] == ["000001-till", "000002-shuke"]
    first = {row["record"]: row["customer_id"] for row in rows(project, "identities")}
    land(project, "web", people=[{"record_id": "1"}])
    pipeline.build(project, now=NOW)
    assert {row["record"]: row["build"] for row in rows(project, "customer_ids")} == {
        "till:1": 1, "till:2": 1, "web:1": None
    }  # fmt: skip
    third = pipeline.build(project, now=NOW)
    assert {row["record"]: row["customer_id"] for row in rows(project, "identities")}.items() >= first.items()
    assert third.manifest.batches == tuple(r.batch for r in project.landing.receipts())
    assert len(third.manifest.batches) == 4


def test_a_failing_analysis_leaves_its_reason_and_the_rest_stands(few, tmp_path, caplog):
    project = empty(tmp_path)
    land(project, "till", order_items=sales(TODAY))
    own(project, "raise ValueError(\"nobody's 'secret' city\")")
    build = pipeline.build(project, now=NOW)
    assert build.manifest.tables["cities"].failed == "ValueError: nobody… city"
    assert build.manifest.tables["purchases"].rows == 1
    assert list(build.manifest.analyses) == ["cities.py"]
    assert not (build.folder / "cities").exists()
    assert "secret" not in caplog.text
    with pytest.raises(WrongCall, match="Table cities could not be made: ValueError"):
        project.open().table("cities")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('return purchases.select("city", lines=ibis.literal(1))', "Its key city is not unique"),
        (
            "return purchases.select(city=ibis.null(str), lines=ibis.literal(1)).distinct()",
            "or is null in some row",
        ),
        ('return purchases.select("city").distinct()', "does not have its columns lines"),
        ('return purchases.select("city", lines=ibis.literal("many")).distinct()', "Conversion"),
    ],
)
def test_a_table_must_be_what_it_declares(few, tmp_path, body, reason):
    project = empty(tmp_path)
    land(project, "till", order_items=sales(TODAY, TODAY))
    own(project, body)
    assert reason in str(pipeline.build(project, now=NOW).manifest.tables["cities"].failed)


def test_without_a_core_table_there_is_no_build_and_the_last_one_still_stands(few, tmp_path):
    project = empty(tmp_path)
    land(project, "till", order_items=sales(TODAY))
    pipeline.build(project, now=NOW)
    own(project, "raise ValueError", area="dealings")
    with pytest.raises(BuildFailed, match="Table cities could not be made"):
        pipeline.build(project, now=NOW)
    assert (project.builds.current().number, project.builds.numbers()) == (1, [1])
    assert not list((project.data / "aside").glob("build/*"))


@pytest.mark.parametrize(
    ("newest", "as_of"),
    [
        (None, TODAY),
        (TODAY, TODAY),
        (TODAY - timedelta(days=45), TODAY),
        (TODAY - timedelta(days=46), TODAY - timedelta(days=45)),
        (TODAY + timedelta(days=9), TODAY),
    ],
)
def test_a_build_looks_from_today_or_from_the_day_after_the_last_transaction(tmp_path, newest, as_of):
    project = empty(tmp_path)
    if newest:
        land(project, "till", order_items=sales(newest))
    found = pipeline.default_as_of(project, project.landing.receipts(), scratch=tmp_path / "s", now=NOW)
    assert found == as_of


def test_lines_of_the_future_neither_make_today_nor_stand_in_it(few, tmp_path):
    project = empty(tmp_path)
    land(project, "till", order_items=sales(TODAY - timedelta(days=100), TODAY + timedelta(days=3)))
    build = pipeline.build(project, now=NOW)
    assert build.manifest.as_of == TODAY - timedelta(days=99)
    assert not build.manifest.looks_back
    assert len(rows(project, "purchases")) == 1


def test_nobody_looks_from_a_day_that_has_not_come(tmp_path):
    with pytest.raises(WrongCall, match="2026-07-01 is in the future"):
        pipeline.build(empty(tmp_path), now=NOW, as_of=TODAY + timedelta(days=1))


def every_ten_days(last: date, times: int = 5) -> list[Row]:
    return sales(*(last - timedelta(days=10 * n) for n in range(times)))


def test_only_a_build_of_today_opens_and_ends_alerts(few_and_lapsing, tmp_path):
    project = empty(tmp_path)
    land(project, "till", people=[{"record_id": "1"}], order_items=every_ten_days(TODAY - timedelta(days=15)))
    back = pipeline.build(project, now=NOW, as_of=TODAY - timedelta(days=1))
    assert back.manifest.looks_back
    (finding,) = rows(project, "lapsing")
    alert = AlertSubject("lapsing", "customer", finding["subject"])
    assert history(project.operations, alert) == []
    pipeline.build(project, now=NOW)
    assert [flip.status for flip in history(project.operations, alert)] == ["open"]
    land(project, "till", order_items=[sale("B1", TODAY)])
    pipeline.build(project, now=NOW, as_of=TODAY - timedelta(days=1))
    assert len(history(project.operations, alert)) == 1
    pipeline.build(project, now=NOW)
    assert [flip.status for flip in history(project.operations, alert)] == ["open", "resolved"]
    assert project.builds.numbers() == [1, 2, 3, 4]


CUT = date(2026, 3, 31)


def before_the_cut() -> dict[str, list[Row]]:
    """Whatever the tea shop knew by then: people, dealings, invoices, each with its date."""
    then = at("2026-03-01")
    return {
        "people": [
            {"record_id": r, "name": n, "city": "杭州", "plan": "a pot", "collected_at": then}
            for r, n in (("1", "张伟"), ("2", None), ("3", "王芳"))
        ],
        "identifiers": [
            {"record_id": r, "kind": "phone", "value": v, "collected_at": then}
            for r, v in (("1", "13800139000"), ("2", "138 0013 9000"), ("3", "13900139001"))
        ],
        "order_items": [
            *every_ten_days(date(2026, 3, 10)),
            sale("C1", "2026-03-31", "3"), sale("C2", "2026-03-01", None),
            sale("C1", "2026-03-31", "3", product_id="CUP", status="paid",
                 collected_at=at("2026-03-31T05:00")),
        ],
        "orders": [
            {"order_no": "D1", "ordered_at": at("2026-03-05"), "total": Decimal(99), "record_id": "2"},
        ],
        "exchange_rates": [{"currency": "EUR", "day": date(2026, 3, 1), "rate": Decimal("7.8")}],
        "invoices": [
            {"invoice_no": "1", "record_id": "1", "amount": Decimal(150), "issued": date(2026, 3, 2)},
        ],
        "payments": [],
        "credit_limits": [{"record_id": "1", "limit": Decimal(100), "starts": date(2026, 1, 1)}],
    }  # fmt: skip


def after_the_cut(turn: int) -> dict[str, list[Row]]:
    """What happened and was said later: more of everything, and news of what had been."""
    later, much = at(f"2026-05-0{turn}"), Decimal(turn * 1000)
    cup = {"product_id": "CUP", "status": "cancelled", "collected_at": later, "revises": True}
    days = [date(2026, 4, 1) + timedelta(days=n * turn) for n in range(5)]
    return {
        "people": [
            {"record_id": "1", "name": f"New {turn}", "city": "York", "collected_at": later, "revises": True},
            {"record_id": f"later {turn}", "name": "Nobody yet", "collected_at": later},
        ],
        "identifiers": [
            {"record_id": f"later {turn}", "kind": "member_no", "value": "88", "collected_at": later},
        ],
        "order_items": [
            sale("C1", "2026-03-31", "3", **cup),
            *(sale(f"Z{n}", day, str(turn), price=much) for n, day in enumerate(days)),
            sale("Z9", "2026-04-02", "1", quantity=Decimal(-1), returns_order_no="A1"),
        ],
        "orders": [
            {"order_no": f"E{turn}", "ordered_at": later, "total": much},
            {"order_no": "D1", "status": "cancelled", "collected_at": later, "revises": True},
        ],
        "exchange_rates": [{"currency": "EUR", "day": date(2026, 4, turn), "rate": much}],
        "invoices": [{"invoice_no": "9", "record_id": "2", "amount": much, "issued": date(2026, 4, turn)}],
        "payments": [{"payment_no": "9", "invoice_no": "1", "amount": much, "paid_at": later}],
        "credit_limits": [{"record_id": "1", "limit": much, "starts": date(2026, 4, 1)}],
    }  # fmt: skip


def test_what_happened_later_does_not_change_the_past(tmp_path):
    pasts = []
    for turn in (None, 1, 2):
        project = empty(tmp_path / f"turn {turn}")
        land(project, "till", tables=before_the_cut())
        if turn:
            land(project, "till", tables=after_the_cut(turn))
        build = pipeline.build(project, now=NOW, as_of=CUT)
        # Who is who is today's knowledge, whatever day a build looks from.
        tables = catalogue.derived()
        past = [n for n in build.manifest.tables if n not in tables or tables[n].area != "identity"]
        pasts.append({name: rows(project, name) for name in past})
        if turn:
            pipeline.build(project, now=NOW)
            assert rows(project, "rfm") != pasts[0]["rfm"]
    assert pasts[0] == pasts[1] == pasts[2]
    then = pasts[0]
    assert {row["name"] for row in then["customers"]} == {"张伟", "王芳"}
    assert [row["status"] for row in then["purchases"] if row["product_id"] == "CUP"] == ["paid"]
    assert len(then["credit"]) == len(then["lapsing"]) == 1


def test_who_has_opened_a_build_keeps_it_while_others_come_and_go(few, tmp_path):
    project = empty(tmp_path)
    land(project, "till", order_items=sales(TODAY))
    pipeline.build(project, now=NOW)
    reader = project.open()
    land(project, "till", order_items=[sale("B1", TODAY)])
    pipeline.build(project, now=NOW)
    assert (reader.build.number, reader.table("purchases").count().execute()) == (1, 1)
    assert (project.open().build.number, project.open().table("purchases").count().execute()) == (2, 2)
    project.builds.point(1)
    assert project.open().build.number == 1
    assert app.open_project(project.root).open().build.number == 1


def _slow_build(root: Path, started: Any) -> None:
    """In a process of its own: hold the lock of the builds for a while, and then build."""
    project = app.open_project(root)

    def report(name: str, done: int, all_: int) -> None:
        if not started.is_set():
            started.set()
            time.sleep(1.5)

    with only(*FEW):
        pipeline.build(project, now=NOW, report=report)


def test_a_company_may_choose_its_analyses_and_keeps_its_own(tmp_path):
    project = empty(tmp_path, analyses=("rfm",))
    own(project, GOOD)
    land(project, "till", order_items=sales(TODAY))
    made = pipeline.build(project, now=NOW).manifest.tables
    assert {"rfm", "cities", "lapsing", "customers"} <= set(made)
    assert not {"retention", "monthly_sales"} & set(made)
    with pytest.raises(WrongSettings, match=r"no analysis named rmf. There are: .*retention.*rfm"):
        pipeline.build(empty(tmp_path / "misspelt", analyses=("rmf",)), now=NOW)


def test_of_two_processes_that_build_the_second_waits_for_the_first(few, tmp_path):
    project = empty(tmp_path)
    land(project, "till", people=[{"record_id": "1"}], order_items=sales(TODAY))
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    other = context.Process(target=_slow_build, args=(tmp_path, started))
    other.start()
    assert started.wait(60)
    mine = pipeline.build(project, now=NOW)
    other.join(60)
    assert other.exitcode == 0
    assert (mine.number, project.builds.numbers()) == (2, [1, 2])
    assert mine.manifest.batches == ("000001-till", "000002-shuke")


def test_one_file_makes_a_table_that_is_built_and_can_be_asked(few, tmp_path):
    project = empty(tmp_path)
    land(project, "till", order_items=[*sales(TODAY, TODAY), sale("B", TODAY, city="York")])
    own(project, GOOD)
    pipeline.build(project, now=NOW)
    assert project.table("cities").sort_values("city").to_dict("records") == [
        {"city": "York", "lines": 1}, {"city": "杭州", "lines": 2}
    ]  # fmt: skip
    asked = parameterised.ask(project, project.open(), "cities", {"at_least": 2})
    assert asked.to_pyarrow().to_pylist() == [{"city": "杭州", "lines": 2}]
    with pytest.raises(WrongCall, match=r"Table cities has no parameter at_most\. It takes: at_least"):
        parameterised.ask(project, project.open(), "cities", {"at_most": 2})
    with pytest.raises(WrongCall, match="Table landed_orders takes no parameters"):
        parameterised.ask(project, project.open(), "landed_orders", {})
    with pytest.raises(UnknownTable, match="No table is named towns"):
        parameterised.ask(project, project.open(), "towns", {})


def test_what_the_company_has_decided_is_what_is_built_and_asked(few, tmp_path):
    project = empty(tmp_path, tables={"cities": {"at_least": 2}})
    land(project, "till", order_items=[*sales(TODAY, TODAY), sale("B", TODAY, city="York")])
    own(project, GOOD)
    pipeline.build(project, now=NOW)
    assert [row["city"] for row in rows(project, "cities")] == ["杭州"]
    assert parameterised.ask(project, project.open(), "cities", {}).count().execute() == 1
    assert parameterised.ask(project, project.open(), "cities", {"at_least": 1}).count().execute() == 2


@pytest.mark.parametrize(
    "decided", [{"rmf": {"grace": 1}}, {"lapsing": {"graze": 1}}, {"lapsing": {"as_of": "2020-01-01"}}]
)
def test_an_answer_to_what_nobody_asks_is_refused(tmp_path, decided):
    with pytest.raises(WrongSettings, match="has no parameter"):
        pipeline.build(empty(tmp_path, tables=decided), now=NOW)


def test_a_build_of_nothing_is_a_build(tmp_path):
    build = pipeline.build(empty(tmp_path), now=NOW)
    assert {name for name, made in build.manifest.tables.items() if made.rows or made.failed} == set()
