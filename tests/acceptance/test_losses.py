"""Does profitability find the customers of whom the demo's truth says that they are served at a loss?"""

import pytest

from shuke import demo
from shuke.app import Project
from tests.demo.building import built, rows
from tests.demo.exports import truth

SOURCES = ("products", "stores", "members", "till", "webshop", "taobao", "club", "erp")
TABLES = ("expense_items", "receivable_entries", "profit_entries", "profitability")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> demo.Company:
    return demo.make(tmp_path_factory.mktemp("company"), customers=4000)


@pytest.fixture(scope="module")
def project(company: demo.Company, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("served") / "demo"
    return built(company, folder, sources=SOURCES, tables=TABLES)


def customers_of(company: demo.Company, project: Project) -> dict[int, str]:
    """The customer to whom the build gives each person's card."""
    owners = {row["record"]: row["customer_id"] for row in rows(project, "identities")}
    cards = [row for row in truth(company, "records") if row["source"] == "club" and row["person"]]
    known = [(row["person"], f"club:member_no:{row['record']}") for row in cards]
    return {person: owners[record] for person, record in known if record in owners}


def test_whom_serving_costs_more_than_they_bring_is_found_and_whom_it_costs_less_is_not(company, project):
    who, served = customers_of(company, project), truth(company, "losses")
    assert {True, False} == {row["at_loss"] for row in served}
    planted = {who[row["person"]] for row in served if row["at_loss"] and row["person"] in who}
    found = [row for row in rows(project, "profitability") if row["is_loss"]]
    by_service = {row["customer_id"] for row in found if row["reason"] == "service"}
    hits = planted & by_service
    precision, recall = len(hits) / len(by_service), len(hits) / sum(row["at_loss"] for row in served)
    print(
        f"served at a loss: precision {precision:.2f}, recall {recall:.2f}, {len(planted)} of {len(served)}"
    )
    print(f"at a loss for other reasons than service: {len(found) - len(by_service)}")
    assert precision >= 0.9
    assert recall >= 0.9
