"""The console in a real browser: what people see and do, and that nothing goes wrong behind it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console import company

pytestmark = pytest.mark.browser

Visitor = Callable[..., "Screen"]


@dataclass
class Screen:
    """Somebody's window, and what its console complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Visitor]:
    """visitor("lin", locale="zh-CN"): their own window, logged in; it must not complain."""
    screens: list[Screen] = []
    contexts: list[BrowserContext] = []

    def window(
        name: str, *, locale: str = "en-GB", width: int = 1280, scheme: str = "light", at: str = address
    ) -> Screen:
        context = chromium.new_context(
            base_url=at, locale=locale, viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
        )  # fmt: skip
        context.set_default_timeout(20_000)
        contexts.append(context)
        screen = Screen(context.new_page())
        screens.append(screen)
        _listen(screen, at)
        page = screen.open("/login")
        page.fill("#name", name)
        page.fill("#password", company.PASSWORD)
        page.click("button.primary")
        page.wait_for_url("**/")
        return screen

    yield window
    complaints = [complaint for screen in screens for complaint in screen.complaints]
    for context in contexts:
        context.close()
    assert complaints == []


def _listen(screen: Screen, address: str) -> None:
    """A violation of the policy is an error of the console; so is whatever a script throws."""
    page, told = screen.page, screen.complaints
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith(address) else told.append(sent.url))


def drawn(page: Page) -> None:
    for chart in page.locator("[data-chart]").all():
        expect(chart).to_have_attribute("data-drawn", "yes")
        assert chart.locator("svg path").count() > 3


@pytest.mark.parametrize(("locale", "tongue", "back"), [("en-GB", "en", "Today"), ("zh-CN", "zh-CN", "今日")])
def test_todays_first_alert_leads_to_the_named_customer_and_back(
    visitor: Visitor, locale: str, tongue: str, back: str
):
    page = visitor("lin", locale=locale).open("/")
    expect(page.locator("html")).to_have_attribute("lang", tongue)
    first = page.locator("[aria-labelledby=todo] li").first.locator("a[href^='/customers/']").first
    name = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("navigation").get_by_role("link", name=back).click()
    expect(page.locator("#todo")).to_be_visible()


def test_a_bar_of_the_months_leads_to_its_purchases(visitor: Visitor):
    page = visitor("lin").open("/")
    page.get_by_role("link", name="Feb 2026: net sales").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Purchases")
    expect(page.get_by_text("2026-02-01")).to_be_visible()


def test_one_finds_a_customer_from_any_page_by_keyboard_alone(visitor: Visitor):
    page = visitor("lin").open("/tables/rfm")
    drawn(page)
    page.keyboard.press("/")
    page.keyboard.type("+86 138-1234-0003")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jane Smith")


def test_charts_follow_the_light_of_the_reader(visitor: Visitor):
    page = visitor("lin", scheme="dark").open("/tables/monthly_sales")
    drawn(page)
    assert page.locator("[data-mode=dark] svg").count() == 1
    page.emulate_media(color_scheme="light")
    expect(page.locator("[data-mode=light] svg")).to_have_count(1)


def test_an_import_goes_from_file_to_result(visitor: Visitor, tmp_path: Path):
    file = tmp_path / "desk.csv"
    file.write_text("姓名,手机号,生日\n赵敏,13812340009,1991-01-01\n黄强,none at all,1985-02-03\n", "utf-8")
    page = visitor("lin").open("/import")
    page.fill("#source", "desk")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="See how they are read").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this how it is meant?")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import result")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert "none at all" in taken.value.path().read_text("utf-8")


def test_the_language_can_be_switched_and_stays(visitor: Visitor):
    page = visitor("max").open("/customers")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_url("/customers")
    page.goto("/tables/rfm")
    drawn(page)
    expect(page.get_by_role("button", name="English")).to_be_visible()


