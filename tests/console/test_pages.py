"""What the pages say, and that it is true."""

import re
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from shuke.access import audit
from shuke.access.roles import owner
from shuke.app import Project
from shuke.console.table_requests import TableRequest, behind
from shuke.views import tables
from shuke.views.overview import ALERTS, BATCHES, overview
from shuke.views.today import today
from shuke.views.viewer import Viewer, at_home
from tests.console.company import NOW, PEOPLE, till
from tests.console.conftest import Enter, token


def customer_called(client: TestClient, name: str) -> str:
    page = client.get("/customers", params={"filter": f"name:eq:{name}"}).text
    found = re.search(r"/customers/(C[0-9A-F]{20})", page)
    assert found, f"no {name}"
    return found[1]


def rows_said(page: str) -> int:
    """How many rows a page says that there are."""
    if found := re.search(r"Rows [\d,]+ to [\d,]+ of ([\d,]+)", page):
        return int(found[1].replace(",", ""))
    assert re.search(r"No row matches|No customer matches|No alert matches", page)
    return 0


def test_every_figure_of_today_leads_to_the_rows_that_it_counts(built: Project, lin: TestClient):
    shown = today(built, viewer=Viewer(owner("lin"), "console", NOW))
    page = lin.get("/").text.replace("&amp;", "&")
    assert shown.sales and shown.changes and shown.pressing
    for figure in (*(each.figure for each in shown.changes), *(each.alerts for each in shown.pressing)):
        assert f'href="{behind(figure)}"' in page, figure.name
        if figure.table != BATCHES and figure.column is None:
            assert rows_said(lin.get(behind(figure)).text) == figure.value, figure.name
    for month in shown.sales.months:
        assert f'href="{behind(month.net)}"' in page


def test_the_sum_of_the_rows_behind_an_amount_is_the_amount(built: Project):
    viewer = at_home("tests", "cli", now=NOW)
    seen = today(built, viewer=viewer)
    assert seen.sales
    months = [figure for month in seen.sales.months for figure in (month.net, month.returns)]
    told = [*overview(built, viewer=viewer).figures, *months, *(each.figure for each in seen.changes)]
    for figure in told:
        if figure.column and figure.table not in (ALERTS, BATCHES):
            asked = TableRequest.of(QueryParams(urlsplit(behind(figure)).query))
            rows = tables.select(built, figure.table, asked.everything, viewer=viewer).table
            assert rows[figure.column].sum().fill_null(0).execute() == figure.value, figure.name


def test_the_unfinished_month_is_drawn_as_unfinished_and_its_share_of_days_is_said(lin: TestClient):
    page = lin.get("/").text
    assert page.count('class="month unfinished"') == 2, "the bar, and what it means"
    assert "Mar 2026 so far: CN¥68, with 5 of its 31 days gone by (16%)." in page
    assert page.index("Mar 2026 so far") < page.index("Feb 2026 brought CN¥")


def test_an_alert_of_today_names_the_first_whom_it_concerns(lin: TestClient, vera: TestClient):
    page = lin.get("/").text
    assert re.search(
        r'<strong>Overdue customers</strong>.*?<a href="/customers/C\w+">林薇</a>', page, re.DOTALL
    )
    assert "林薇" not in vera.get("/").text


def test_the_pages_stand_in_the_order_of_what_people_come_for(lin: TestClient, vera: TestClient):
    def listed(page: str) -> list[str]:
        nav = page[page.index('<nav class="places"') : page.index("</nav>")]
        return re.findall(r">([^<>\n]+)</a>", nav)

    areas = [
        "Today", "Customers and segments", "Questions", "Alerts and tasks", "Campaigns and offers",
        "Quality and identity", "Data", "Settings",
    ]  # fmt: skip
    assert listed(lin.get("/").text) == areas == listed(vera.get("/").text)
    assert listed(lin.get("/builds").text)[7:11] == ["Import", "Builds", "Tables", "Dictionary"]
    assert listed(vera.get("/builds").text)[7:10] == ["Builds", "Tables", "Dictionary"]


