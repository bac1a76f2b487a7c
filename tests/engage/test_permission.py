"""Nobody is written to who has not said yes, by whichever way; and the last word counts."""

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.actions import campaigns, consents
from shuke.app import Project
from shuke.channels.opened import kinds
from shuke.collect import withdrawal
from shuke.engage import unsubscribing
from shuke.engage.permission import ANY, EXPRESS, MARKETING, SERVICE, Consent, is_permitted
from shuke.engage.unsubscribing import Link
from tests.channels.listening import mail_server, web_server
from tests.engage import club
from tests.landing import land

DAY = datetime(2026, 5, 1, tzinfo=UTC)
#: By which names customers consent to the channels that there are, whatever they are.
WAYS = ("email", "sms", "any", "ads", "post", "phone", "wecom")

moments = st.none() | st.integers(0, 5).map(lambda n: DAY + timedelta(days=n))
statements = st.builds(
    Consent,
    purpose=st.sampled_from([MARKETING, "survey"]),
    channel=st.sampled_from([*WAYS, ANY]),
    granted=st.booleans(),
    since=moments,
)
said = st.lists(statements, max_size=6)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_without_a_word_no_channel_is_permitted(kind: str) -> None:
    made = kinds()[kind]
    told = getattr(made, "consent", None)
    ways = [told] if isinstance(told, str) else ["ads", "post", "email", "sms"]
    assert not any(is_permitted([], purpose=MARKETING, channel=way) for way in ways)


@given(said, st.sampled_from(WAYS))
def test_what_customers_asked_for_needs_no_consent(words: list[Consent], way: str) -> None:
    assert is_permitted(words, purpose=SERVICE, channel=way)


@given(said, st.sampled_from(WAYS))
def test_a_yes_to_this_way_or_to_any_is_always_behind_a_permission(words: list[Consent], way: str) -> None:
    if is_permitted(words, purpose=MARKETING, channel=way):
        yes = [c for c in words if c.granted and c.purpose == MARKETING]
        assert any(c.channel == way or (c.channel == ANY and way not in EXPRESS) for c in yes)


@given(said, st.sampled_from(WAYS), st.booleans())
def test_the_last_no_and_one_without_a_date_hold(words: list[Consent], way: str, dated: bool) -> None:
    last = DAY + timedelta(days=9) if dated else None
    for channel in (way, ANY):
        no = Consent(purpose=MARKETING, channel=channel, granted=False, since=last)
        assert not is_permitted([*words, no], purpose=MARKETING, channel=way)


@given(said, st.sampled_from(WAYS), st.permutations(range(6)))
def test_the_order_in_which_we_hear_of_it_does_not_matter(
    words: list[Consent], way: str, order: list[int]
) -> None:
    shuffled = [words[n] for n in order if n < len(words)]
    assert is_permitted(words, purpose=MARKETING, channel=way) == is_permitted(
        shuffled, purpose=MARKETING, channel=way
    )


@given(said, st.sampled_from(WAYS))
def test_a_newer_yes_to_the_way_itself_is_enough(words: list[Consent], way: str) -> None:
    yes = Consent(purpose=MARKETING, channel=way, granted=True, since=DAY + timedelta(days=9))
    undated_no = any(
        c.purpose == MARKETING and c.channel in (way, ANY) and not c.granted and c.since is None
        for c in words
    )
    assert is_permitted([*words, yes], purpose=MARKETING, channel=way) == (not undated_no)


