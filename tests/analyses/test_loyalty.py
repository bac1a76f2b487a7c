from datetime import date

import numpy as np
import pytest

from shuke.analyses.complaints import complaints
from shuke.analyses.loyalty import loyalty, loyalty_sentence, tenths
from shuke.analyses.loyalty_drivers import bars, driver_sentence, loyalty_drivers
from shuke.analyses.opinions import opinions
from shuke.analyses.relative_importance import shares
from shuke.analyses.survey_scores import survey_scores
from shuke.models.departure_chances import departure_chances
from shuke.profiles.behaviour import behaviour
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def score(who: str, measure: str, rating: float, day: date = AS_OF, **further: object) -> Row:
    return {"score_id":
        f"{who}{measure}{day}{rating}", "customer_id": who, "measure": measure, "rating": rating,
            "day": day, "of_service": False} | further  # fmt: skip


def does(who: str, **further: object) -> Row:
    return {"customer_id": who, "orders": 4, "returns": 1, "contacts": 0, "complaints": 0, "events": 0,
            "answers": 0, "first_order": date(2025, 6, 30),
            "last_order": date(2026, 6, 1)} | further  # fmt: skip


def made(desk: Tables, *, scores=(), people=(), complained=(), said=(), chances=(), **asked):
    table = desk.made(
        loyalty, desk.derived(survey_scores, list(scores)), desk.derived(behaviour, list(people)),
        desk.derived(complaints, list(complained)), desk.derived(opinions, list(said)),
        desk.derived(departure_chances, list(chances)), as_of=AS_OF, **asked,
    )  # fmt: skip
    return desk.checkpoint(table)


def test_a_part_is_what_was_answered_and_else_what_was_done(engine):
    table = made(
        engine,
        scores=[score("anna", "trust", 1.0), score("anna", "trust", 0.0, date(2026, 1, 1)),
                score("anna", "renewal", 0.5, date(2025, 6, 30)), score("anna", "csat", 0.2, of_service=True),
                score("anna", "nps", 0.9), score("anna", "product", 0.0),
                score("bert", "trust", 0, date(2020, 1, 1))],
        people=[does("anna"), does("bert", contacts=4, complaints=1, last_contact=date(2026, 6, 20)),
                does("cleo")],
        complained=[{"complaint_id": "1", "customer_id": "cleo", "day": AS_OF, "waiting": True}],
        said=[{"opinion_id": "1", "customer_id": "bert", "day": AS_OF, "sentiment": "praise"},
              {"opinion_id": "2", "customer_id": "bert", "day": AS_OF, "sentiment": "blame"}],
        chances=[{"customer_id": "bert", "gone": 0.25}],
    )  # fmt: skip
    found = {row["customer_id"]: row for row in engine.rows(table)}
    anna, bert, cleo = found["anna"], found["bert"], found["cleo"]
    assert [anna[part] for part in ("trust", "contact", "service", "overall", "renewal")] == pytest.approx(
        [100, 0, 20, 90, 50]
    )
    assert (anna["trust_source"], anna["contact_source"], anna["renewal_age"]) == ("survey", "behaviour", 365)
    assert anna["loyalty"] == pytest.approx(52)
    assert anna["confidence"] == pytest.approx((1 + 0.5 + 1 + 1 + 0.5) / 5)
    assert [bert[part] for part in ("trust", "contact", "service", "overall", "renewal")] == pytest.approx(
        [75, 100, 75, 50, 75]
    )
    assert (bert["asked"], bert["known"]) == (0, 5)
    assert bert["confidence"] == pytest.approx(0.5)
    assert (cleo["service"], cleo["overall"], cleo["known"]) == (0, None, 3)


def test_what_is_missing_lowers_the_confidence_and_not_the_index(duckdb):
    full = made(duckdb, scores=[score("a", m, 0.8) for m in ("trust", "renewal", "nps", "ces")]).to_pandas()
    one = made(duckdb, scores=[score("a", "trust", 0.8)]).to_pandas()
    assert full.loyalty[0] == pytest.approx(80) and one.loyalty[0] == pytest.approx(80)
    assert (full.confidence[0], one.confidence[0]) == (pytest.approx(0.8), pytest.approx(0.2))
    told = made(
        duckdb, scores=[score("a", "trust", 1.0), score("a", "nps", 0.0)], trust_weight=3.0
    ).to_pandas()
    assert told.loyalty[0] == pytest.approx(75)


