"""Does the dictionary tell every column of every table?"""

import pytest

from shuke.app import Project
from shuke.errors import UnknownTable
from shuke.graph import catalogue
from shuke.tables import CANONICAL
from shuke.views import dictionary


def test_every_column_that_is_declared_has_an_entry():
    told = {(entry.table, entry.column) for entry in dictionary.dictionary()}
    declared = {(f"landed_{t.name}", c.name) for t in CANONICAL.values() for c in t.written}
    declared |= {(t.name, c.name) for t in catalogue.derived().values() for c in t.columns}
    assert told == declared


def test_every_column_has_a_title_in_both_languages():
    assert [
        e.column for e in dictionary.dictionary() if not (e.title.en.strip() and e.title.zh.strip())
    ] == []


def test_one_table_is_found_by_its_own_name_and_a_landed_one_by_either():
    assert {e.table for e in dictionary.dictionary(table="customers")} == {"customers"}
    assert dictionary.dictionary(table="people") == dictionary.dictionary(table="landed_people")
    with pytest.raises(UnknownTable):
        dictionary.dictionary(table="nobody")


def test_an_analysis_of_the_companys_own_is_in_it(project: Project):
    own = project.root / "analyses"
    own.mkdir()
    (own / "per_city.py").write_text(
        "import ibis.expr.types as ir\n"
        "from shuke.languages import Text\n"
        "from shuke.tables import Column, Type, table\n\n"
        '@table(key="city", title=Text("Customers per city", "各城市客户数"), columns=[\n'
        '    Column("city", Type.TEXT, Text("City", "城市")),\n'
        '    Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),\n'
        "])\n"
        "def per_city(customers: ir.Table) -> ir.Table:\n"
        '    """How many customers live in each city."""\n'
        '    return customers.group_by("city").agg(customers=customers.count())\n'
    )
    try:
        assert [e.column for e in dictionary.dictionary(project, "per_city")] == ["city", "customers"]
    finally:
        (own / "per_city.py").unlink()


def test_the_page_is_one_markdown_table_a_table():
    entries = dictionary.dictionary(table="rfm")
    lines = dictionary.markdown(entries).splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert len(rows) == len(entries) and all(line.count("|") == 8 for line in rows)
    assert "| `customer_id`\\* | Customer | 客户编号 | text |  |  |  |" in rows
