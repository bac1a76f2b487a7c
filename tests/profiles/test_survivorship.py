from datetime import date
from typing import Any

import pytest

from shuke.errors import WrongSettings
from shuke.languages import speaking
from shuke.profiles.facts import facts
from shuke.profiles.survivorship import REASONS, decided
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 6, 1)
#: What four sources say of one customer, the till last.
SAID: list[Row] = [
    {"source": "web", "record_id": "1", "name": "Ann Lee", "address": "1 Mill Lane, Leeds LS1",
     "collected_at": "2026-01-01", "since": "2021-03-01"},
    {"source": "erp", "record_id": "1", "name": "ANN  LEE", "address": "High Street",
     "collected_at": "2026-02-01"},
    {"source": "poll", "record_id": "1", "name": "A***", "address": "2 Mill Lane, Leeds",
     "collected_at": "2026-05-01", "since": "2024-01-01"},
    {"record_id": "1", "name": "Anna Li", "address": "Mill Lane", "collected_at": "2026-04-01"},
]  # fmt: skip


def judged(desk: Tables, people: list[Row], **decisions: Any) -> dict[str, dict[str, Row]]:
    """The facts about one customer by attribute and source; all records are theirs."""
    records = " ".join(sorted({f"{row.get('source', 'till')}:{row['record_id']}" for row in people}))
    made = desk.made(
        facts, desk.landed("people", people), desk.landed("identifiers"), desk.identities(anna=records),
        as_of=AS_OF, zone="UTC", **decisions,
    )  # fmt: skip
    found: dict[str, dict[str, Row]] = {}
    for row in desk.rows(made):
        found.setdefault(row["attribute"], {})[row["source"]] = row
    return found


def reasons(rows: dict[str, Row]) -> dict[str, str]:
    assert [row["wins"] for row in rows.values()].count(True) <= 1
    return {source + ("!" if row["wins"] else ""): row["reason"] for source, row in rows.items()}


def test_every_value_says_why_it_holds_or_does_not(engine):
    found = judged(engine, SAID, rules={"address": "most_trusted"}, trusted=("erp", "web"))
    assert reasons(found["name"]) == {
        "erp!": "majority", "web": "agrees", "till": "outvoted", "poll": "masked"
    }  # fmt: skip
    assert reasons(found["address"]) == {
        "erp!": "most_trusted", "web": "less_trusted", "till": "less_trusted", "poll": "less_trusted"
    }  # fmt: skip
    assert reasons(found["since"]) == {"web!": "earliest", "poll": "later"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("most_recent", {"poll!": "most_recent", "till": "older", "erp": "older", "web": "older"}),
        ("most_complete", {"web!": "most_complete", "poll": "less_complete", "till": "less_complete",
                           "erp": "less_complete"}),
        ("majority", {"poll!": "most_recent", "till": "older", "erp": "older", "web": "older"}),
    ],
)  # fmt: skip
def test_each_rule_chooses_its_own_value(rule: str, expected: dict[str, str], duckdb):
    assert reasons(judged(duckdb, SAID, rules={"address": rule})["address"]) == expected


def test_among_sources_that_are_not_ranked_the_newest_wins(duckdb):
    found = judged(duckdb, SAID[2:], rules={"address": "most_trusted"}, trusted=("till",))
    assert reasons(found["address"]) == {"till!": "most_trusted", "poll": "less_trusted"}
    people = [*SAID[:3], {"source": "far", "record_id": "9"}]
    found = judged(duckdb, people, rules={"address": "most_trusted"}, trusted=("far",))
    assert reasons(found["address"]) == {"poll!": "most_recent", "erp": "older", "web": "older"}


def test_a_majority_counts_sources_and_not_records(duckdb):
    people = [
        {"source": "web", "record_id": str(n), "gender": "male", "collected_at": "2026-03-01"} for n in "123"
    ]
    others = [
        {"source": s, "record_id": "1", "gender": "female", "collected_at": "2026-01-01"}
        for s in ("erp", "poll")
    ]
    found = judged(duckdb, [*people, *others])["gender"]
    assert reasons(found) == {"erp!": "majority", "poll": "agrees", "web": "outvoted"}


def test_nobody_needs_a_reason_who_speaks_alone_and_what_expired_has_one(duckdb):
    people: list[Row] = [
        {"record_id": "1", "city": "Leeds", "job": "baker", "collected_at": "2020-01-01", "gender": "male"},
        {"source": "web", "record_id": "2", "city": "York", "collected_at": "2026-01-01"},
        {"source": "poll", "record_id": "3", "interest": "tea", "collected_at": "2026-01-01"},
        {"source": "erp", "record_id": "3", "interest": "cake", "collected_at": "2026-01-01"},
    ]
    found = judged(duckdb, people)
    assert reasons(found["city"]) == {"web!": "only", "till": "expired"}
    assert reasons(found["gender"]) == {"till!": "only"}
    assert reasons(found["job"]) == {"till": "expired"}
    assert reasons(found["interest"]) == {"erp!": "tied", "poll": "tied"}