def test_poor_data_has_a_plain_reason(duckdb):
    nothing = made(duckdb)
    assert "Nothing is known" in loyalty_sentence(nothing).en and tenths(nothing).to_dict()
    drivers = duckdb.made(loyalty_drivers, nothing).to_pandas()
    assert drivers.empty and "Too few" in driver_sentence(drivers).en and bars(drivers).to_dict()
    one = made(duckdb, scores=[score("a", "trust", 1.0)])
    assert loyalty_sentence(one).en.startswith("The index is 100 on the average; of 1 of 1 customers")


def test_the_index_is_graded_by_who_came_back(duckdb):
    index = duckdb.derived(loyalty, [{"customer_id": f"c{n}", "loyalty": float(n)} for n in range(10)])
    bought = [sold(f"c{n}", "2026-06-01", 5) for n in range(10)]
    later = [sold(f"c{n}", "2026-07-10", 5) for n in (5, 6, 7, 8, 9)]
    assert loyalty.grader
    grade = loyalty.grader(index, written(duckdb, bought + later), at=AS_OF, until=date(2026, 9, 30))
    assert (grade.measures[0].value, grade.measures[0].naive, grade.subjects) == (1.0, 0.5, 10)


def test_what_drives_the_will_to_renew_is_found_and_what_does_not_is_not(engine):
    rng = np.random.default_rng(2)
    trust, contact = rng.normal(size=200), rng.normal(size=200)
    rows = [
        {"customer_id": f"c{n:03}", "renewal_source": "survey", "trust": t, "contact": c,
         "renewal": 0.8 * t + 0.6 * e}
        for n, (t, c, e) in enumerate(zip(trust, contact, rng.normal(size=200), strict=True))
    ]  # fmt: skip
    table = engine.checkpoint(engine.made(loyalty_drivers, engine.derived(loyalty, rows)))
    found = {row["part"]: row for row in engine.rows(table)}
    assert found.keys() == {"trust", "contact"}
    assert found["trust"]["low"] > 0.45 and found["contact"]["high"] < 0.05
    assert found["trust"]["low"] < 0.64 < found["trust"]["high"]
    assert found["trust"]["all_parts"] == pytest.approx(found["trust"]["share"] + found["contact"]["share"])


#: Thirty-two cars of 1974: miles to the gallon, cylinders, displacement, horsepower, gears (Henderson and
#: Velleman 1981).
CARS = [
    (21, 6, 160, 110, 4), (21, 6, 160, 110, 4), (22.8, 4, 108, 93, 4), (21.4, 6, 258, 110, 3),
    (18.7, 8, 360, 175, 3), (18.1, 6, 225, 105, 3), (14.3, 8, 360, 245, 3), (24.4, 4, 146.7, 62, 4),
    (22.8, 4, 140.8, 95, 4), (19.2, 6, 167.6, 123, 4), (17.8, 6, 167.6, 123, 4), (16.4, 8, 275.8, 180, 3),
    (17.3, 8, 275.8, 180, 3), (15.2, 8, 275.8, 180, 3), (10.4, 8, 472, 205, 3), (10.4, 8, 460, 215, 3),
    (14.7, 8, 440, 230, 3), (32.4, 4, 78.7, 66, 4), (30.4, 4, 75.7, 52, 4), (33.9, 4, 71.1, 65, 4),
    (21.5, 4, 120.1, 97, 3), (15.5, 8, 318, 150, 3), (15.2, 8, 304, 150, 3), (13.3, 8, 350, 245, 3),
    (19.2, 8, 400, 175, 3), (27.3, 4, 79, 66, 4), (26, 4, 120.3, 91, 5), (30.4, 4, 95.1, 113, 5),
    (15.8, 8, 351, 264, 5), (19.7, 6, 145, 175, 5), (15, 8, 301, 335, 5), (21.4, 4, 121, 109, 4),
]  # fmt: skip


def test_shares_are_those_that_relaimpo_gives():
    """R's relaimpo (Grömping 2006), `calc.relimp(lm(mpg ~ cyl + disp + hp + gear, mtcars), type = "lmg")`."""
    mpg, *causes = np.array(CARS).T
    found = shares(np.corrcoef([*causes, mpg]))
    assert found == pytest.approx([0.2470520332352, 0.2434995947956, 0.2109128995443, 0.0777251114079])
    assert found.sum() == pytest.approx(0.779189638983)
