"""Which rows of a table does a viewer get to see?"""

from concurrent.futures import ThreadPoolExecutor

import duckdb
import ibis
import pytest

from shuke.access import audit
from shuke.app import Project, open_project
from shuke.errors import Denied, UnknownTable, WrongCall
from shuke.views import tables
from shuke.views.query import Condition, Query
from shuke.views.viewer import Viewer


def names(project: Project, viewer: Viewer, **query):
    return [row["name"] for row in tables.rows(project, "customers", Query(**query), viewer=viewer)]


def test_the_catalog_lists_every_table_of_the_build_with_its_rows(project: Project):
    listed = {table.name: table for table in tables.catalog(project)}
    assert listed["customers"].rows == 4 and str(listed["customers"].title) == "Customers"
    assert listed["landed_people"].area == "landing"
    assert set(listed) == set(project.open().build.manifest.tables)


def test_a_page_says_how_many_rows_there_are_in_all(project: Project, owner: Viewer):
    page = tables.rows(project, "purchases", Query(limit=2), viewer=owner)
    assert (page.rows.num_rows, page.total) == (2, 7)


def test_the_first_page_is_worked_out_once_for_all_who_see_as_much(
    project: Project, owner: Viewer, stranger: Viewer, monkeypatch: pytest.MonkeyPatch
):
    seen = names(project, owner, limit=3)
    masked = names(project, stranger, limit=3)
    assert len(seen) == 3 and seen != masked
    monkeypatch.setattr(tables, "page_of", lambda *_: pytest.fail("worked out again"))
    assert names(project, owner, limit=3) == seen
    assert names(project, stranger, limit=3) == masked


@pytest.mark.parametrize(
    "query", [{"search": "ann"}, {"offset": 2}, {"filters": (Condition("city", "given"),)}]
)
def test_what_is_not_the_first_page_is_worked_out_anew(
    project: Project, owner: Viewer, monkeypatch: pytest.MonkeyPatch, query: dict
):
    names(project, owner, limit=3, **query)
    monkeypatch.setattr(tables, "page_of", lambda *_: pytest.fail("worked out again"))
    with pytest.raises(pytest.fail.Exception):
        names(project, owner, limit=3, **query)


def test_pages_neither_overlap_nor_leave_gaps_where_all_sort_alike(project: Project, owner: Viewer):
    pages = [
        tables.rows(project, "purchases", Query(order_by="currency", limit=2, offset=o), viewer=owner)
        for o in (0, 2, 4, 6)
    ]
    lines = [row["line_id"] for page in pages for row in page]
    assert len(lines) == len(set(lines)) == 7


def test_a_table_sorts_by_a_part_of_its_key(project: Project, owner: Viewer):
    page = tables.rows(project, "monthly_sales", Query(order_by="month", descending=True), viewer=owner)
    months = [row["month"] for row in page]
    assert months == sorted(months, reverse=True) and months


def test_a_condition_is_read_in_the_type_of_its_column(project: Project, owner: Viewer):
    november = (Condition.parse("month:ge:2026-11-01"), Condition.parse("quantity:gt:1"))
    page = tables.rows(project, "purchases", Query(filters=november), viewer=owner)
    assert [row["quantity"] for row in page] == [3]


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("customer_id:empty", 1), ("customer_id:given", 6), ("product_id:in:TEA|POT", 5),
        ("product_id:ne:TEA", 3), ("product_name:contains:te", 4), ("is_return:eq:true", 1),
        ("day:lt:2026-10-01", 1), ("price:le:4.5", 3), ("customer_id:ne:nobody", 7),
    ],
)  # fmt: skip
def test_each_way_of_comparing(condition: str, rows: int, project: Project, owner: Viewer):
    asked = Query(filters=(Condition.parse(condition),))
    assert tables.rows(project, "purchases", asked, viewer=owner).total == rows
    assert str(Condition.parse(condition)) == condition


