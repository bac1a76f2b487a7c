"""What an automation may say, and what is answered to what it may not."""

from datetime import timedelta
from typing import Any

import pytest

from shuke.engage.automation import Automation, StepKind, duration
from shuke.engage.trigger import triggers
from shuke.errors import WrongCall

LETTER = {"do": "message", "channel": "news", "content": {"en": {"text": "Tea"}}}
SAID: dict[str, Any] = {"when": "due_to_buy", "then": [LETTER]}


def test_what_it_says_is_read_back_as_it_was_written():
    told = {
        "when": {"trigger": "segment_entered", "segment": "vip"}, "unless": "city = 'Leeds'", "priority": 3,
        "limit": 10, "cool_down_days": 90, "quiet": ["22:00", "07:00"], "purpose": "service",
        "then": [
            LETTER | {"wait": "2d", "offer": 1, "cost": "0.05"},
            {"do": "task", "title": "Call", "wait": "4h"},
            {"do": "webhook", "channel": "crm", "wait": "1w"}, {"do": "offer", "channel": "news", "offer": 2},
        ],
    }  # fmt: skip
    first = Automation.from_json(told)
    assert Automation.from_json(first.to_json()) == first
    assert [step.wait for step in first.then] == [
        timedelta(days=2), timedelta(hours=4), timedelta(weeks=1), timedelta(0),
    ]  # fmt: skip
    assert first.answers == {"segment": "vip"}


def test_it_is_proved_as_the_campaign_of_its_first_message():
    first = Automation.from_json(SAID | {"then": [{"do": "task", "title": "Call"}, LETTER], "holdout": 0.1})
    proved = first.campaign()
    assert (proved.channel, proved.share_held_out) == ("news", 0.1)


def test_a_coupon_needs_no_words_of_its_own_and_has_them_in_both_languages():
    first = Automation.from_json(SAID | {"then": [{"do": "offer", "channel": "news", "offer": 4}]})
    sent = first.campaign(0)
    assert (first.then[0].do, sent.offer, set(sent.content)) == (StepKind.OFFER, 4, {"en", "zh"})


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"then": [LETTER]}, "does not say when"),
        ({"when": "due_to_buy"}, "does not say what is done then"),
        ({"when": "due_to_by"}, "no trigger due_to_by"),
        ({"when": {"trigger": "segment_entered"}}, "needs segment"),
        ({"when": {"trigger": "birthday", "days_before": "3"}}, "days_before = 3 cannot be used"),
        ({"when": {"trigger": "birthday", "days_before": -3}}, "days_before = -3 cannot be used"),
        ({"when": {"trigger": "birthday", "segment": "vip"}}, "has no segment"),
        ({"then": [{"do": "sing"}]}, "do = sing"),
        ({"then": [{"do": "task"}]}, "needs title"),
        ({"then": [LETTER | {"title": "Call"}]}, "has no title"),
        ({"then": [LETTER | {"wait": "soon"}]}, "wait = soon"),
        ({"then": [LETTER] * 21}, "at most 20"),
        ({"then": [LETTER | {"cost": "dear"}]}, "cost = dear"),
        ({"then": [LETTER | {"content": {"en": {"text": "{{ custom }}"}}}]}, "custom"),
        ({"limit": 0}, "limit = 0"),
        ({"cool_down_days": -1}, "cool_down_days = -1"),
        ({"cool_down_days": "long"}, "cool_down_days = long"),
        ({"priority": "high"}, "priority = high"),
        ({"holdout": 1.5}, "holdout = 1.5"),
        ({"audience": "city = 'Leeds'"}, "has no audience"),
        ({"quiet": ["late", "early"]}, "quiet"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_could(told: dict[str, Any], answer: str):
    lacks = answer.startswith("does not say")
    with pytest.raises(WrongCall, match=answer):
        Automation.from_json(told if lacks else SAID | told)


def test_a_duration_has_a_number_and_a_unit():
    assert duration("36h") == timedelta(hours=36)
    with pytest.raises(WrongCall):
        duration("2 days")


def test_every_trigger_has_words_in_both_languages_and_says_what_it_reads():
    assert {"due_to_buy", "segment_entered", "segment_left", "alert_opened", "birthday"} <= set(triggers())
    for each in triggers().values():
        assert each.title.zh
        assert each.about.zh
        assert each.reads
