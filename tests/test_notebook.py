"""What does `import shuke` offer in a notebook?"""

import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

import shuke
from shuke.access import audit
from shuke.errors import UnknownCustomer, UnknownTable
from tests import shop


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory):
    root = shutil.copytree(shop.shared(tmp_path_factory), tmp_path_factory.mktemp("notebook") / "shop")
    return shuke.open_project(root)


def test_importing_it_loads_no_engine():
    ask = "import sys, shuke; print({'duckdb', 'ibis', 'pandas', 'sqlalchemy'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


def test_everything_in_all_is_there_and_nothing_else_is():
    assert all(callable(getattr(shuke, name)) for name in shuke.__all__)
    with pytest.raises(AttributeError, match="no attribute 'everything'"):
        _ = shuke.everything


def test_tables_are_frames(tea):
    assert shuke.table(tea, "rfm")["frequency"].sum() == 5
    assert len(shuke.table(tea, "purchases", where="amount > 20")) == 3
    assert shuke.sql(tea, "select count(*) as n from customers")["n"].tolist() == [4]
    assert tea.table("customers").shape[0] == 4


def test_amounts_are_floats_and_days_are_days_unless_one_wants_them_exact(tea):
    plain = shuke.table(tea, "purchases")
    assert plain["amount"].dtype == "float64" and plain["day"].dtype.kind == "M"
    exact = shuke.table(tea, "purchases", money="decimal")["amount"]
    assert all(isinstance(value, Decimal) for value in exact) and float(exact.sum()) == plain["amount"].sum()
    sums = "select sum(amount) as spent from purchases"
    assert shuke.sql(tea, sums)["spent"].dtype == "float64"
    assert shuke.sql(tea, sums, money="decimal")["spent"].tolist() == [exact.sum()]


def test_arrow_gets_the_rows_exactly(tea):
    rows = shuke.arrow(tea, "purchases", where="amount > 20")
    assert rows.num_rows == 3 and pa.types.is_decimal(rows.schema.field("amount").type)


def test_a_table_has_a_picture_and_a_customer_draws_themselves(tea):
    assert shuke.chart(tea, "monthly_sales").to_dict()["$schema"].startswith("https://vega.github.io/")
    with pytest.raises(UnknownTable):
        shuke.chart(tea, "customers")
    drawn = shuke.customer(tea, "07700 900123")._repr_html_()
    assert drawn.startswith("<h3>Ann Lee</h3>") and "<th>Phone</th>" in drawn


def test_completion_offers_the_verbs():
    assert set(shuke.__all__) <= set(dir(shuke)) and "typing" not in dir(shuke)


def test_a_customer_is_found_and_the_look_is_in_the_log(tea):
    assert shuke.customer(tea, "07700 900123").golden["name"] == "Ann Lee"
    assert audit.read(tea.operations)[0].actor.door == "notebook"
    assert shuke.find(tea, "张伟")["city"].tolist() == ["杭州市"]
    with pytest.raises(UnknownCustomer):
        shuke.customer(tea, "Zoe")


def test_from_a_folder_and_a_file_to_a_database(tmp_path: Path):
    project = shuke.init(tmp_path / "desk", country="GB", currency="GBP", zone="Europe/London", language="en")
    (tmp_path / "till.csv").write_text(
        "Receipt No,Date,SKU,Product,Qty,Unit Price,Customer ID\nR1,2026-11-02 10:00:00,TEA,Tea,2,4.50,17\n"
    )
    assert shuke.import_files(project, "till", tmp_path / "till.csv").loaded == 1
    assert shuke.build(project).number == 1
    assert shuke.overview(project).customers.value == 1
    # One purchase tells of nothing that goes with it.
    suggested = shuke.recommend(project, [{"name": "view", "product_id": "TEA"}])
    assert (list(suggested.columns)[:2], len(suggested)) == (["rank", "product_id"], 0)
