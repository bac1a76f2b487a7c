"""What does one read on the command line of what was built?"""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from shuke.languages import speaking
from shuke.views.provenance import Fact, worth
from tests.cli.conftest import Shuke


def test_without_a_table_one_sees_which_there_are(shuke: Shuke, built: Path):
    said = shuke("show", at=built)
    assert said.status == 0 and "customers" in said.out and "Monthly sales" in said.out
    assert {"name": "customers", "rows": 4}.items() <= next(
        table
        for table in json.loads(shuke("show", "--format", "json", at=built).out)
        if table["name"] == "customers"
    ).items()


def test_the_analyses_answer_in_a_sentence_each_under_what_a_manager_asks(shuke: Shuke, built: Path):
    said = shuke("questions", at=built)
    assert said.status == 0 and "Who are our best customers" in said.out and "(monthly_sales)" in said.out
    themes = json.loads(shuke("questions", "--format", "json", at=built).out)
    sales = next(q for theme in themes for q in theme["questions"] if q["name"] == "monthly_sales")
    assert sales["answer"] in said.out


def test_a_table_is_shown_with_titles_and_money(shuke: Shuke, built: Path):
    said = shuke("show", "monthly_sales", at=built)
    assert "Net sales" in said.out and "£61.00" in said.out
    assert "3 rows, as of 21 Nov 2026" in said.err


def test_a_screenful_says_that_there_is_more(shuke: Shuke, built: Path):
    said = shuke("show", "purchases", "--limit", 2, at=built)
    assert "2 of 7 rows" in said.err and len(said.out.splitlines()) == 3


def test_json_is_an_array_of_all_rows_with_exact_numbers(shuke: Shuke, built: Path):
    rows = json.loads(shuke("show", "purchases", "--format", "json", at=built).out)
    assert len(rows) == 7 and {row["day"] for row in rows} >= {"2026-09-03", "2026-11-20"}
    assert sum(row["amount"] for row in rows) == pytest.approx(122.00, abs=1e-9)
    assert len(json.loads(shuke("show", "purchases", "--format", "json", "--limit", 3, at=built).out)) == 3


def test_rows_are_chosen_by_sql_and_by_customer(shuke: Shuke, built: Path):
    chosen = ["show", "purchases", "--format", "json"]
    assert len(json.loads(shuke(*chosen, "--where", "amount > 20", at=built).out)) == 3
    assert len(json.loads(shuke(*chosen, "--customer", "07700 900123", at=built).out)) == 4
    nobody = shuke(*chosen, "--customer", "Zoe", at=built)
    assert nobody.status == 2 and "0 customers" in nobody.err


def test_a_pipe_gets_csv_without_a_mark_and_a_file_gets_it_with_one(
    shuke: Shuke, built: Path, tmp_path: Path
):
    rows = list(csv.DictReader(io.StringIO(shuke("show", "customers", "--format", "csv", at=built).out)))
    assert len(rows) == 4 and "customer_id" in rows[0]
    target = tmp_path / "customers.csv"
    assert "4 rows written" in shuke("show", "customers", "--output", target, at=built).err
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["customers.csv"]


def test_the_name_of_the_file_says_the_format(shuke: Shuke, built: Path, tmp_path: Path):
    shuke("show", "rfm", "--output", tmp_path / "rfm.xlsx", at=built)
    shuke("show", "rfm", "--output", tmp_path / "rfm.parquet", at=built)
    assert openpyxl.load_workbook(tmp_path / "rfm.xlsx").active.max_row == 3
    assert pq.read_table(tmp_path / "rfm.parquet").num_rows == 2


def test_a_question_is_answered_otherwise(shuke: Shuke, built: Path):
    assert shuke("show", "lapsing", "--ask", "grace=1.0", at=built).status == 0
    assert "grace" in shuke("show", "lapsing", "--ask", "colour=red", at=built).err
    assert shuke("show", "lapsing", "--ask", "grace", at=built).status == 2


@pytest.mark.parametrize("who", ["ann@example.com", "T1", "M 0001"])
def test_a_customer_is_told_with_who_said_it(who: str, shuke: Shuke, built: Path):
    said = shuke("customer", who, at=built)
    assert said.status == 0
    words = "Ann Lee|till:T1|web:W1|founding record|Leeds|holds: |B1|contact|What they do|worth"
    for word in words.split("|"):
        assert word in said.out, word