@pytest.fixture
def ways(tmp_path: Path) -> Iterator[dict[str, tuple[dict[str, Any], Any]]]:
    """Every kind of channel, set up, with what tells the keys of the messages that left by it."""
    with ExitStack() as stack:
        box = stack.enter_context(mail_server())
        posts, texts, chat = (stack.enter_context(web_server()) for _ in range(3))
        folder = tmp_path / "lists"
        yield {
            "email": (
                {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"},
                lambda: {str(letter["To"]).partition("@")[0].upper() for letter in box.letters},
            ),
            "webhook": ({"kind": "webhook", "url": posts.address}, lambda: _named(posts.bodies)),
            "sms": ({"kind": "sms", "url": texts.address}, lambda: _named(texts.bodies)),
            "chat": (
                {"kind": "chat", "url": chat.address.replace("http://", "json://")},
                lambda: _named(chat.bodies),
            ),
            "file": (
                {"kind": "file", "folder": str(folder), "of": ""},
                lambda: _named([path.read_bytes() for path in folder.glob("*.csv")]),
            ),
        }  # fmt: skip


def test_whatever_people_say_and_whenever_no_way_reaches_who_has_not_agreed_or_is_gone(
    tmp_path: Path, ways: Mapping[str, tuple[dict[str, Any], Any]]
) -> None:
    assert set(ways) == set(kinds())
    shop = club.found(tmp_path / "shop", channels={name: told for name, (told, _) in ways.items()})
    club.members(shop, 60, consents=False)
    chance = random.Random(5)
    words = _say_before(shop, chance)
    leaving = land(shop, "club", people=[{"record_id": "GONE", "name": "Gone"}], identifiers=_of_gone())
    land(
        shop,
        "club",
        consents=[_row("GONE", Consent(purpose=MARKETING, channel=ANY, granted=True, since=DAY))],
    )
    club.build(shop)
    for name in ways:
        text = {"en": {"text": "{{ customer.name }}"}}
        campaigns.create(shop, name, club.campaign(channel=name, content=text, cap=99), viewer=club.viewer())
        campaigns.begin(shop, name, viewer=club.viewer())
    club.send(shop, only=["campaign"])
    _say_after(shop, chance, words)
    withdrawal.withdraw(shop, leaving, now=club.NOON)
    club.build(shop)
    club.send(shop)
    consented = {"email": "email", "webhook": ANY, "sms": "sms", "chat": ANY, "file": "post"}
    for name, (_, reached) in ways.items():
        agreed = {m for m, c in words.items() if is_permitted(c, purpose=MARKETING, channel=consented[name])}
        assert reached() == agreed, name
        assert agreed
    assert "GONE" not in {name for _, (_, reached) in ways.items() for name in reached()}
    shop.operations.close()


def _say_before(shop: Project, chance: random.Random) -> dict[str, list[Consent]]:
    words: dict[str, list[Consent]] = {}
    for n in range(60):
        told = {
            (way, day): Consent(
                purpose=MARKETING, channel=way, granted=chance.random() < 0.7, since=DAY + timedelta(days=day)
            )
            for way, day in ((chance.choice(WAYS), chance.randrange(5)) for _ in range(chance.randrange(4)))
        }
        words[f"M{n:03}"] = list(told.values())
    land(shop, "club", consents=[_row(name, c) for name, told in words.items() for c in told])
    return words


def _say_after(shop: Project, chance: random.Random, words: dict[str, list[Consent]]) -> None:
    ids = club.customer_ids(shop)
    for name in chance.sample(sorted(words), 15):
        way = chance.choice(["email", "sms", ANY])
        link = Link(customer_id=ids[name], purpose=MARKETING, channel=way)
        consents.unsubscribe(shop, unsubscribing.token(link, key=shop.key), now=club.NOON)
        words[name].append(Consent(purpose=MARKETING, channel=way, granted=False, since=club.NOON))


def _row(name: str, consent: Consent) -> dict[str, Any]:
    at = consent.since and consent.since.replace(tzinfo=None)
    return {
        "record_id": name, "purpose": consent.purpose, "channel": consent.channel, "granted": consent.granted,
        "at": at,
    }  # fmt: skip


def _of_gone() -> list[dict[str, Any]]:
    return [{"record_id": "GONE", "kind": "email", "value": "gone@home.example"}]


def _named(bodies: list[bytes]) -> set[str]:
    text = b"\n".join(bodies).decode()
    return {f"M{n:03}" for n in range(60) if f"Member M{n:03}" in text} | (
        {"GONE"} if "Gone" in text else set()
    )