@pytest.mark.parametrize("condition", ["quantity:gt:many", "month:eq:soon", "is_return:eq:perhaps"])
def test_a_value_of_another_type_is_refused_with_the_type(condition: str, project: Project, owner: Viewer):
    with pytest.raises(WrongCall, match="which holds"):
        tables.rows(project, "purchases", Query(filters=(Condition.parse(condition),)), viewer=owner)


def test_no_condition_without_an_operator():
    with pytest.raises(WrongCall, match="column:op:value"):
        Condition.parse("month=2026-11-01")


def test_the_owner_may_ask_in_sql_and_an_error_is_told_in_one_message(project: Project, owner: Viewer):
    page = tables.rows(project, "purchases", Query(where=("quantity * price > 20",)), viewer=owner)
    assert sorted(row["order_no"] for row in page) == ["A3", "A5", "B1"]
    with pytest.raises(WrongCall, match="nonsense"):
        tables.rows(project, "purchases", Query(where=("nonsense > 20",)), viewer=owner)


def test_nobody_gets_out_of_a_where_into_another_statement(project: Project, owner: Viewer):
    for where in (
        "true); drop table purchases; select (1",
        "true) or (true",
        "current_setting('threads') = '1'",
    ):
        with pytest.raises(WrongCall):
            tables.rows(project, "purchases", Query(where=(where,)), viewer=owner)


def test_several_conditions_in_sql_hold_together_and_beside_all_else(project: Project, owner: Viewer):
    asked = Query(
        where=("quantity > 0 or true", "order_no in (select order_no from purchases where price < 5)"),
        filters=(Condition("product_id", "eq", "TEA"),), order_by="day", descending=True, limit=2, offset=1,
    )  # fmt: skip
    page = tables.rows(project, "purchases", asked, viewer=owner)
    assert [row["order_no"] for row in page] == ["A4", "A3"] and page.total == 4
    plain = tables.rows(project, "purchases", Query(), viewer=owner)
    assert page.rows.schema == plain.rows.schema
    found = tables.rows(project, "customers", Query(where=("length(city) > 3",), search="ann"), viewer=owner)
    assert found.total == 1


def test_a_condition_in_sql_holds_for_a_table_that_was_asked_otherwise(project: Project, owner: Viewer):
    asked = Query(parameters={"grace": "1.5"}, where=("severity is not null or true",))
    every = tables.rows(project, "lapsing", Query(parameters={"grace": "1.5"}), viewer=owner)
    assert tables.rows(project, "lapsing", asked, viewer=owner).total == every.total


def test_a_viewer_sees_masks_and_the_engine_made_them(project: Project, stranger: Viewer):
    rows = list(tables.rows(project, "customers", viewer=stranger))
    assert {row["name"] for row in rows if row["name"]} == {"A***", "张*", "=***"}
    assert not any("900123" in str(value) for row in rows for value in row.values())


@pytest.mark.parametrize(
    "query",
    [
        {"order_by": "name"}, {"filters": (Condition("phone", "eq", "447700900123"),)},
        {"filters": (Condition("birth_date", "lt", "1990-01-01"),)}, {"where": "name like 'A%'"},
    ],
)  # fmt: skip
def test_a_viewer_can_neither_sort_nor_filter_by_what_is_masked(query, project: Project, stranger: Viewer):
    with pytest.raises(Denied):
        tables.rows(project, "customers", Query(**query), viewer=stranger)


def test_a_digest_of_who_somebody_is_tells_a_viewer_nothing_by_its_value_or_place(
    project: Project, owner: Viewer, stranger: Viewer
):
    assert {row["key"] for row in tables.rows(project, "landed_people", viewer=stranger)} == {"***"}
    with pytest.raises(Denied):
        tables.rows(project, "landed_people", Query(order_by="key"), viewer=stranger)
    known = [row["key"] for row in tables.rows(project, "landed_people", viewer=owner)]
    shown = tables.select(project, "landed_people", Query(), viewer=stranger).table.key.to_pyarrow()
    by_key = project.pseudonym(ibis.memtable({"key": known}).key)
    keyed = dict(zip(known, ibis.duckdb.connect().execute(by_key).tolist(), strict=True))
    assert shown.to_pylist() == sorted(known, key=keyed.__getitem__)


