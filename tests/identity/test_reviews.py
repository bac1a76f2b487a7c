"""What people are asked about who is who."""

from typing import Any

from shuke.identity.reviews import reviews
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import LINKS, PAIRS, decided, link, pair, thresholds


def asked(
    desk: Tables, customers: dict[str, str], pairs: list[Row], *, links: list[Row] | None = None, **more: Any
) -> list[tuple[Any, ...]]:
    """(record, other record, probability, why). `customers`: their names and records."""
    made = desk.made(
        reviews, desk.of(PAIRS, pairs), desk.of(LINKS, links or []), thresholds(desk),
        desk.identities(**customers), desk.landed("decisions", more.get("decisions", [])),
    )  # fmt: skip
    return [(r["record_l"], r["record_r"], r["probability"], r["why"]) for r in desk.rows(made)]


APART = {"A": "1 4", "B": "2", "C": "3"}


def test_asked_are_pairs_between_the_two_thresholds(engine):
    pairs = [
        pair("till:1", "till:2", 0.5), pair("till:1", "till:3", 0.499), pair("till:2", "till:3", 0.94),
        pair("till:1", "till:4", 0.8),
    ]  # fmt: skip
    assert asked(engine, APART, pairs) == [
        ("till:1", "till:2", 0.5, "unsure"), ("till:2", "till:3", 0.94, "unsure")
    ]  # fmt: skip


def test_what_a_guard_has_cut_is_asked_about(engine):
    pairs = [pair("till:1", "till:2", 0.99), pair("till:2", "till:3", 0.6)]
    links = [link("till:2", "till:3"), link("till:1", "till:3"), link("till:1", "till:3", "openid")]
    assert asked(engine, APART, pairs, links=links) == [
        ("till:1", "till:2", 0.99, "guard"), ("till:1", "till:3", None, "guard"),
        ("till:2", "till:3", 0.6, "guard"),
    ]  # fmt: skip


def test_whoever_was_decided_on_is_not_asked_about_again_whatever_records_they_gain(engine):
    pairs = [pair("till:2", "till:4", 0.8), pair("till:1", "till:3", 0.8)]
    never = decided(1, "different", "till:2", "till:1")
    assert asked(engine, APART, pairs, decisions=never) == [("till:1", "till:3", 0.8, "unsure")]
    assert len(asked(engine, APART, pairs, decisions=decided(1, "same", "till:1", "till:4"))) == 2
