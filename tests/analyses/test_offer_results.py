from datetime import date
from decimal import Decimal

from shuke.analyses.offer_results import offer_results, redeemed_shares, what_was_redeemed
from tests.engine_fixtures import Row, Tables, close


def results(desk: Tables, coupons: list[Row]):
    offers: list[Row] = [{"offer_id": "1", "offer_name": "Ten off", "offer_kind": "value"}]
    return desk.made(
        offer_results, desk.landed("offers", offers), desk.landed("coupons", coupons),
        as_of=date(2026, 5, 31),
    )  # fmt: skip


def coupon(person: int | None, redeemed: str | None = None, **further) -> Row:
    return {"offer_id": "1", "record_id": person and f"till:{person}", "issued": "2026-05-01",
            "redeemed_at": redeemed, "value": redeemed and 10, **further}  # fmt: skip


def test_an_offer_tells_how_many_of_its_coupons_were_redeemed(engine):
    coupons = [
        coupon(1, "2026-05-03"), coupon(1), coupon(2, "2026-06-02"), coupon(None),
        coupon(3, issued="2026-06-01"), coupon(4, offer_id=None),
    ]  # fmt: skip
    (row,) = engine.rows(results(engine, coupons))
    assert (row["issued"], row["redeemed"], row["spared"], row["customers"]) == (4, 1, Decimal(10), 2)
    assert close(row["rate"], 0.25)
    assert abs(row["low"] - 0.0456) < 1e-4 and abs(row["high"] - 0.6994) < 1e-4  # Wilson's, of 1 in 4


def test_the_sentence_counts_them_all(duckdb):
    frame = results(duckdb, [coupon(1, "2026-05-03"), coupon(2)]).to_pandas()
    told = what_was_redeemed(frame, currency="EUR")
    assert told.en == "Of 2 coupons 1 were redeemed (50.0%); they spared customers €10."
    assert redeemed_shares(frame).to_dict()["layer"]
    assert what_was_redeemed(frame.head(0)).en == "No coupon was given out."
