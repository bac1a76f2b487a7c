"""How do the tools of others get at the customer database?"""

import json
from pathlib import Path

import duckdb

from tests.cli.conftest import Shuke

OF_PURCHASES = "FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = 'purchases'"


def test_one_file_holds_every_table_with_its_documentation(shuke: Shuke, built: Path, tmp_path: Path):
    file = tmp_path / "shop.duckdb"
    said = shuke("publish", "duckdb", file, at=built)
    assert said.status == 0 and "as safe as the project" in said.err
    listed = {t["name"]: t["rows"] for t in json.loads(shuke("show", "--format", "json", at=built).out)}
    with duckdb.connect(str(file), read_only=True) as found:
        tables = dict(found.execute(
            "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main'"
        ).fetchall())  # fmt: skip
        assert set(tables) == set(listed)
        counted = {name: found.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name in tables}
        assert counted == listed
        assert tables["monthly_sales"].startswith("Monthly sales: ")
        comments = dict(found.execute(f"SELECT column_name, comment {OF_PURCHASES}").fetchall())
        assert all(comments.values()) and comments["order_no"].startswith("Order number")


def test_what_tells_of_customers_by_id_has_a_view_that_names_them(shuke: Shuke, built: Path, tmp_path: Path):
    shuke("publish", "duckdb", tmp_path / "shop.duckdb", at=built)
    with duckdb.connect(str(tmp_path / "shop.duckdb"), read_only=True) as found:
        named = found.execute("SELECT customer_name, customer_id FROM named.rfm").fetchall()
        names = dict(found.execute("SELECT customer_id, name FROM customers").fetchall())
    assert named and all(name for name, _ in named)
    assert {name for name, _ in named} & set(names.values())


def test_money_stays_exact(shuke: Shuke, built: Path, tmp_path: Path):
    shuke("publish", "duckdb", tmp_path / "shop.duckdb", at=built)
    with duckdb.connect(str(tmp_path / "shop.duckdb"), read_only=True) as found:
        kinds = dict(found.execute(f"SELECT column_name, data_type {OF_PURCHASES}").fetchall())
    assert kinds["amount"].startswith("DECIMAL")


def test_a_file_that_is_there_is_not_written_over_unasked(shuke: Shuke, built: Path, tmp_path: Path):
    file = tmp_path / "shop.duckdb"
    file.write_text("mine")
    refused = shuke("publish", "duckdb", file, at=built)
    assert refused.status == 2 and "--overwrite" in refused.err and file.read_text() == "mine"
    assert shuke("publish", "duckdb", file, "--overwrite", at=built).status == 0
    assert [path.name for path in tmp_path.iterdir()] == ["shop.duckdb"]


def test_the_file_is_for_its_owner_alone(shuke: Shuke, built: Path, tmp_path: Path):
    shuke("publish", "duckdb", tmp_path / "shop.duckdb", at=built)
    assert (tmp_path / "shop.duckdb").stat().st_mode & 0o077 == 0