@pytest.mark.parametrize("text", ["13812340003", "+86 138 1234 0003", "JANE@example.com", "M003", "jane sm"])
def test_one_box_finds_a_customer_by_anything(lin: TestClient, text: str):
    page = lin.get("/customers", params={"q": text})
    assert "<h1>Jane Smith</h1>" in page.text, "who is found alone is shown at once"


def test_who_is_nobody_is_not_found_and_it_is_said(lin: TestClient):
    assert "No customer matches" in lin.get("/customers", params={"q": "Nemo"}).text


def test_a_customers_page_says_what_is_known_who_said_it_and_what_they_bought(lin: TestClient):
    page = lin.get(f"/customers/{customer_called(lin, '林薇')}").text
    for expected in (
        "杭州",
        "linwei@example.com",
        "1 May 1988",
        "members",
        "m001",
        "Oolong tea",
        "Overdue customers",
    ):
        assert expected in page, expected


def test_a_customers_page_shows_three_families_and_any_earlier_day(lin: TestClient, vera: TestClient):
    address = f"/customers/{customer_called(lin, '林薇')}"
    page = lin.get(address).text
    for expected in (
        "Who they are",
        "What they do",
        "What they are worth",
        "Purchases",
        "received 5 Mar 2026",
    ):
        assert expected in page, expected
    then = lin.get(address, params={"as_of": "2025-06-30"}).text
    assert "This is the record as it was on 30 Jun 2025." in then and "Overdue customers" not in then
    assert page.count("Oolong tea") > then.count("Oolong tea") > 0
    assert "林薇" not in vera.get(address, params={"as_of": "2025-06-30"}).text
    assert lin.get(address, params={"as_of": "soon"}).status_code == 400
    assert lin.get(address, params={"as_of": "2030-01-01"}).status_code == 400
    assert lin.get(address, params={"as_of": ""}).status_code == 200


def test_a_customer_nobody_knows_is_a_page_that_says_so(lin: TestClient):
    answer = lin.get("/customers/C0000000000000000")
    assert answer.status_code == 404
    assert "Nobody has the customer id" in answer.text


def test_a_table_filters_sorts_and_turns_its_pages(lin: TestClient):
    everything = lin.get("/tables/purchases").text
    lines = len(till().splitlines()) - 1
    assert f"Rows 1 to 50 of {lines}" in everything and "page=2" in everything
    assert f"Rows 51 to {lines} of {lines}" in lin.get("/tables/purchases?page=2").text
    written = {"column": "customer_id", "op": "empty", "value": "", "csrf": token(everything)}
    narrowed = lin.post("/narrow/purchases", data=written)
    assert str(narrowed.url).endswith("/tables/purchases?filter=customer_id%3Aempty")
    assert rows_said(narrowed.text) == 1
    cheapest = lin.get("/tables/purchases?sort=price").text
    assert cheapest.index("Towel") < cheapest.index("Oolong tea") < cheapest.index("Tea pot")


def test_a_table_is_worked_out_anew_with_other_parameters_that_its_links_keep(lin: TestClient):
    assert 'name="ask.grace"' in lin.get("/tables/lapsing").text
    assert rows_said(lin.get("/tables/lapsing").text) == 1
    asked = lin.get("/tables/lapsing", params={"ask.least_gaps": "100"}).text
    assert "This table is empty" in asked
    assert "These rows were computed with the parameters above." in asked
    assert "computed with" not in lin.get("/tables/lapsing").text
    assert "/download/lapsing?ask.least_gaps=100&amp;format=csv" in asked
    wrong = lin.get("/tables/lapsing", params={"ask.grace": "much"})
    assert wrong.status_code == 400 and "cannot be used for grace" in wrong.text
    assert "Accepted: a number." in wrong.text and 'href="/tables/lapsing"' in wrong.text


def test_a_rules_own_page_tells_whom_it_is_about_and_why_in_words(lin: TestClient):
    (name,) = re.findall(r'<a href="/customers/C\w+">([^<]+)', lin.get("/alerts").text)
    page = lin.get("/tables/lapsing").text
    assert f">{name}</a>" in page and "Days silent " in page and "silent_days" not in page


