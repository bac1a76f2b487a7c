"""Segments in the console: a list, pages, and an editor that works by clicking and by typing."""

import json
import re

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from shuke.actions import segments as actions
from shuke.app import Project
from shuke.views import segments as view
from shuke.views.viewer import Viewer, at_home
from tests.console import company
from tests.console.conftest import Enter, listening, token
from tests.console.test_browser import Visitor, visitor  # noqa: F401 - a fixture

TEXT = "city = '杭州' or (bought(within => '1y') and orders >= 1)"


@pytest.fixture
def owner() -> Viewer:
    return at_home("ann", "cli", now=company.NOW)


@pytest.fixture
def page(own: Project, enter: Enter) -> TestClient:
    return enter(own, "lin")


def send(page: TestClient, path: str, at: str = "/segment-editor", **fields: str):
    return page.post(path, data={"csrf": token(page.get(at).text), **fields}, follow_redirects=False)


def test_a_segment_is_made_by_typing_alone(page, own, owner):
    looked = send(page, "/segment-editor", expression=TEXT, name="towns", do="look")
    assert looked.status_code == 200 and "data-size=" in looked.text and 'value="towns"' in looked.text
    saved = send(page, "/segment-editor", expression=TEXT, name="towns", note="a try", seen="0", do="save")
    assert saved.headers["location"] == "/segments/towns"
    shown = page.get("/segments/towns").text
    assert "a try" in shown and "data-size=" in shown
    assert view.one(own, "towns", viewer=owner).summary.expression == TEXT
    assert "towns" in page.get("/segments").text


def test_what_is_wrong_stays_in_the_editor_and_is_said(page):
    refused = send(page, "/segment-editor", expression="citi = 'x'", name="towns", do="save")
    assert refused.status_code == 200 and "Did you mean city" in refused.text and "citi =" in refused.text


def test_a_segment_is_edited_archived_and_restored(page, own, owner):
    actions.save(own, "towns", TEXT, viewer=owner)
    editing = page.get("/segments/towns/edit").text
    assert 'name="seen" value="1"' in editing
    send(page, "/segment-editor", expression="city = '杭州'", name="towns", seen="1", do="save")
    late = send(page, "/segment-editor", expression="city = '上海'", name="towns", seen="1", do="save")
    assert late.status_code == 409
    send(page, "/segments/towns/put", do="archive")
    assert "towns" not in page.get("/segments").text and "towns" in page.get("/segments?archived=1").text
    send(page, "/segments/towns/put", do="restore")
    assert [v.number for v in view.one(own, "towns", viewer=owner).history] == [4, 3, 2, 1]


def test_a_list_that_is_pasted_says_whom_it_did_not_find(page, own, owner):
    number = page.get("/api/none") and _first_customer(own)
    kept = send(page, "/segment-list", at="/segment-list", name="guests", entries=f"{number}\nnobody\n")
    assert "nobody" in kept.text and "1 customers" in kept.text
    assert view.one(own, "guests", viewer=owner).summary.customers == 1


def _first_customer(project: Project) -> str:
    return str(project.open().table("customers").to_pyarrow()["customer_id"][0].as_py())


def test_customers_are_narrowed_by_everything_known_and_become_a_segment(page):
    to = send(page, "/narrow-by-segment", at="/customers", expression="orders >= 1 and city is not null")
    address = to.headers["location"]
    assert address.startswith("/customers?meant=orders")
    listed = page.get(address).text
    link = re.search(r'href="(/segment-editor\?[^"]+)"', listed)
    assert link
    editor = page.get(link[1].replace("&amp;", "&")).text
    assert "orders &gt;= 1 and city is not null</textarea>" in editor
    both = page.get("/segment-editor?filter=city:in:a|b&filter=records:ge:2&meant=orders+>=+1").text
    assert "orders &gt;= 1 and city in (&#39;a&#39;, &#39;b&#39;) and records &gt;= 2</textarea>" in both


def test_what_gives_somebody_away_stays_out_of_the_address(page):
    to = send(page, "/narrow-by-segment", at="/customers", expression="name = '林薇'")
    assert "meant" not in to.headers["location"] and "s=" in to.headers["location"]
    assert "林薇" in page.get(to.headers["location"]).text
    moved = page.get("/customers?meant=name+%3D+'林薇'", follow_redirects=False)
    assert moved.status_code == 303 and "meant" not in moved.headers["location"]


def test_the_script_gets_both_ways_of_writing_and_what_it_comes_to(page):
    told = send(page, "/segment-look", expression=TEXT).json()
    assert told["expression"] == TEXT
    assert send(page, "/segment-look", rules=json.dumps(told["rules"])).json() == told
    for wrong in ("{", json.dumps({"rules": []}), "[" * 5000):
        refused = send(page, "/segment-look", rules=wrong)
        assert refused.json().keys() == {"problem"}


def test_a_viewer_reads_and_makes_nothing(own, enter, owner):
    actions.save(own, "anns", "name = '林薇'", viewer=owner)
    vera = enter(own, "vera")
    shown = vera.get("/segments").text
    assert "anns" in shown and "林薇" not in shown and "New segment" not in shown
    assert "林薇" not in vera.get("/segments/anns").text
    assert vera.get("/segment-editor").status_code == 403
    assert "Make a segment" not in vera.get("/customers?filter=city:given").text


@pytest.mark.browser
def test_a_nested_condition_with_behaviour_is_built_by_clicking_alone(own, visitor, owner):  # noqa: F811
    with listening(own) as address:
        page = visitor("lin", at=address).page
        page.goto("/segments")
        page.get_by_role("link", name="New segment").click()
        editor = page.locator(".builder > .group")
        editor.get_by_role("button", name="+ Add condition").click()
        first = editor.locator(".rule").nth(0)
        first.locator(".field-of-rule").select_option("city")
        first.locator(".operator").select_option("beginsWith")
        first.locator("input.value").fill("杭")
        editor.get_by_role("button", name="+ Add group").click()
        nested = editor.locator(".group")
        nested.locator("[data-argument=within]").fill("2y")
        nested.get_by_role("button", name="+ Add condition").click()
        second = nested.locator(".rule").nth(1)
        second.locator(".field-of-rule").select_option("orders")
        second.locator(".operator").select_option(">=")
        second.locator("input.value").fill("3")
        built = "starts_with(city, '杭') and (bought(within => '2y') or orders >= 3)"
        expect(page.locator("#expression")).to_have_value(built)
        expect(page.locator("#figures [data-size]")).to_be_visible()
        nested.locator(".join").select_option("none")
        turned = built.replace("(bought", "not (bought")
        expect(page.locator("#expression")).to_have_value(turned)
        # What is typed is seen in the builder.
        page.fill("#expression", "not contacted(within => '14d') or tier in ('loyal', 'new')")
        expect(editor.locator(".join").first).to_have_value("any")
        expect(editor.locator("[data-argument=within]")).to_have_value("14d")
        page.fill("#expression", turned)
        expect(nested.locator(".rule")).to_have_count(2)
        page.fill("#name", "hangzhou")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/segments/hangzhou")
        assert view.one(own, "hangzhou", viewer=owner).summary.expression == turned


@pytest.mark.browser
def test_what_is_wrong_is_said_while_one_types(address, visitor):  # noqa: F811
    page = visitor("lin", locale="zh-CN").page
    page.goto("/segment-editor")
    page.fill("#expression", "citi = 'x'")
    expect(page.locator("[data-problem]")).to_contain_text("是否指 city")
