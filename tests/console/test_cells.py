"""Values as they stand in a table."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from shuke.analyses.rfm import TIERS
from shuke.console.cells import cell, record_title, unit
from shuke.languages import Language, Text, speaking
from shuke.store.builds import Manifest
from shuke.tables import Column, Type
from shuke.views.labels import evidence

MANIFEST = Manifest(
    number=1, as_of=date(2026, 3, 5), looks_back=False, built_at=datetime(2026, 3, 5, tzinfo=UTC),
    engine="duckdb", version="0", settings="", batches=(), currency="CNY", zone="Asia/Shanghai",
)  # fmt: skip
PLAIN = Column("x", Type.TEXT, Text("x", "x"))


@pytest.mark.parametrize(
    ("column", "value", "language", "text", "kind"),
    [
        (replace(PLAIN, type=Type.MONEY, unit="currency"), Decimal("1234.5000"), "en", "1,234.50", "n"),
        (replace(PLAIN, type=Type.INTEGER), 12345, "zh", "12,345", "n"),
        (replace(PLAIN, type=Type.NUMBER, unit="share"), 0.123, "en", "12.3%", "n"),
        (replace(PLAIN, type=Type.NUMBER), float("nan"), "en", "–", "n"),
        (replace(PLAIN, type=Type.DATE), date(2026, 3, 5), "zh", "2026年3月5日", "w"),
        (replace(PLAIN, type=Type.DATE, name="month"), date(2026, 3, 1), "en", "Mar 2026", "w"),
        (replace(PLAIN, type=Type.TIME), datetime(2026, 3, 4, 20, tzinfo=UTC), "en", "5 Mar 2026 04:00", "w"),
        (replace(PLAIN, type=Type.FLAG), True, "en", "yes", "w"),
        (replace(PLAIN, type=Type.DATE, pii="date"), "1988", "en", "1988", "w"),  # a mask
        (replace(PLAIN, name="country"), "CN", "zh", "中国", "w"),
        (replace(PLAIN, codes=TIERS), "champions", "en", "Champions", "w"),
        (replace(PLAIN, codes=TIERS), "something else", "en", "something else", "w"),
        (PLAIN, None, "en", "–", "nothing"),
        (replace(PLAIN, type=Type.INTEGER), None, "en", "–", "nothing n"),
    ],
)
def test_a_value_is_written_as_its_reader_writes_it(
    column: Column, value: Any, language: Language, text: str, kind: str
):
    with speaking(language):
        shown = cell(column, value, MANIFEST, {})
    assert (shown.text, shown.kind) == (text, kind)


def test_a_customer_leads_to_their_page_and_so_does_an_alert_about_one():
    subject = Column("subject", Type.TEXT, Text("About whom", "对象"))
    assert (
        cell(replace(PLAIN, name="customer_id"), "C1", MANIFEST, {"customer_id": "C1"}).link
        == "/customers/C1"
    )
    assert cell(replace(PLAIN, name="name"), "Li", MANIFEST, {"customer_id": "C1"}).link == "/customers/C1"
    assert cell(subject, "C1", MANIFEST, {"subject_kind": "customer"}).link == "/customers/C1"
    assert cell(subject, "S1", MANIFEST, {"subject_kind": "store"}).link is None


def test_a_record_goes_by_its_source_and_what_that_calls_somebody():
    assert record_title("members:member_no:vip01000") == "members · Membership number vip01000"
    assert record_title("till:row~0b4e7a0e5f1a2c3d") == "till · no number"
    assert record_title("erp:42") == "erp · 42"


def test_a_heading_names_the_currency_unless_several_stand_below_it():
    price = Column("price", Type.MONEY, Text("Price", "单价"), unit="currency")
    assert unit(price, MANIFEST, mixed=False) == "CNY"
    assert unit(price, MANIFEST, mixed=True) is None


def test_evidence_is_told_in_words_and_what_has_none_by_its_name():
    labels = {"silent_days": Text("Days silent", "未购买天数")}
    told = evidence('{"silent_days": 45, "novelty": 1.50}', labels)
    assert told == (("Days silent", "45"), ("novelty", "1.5"))


def test_who_has_no_name_goes_by_their_number_so_that_one_can_open_their_page():
    name = replace(PLAIN, name="name")
    nobody = cell(name, None, MANIFEST, {"customer_id": "C1", "organisation": None})
    assert (nobody.text, nobody.link) == ("C1", "/customers/C1")
    assert cell(name, None, MANIFEST, {"customer_id": "C1", "organisation": "Tea Ltd"}).link is None


@pytest.mark.parametrize(
    ("title", "language", "told"),
    [
        (Text("Lost after", "流失期限"), "en", "days"), (Text("Lost after", "流失期限"), "zh", "天"),
        (Text("Days of silence", "沉默天数"), "en", None), (Text("Days of silence", "沉默天数"), "zh", None),
    ],
)  # fmt: skip
def test_days_are_named_where_the_title_does_not(title: Text, language: Language, told: str | None):
    column = replace(PLAIN, type=Type.INTEGER, unit="day", title=title)
    with speaking(language):
        assert unit(column, MANIFEST, mixed=False) == told
