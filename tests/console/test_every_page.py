"""What holds for every page of the demo: nobody is shut out, and everything is called by its name."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from shuke.app import Project
from tests.console import demo_company
from tests.console.company import PASSWORD
from tests.console.conftest import listening, log_in, serving

#: What a narrow and dark screen may break; all else was looked at on the wide one.
NARROW = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]

ID = re.compile(r"\bC[0-9A-F]{20}\b")
#: Tables that say which ids were issued, some of which nobody goes by any more.
OF_IDS = re.compile(r"^/tables/(customer_ids|identity_history|landed_issued_ids)\b")
#: How a table is made stands folded under a heading that says so.
RUN = re.compile(r"\b[A-Za-z]?[a-z'’-]+(?:[ ,;:.()]+[A-Za-z]?[a-z'’-]+){3,}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return demo_company.found(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def made(demo: Project) -> list[str]:
    """The addresses of what people made."""
    with TestClient(serving(demo), headers={"Accept-Language": "en-GB"}) as client:
        log_in(client, "lin")
        return demo_company.work(client)


def pages(demo: Project, made: list[str], language: str) -> dict[str, str]:
    with TestClient(serving(demo), headers={"Accept-Language": language}) as client:
        log_in(client, "lin")
        return demo_company.pages(client, begin=["/", *made])


@pytest.fixture(scope="module")
def english(demo: Project, made: list[str]) -> dict[str, str]:
    return pages(demo, made, "en-GB")


@pytest.fixture(scope="module")
def window(chromium: Browser, demo: Project) -> Iterator[Page]:
    """The administrator's window, logged in."""
    with listening(demo) as address:
        context = chromium.new_context(
            base_url=address, locale="en-GB", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.goto("/login")
        page.fill("#name", "lin")
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_url("**/")
        yield page
        context.close()


def test_links_lead_to_a_page_of_every_kind(english: dict[str, str]):
    assert demo_company.kinds() - {demo_company.kind(address) for address in english} == set()


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_nobody_is_shut_out_of_any_kind_of_page(english: dict[str, str], window: Page):
    """Axe finds nothing, neither on a wide screen nor on a narrow and dark one, where nothing is cut off."""
    one_of_each = {demo_company.kind(address): address for address in reversed(english)}
    wrong = {}
    for address in [*one_of_each.values(), "/login", "/nowhere"]:
        window.set_viewport_size({"width": 1280, "height": 900})
        window.emulate_media(color_scheme="light", reduced_motion="reduce")
        window.goto(address)
        window.evaluate(
            "document.querySelectorAll('details:not(.acts details)').forEach(each => { each.open = true })"
        )
        found = violations(window)
        window.set_viewport_size({"width": 320, "height": 900})
        window.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += violations(window, runOnly=NARROW)
        if window.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than 320 pixels")
        if found:
            wrong[address] = found
    assert not wrong, wrong


def violations(page: Page, **options: Any) -> list[str]:
    """What axe finds, with where it stands."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]


def test_nobody_goes_by_a_number_of_ours_who_could_be_called_by_what_is_known(english: dict[str, str]):
    """A customer's id stands where an id is meant, as code, and nowhere as a name."""
    numbered = {address: ID.findall(demo_company.words(page)) for address, page in english.items()}
    assert {address: ids[:3] for address, ids in numbered.items() if ids and not OF_IDS.search(address)} == {}


def test_a_chinese_page_speaks_chinese(demo: Project, made: list[str]):
    """No run of four English words stands on it, but in what the company's files say."""
    said = demo_company.data(demo)
    foreign = {
        address: [run for run in RUN.findall(demo_company.words(page)) if run.lower() not in said]
        for address, page in pages(demo, made, "zh-CN").items()
    }
    assert {address: runs for address, runs in foreign.items() if runs} == {}
