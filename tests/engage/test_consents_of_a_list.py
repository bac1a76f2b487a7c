"""Consents of a list: a campaign reaches exactly those who said yes in the columns beside them."""

from collections import Counter
from pathlib import Path

from shuke.app import Project
from shuke.collect.ingestion import ingest
from tests.channels.listening import Mailbox
from tests.engage import club

LIST = """Customer ID,Name,Email,Accepts Email Marketing,Unsubscribed at,HasOptedOutOfEmail
1,Ann,ann@home.example,yes,,false
2,Bob,bob@home.example,no,,false
3,Cy,cy@home.example,,,false
4,Di,di@home.example,yes,2026-03-01,false
5,Ed,ed@home.example,yes,,true
6,Flo,flo@home.example,yes,,
7,Gus,gus@home.example,not subscribed,,false
"""


def test_a_campaign_reaches_exactly_those_of_an_imported_list_who_said_yes(
    shop: Project, box: Mailbox, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(LIST, encoding="utf-8")
    ingest(shop, "web", [path], now=club.NOON)
    club.build(shop)
    text = {"subject": "Dear {{ customer.name }}", "text": "Tea. {{ unsubscribe }}"}
    club.run(shop, "spring", club.campaign(content={"en": text}))
    assert sorted(letter["To"] for letter in box.letters) == ["ann@home.example", "flo@home.example"]
    assert Counter(reason for _, _, reason in club.book(shop)) == {None: 2, "no_consent": 5}