def test_a_viewer_finds_nobody_by_a_masked_column(project: Project, owner: Viewer, stranger: Viewer):
    assert names(project, owner, search="bob@") == ["=cmd|' /C calc'!A0"]
    assert names(project, stranger, search="bob@") == []
    assert len(names(project, stranger, search="hull")) == 1


def test_a_viewer_may_ask_whether_a_masked_value_is_there(project: Project, stranger: Viewer):
    assert len(names(project, stranger, filters=(Condition("phone", "empty"),))) == 2


def test_who_looks_at_people_is_in_the_log_and_who_looks_at_figures_is_not(project: Project, owner: Viewer):
    before = len(audit.read(project.operations, limit=1000))
    tables.rows(project, "monthly_sales", viewer=owner)
    assert len(audit.read(project.operations, limit=1000)) == before
    tables.rows(project, "customers", viewer=owner)
    entry = audit.read(project.operations)[0]
    assert (entry.actor.who, entry.event.verb, entry.event.count) == ("ann", "looked_at_table", 4)


def test_an_unknown_table_or_column_is_named(project: Project, owner: Viewer):
    with pytest.raises(UnknownTable, match="customer_s"):
        tables.rows(project, "customer_s", viewer=owner)
    with pytest.raises(UnknownTable, match="colour"):
        tables.rows(project, "customers", Query(order_by="colour"), viewer=owner)


def test_a_table_answers_its_questions_in_writing(project: Project, owner: Viewer):
    asked = Query(parameters={"grace": "1.5"})
    assert tables.rows(project, "lapsing", asked, viewer=owner).total >= 0
    with pytest.raises(WrongCall, match="no parameter colour"):
        tables.rows(project, "lapsing", Query(parameters={"colour": "red"}), viewer=owner)
    with pytest.raises(WrongCall, match="Accepted: a number"):
        tables.rows(project, "lapsing", Query(parameters={"grace": "much"}), viewer=owner)


def test_one_select_and_nothing_else_may_be_run(project: Project, owner: Viewer, stranger: Viewer):
    assert tables.sql(project, "select count(*) as n from customers", viewer=owner).to_pylist() == [{"n": 4}]
    with pytest.raises(WrongCall):
        tables.sql(project, "drop view customers", viewer=owner)
    with pytest.raises(Denied):
        tables.sql(project, "select 1", viewer=stranger)
    with pytest.raises(Denied):
        tables.rows(project, "rfm", Query(where=("true",)), viewer=stranger)


def test_a_build_is_opened_once_for_all_who_come_at_the_same_time(project: Project):
    fresh = open_project(project.root)
    with ThreadPoolExecutor(8) as comers:
        opened = list(comers.map(lambda _: fresh.open(), range(8)))
    assert all(each is opened[0] for each in opened)


def test_nobody_changes_the_settings_with_which_a_build_is_read(project: Project):
    with pytest.raises(duckdb.Error, match="locked"):
        project.open().reader.backend.con.execute("set enable_external_access = true")


@pytest.mark.parametrize(
    "query",
    [
        "with x as (copy (select 1) to '{build}/rfm/part-0.parquet') select 1",
        "with x as (copy (select 1) to '{build}/manifest.json' (format csv, use_tmp_file false)) select 1",
        "select current_setting('allowed_directories')",
        "from enable_logging('QueryLog', storage := 'file', storage_config := {{'path': '{build}/x'}})",
        "select * from read_text('{build}/manifest.json')",
    ],
)
def test_no_select_rewrites_the_build_in_force(query: str, project: Project, owner: Viewer):
    build = project.open().build.folder
    files = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    with pytest.raises(WrongCall) as refused:
        tables.sql(project, query.format(build=build), viewer=owner)
    assert str(build) not in str(refused.value)
    assert {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()} == files
    assert tables.sql(project, "select count(*) as n from customers", viewer=owner).to_pylist() == [{"n": 4}]
