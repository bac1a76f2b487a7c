from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from shuke import app, demo
from shuke.analyses.departures import departures
from shuke.analyses.discoveries import discoveries, surest, unlike
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.errors import NotEnoughData
from shuke.profiles.behaviour import behaviour
from shuke.profiles.customers import customers
from shuke.profiles.facts import facts
from shuke.settings import Settings
from tests.analyses.selling import sold, written
from tests.demo.exports import truth
from tests.engine_fixtures import Row, Tables
from tests.few_tables import FEW, only

AS_OF = date(2026, 6, 30)
FIRST = AS_OF - timedelta(days=200)


def made(desk: Tables, people: list[Row], rows: list[Row], stated: Sequence[Row] = (), **asked):
    shared = {"first_day": FIRST, "tenure_days": 200, "lost": False, "first_category": None}
    return desk.checkpoint(
        desk.made(
            discoveries, written(desk, rows), desk.derived(customers, people),
            desk.derived(departures, [{**shared, **each} for each in people]),
            desk.derived(behaviour, [{"customer_id": each["customer_id"]} for each in people]),
            desk.derived(facts, list(stated)), as_of=AS_OF, currency="GBP", **asked,
        )
    )  # fmt: skip


def shop(customers: int = 120) -> tuple[list[Row], list[Row]]:
    """Everybody buys tea and cake; in Leeds twice as much tea, and nothing else tells people apart."""
    people = [
        {"customer_id": f"{n:03}", "region": ("Leeds", "Bath", "York")[n % 3], "city": "x",
         "gender": ("female", "male")[n // 3 % 2]}
        for n in range(customers)
    ]  # fmt: skip
    rows = [
        sold(each["customer_id"], "2026-03-01", amount, category=category)
        for n, each in enumerate(people)
        for category, amount in (
            ("Tea", (20 if each["region"] == "Leeds" else 10) + n % 7), ("Cake", 20 + n % 5)
        )
    ]  # fmt: skip
    return people, rows


def test_what_a_town_buys_more_of_is_told_in_both_languages_with_what_to_do(engine):
    rows = engine.rows(made(engine, *shop()))
    told = {(row["group"], row["measure"]): row for row in rows}
    tea = told["Region Leeds", "share of spending on Tea"]
    assert (tea["customers"], tea["others"], tea["conditions"], tea["action"]) == (40, 80, 1, "feature")
    assert 0 < tea["low"] < tea["difference"] < tea["high"] and tea["p_adjusted"] < 0.05
    assert tea["value"] == pytest.approx(tea["others_value"] + tea["difference"])
    assert tea["finding"].startswith("Region Leeds: share of spending on Tea is 5")
    assert "points more" in tea["finding"] and tea["finding_zh"].startswith(
        "地区「Leeds」：「Tea」占消费的比例为"
    )
    assert {row["group"] for row in rows} == {"Region Leeds"}
    assert [row["rank"] for row in sorted(rows, key=lambda row: row["rank"])] == [*range(1, len(rows) + 1)]


def test_what_people_state_makes_groups_and_names_make_none(duckdb):
    people, rows = shop()
    stated = [
        {"customer_id": each["customer_id"], "record": each["customer_id"], "attribute": name, "value": value,
         "wins": True}
        for n, each in enumerate(people)
        for name, value in (("diet", ("vegan", "any")[n // 40 % 2]), ("name", "Ann Lee"), ("badge", f"b{n}"))
    ]  # fmt: skip
    sales = [*rows, *(sold(s["customer_id"], "2026-04-01", 900, category="Tea") for s in stated[::3]
                      if s["value"] == "vegan")]  # fmt: skip
    rows = duckdb.rows(made(duckdb, people, sales, stated))
    assert "Diet vegan" in {row["group"] for row in rows} or "Diet any" in {row["group"] for row in rows}
    assert not any("Ann" in row["finding"] or "Badge" in row["finding"] for row in rows)


def test_a_handful_of_customers_and_customers_all_alike_are_told_as_such(duckdb):
    people, rows = shop(12)
    with pytest.raises(NotEnoughData, match="At least 60 customers"):
        made(duckdb, people, rows)
    alike = [{**each, "region": "Leeds", "gender": None} for each in shop()[0]]
    nothing = made(duckdb, alike, [sold(each["customer_id"], "2026-03-01", 5) for each in alike])
    assert duckdb.rows(nothing) == []
    assert (
        surest(nothing.to_pandas()).en == "No group of customers behaves unlike the rest by more than chance."
    )


def test_the_sentence_and_the_picture_show_the_surest_first(duckdb):
    frame = made(duckdb, *shop()).to_pandas()
    assert "findings held among" in surest(frame).en and "次比较" in surest(frame).zh
    assert len(unlike(frame).to_dict()["layer"]) == 3


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return demo.make(tmp_path_factory.mktemp("company"), customers=3000)


def test_the_regions_that_favour_a_category_are_found_and_what_is_not_planted_is_not(
    company, tmp_path_factory
):
    now = datetime(2026, 10, 31, 12, tzinfo=UTC)
    settings = Settings(name="Demo", country="CN", currency="CNY", zone="Asia/Shanghai", language="en")
    project = app.init(tmp_path_factory.mktemp("found") / "demo", settings)
    for file in company.files:
        if file.source in ("products", "stores", "members", "till", "webshop", "taobao"):
            ingest(project, file.source, [file.path], now=now)
    with only(*FEW, "discoveries"):
        pipeline.build(project, now=now, as_of=demo.UNTIL)
    opened = project.open()
    rows = opened.table("discoveries").to_pyarrow().to_pylist()
    size = opened.table("departures").region.value_counts().to_pandas().set_index("region").iloc[:, 0]
    home = {row["city"]["zh"]: row["province"]["en"] for row in truth(company, "people")}
    loved = {(row["province"], row["category"]) for row in truth(company, "regions")}
    on = "share of spending on "
    more = [
        (row["group"].split(" ", 1)[1], row["measure"].removeprefix(on))
        for row in rows
        if row["measure"].startswith(on) and row["difference"] > 0 and row["conditions"] == 1
        and row["group"].startswith(("Region", "City"))
    ]  # fmt: skip
    pairs = {(home.get(place, place), category.replace(" > ", "/")) for place, category in more}
    meant = {pair for pair in loved if size.get(pair[0], 0) >= 60}
    right, found = len(pairs & loved), len(pairs & meant)
    print(f"{len(pairs)} found, {len(meant)} planted; precision {right / len(pairs):.2f}, "
          f"recall {found / len(meant):.2f}")  # fmt: skip
    assert right == len(pairs) and found >= 0.6 * len(meant)
    # Neither age nor gender has to do with anything that the demo company's customers do.
    assert not any("Gender" in row["group"] or "Age " in row["group"] for row in rows)
