"""What does the console show of who is who, and what becomes of a click?"""

import re

from starlette.testclient import TestClient

from shuke.app import Project
from shuke.views import identity
from shuke.views.viewer import at_home
from tests.console.company import NOW
from tests.console.conftest import Enter, token

#: Who has no number but that of a card goes by it.
TWO = {"a": "members:member_no:m001", "b": "members:member_no:m002"}


def test_the_page_says_how_records_became_customers(lin: TestClient):
    page = lin.get("/identity").text
    assert "<h1>Who is who</h1>" in page and "Nobody has decided anything yet." in page


def test_an_explanation_shows_both_records_and_a_picture_with_its_sentence(lin: TestClient):
    page = lin.get("/identity/explain", params=TWO).text
    assert "They are two customers" in page and "13812340002" in page and "All in all" in page
    address = re.search(r'data-chart="([^"]+)"', page)
    assert address
    spec = lin.get(address[1].replace("&amp;", "&") + "&mode=dark").json()
    assert spec["width"] == "container" and len(spec["layer"]) == 3
    picture = lin.get(address[1].replace("&amp;", "&").replace(".json", ".svg"))
    assert picture.status_code == 200 and picture.text.startswith("<svg")


def test_a_click_decides_and_another_undoes(own: Project, enter: Enter):
    lin = enter(own, "lin")
    page = lin.get("/identity/explain", params=TWO).text
    sent = {"csrf": token(page), **TWO, "do": "different", "back": "/identity"}
    page = lin.post("/identity/decisions", data=sent).text
    assert "never the same" in page and "from the next build" in page
    page = lin.post("/identity/decisions", data={"csrf": token(page), "do": "undo", "number": "1"}).text
    assert "undone by lin" in page
    (decided,) = identity.decisions(own, viewer=at_home("tests", "cli", now=NOW))
    assert decided.undone_by == "lin"


def test_who_may_only_look_sees_masks_and_no_buttons(own: Project, enter: Enter):
    vera = enter(own, "vera")
    assert vera.get("/identity/explain", params=TWO).status_code == 404, "nor is told whose a number is"
    one, other, *_ = dict.fromkeys(re.findall(r"/customers/(C[0-9A-F]{20})", vera.get("/customers").text))
    page = vera.get("/identity/explain", params={"a": one, "b": other}).text
    assert one in page and "13812340002" not in page and TWO["a"] not in page
    assert 'action="/identity/decisions"' not in page
    sent = {"csrf": token(vera.get("/account").text), **TWO, "do": "same"}
    assert vera.post("/identity/decisions", data=sent).status_code == 403


def test_the_history_of_an_id_is_shown_from_the_customer(lin: TestClient):
    found = re.search(r"/customers/(C[0-9A-F]{20})", lin.get("/customers").text)
    assert found
    page = lin.get(f"/customers/{found[1]}").text
    assert f'href="/identity/history/{found[1]}"' in page and "Explain or split off" in page
    assert "issued" in lin.get(f"/identity/history/{found[1]}").text


def test_where_nothing_waits_the_queue_says_so(lin: TestClient):
    assert "Nothing waits to be reviewed" in lin.get("/identity/review").text
