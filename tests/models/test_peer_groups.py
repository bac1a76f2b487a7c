from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from shuke.models.peer_groups import PeerGroups, crowds, described

AS_OF = date(2026, 6, 30)


def made(tastes: dict[tuple[str, str], dict[str, int]]) -> PeerGroups:
    """How often customers of each gender and region bought which product this month."""
    rows = [
        {"customer_id": f"{gender}{region}{n}", "gender": gender, "region": region, "product_id": item}
        for (gender, region), counts in tastes.items()
        for item, times in counts.items()
        for n in range(times)
    ]
    frame = pd.DataFrame(rows).assign(kind="person", city="", birth_from=None, last=date(2026, 6, 20))
    kinds = {"birth_from": "date", "last": "date"}
    sales = ibis.memtable(frame, schema={name: kinds.get(name, "string") for name in frame})
    everybody = frame.groupby("product_id", as_index=False).agg(weight=("last", "count"))
    everybody = everybody.assign(weight=0.05 * everybody.weight / everybody.weight.max())
    people = described(sales.drop("product_id", "last").distinct(), as_of=AS_OF)
    return crowds(sales.select("customer_id", "product_id", "last"), people, everybody, as_of=AS_OF)


def favourite(found: PeerGroups, gender: str, region: str) -> tuple[str, str]:
    person = {"kind": "person", "gender": gender, "decade": -1, "place": region}
    number = found.numbers(pd.DataFrame([person]))[0]
    return found.products[found.weights[number].argmax()], found.reasons[number].en


def test_crowds_that_buy_alike_are_one():
    found = made({(g, r): {"tea": 40, "salt": 20} for g in ("male", "female") for r in ("An", "Bei")})
    assert len(found.weights) == 1
    assert favourite(found, "male", "An") == ("tea", "Popular with all customers")


def test_what_parts_people_tells_them_apart_and_the_first_weighs_as_much_in_each():
    found = made({
        ("male", "An"): {"beard oil": 60, "tea": 40}, ("female", "An"): {"lipstick": 60, "tea": 40},
        ("male", "Bei"): {"beard oil": 60, "tea": 40}, ("female", "Bei"): {"lipstick": 60, "tea": 40},
    })  # fmt: skip
    assert favourite(found, "male", "Bei") == ("beard oil", "Popular with people like you")
    assert favourite(found, "female", "An")[0] == "lipstick"
    assert favourite(found, "", "An")[0] == "tea"
    assert found.weights.max(axis=1) == pytest.approx([0.05] * len(found.weights))


def test_the_few_of_a_place_get_what_is_popular_everywhere():
    found = made({("", "An"): {"tea": 60}, ("", "Bei"): {"salt": 50}, ("", "Cang"): {"salt": 5}})
    assert favourite(found, "", "Bei") == ("salt", "Popular in Bei")
    assert favourite(found, "", "Cang") == ("tea", "Popular with all customers")


def test_a_small_crowd_is_nearer_to_all_than_a_large_one_that_buys_alike():
    found = made({
        ("", "An"): {"tea": 900, "salt": 100}, ("", "Bei"): {"tea": 10, "salt": 90},
        ("", "Cang"): {"tea": 100, "salt": 900},
    })  # fmt: skip
    share = found.weights / found.weights.sum(axis=1)[:, None]
    [salt] = np.flatnonzero(found.products == "salt")
    bei, cang = (
        share[found.numbers(pd.DataFrame([{"kind": "person", "gender": "", "decade": -1, "place": p}]))[0]]
        for p in ("Bei", "Cang")
    )
    assert share[0][salt] < bei[salt] < cang[salt] < 0.9
