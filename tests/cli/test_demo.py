"""Does one command make, import, build and sum up a company?"""

from pathlib import Path

from shuke.app import open_project
from tests.cli.conftest import Shuke


def test_the_demo_sums_up_on_one_screen_and_stops_before_serving(shuke: Shuke, tmp_path: Path):
    said = shuke("demo", "demo", "--customers", "1000", "--no-serve", at=tmp_path)
    assert said.status == 0, said.err
    assert said.out.startswith("Findings, as of")
    assert len(said.out.splitlines()) <= 24
    project = open_project(tmp_path / "demo")
    receipts = project.landing.receipts()
    assert all(r.read == r.loaded + r.unchanged + r.rejected for r in receipts)
    assert sum(r.rejected for r in receipts) > 0, "its dirt is met, and put aside"
    opened = project.open()
    assert not [name for name, made in opened.build.manifest.tables.items() if made.failed]
    people = int(opened.table("landed_people").count().execute())
    customers = int(opened.table("customers").count().execute())
    assert 1000 <= customers < people, "several records are one customer"

    again = shuke("demo", "demo", "--no-serve", at=tmp_path)
    assert again.status == 0 and "Using the demo company in demo" in again.err
    assert again.out == said.out
    other = shuke("demo", "demo", "--seed", "2", "--no-serve", at=tmp_path)
    assert other.status == 2, "another company does not go where one stands"