def test_a_page_says_in_one_sentence_what_waits(lin: TestClient):
    assert "Open: 1, of these high: " in lin.get("/alerts").text
    assert re.search(r"Of \d+ customers \d+ are lost and \d+ overdue\.", lin.get("/questions").text)


def test_a_table_by_month_opens_with_the_latest(lin: TestClient):
    page = lin.get("/tables/monthly_sales").text
    assert page.index("Mar 2026") < page.index("Feb 2026") < page.index("Jan 2025")


def test_a_table_of_customers_opens_with_those_who_matter_most(lin: TestClient):
    page = lin.get("/tables/rfm").text
    assert re.search(r'aria-sort="descending"><a href="[^"]*sort=monetary', page)
    assert re.search(
        r'aria-sort="descending"><a href="[^"]*sort=rfm.monetary_12m', lin.get("/customers").text
    )


def test_a_sentence_about_money_names_the_currency(lin: TestClient):
    assert re.search(r"the last whole month, brought CN¥[\d,]+", lin.get("/tables/monthly_sales").text)


def test_purchases_open_with_the_latest_and_keep_the_keys_that_nobody_reads_for_the_end(lin: TestClient):
    page = lin.get("/tables/purchases").text
    assert re.search(r'aria-sort="descending"><a href="[^"]*sort=ordered_at', page)
    assert page.index("sort=order_no") < page.index("sort=line_id")


@pytest.mark.parametrize(
    "query", ["filter=nonsense", "filter=day:ge:yesterday", "sort=nothing", "filter=nothing:eq:1"]
)
def test_an_address_that_asks_for_nonsense_is_told_so(lin: TestClient, query: str):
    answer = lin.get(f"/tables/purchases?{query}")
    assert answer.status_code in (400, 404)
    assert "<h1>" in answer.text


def test_a_viewer_sees_masks_takes_nothing_away_and_finds_nobody_by_what_is_masked(
    vera: TestClient, lin: TestClient
):
    listed = vera.get("/customers").text
    assert "林*" in listed and "138****0001" in listed
    for name, phone, email, _, _ in PEOPLE.values():
        for page in (listed, vera.get(f"/customers/{customer_called(lin, '林薇')}").text):
            assert name not in page and phone not in page and email not in page
    assert "finds nobody" in vera.get("/customers?q=13812340001").text
    assert vera.get("/download/customers?format=csv").status_code == 403
    assert vera.get("/customers?filter=name:eq:Jane Smith").status_code == 403
    assert "/download/" not in listed


@pytest.mark.parametrize("path", ["/users", "/audit", "/import", "/tokens"])
def test_what_somebody_may_not_do_is_neither_offered_nor_done(vera: TestClient, path: str):
    assert vera.get(path).status_code == 403
    assert f'href="{path}"' not in vera.get("/").text


def test_a_table_calls_customers_by_their_names_and_finds_them_by_these(lin: TestClient, vera: TestClient):
    page = lin.get("/tables/rfm").text
    assert re.search(r'<td class="w" title="(C\w+)"><a href="/customers/\1">Jane Smith</a>', page)
    found = lin.get("/tables/rfm?q=jane smi").text
    assert rows_said(found) == 1 and "Jane Smith" in found
    masked = vera.get("/tables/rfm").text
    assert "Jane" not in masked and rows_said(masked) == rows_said(page)
    assert "No row matches." in vera.get("/tables/rfm?q=jane smi").text


def test_looks_and_exports_are_written_down(own: Project, enter: Enter):
    browser = enter(own, "max")
    someone = customer_called(browser, "Jane Smith")
    browser.get(f"/customers/{someone}")
    browser.get("/tables/rfm")
    taken = browser.get("/download/rfm?format=csv&filter=customer_id:eq:" + someone)
    assert len(taken.content.splitlines()) == 2
    assert 'filename="rfm.csv"' in taken.headers["content-disposition"]
    did = [(e.actor.who, e.event.verb, e.event.subject_id) for e in audit.read(own.operations)]
    assert ("max", "looked_at_customer", someone) in did
    assert ("max", "looked_at_table", "rfm") in did, "its rows are called by their names"
    assert ("max", "exported", "rfm") in did