def test_a_customer_is_told_as_they_were_on_a_day(shuke: Shuke, built: Path):
    then = json.loads(shuke("customer", "T1", "--as-of", "2026-10-31", "--format", "json", at=built).out)
    assert (then["as_of"], then["looks_back"]) == ("2026-10-31", True)
    assert then["families"]["behaviour"]["orders"] == 2 and "tier" not in then["families"]["value"]
    assert "As of 31 Oct 2026" in shuke("customer", "T1", "--as-of", "2026-10-31", at=built).err
    assert shuke("customer", "T1", "--as-of", "2030-01-01", at=built).status == 2


def test_what_is_known_is_told_in_the_readers_words():
    """As on their page: days as days, and words of closed sets as words."""
    blank: dict[str, Any] = dict.fromkeys(Fact.__dataclass_fields__)
    born = Fact(**{**blank, "attribute": "birth_date", "value": "1977-06-18"})
    assert worth(born) == "18 Jun 1977"
    with speaking("zh"):
        assert worth(Fact(**{**blank, "attribute": "gender", "value": "male"})) == "男"


def test_a_customer_as_json_is_one_object(shuke: Shuke, built: Path):
    told = json.loads(shuke("customer", "T1", "--format", "json", at=built).out)
    assert told["golden"]["name"] == "Ann Lee" and told["figures"]["frequency"] == 4
    assert len(told["purchases"]) == 4 and told["timeline"]["total"] == 7


def test_several_who_answer_are_listed_and_nobody_is_an_error(shuke: Shuke, built: Path):
    assert "customers match" in shuke("customer", "a", at=built).err
    nobody = shuke("customer", "Zoe", at=built)
    assert (nobody.status, nobody.out) == (2, "")


def test_a_table_of_customers_names_them_and_begins_with_the_best(shuke: Shuke, built: Path):
    said = shuke("show", "rfm", at=built)
    assert said.out.splitlines()[0].split()[:2] == ["Name", "Customer"]
    best = shuke("sql", "select max(monetary) as m from rfm", "--format", "json", at=built)
    assert f"{json.loads(best.out)[0]['m']:,.2f}" in said.out.splitlines()[1]


def test_sql_reads_and_writes_nothing(shuke: Shuke, built: Path):
    assert json.loads(shuke("sql", "select 1.50 as n", "--format", "json", at=built).out) == [{"n": 1.5}]
    assert "4" in shuke("sql", "select count(*) as people from customers", at=built).out
    assert shuke("sql", "drop view customers", at=built).status == 2


def test_lineage_goes_down_to_what_was_collected(shuke: Shuke, built: Path):
    lines = shuke("lineage", "rfm", at=built).out.splitlines()
    assert lines[0].startswith("rfm") and any(line.split()[0] == "landed_order_items" for line in lines)


def test_a_column_comes_from_columns(shuke: Shuke, built: Path):
    steps = json.loads(shuke("lineage", "rfm.monetary", "--format", "json", at=built).out)
    assert steps[0] == {"depth": 0, "table": "rfm", "column": "monetary"}
    told = {(step["table"], step["column"]) for step in steps}
    assert {("purchases", "amount"), ("landed_order_items", "amount")} <= told
    assert ("landed_people", "name") not in told
    assert shuke("lineage", "rfm.colour", at=built).status == 2


def test_the_dictionary_needs_no_project_and_speaks_both_languages(shuke: Shuke, tmp_path: Path):
    page = shuke("dictionary", "--format", "markdown", at=tmp_path).out
    assert "`landed_people`" in page and "出生日期" in page and "| `customer_id`\\* |" in page
    entries = json.loads(shuke("dictionary", "people", "--format", "json", at=tmp_path).out)
    assert {entry["table"] for entry in entries} == {"landed_people"}


@pytest.mark.parametrize(
    "words",
    [
        "show customers", "alerts", "builds", "batches", "quarantine 000001-till", "lineage rfm",
        "dictionary rfm", "sql values(1)", "customer T1", "user list", "token list", "diff 1 1",
    ],
)  # fmt: skip
def test_every_command_that_prints_a_table_prints_json_too(words: str, shuke: Shuke, built: Path):
    said = shuke(*words.split(" "), "--format", "json", at=built)
    assert said.status == 0, said.err
    json.loads(said.out)


def test_the_quarantine_says_row_column_value_and_reason(shuke: Shuke, built: Path):
    said = shuke("quarantine", "000001-till", at=built)
    assert all(word in said.out for word in ("till.csv", "12", "Qty", "many", "not a number"))
    assert shuke("quarantine", "1", at=built).out == said.out
    assert shuke("quarantine", "000009-till", at=built).status == 2
