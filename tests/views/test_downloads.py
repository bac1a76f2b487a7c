"""What does a file hold that somebody takes away?"""

import csv
import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.access import audit
from shuke.app import Project
from shuke.errors import Denied, WrongCall
from shuke.languages import Text, speaking
from shuke.tables import Column, Type
from shuke.views import downloads, json_text
from shuke.views.downloads import ExportContent, download
from shuke.views.query import Condition, Query
from shuke.views.viewer import Viewer

ALL = Query(limit=None)


def taken(project: Project, name: str, file_format, viewer: Viewer, query: Query = ALL) -> bytes:
    target = io.BytesIO()
    download(project, name, query, target, file_format=file_format, viewer=viewer)
    return target.getvalue()


def test_excel_opens_a_csv_as_utf_8_and_starts_no_formula(project: Project, owner: Viewer):
    content = taken(project, "customers", "csv", owner)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    names = {row["name"] for row in rows}
    assert {"'=cmd|' /C calc'!A0", "张伟", ""} <= names and len(names) == 4


@pytest.mark.parametrize("before", ["", " ", "\u3000", "\ufeff", "\u200b", "\t", "\r", "\n"])
def test_no_writing_of_a_sign_starts_a_formula(before: str):
    risky = [f"{before}{sign}cmd|' /C calc'!A0" for sign in "=+-@＝＋－＠﹦﹢⁼"]
    harmless = [*(f"茶{text}" for text in risky), None, ""]
    told = json_text.defused(pa.array([*risky, *harmless])).to_pylist()
    assert told == [*(f"'{text}" for text in risky), *harmless]


def test_a_negative_number_is_no_formula(project: Project, owner: Viewer):
    back = Query(limit=None, filters=(Condition("is_return", "eq", True),))
    (row,) = csv.DictReader(io.StringIO(taken(project, "purchases", "csv", owner, back).decode("utf-8-sig")))
    assert (row["amount"], row["ordered_at"]) == ("-4.5", "2026-11-05T10:00:00Z")


def test_json_gives_decimals_as_exact_numbers(project: Project, owner: Viewer):
    rows = json.loads(taken(project, "purchases", "json", owner), parse_float=Decimal)
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal("122.00")
    assert rows[0]["day"].startswith("2026-") and {row["is_return"] for row in rows} == {True, False}


def test_no_rows_are_an_empty_array(project: Project, owner: Viewer):
    nobody = Query(filters=(Condition("city", "eq", "Nowhere"),))
    assert json.loads(taken(project, "customers", "json", owner, nobody)) == []


@pytest.mark.parametrize(("language", "heading"), [("en", "Birth date"), ("zh", "出生日期")])
def test_a_workbook_has_headings_in_the_readers_language(language, heading, project: Project, owner: Viewer):
    with speaking(language):
        content = taken(project, "customers", "xlsx", owner)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    column = rows[0].index(heading)
    assert {row[column] for row in rows[1:]} == {datetime(1985, 3, 2), None}  # noqa: DTZ001 - a day
    name = rows[0].index({"en": "Name", "zh": "姓名"}[language])
    assert "=cmd|' /C calc'!A0" in {row[name] for row in rows[1:]}


def test_a_workbook_holds_numbers_as_numbers_and_moments_in_the_projects_zone(
    project: Project, owner: Viewer
):
    order = Query(filters=(Condition("order_no", "eq", "A1"),))
    heading, row = openpyxl.load_workbook(
        io.BytesIO(taken(project, "purchases", "xlsx", owner, order))
    ).active.values
    cells = dict(zip(heading, row, strict=True))
    assert cells["Amount"] == 9 and cells["Ordered at"] == datetime(2026, 9, 3, 11)  # noqa: DTZ001 - British Summer Time


def test_parquet_is_as_it_stands_in_the_build(project: Project, owner: Viewer):
    table = pq.read_table(io.BytesIO(taken(project, "purchases", "parquet", owner)))
    assert table.num_rows == 7 and table.schema.field("amount").type == pa.decimal128(18, 4)


def test_an_export_is_written_down_with_its_rows(project: Project, owner: Viewer):
    taken(project, "customers", "csv", owner, Query(limit=2, offset=1))
    entry = audit.read(project.operations)[0]
    assert (entry.event.verb, entry.event.subject_id, entry.event.count) == ("exported", "customers", 2)
    assert entry.event.detail == {"file_format": "csv"}


