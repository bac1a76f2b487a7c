"""How well is one customer known, and what should be asked of whom?"""

from datetime import date
from typing import Any

from shuke.analyses.rfm import rfm
from shuke.dealings.purchases import purchases
from shuke.profiles.customers import customers
from shuke.profiles.facts import facts
from shuke.quality.agreements import agreements
from shuke.quality.customer_quality import customer_quality
from shuke.quality.quality_exceptions import quality_exceptions
from shuke.quality.refresh_list import refresh_list
from shuke.quality.source_decay import source_decay
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 6, 30)


def test_a_customer_is_scored_in_each_dimension_and_in_all(engine):
    golden = [
        {
            "customer_id": "ann",
            "kind": "person",
            "name": "Ann",
            "phone": "1",
            "email": "a@b.c",
            "city": "Leeds",
        },
        {
            "customer_id": "firm",
            "kind": "organisation",
            "organisation": "Ltd",
            "phone": "1",
            "email": "a@b.c",
            "city": "York",
            "address": "1",
        },
    ]
    told = [{"customer_id": "ann", "believed_until": AS_OF, "believed": held} for held in (True, False)]
    agree = [{"record": "till:1", "attribute": "city", "customer_id": "ann", "agrees": False}]
    wrong = [
        {"customer_id": "ann", "record": "till:1", "dimension": "validity", "attribute": a}
        for a in ("name", "age")
    ] + [{"customer_id": None, "record": "till:9", "dimension": "validity", "attribute": "name"}]
    made = engine.made(
        customer_quality,
        engine.of(customers.schema, golden),
        engine.identities(ann="1 2", firm="3"),
        engine.of(facts.schema, told),
        engine.derived(agreements, agree),
        engine.derived(quality_exceptions, wrong),
    )
    ann, firm = engine.rows(made)
    assert close(ann["completeness"], 4 / 7) and ann["validity"] == 0.5 and ann["uniqueness"] == 1
    assert ann["timeliness"] == 0.5 and ann["consistency"] == 0
    assert close(ann["score"], (4 / 7 + 0.5 + 1 + 0.5 + 0) / 5)
    assert firm["completeness"] == 1 and firm["timeliness"] is None and firm["score"] == 1


def refreshed(desk: Tables, told: list[Row], *, calls: list[Row] = [], bought: list[Row] = [], **asked: Any):  # noqa: B006
    worth = [
        {"customer_id": "ann", "monetary": 90, "recency_days": 5},
        {"customer_id": "bob", "monetary": 900, "recency_days": 9},
    ]
    worth += [{"customer_id": "owing", "monetary": -1, "recency_days": 1}]
    golden = [
        {"customer_id": "ann", "phone": "1", "email": "a@b.c"},
        {"customer_id": "bob", "email": "b@b.c"},
    ]
    made = desk.made(
        refresh_list,
        desk.of(facts.schema, told),
        desk.of(rfm.schema, worth),
        desk.of(customers.schema, golden),
        desk.identities(ann="1", bob="2"),
        desk.of(purchases.schema, bought),
        desk.landed("interactions", calls),
        desk.landed("touches"),
        as_of=AS_OF,
        zone="UTC",
        **asked,
    )
    return {(r["customer_id"], r["attribute"]): r for r in desk.rows(made)}


def fact(customer: str, attribute: str, until: str | None) -> Row:
    return {
        "customer_id": customer,
        "record": "till:1",
        "attribute": attribute,
        "value": f"{until}",
        "believed_until": until,
        "source": "till",
    }


def test_what_has_expired_or_soon_will_is_listed_unless_something_newer_holds(engine):
    told = [
        fact("bob", "plan", "2026-06-29"),
        fact("ann", "city", "2026-08-28"),
        fact("ann", "job", "2026-08-29"),
        fact("ann", "plan", "2026-01-01"),
        fact("ann", "plan", "2027-01-01"),
        fact("ann", "gender", None),
        fact("owing", "city", "2026-01-01"),
    ]
    found = refreshed(engine, told)
    assert {what: (row["place"], row["state"], row["reason"]) for what, row in found.items()} == {
        ("bob", "plan"): (1, "expired", "email"), ("ann", "city"): (2, "soon", "phone"),
    }  # fmt: skip
    assert ("ann", "job") in refreshed(engine, told, within_days=61)
    assert set(refreshed(engine, told, max_customers=1)) == {("bob", "plan")}


def test_a_customer_is_reached_by_the_way_they_last_came(engine):
    told = [fact("ann", "plan", "2026-06-29"), fact("bob", "plan", "2026-06-29")]
    bought = [
        {"line_id": "1", "customer_id": "ann", "day": "2026-05-01", "channel": "webshop"},
        {"line_id": "2", "customer_id": "bob", "day": "2026-05-01", "store_id": "S1"},
    ]
    calls = [
        {"record_id": "1", "at": "2026-05-02", "channel": "wechat"},
        {"record_id": "2", "at": "2026-06-02", "channel": "phone", "direction": "Outbound"},
    ]
    found = refreshed(engine, told, calls=calls, bought=bought)
    assert {who: (row["channel"], row["reason"]) for (who, _), row in found.items()} == {
        "ann": ("wechat", "answered"), "bob": ("store", "bought"),
    }, "whom we called has not answered by that"  # fmt: skip


def test_a_half_life_is_read_off_the_days_that_values_stood(engine):
    def stood(n: int, attribute: str, *spans: tuple[str, str]) -> list[Row]:
        return [
            {
                "record": f"crm:{n}",
                "source": "crm",
                "attribute": attribute,
                "value": str(v),
                "first_at": a,
                "collected_at": b,
            }
            for v, (a, b) in enumerate(spans)
        ]

    changed = ("2026-01-01", "2026-01-05"), ("2026-01-11", "2026-01-21")  # ten days, then ten without an end
    rows = [row for n in range(10) for row in stood(n, "city", *changed)]
    rows += [row for n in range(9) for row in stood(n, "job", *changed)]
    rows += [row for n in range(10) for row in stood(n, "birth_date", *changed)]
    (city,) = engine.rows(engine.made(source_decay, engine.of(facts.schema, rows)))
    assert (city["attribute"], city["facts"], city["replaced"], city["days"]) == ("city", 20, 10, 200.0)
    assert (
        close(city["half_life"], 20 * 0.6931471805599453) and city["low"] < city["half_life"] < city["high"]
    )