def test_an_alert_that_somebody_takes_care_of_is_no_longer_open(own: Project, enter: Enter):
    browser = enter(own, "lin")
    before = browser.get("/alerts?status=open").text
    assert rows_said(before) == 1
    subject = re.search(r'name="subject" value="(C\w+)"', before)
    assert subject
    form = {"csrf": token(before), "rule": "lapsing", "subject": subject[1], "back": "/alerts"}
    after = browser.post("/alerts", data=form | {"do": "acknowledge"})
    assert after.url.path == "/alerts" and "acknowledged" in after.text
    assert rows_said(browser.get("/alerts?status=open").text) == 0
    browser.post("/alerts", data=form | {"do": "snooze-7"})
    assert rows_said(browser.get("/alerts?status=snoozed").text) == 1
    assert browser.post("/alerts", data=form | {"do": "explode"}).status_code == 400


def test_a_user_is_invited_given_another_role_and_shut_out(own: Project, enter: Enter):
    browser = enter(own, "lin")
    csrf = token(browser.get("/users").text)
    invited = browser.post("/users", data={"csrf": csrf, "name": "Zoe", "role": "viewer"}).text
    assert re.search(r"<code class=\"secret\">(\w{4}-){3}\w{4}</code>", invited)
    browser.post("/users/zoe", data={"csrf": csrf, "do": "role", "role": "analyst"})
    browser.post("/users/zoe", data={"csrf": csrf, "do": "disable"})
    assert "disabled" in browser.get("/users").text
    alone = browser.post("/users/lin", data={"csrf": csrf, "do": "disable"})
    assert alone.status_code == 400 and "only administrator" in alone.text


def test_a_token_is_shown_once(own: Project, enter: Enter):
    browser = enter(own, "max")
    wish = {"csrf": token(browser.get("/tokens").text), "name": "notebook", "role": "viewer", "days": "30"}
    made = browser.post("/tokens", data=wish).text
    assert "shuke_" in made and "shuke_" not in browser.get("/tokens").text
    assert browser.post("/tokens", data=wish | {"role": "admin"}).status_code == 403


def test_the_questions_lead_to_the_analyses_and_name_their_answers(lin: TestClient):
    page = lin.get("/questions").text
    folded = "".join(re.findall(r"<details><summary>Without an answer.*?</details>", page, re.S))
    assert 'href="/tables/monthly_sales"' in page and 'href="/tables/monthly_sales"' not in folded
    assert 'href="/tables/complaints"' in folded


def test_tables_without_rows_are_folded_away_and_each_shelf_can_be_jumped_to(lin: TestClient):
    page = lin.get("/tables").text
    assert 'href="#shelf-1"' in page and 'id="shelf-1"' in page
    folded = "".join(re.findall(r"<details><summary>Empty: .*?</details>", page, re.S))
    assert 'href="/tables/landed_touches"' in folded and 'href="/tables/rfm"' not in folded
    assert page.count('href="/tables/landed_touches"') == 1


def test_a_list_of_customers_shows_what_anybody_in_it_has(lin: TestClient):
    page = lin.get("/customers").text
    headings = re.findall(r"<th scope=\"col\".*?</th>", page, re.S)
    assert any("Status" in heading for heading in headings) and not any("Organisation" in h for h in headings)


def test_the_audit_log_speaks_the_readers_words(own: Project, enter: Enter):
    lin = enter(own, "lin", language="zh-CN")
    assert '<option value="imported">导入</option>' in lin.get("/audit").text
    lin.get("/tables/rfm")
    lin.get("/download/rfm", params={"format": "csv"})
    page = lin.get("/audit", params={"verb": "exported"}).text
    assert "格式: csv" in page and "查看数据表" not in page.split("<tbody>")[1]


def test_a_batch_nobody_knows_is_a_page_that_says_so_and_one_goes_by_its_number_too(lin: TestClient):
    assert lin.get("/batches/77").status_code == 404
    assert "000001-members" in lin.get("/batches/1").text
