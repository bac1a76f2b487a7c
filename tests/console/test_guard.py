"""What holds for every page, whoever looks: nothing from elsewhere, nothing unescaped, no dead link."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from shuke.app import Project
from shuke.console.guard import HEADERS
from tests.console.company import HOSTILE
from tests.console.conftest import Enter

POLICY = HEADERS["Content-Security-Policy"]


@pytest.fixture(scope="module")
def pages(lin: TestClient) -> dict[str, str]:
    """Every page that links lead to from the overview; several pages of one table count once."""
    return crawl(lin)


def crawl(client: TestClient) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = ["/"]
    while wanted:
        address = wanted.pop()
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        assert answer.headers["content-security-policy"] == POLICY, address
        is_page = answer.headers["content-type"].startswith("text/html")
        found[address] = answer.text if is_page else ""
        wanted += [link for link in links(address, found[address]) if worth_following(link)]
    return found


def links(address: str, page: str) -> list[str]:
    written = re.findall(r'(?:href|src|data-chart)="([^"]+)"', page)
    return [urljoin(address, unescape(link)).split("#")[0] for link in written]


def worth_following(link: str) -> bool:
    """Each table may be sorted by each column, paged and taken away: one table of the kind is enough."""
    of_many = any(word in link for word in ("sort=", "page=", "/download/", ".svg"))
    return not of_many or "/customers" in link


def test_every_link_leads_somewhere(pages: dict[str, str]):
    reached = {urlsplit(address).path for address in pages}
    assert {"/customers", "/alerts", "/tables/rfm", "/import", "/batches", "/builds"} <= reached
    assert {"/download/customers", "/tables/purchases", "/tables/landed_people"} <= reached
    assert {"/dictionary", "/users", "/tokens", "/audit", "/account", "/account/password"} <= reached
    assert any(re.fullmatch(r"/customers/C[0-9A-F]{20}", path) for path in reached)
    assert any(path.startswith("/charts/") and path.endswith(".json") for path in reached)


def test_no_page_holds_a_script_or_style_of_its_own(pages: dict[str, str]):
    for address, page in pages.items():
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page), address
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), address


def test_what_people_are_called_is_text_wherever_it_stands(pages: dict[str, str]):
    holding = [address for address, page in pages.items() if "alert(1)" in page]
    assert any(address.startswith("/customers") for address in holding)
    assert not [address for address in holding if HOSTILE in pages[address]]


def test_nothing_is_loaded_from_elsewhere(pages: dict[str, str]):
    for address, page in pages.items():
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), address


def test_every_page_can_be_read_by_machine_and_keyboard(pages: dict[str, str]):
    for address, page in pages.items():
        if not page:
            continue
        assert page.count("<h1") == 1, address
        assert 'id="page"' in page, address
        fields = re.findall(r'<(?:input|select)[^>]*\sid="([^"]+)"', page)
        assert [f for f in fields if f'for="{f}"' not in page] == [], f"{address}: fields without a label"


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/static/x/nothing.css", "/api"])
def test_a_stranger_gets_the_policy_too(built: Project, enter: Enter, path: str):
    answer = enter(built).get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_pages_are_not_kept_by_browsers_but_our_files_are(built: Project, lin: TestClient):
    page = lin.get("/")
    assert page.headers["cache-control"] == "no-store"
    (style,) = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
    assert "immutable" in lin.get(style).headers["cache-control"]


def test_every_page_stands_for_a_company_that_has_imported_nothing(fresh: Project, enter: Enter):
    pages = crawl(enter(fresh, "lin"))
    assert "Nothing has been built yet" in pages["/"]
    assert 'href="/import"' in pages["/"]
