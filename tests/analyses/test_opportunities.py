from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb as db
import pytest

from shuke.analyses.opportunities import how_they_stand, opportunities, win_rates
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def made(desk: Tables, rows: list[Row], earlier: Sequence[Row] = (), as_of: date = AS_OF):
    keyed = [{"key": row["opportunity_id"], **row} for row in rows]
    landed = desk.landed("opportunities", keyed)
    history = desk.landed(
        "opportunities", [*keyed, *({"key": row["opportunity_id"], **row} for row in earlier)]
    )
    return desk.checkpoint(desk.made(opportunities, landed, history, as_of=as_of))


def deal(number: int, stage: str, product: str = "Tea", **further) -> Row:
    closed = {"closed": "2026-03-01"} if stage in ("Won", "Lost", "赢单") else {}
    return {"opportunity_id": f"{number:04}", "stage": stage, "product_id": product, "value": 100,
            "opened": "2026-01-01", **closed, **further}  # fmt: skip


def test_what_is_open_is_worth_what_those_open_as_long_were_won_for(engine):
    rows = [deal(1, "Won"), deal(2, "Lost"), deal(3, "赢单", closed="2026-01-05", value=300),
            deal(4, "Offer", opened="2026-06-20"), deal(5, "Offer", opened="2026-06-01", value=None,
            expected_close="2026-06-15"), deal(6, "Won", closed="2026-07-05")]  # fmt: skip
    found = {(r["by"], r["part"]): r for r in engine.rows(made(engine, rows))}
    whole = found["all", ""]
    assert (whole["open"], whole["won"], whole["lost"], whole["overdue"]) == (3, 2, 1, 1)
    assert whole["win_rate"] == pytest.approx(2 / 3) and whole["win_low"] < 2 / 3 < whole["win_high"]
    assert whole["won_value"] == 400 and whole["lost_value"] == 100
    assert whole["open_value"] == Decimal(400)  # two of 100, and one of the mean of those won
    # Of those decided after more than ten or 29 days one in two was won, and a third of one more is added;
    # none was decided after 180 days.
    assert float(whole["expected_value"]) == pytest.approx((100 + 200 + 100) * (1 + 2 / 3) / 3, abs=0.02)
    offer = found["stage", "Offer"]
    assert offer["open"] == 2 and offer["win_rate"] is None
    assert found["age", "to_30"]["open"] == 2 and found["age", "to_180"]["open"] == 1


def test_what_earlier_files_showed_in_a_stage_tells_how_often_it_is_won_from(duckdb):
    rows = [deal(1, "Won"), deal(2, "Lost"), deal(3, "Lost"), deal(4, "Offer")]
    earlier = [deal(1, "Offer"), deal(2, "Offer"), deal(3, "Visit")]
    found = {(r["by"], r["part"]): r for r in duckdb.rows(made(duckdb, rows, earlier))}
    assert found["stage", "Offer"]["win_rate"] == pytest.approx(0.5)


def test_a_product_that_is_lost_beyond_chance_is_told_and_one_by_chance_is_not(duckdb):
    rows = [deal(n, "Won" if n % 2 else "Lost", ("Tea", "Cake", "Pots")[n % 3]) for n in range(300)]
    rows += [deal(1000 + n, "Won" if n % 10 == 0 else "Lost", "Cups") for n in range(100)]
    table = made(duckdb, rows)
    found = {r["part"]: r for r in duckdb.rows(table) if r["by"] == "product"}
    assert found["Cups"]["differs"] and found["Cups"]["p_adjusted"] < 0.001
    frame = table.to_pandas()
    assert "Fewest are won by product “Cups”: 10%." in how_they_stand(frame).en
    assert "商品「Cups」" in how_they_stand(frame).zh and len(win_rates(frame).to_dict()["layer"]) == 2


def test_none_and_none_decided_are_told_as_such(duckdb):
    nothing = made(duckdb, []).to_pandas()
    assert nothing.empty and how_they_stand(nothing).en == "No sales opportunities were imported."
    frame = made(duckdb, [deal(1, "Offer", value=None), deal(2, "Visit", opened=None)]).to_pandas()
    assert how_they_stand(frame).en.endswith("None is decided yet.")


def test_a_real_pipeline_is_won_as_often_as_counting_says(duckdb, shared_data: Path):
    path = shared_data / "crm_sales_opportunities" / "sales_pipeline.csv"
    with db.connect() as connection:
        pipeline = connection.read_csv(str(path)).to_arrow_table().to_pylist()
    rows = [
        {
            "opportunity_id": row["opportunity_id"], "stage": row["deal_stage"],
            "product_id": row["product"], "staff_id": row["sales_agent"], "opened": row["engage_date"],
            "closed": row["close_date"], "value": row["close_value"],
        }
        for row in pipeline
    ]  # fmt: skip
    found = {(r["by"], r["part"]): r for r in duckdb.rows(made(duckdb, rows, as_of=date(2017, 12, 31)))}
    whole = found["all", ""]
    assert (whole["won"], whole["lost"], whole["open"]) == (4238, 2473, 2089)
    assert whole["win_rate"] == pytest.approx(4238 / 6711)
    assert found["stage", "Engaging"]["open"] == 1589 and found["stage", "Prospecting"]["open"] == 500
    assert whole["won_value"] == 10_005_534 and whole["expected_value"] > 0
    print({part: round(r["win_rate"], 3) for (by, part), r in found.items() if by == "product"})
