"""Do the analyses of relationship find what the demo's truth says of its customers, and nothing else?"""

import pytest

from shuke import demo
from shuke.app import Project
from tests.demo.building import built, rows
from tests.demo.exports import truth

SOURCES = ("products", "stores", "members", "till", "webshop", "taobao", "call_centre", "survey", "care")
TABLES = ("satisfaction", "satisfaction_factors")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> demo.Company:
    return demo.make(tmp_path_factory.mktemp("company"), customers=4000)


@pytest.fixture(scope="module")
def project(company: demo.Company, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("heard") / "demo"
    return built(company, folder, sources=SOURCES, tables=TABLES)


#: What makes the demo's customers dissatisfied or satisfied, as marks say it; what hangs together with these
#: is no false finding, and of the others none may be found.
PLANTED = {("unanswered", "yes"), ("returned", "yes"), ("city", "深圳市"), ("city", "广州市")}
UNRELATED = {"kind", "gender", "age", "job", "language", "several"}


def test_what_makes_customers_content_is_found_and_nothing_that_does_not(company, project):
    answered = truth(company, "contentment")
    assert {True, False} == {
        row[name] for row in answered for name in ("unanswered", "returned", "well_served")
    }
    told = [row for row in rows(project, "satisfaction_factors") if row["measure"] == "csat"]
    found = {(row["mark"], row["value"]): row["difference"] for row in told if row["separates"]}
    hits, false = PLANTED & set(found), {key for key in found if key[0] in UNRELATED}
    precision, recall = len(hits) / max(len(hits) + len(false), 1), len(hits) / len(PLANTED)
    print(f"marks of satisfaction: precision {precision:.2f}, recall {recall:.2f}; found {sorted(found)}")
    assert precision == 1 and recall >= 1 / 2
    assert found["unanswered", "yes"] < 0


def test_the_scores_are_those_that_were_given(company, project):
    told = {row["measure"]: row for row in rows(project, "satisfaction") if row["period"] == "year"}
    assert {"nps", "csat", "ces", "trust", "renewal"} <= set(told)
    for row in told.values():
        assert row["low"] <= row["value"] <= row["high"]
        assert row["good"] + row["middling"] + row["bad"] == row["answers"]