def test_a_viewer_takes_nothing_away(project: Project, stranger: Viewer):
    with pytest.raises(Denied):
        taken(project, "monthly_sales", "csv", stranger)


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written():
    rows = pa.table({"n": [1]})
    content = ExportContent(
        "n", Text("N", "N"), (Column("n", Type.INTEGER, Text("N", "N")),), rows.to_reader(), 1_048_576, "UTC"
    )
    with pytest.raises(WrongCall, match="1048575"):
        downloads.write(content, io.BytesIO(), file_format="xlsx")


TEXTS = st.lists(st.none() | st.text(st.characters(codec="utf-8")), min_size=1)


@given(TEXTS)
def test_any_text_survives_as_json(texts: list[str | None]):
    batch = pa.RecordBatch.from_pydict({'a "name"': pa.array(texts, pa.string())})
    assert [row['a "name"'] for row in json.loads(f"[{json_text.objects(batch)}]")] == texts


@given(st.lists(st.none() | st.decimals(-(10**13), 10**13, places=4), min_size=1))
def test_any_decimal_survives_as_a_number(values: list[Decimal | None]):
    batch = pa.RecordBatch.from_pydict({"v": pa.array(values, pa.decimal128(18, 4))})
    read = json.loads(f"[{json_text.objects(batch)}]", parse_float=Decimal, parse_int=Decimal)
    assert [row["v"] for row in read] == values


def test_whatever_is_not_finite_is_null_and_nested_values_are_json():
    batch = pa.RecordBatch.from_pydict(
        {"f": [float("nan"), 0.5], "l": [[1, 2], None], "d": [date(2026, 1, 2), None]}
    )
    assert json.loads(f"[{json_text.objects(batch)}]") == [
        {"f": None, "l": [1, 2], "d": "2026-01-02"},
        {"f": 0.5, "l": None, "d": None},
    ]


def written(table: pa.Table, file_format: downloads.FileFormat) -> bytes:
    target = io.BytesIO()
    downloads.write(
        downloads.of_rows(table, name="sql", zone="Asia/Shanghai"), target, file_format=file_format
    )
    return target.getvalue()


SPAN = pa.array([pa.MonthDayNano([14, 3, 14_705_500_000_000])], pa.month_day_nano_interval())


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (pa.array([float("nan")]), None),
        (pa.array([float("-inf")]), "-inf"),
        (pa.array([[1, 2]]), "[1, 2]"),
        (pa.array([{"a": date(2026, 1, 2)}]), '{"a": "2026-01-02"}'),
        (SPAN, "1 year 2 months 3 days 04:05:05.5"),
        (pa.array([timedelta(hours=26)], pa.duration("us")), "1 day, 2:00:00"),
        (pa.array([date(1899, 12, 31)]), "1899-12-31"),
        (pa.array([date(1900, 1, 1)]), datetime(1900, 1, 1)),  # noqa: DTZ001 - a day
        (pa.array([datetime(1850, 6, 1, 12)]), "1850-06-01 20:05:43"),  # noqa: DTZ001 - Shanghai's own time
        (pa.array([620123456789012345]), "620123456789012345"),
        (pa.array([Decimal(10) ** 16]), "10000000000000000"),
        (pa.array([106751982], pa.int32()).cast(pa.date32()), "<value out of range: 106751982>"),
        (pa.array([b"\x00\xff"]), "00ff"),
        (pa.array(["x" * 32_767]), "x" * 32_767),
    ],
)
def test_a_workbook_holds_what_excel_can_show_and_the_rest_as_text(value: pa.Array, cell: object):
    book = openpyxl.load_workbook(io.BytesIO(written(pa.table({"a": value}), "xlsx")))
    assert book.active["A2"].value == cell


def test_a_text_that_a_cell_cannot_hold_says_where_it_was_cut():
    book = openpyxl.load_workbook(io.BytesIO(written(pa.table({"a": ["x" * 40_000]}), "xlsx")))
    text = book.active["A2"].value
    assert len(text) == 32_767 and text.endswith("… [cut: 40000 characters]")


def test_more_columns_than_a_sheet_holds_are_refused():
    table = pa.table({f"c{n}": [n] for n in range(16_385)})
    with pytest.raises(WrongCall, match="16384"):
        written(table, "xlsx")


def test_spans_of_time_are_text_in_every_format():
    table = pa.table({"a": SPAN})
    told = "1 year 2 months 3 days 04:05:05.5"
    assert written(table, "csv").decode("utf-8-sig").splitlines()[1].strip('"') == told
    assert json.loads(written(table, "json")) == [{"a": told}]
    assert pq.read_table(io.BytesIO(written(table, "parquet")))["a"].to_pylist() == [told]
