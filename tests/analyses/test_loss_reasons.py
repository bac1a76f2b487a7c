from datetime import date
from typing import Any

from shuke.analyses.complaints import complaints
from shuke.analyses.departures import departures
from shuke.analyses.loss_reasons import CAUSES, causes, loss_reasons, why
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables, close

TODAY = date(2026, 6, 30)
NAMES = ("anna", "bert", "cleo", "dora", "emil", "fred", "gina", "hans", "iris")


def lost(who: str) -> Row:
    """Somebody who last bought on New Year's Day, and was given up in May."""
    return {
        "customer_id": who, "first_day": "2025-01-01", "last_day": "2026-01-01", "lost_on": "2026-05-01",
        "lost": True, "spent": 10,
    }  # fmt: skip


def table(
    desk: Tables, people: list[Row], *, bought: Any = (), talk: Any = (), told: Any = (), open_: Any = (),
    **asked: Any,
) -> Any:  # fmt: skip
    return desk.made(
        loss_reasons,
        desk.derived(departures, people),
        desk.derived(complaints, list(open_)),
        written(desk, list(bought)),
        desk.landed("interactions", [{"interaction_id": f"{n}", **row} for n, row in enumerate(talk)]),
        desk.landed("responses", [{"question": "q", **row} for row in told]),
        desk.identities(**{name: name.upper() for name in NAMES}),
        as_of=TODAY, zone="Asia/Shanghai", **asked,
    )  # fmt: skip


def said(who: str, text: str, moment: str = "2025-12-01T03:00", **further: Any) -> Row:
    return {"record_id": who.upper(), "text": text, "at": moment, **further}


def waits(who: str, day: str, waiting: bool = True) -> Row:
    return {"complaint_id": f"{who}{day}", "customer_id": who, "day": day, "waiting": waiting}


def test_what_was_said_and_done_before_leaving_names_the_reason(engine):
    found = table(
        engine,
        [*map(lost, NAMES), {**lost("iris"), "customer_id": "stays", "lost": False, "lost_on": None}],
        open_=[waits("anna", "2025-12-01"), waits("bert", "2025-12-01", waiting=False),
               waits("cleo", "2025-06-01")],
        talk=[said("anna", "太贵了"), said("dora", "cheaper ELSEWHERE"), said("emil", "快递晚了三天"),
              said("fred", "too expensive", "2025-06-01T03:00"),
              said("gina", "too expensive", "2026-05-03T03:00")],
        told=[{"record_id": "HANS", "at": "2025-12-01T03:00", "score": 4, "answer": "质量差"},
              {"record_id": "IRIS", "at": "2025-12-01T03:00", "score": 10, "answer": "新品多，质量好"}],
    )  # fmt: skip
    rows = {row["customer_id"]: row for row in engine.rows(found)}
    assert {who: row["cause"] for who, row in rows.items()} == {
        "anna": "complaints_unanswered", "bert": "unknown", "cleo": "unknown", "dora": "competitor",
        "emil": "service", "fred": "unknown", "gina": "unknown", "hans": "quality", "iris": "unknown",
    }  # fmt: skip
    # a complaint (3) beside a word of price (2) and the doubt (1); a competitor (3) beside price (2)
    assert close(rows["anna"]["sure"], 3 / 6) and (rows["anna"]["signs"], rows["anna"]["said"]) == (2, 1)
    assert close(rows["dora"]["sure"], 3 / 6) and close(rows["hans"]["sure"], 2 / 3)
    assert rows["bert"]["sure"] == 0


def test_what_was_bought_is_a_weak_sign(duckdb):
    bought = [
        sold("anna", "2025-12-01", 60, product_id="old"), sold("anna", "2025-12-01", 40, product_id="new"),
        sold("bert", "2025-12-01", 40, product_id="old"), sold("bert", "2025-12-01", 60, product_id="new"),
        sold("stays", "2026-06-01", 5, product_id="new"),
        *(sold("cleo", f"2025-1{n}-01", 10, product_id="new", discount=n % 2) for n in (0, 1, 2)),
        *(sold("dora", f"2025-1{n}-01", 10, product_id="new", discount=1) for n in (0, 1)),
        *(sold("emil", f"2025-1{n}-01", 10, product_id="new", discount=n) for n in (0, 1, 2)),
    ]  # fmt: skip
    found = table(duckdb, [lost(who) for who in ("anna", "bert", "cleo", "dora", "emil")], bought=bought)
    assert {row["customer_id"]: (row["cause"], row["sure"]) for row in duckdb.rows(found)} == {
        "anna": ("out_of_range", 0.5), "bert": ("unknown", 0), "cleo": ("unknown", 0),
        "dora": ("unknown", 0), "emil": ("price", 0.5),
    }  # fmt: skip


def test_a_company_may_give_words_and_days_of_its_own(duckdb):
    talk = [said("anna", "the parking lot"), said("bert", "too expensive", "2025-06-01T03:00")]
    people = [lost("anna"), lost("bert")]
    found = table(duckdb, people, talk=talk, service=("parking",), days_before=365)
    assert {row["customer_id"]: row["cause"] for row in duckdb.rows(found)} == {
        "anna": "service", "bert": "price",
    }  # fmt: skip


def test_the_sentence_names_the_most_frequent_reason(duckdb):
    people = [lost(who) for who in NAMES[:4]]
    found = table(duckdb, people, talk=[said("anna", "贵"), said("bert", "price"), said("cleo", "rude")])
    assert why(found).en == (
        "There is a sign why for 3 of 4 lost customers (75%), most often: price (2, 67% sure)."
    )
    assert "「价格」" in why(found).zh
    assert causes(found).to_dict()["mark"]["type"] == "bar"
    assert why(table(duckdb, people)).en == "Of none of the 4 lost customers is there a sign why."
    none = table(duckdb, [])
    assert duckdb.rows(none) == [] and why(none).en == "Nobody is lost."


def test_every_reason_has_words_for_it():
    assert all(text.en and text.zh for text in CAUSES.values())
