from shuke.analyses.price_fairness import how_fair, price_fairness, shares_offered
from shuke.analyses.rfm import rfm
from tests.engine_fixtures import Row, Tables

COLUMNS = ("offer_id", "tier", "treatment", "customers", "offered")
OFFERS: list[Row] = [
    {"offer_id": "1", "offer_name": "Ten off", "reason": "regulars", "is_automated": False},
    {"offer_id": "2", "offer_name": "Five off", "reason": None, "is_automated": True},
]


def fairness(desk: Tables, coupons: list[Row], offers: list[Row]):
    tiers = [{"customer_id": f"c{n}", "tier": "loyal" if n < 3 else "new"} for n in range(5)]
    given = [{"source": "shuke", **coupon} for coupon in coupons]
    return desk.made(
        price_fairness, desk.landed("offers", offers), desk.landed("coupons", given),
        desk.identities(**{f"c{n}": f"till:{n}" for n in range(5)}), desk.derived(rfm, tiers),
    )  # fmt: skip


def test_who_is_alike_is_treated_alike_or_with_a_reason(engine):
    coupons: list[Row] = [
        *({"offer_id": "1", "record_id": f"till:{n}"} for n in (0, 0, 1, 3, 4)),
        *({"offer_id": "2", "record_id": f"till:{n}"} for n in (0, 3)),
        {"offer_id": None, "record_id": "till:2"},
    ]
    found = engine.rows(fairness(engine, coupons, OFFERS))
    assert [tuple(row[c] for c in COLUMNS) for row in found] == [
        ("1", "loyal", "reasoned", 3, 2), ("1", "new", "alike", 2, 2),
        ("2", "loyal", "unreasoned", 3, 1), ("2", "new", "unreasoned", 2, 1),
    ]  # fmt: skip


def test_the_sentence_names_how_many_need_a_reason(duckdb):
    one: list[Row] = [{"offer_id": "2", "record_id": "till:0"}]
    frame = fairness(duckdb, one, OFFERS).to_pandas()
    assert how_fair(frame).en.startswith("1 of 1 offers give customers of one tier unlike terms")
    assert shares_offered(frame).to_dict()["mark"]
    fair = fairness(duckdb, [{"offer_id": "1", "record_id": "till:0"}], OFFERS).to_pandas()
    assert how_fair(fair).en.startswith("Of 1 offers none")
    assert how_fair(frame.head(0)).en == "No offer was given to single customers."
