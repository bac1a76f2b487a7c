"""Does the page of quality say what is wrong, and lead to it?"""

import re

import pytest
from starlette.testclient import TestClient

from shuke.app import Project
from shuke.console.quality import drawn
from tests.console.conftest import Enter
from tests.console.test_pages import rows_said


def test_the_page_shows_every_source_and_each_leads_to_its_fields(lin: TestClient):
    page = lin.get("/quality").text
    assert "Data quality" in page and "Completeness" in page and "What to ask anew" in page
    for source in ("members", "till"):
        assert f'href="/quality/{source}"' in page
        fields = lin.get(f"/quality/{source}")
        assert fields.status_code == 200 and "Not as they should be" in fields.text


def test_each_number_of_rows_that_are_wrong_leads_to_as_many_rows(lin: TestClient):
    page = lin.get("/quality/till").text.replace("&amp;", "&")
    links = re.findall(r'href="(/tables/[a-z_]+\?filter=[^"]+)">([\d,]+)</a>', page)
    assert links, "one line of the till knows no customer"
    for address, number in links:
        assert rows_said(lin.get(address).text) == int(number.replace(",", "")), address


def test_who_may_only_look_sees_scores_and_no_names(vera: TestClient):
    page = vera.get("/quality")
    assert page.status_code == 200 and "林薇" not in page.text


def test_a_source_of_which_nothing_is_known_is_not_found(lin: TestClient):
    assert lin.get("/quality/nobody").status_code == 404


def test_before_the_first_build_the_page_says_what_to_do(fresh: Project, enter: Enter):
    page = enter(fresh, "lin").get("/quality")
    assert page.status_code == 200 and "import" in page.text.lower()


def test_a_chinese_reader_reads_the_dimensions_in_chinese(built: Project, enter: Enter):
    page = enter(built, "lin", language="zh-CN").get("/quality").text
    assert "完整性" in page and "唯一性" in page


@pytest.mark.parametrize(
    ("trend", "points"), [((), ""), ((0.5,), "0.0,8.0"), ((0.0, 1.0), "0.0,15.0 60.0,1.0")]
)
def test_a_trend_is_a_line_from_left_to_right(trend: tuple[float, ...], points: str):
    assert drawn(trend) == points
