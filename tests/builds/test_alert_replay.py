"""Whom would a rule have told, and was it right? On a small shop whose every invoice is written here."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from shuke.alerts import flips
from shuke.app import Project
from shuke.builds import pipeline
from shuke.builds.alert_replay import replay
from shuke.cli.alerts import app
from shuke.errors import UnknownTable, WrongCall
from shuke.store.due_work import waiting
from tests import shop
from tests.few_tables import FEW, only

LATER = {"issued": date(2026, 10, 1), "due": date(2026, 10, 10)}
PAID = shop._utc(2026, 8, 20)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = shop.make(tmp_path_factory.mktemp("replayed") / "shop")
    bill = {"record_id": "B1", "issued": date(2026, 7, 1), "due": date(2026, 7, 15)}
    shop.land(
        project, "books",
        people=[{"record_id": "B1", "name": "Inn"}],
        invoices=[
            {"invoice_no": "1", "amount": Decimal(85), **bill},
            {"invoice_no": "2", "amount": Decimal(500), "record_id": "B1", **LATER},
        ],
        payments=[{"payment_no": "1", "invoice_no": "1", "amount": Decimal(30), "paid_at": PAID}],
        credit_limits=[{"record_id": "B1", "limit": Decimal(100), "starts": date(2026, 1, 1)}],
    )  # fmt: skip
    with only(*FEW, "credit"):
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    return project


def test_a_rule_tells_when_it_would_have_opened_and_with_other_thresholds_and_whether_it_was_right(books):
    before = len(books.builds.numbers())
    plain, strict = replay(
        books, ["credit"], since=date(2026, 6, 27), until=date(2026, 10, 31), step=timedelta(days=7),
        tried=[{}, {"near": 0.9}],
    )  # fmt: skip
    assert [(o.opened, o.closed, o.severity, o.right) for o in plain.openings] == [
        (date(2026, 7, 4), date(2026, 8, 22), "medium", True), (date(2026, 10, 3), None, "high", True),
    ]  # fmt: skip
    assert [o.opened for o in strict.openings] == [date(2026, 10, 3)]
    assert (plain.looks, plain.right, strict.parameters) == (19, 2, {"near": 0.9})
    assert len(books.builds.numbers()) == before
    with books.operations.reading() as connection:
        assert len(flips.standing(connection)) == 1 and not waiting(connection)


def test_what_is_no_rule_or_no_past_is_refused(books):
    day = date(2026, 10, 1)
    with pytest.raises(UnknownTable, match="There is no rule rfm"):
        replay(books, ["rfm"], since=day, until=day)
    with pytest.raises(WrongCall, match="not after the build's"):
        replay(books, ["credit"], since=day, until=shop.AS_OF + timedelta(days=1))


def test_the_command_says_it_on_a_screen(books, monkeypatch):
    monkeypatch.chdir(books.root)
    told = CliRunner().invoke(
        app, ["replay", "credit", "--since=2026-09-26", "--until=2026-10-31", "--step=7", "--try=near=0.9"]
    )
    assert told.exit_code == 0, told.output
    assert "near=0.9" in told.output and "3 Oct 2026" in told.output