def test_a_viewer_sees_masks(visitor: Visitor):
    page = visitor("vera").open("/customers")
    expect(page.get_by_text("138****0001")).to_be_visible()
    expect(page.get_by_text("林薇")).to_have_count(0)
    expect(page.get_by_role("link", name="Excel")).to_have_count(0)


def test_two_who_wait_to_be_told_apart_are_shown_explained_and_decided_upon(visitor: Visitor, fair: str):
    page = visitor("lin", at=fair).open("/identity/review")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this one customer?")
    expect(page.get_by_role("region", name="The two records")).to_contain_text("林薇")
    page.get_by_role("link", name="Why are they asked about?").click()
    drawn(page)
    page.goto("/identity/review")
    page.get_by_role("button", name="Two different ones").click()
    expect(page.get_by_text("Nothing waits to be reviewed.")).to_be_visible()
    page.goto("/identity")
    expect(page.get_by_text("never the same")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.goto("/identity/review")
    expect(page.get_by_role("button", name="The same customer")).to_be_visible()


def test_no_page_is_wider_than_a_telephone(visitor: Visitor, tmp_path: Path):
    screen = visitor("lin", width=390)
    for path in ("/", "/customers", "/tables/rfm", "/tables/purchases", "/alerts", "/import", "/users"):
        page = screen.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    (tmp_path / "letter.csv").write_text("hello,there\nsecond,line\n", "utf-8")
    page = screen.open("/import")
    page.fill("#source", "desk")
    page.set_input_files("#file", tmp_path / "letter.csv")
    page.get_by_role("button", name="See how they are read").click()
    expect(page.get_by_text("None of its columns says what its rows are")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "a long remark is broken"


def test_the_pages_work_without_scripts(chromium: Browser, address: str):
    context = chromium.new_context(base_url=address, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto("/login")
    page.fill("#name", "lin")
    page.fill("#password", company.PASSWORD)
    page.click("button.primary")
    page.goto("/tables/rfm")
    picture = page.locator("noscript img, img.chart-static")
    expect(picture).to_have_count(1)
    page.get_by_role("group", name="Download").get_by_role("link", name="CSV")
    page.locator("summary", has_text="Filter").click()
    page.select_option("#column", "tier")
    page.fill("#value", "nobody")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("No row matches.")).to_be_visible()
    context.close()


def test_a_list_is_filtered_saved_and_opened_by_a_colleague(visitor: Visitor):
    page = visitor("lin").open("/customers")
    page.locator("summary", has_text="Filter").first.click()
    page.select_option("#column", label="Status")
    page.fill("#value", "overdue")
    page.get_by_role("button", name="Apply").first.click()
    expect(page.get_by_role("link", name="林薇")).to_be_visible()
    expect(page.locator("table.rows tbody tr")).to_have_count(1)
    page.locator("summary", has_text="Save this list").click()
    page.fill("#list-name", "Overdue ones")
    page.get_by_role("button", name="Save for everybody").click()
    expect(page).to_have_url(re.compile("list="))
    theirs = visitor("max").open("/customers?sort=name")
    theirs.get_by_role("link", name="Overdue ones").click()
    expect(theirs.locator("table.rows tbody tr")).to_have_count(1)
    expect(theirs.get_by_role("link", name="林薇")).to_be_visible()


def test_by_keyboard_alone_one_comes_from_the_search_to_a_customers_note(visitor: Visitor):
    page = visitor("lin").open("/")
    page.keyboard.press("/")
    page.keyboard.type("13812340002")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("王芳")
    page.locator("summary", has_text="Write a note").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Likes oolong.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Likes oolong.").first).to_be_visible()


def test_customers_that_are_ticked_get_a_tag_and_the_list_shows_it(visitor: Visitor):
    page = visitor("lin").open("/customers")
    page.get_by_role("checkbox", name="Tick: Jane Smith").check()
    page.fill("#tag", "fair")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name="Jane Smith")).to_contain_text("fair")
