import random
from typing import Any

from shuke.analyses.departures import departures
from shuke.analyses.retention_factors import factors, retention_factors, separating
from shuke.analyses.survival import stays, survival, survival_curve
from tests.engine_fixtures import Row, close


def customer(number: int, tenure: int, lost: bool, **further: Any) -> Row:
    return {"customer_id": f"c{number}", "tenure_days": tenure, "lost": lost, **further}


def test_the_share_that_stays_is_followed_month_by_month(engine):
    rows = [
        customer(1, 20, True), customer(2, 40, True), customer(3, 45, False), customer(4, 70, True),
        customer(5, 100, False),
    ]  # fmt: skip
    found = {row["age"]: row for row in engine.rows(engine.made(survival, engine.derived(departures, rows)))}
    # months end after 30.4, 60.9 and 91.3 days; at the end of the last one only c5 is followed
    assert {age: (row["at_risk"], row["lost"]) for age, row in found.items()} == {
        0: (5, 0), 1: (4, 1), 2: (2, 1), 3: (1, 1)
    }  # fmt: skip
    for age, share in {0: 1, 1: 4 / 5, 2: 4 / 5 * 3 / 4, 3: 4 / 5 * 3 / 4 * 1 / 2}.items():
        assert close(found[age]["share"], share)
        assert 0 <= found[age]["low"] <= share <= found[age]["high"] <= 1
    assert {(row["attribute"], row["value"]) for row in found.values()} == {("all", "all")}


def company(differ: bool) -> list[Row]:
    """Men and women of three regions; where they `differ`, women stay twice as long."""
    dice = random.Random(5)
    rows = []
    for number in range(400):
        gender = "female" if number % 2 else "male"
        stay = dice.expovariate(1 / (400 if differ and gender == "female" else 200))
        followed = dice.uniform(100, 800)
        region = ("North", "South", "West")[dice.randrange(3)]
        rows.append(customer(number, int(min(stay, followed)), stay < followed, gender=gender, region=region))
    return rows


def test_curves_are_split_by_values_that_enough_customers_have(duckdb):
    rows = [*company(differ=True), customer(900, 50, True, gender="other")]
    table = duckdb.made(survival, duckdb.derived(departures, rows), max_values=2)
    found = {(row["attribute"], row["value"]) for row in duckdb.rows(table, "attribute", "value")}
    assert {value for attribute, value in found if attribute == "gender"} == {"female", "male"}
    assert len({value for attribute, value in found if attribute == "region"}) == 2
    year = {r["value"]: r for r in duckdb.rows(table) if r["attribute"] == "gender" and r["age"] == 12}
    assert year["male"]["share"] < year["female"]["low"]
    assert stays(table).en.startswith("2") or "12 months after their first purchase" in stays(table).en
    assert survival_curve(table).to_dict()["layer"]


def test_what_separates_is_told_from_what_is_chance(engine):
    table = engine.made(retention_factors, engine.derived(departures, company(differ=True)))
    found = {row["attribute"]: row for row in engine.rows(table)}
    assert set(found) == {"gender", "region"}  # nobody has any of the others
    gender, region = found["gender"], found["region"]
    assert gender["separates"] and (gender["best_value"], gender["worst_value"]) == ("female", "male")
    assert gender["best_share"] > gender["worst_share"] and gender["degrees"] == 1
    assert not region["separates"] and region["degrees"] == 2
    assert close(gender["p_adjusted"], min(2 * gender["p"], region["p"]))  # two tries


def test_where_all_stay_alike_nothing_separates(duckdb):
    table = duckdb.made(retention_factors, duckdb.derived(departures, company(differ=False)))
    frame = table.to_pandas()
    assert not frame.separates.any()
    assert separating(frame).en == "None of 2 attributes tells those who stay from those who leave."
    strong = duckdb.made(retention_factors, duckdb.derived(departures, company(differ=True))).to_pandas()
    assert "“female”" in separating(strong).en and "性别" in separating(strong).zh
    assert factors(strong).to_dict()["layer"]


def test_few_or_no_customers_are_not_compared(duckdb):
    few = duckdb.derived(departures, [customer(n, n, True, gender="male") for n in range(1, 6)])
    assert duckdb.rows(duckdb.made(retention_factors, few)) == []
    none = duckdb.derived(departures, [])
    assert duckdb.rows(duckdb.made(survival, none)) == []
    assert duckdb.rows(duckdb.made(retention_factors, none)) == []
    assert stays(duckdb.made(survival, none)).en == "Too early to tell how long customers stay."
    assert separating(duckdb.made(retention_factors, none).to_pandas()).en.startswith("There are too few")


def test_customers_of_one_day_make_a_curve_of_one_point(duckdb):
    rows = [customer(n, 0, False) for n in range(3)]
    (only,) = duckdb.rows(duckdb.made(survival, duckdb.derived(departures, rows)))
    assert (only["age"], only["at_risk"], only["share"]) == (0, 3, 1.0)