def test_sources_that_agree_leave_nothing_to_choose(duckdb):
    people: list[Row] = [
        {"record_id": "1", "city": "Leeds", "collected_at": "2025-01-01"},
        {"source": "web", "record_id": "2", "city": "LEEDS", "collected_at": "2026-01-01"},
    ]
    assert reasons(judged(duckdb, people)["city"]) == {"web!": "only", "till": "agrees"}


def test_freshness_fades_expires_or_stays(engine):
    people: list[Row] = [
        {"record_id": "1", "gender": "female", "job": "baker", "interest": "tea",
         "collected_at": "2024-12-01"},
        {"source": "web", "record_id": "1", "job": "cook", "interest": "jam", "collected_at": "2026-06-01"},
        {"source": "poll", "record_id": "1", "job": "chef", "received_at": "2026-08-01"},
    ]  # fmt: skip
    found = judged(engine, people)
    assert found["gender"]["till"]["freshness"] == 1  # never expires
    assert found["interest"]["till"]["freshness"] == 0 and found["interest"]["web"]["freshness"] == 1
    assert found["job"]["web"]["freshness"] == found["job"]["poll"]["freshness"] == 1
    assert close(found["job"]["till"]["freshness"], 0.5)  # 547 of 1,095 days: its half-life
    assert found["job"]["poll"]["said_on"] == date(2026, 8, 1) and not found["job"]["poll"]["collected_at"]


def test_days_are_decided_by_attribute_and_by_source(duckdb):
    people: list[Row] = [
        {
            "source": source,
            "record_id": "1",
            "plan": "pot",
            "job": "cook",
            "city": "Leeds",
            "collected_at": "2026-03-03",
        }
        for source in ("poll", "web")
    ]
    ttl = {"poll.plan": 89, "plan": "never", "web": {"job": 90}, "job": 89}
    found = judged(duckdb, people, ttl=ttl, half_life={"city": 90})
    assert {s: (row["believed_until"], row["believed"]) for s, row in found["plan"].items()} == {
        "poll": (date(2026, 5, 31), False), "web": (None, True)
    }  # fmt: skip
    assert {s: row["believed"] for s, row in found["job"].items()} == {"poll": False, "web": True}
    assert close(found["job"]["web"]["freshness"], 0.25)  # half of 90 days, twice
    assert close(found["city"]["web"]["freshness"], 0.5)


@pytest.mark.parametrize(
    ("decisions", "wrong", "accepted"),
    [
        ({"rules": {"shoe_size": "majority"}}, "rules: attribute = 'shoe_size'", "birth_date"),
        ({"rules": {"name": "loudest"}}, "rules: name = 'loudest'", "most_complete"),
        ({"rules": {"gender": "earliest"}}, "rules: gender = 'earliest'", "majority"),
        ({"rules": {"name": "most_trusted"}}, "trusted: trusted = []", '["erp", "members"]'),
        ({"trusted": "erp"}, "trusted: trusted = 'erp'", '["erp", "members"]'),
        ({"trusted": ("till", "nobody")}, "source = 'nobody'", "till"),
        ({"ttl": {"fax.plan": 3}}, "source = 'fax'", "till"),
        ({"ttl": {"plan": 0}}, "ttl: plan = 0", '"never"'),
        ({"ttl": {"plan": True}}, "ttl: plan = True", '"never"'),
        ({"ttl": {"plan": "3 months"}}, "ttl: plan = '3 months'", "90"),
        ({"half_life": {"mood": 3}}, "half_life: attribute = 'mood'", "job"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_by_name(decisions: dict[str, Any], wrong: str, accepted: str, duckdb):
    with pytest.raises(WrongSettings) as refused, speaking("en"):
        judged(duckdb, [{"record_id": "1", "name": "Ann"}], **decisions)
    said = str(refused.value)
    assert said.startswith("shuke.toml: [tables.facts]") and wrong in said and accepted in said


def test_a_source_may_be_ranked_before_anything_was_imported(duckdb):
    assert judged(duckdb, [], trusted=("erp",)) == {}


def test_every_reason_has_words_in_both_languages():
    assert all(text.en and text.zh for text in REASONS.values())
    assert set(decided({}, (), {}, {}).rules.values()) <= set(REASONS)
