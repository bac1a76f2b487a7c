"""Is each kind of dirt there at its rate, and gone at nought?"""

import re
from collections import Counter

from shuke import demo
from tests.demo.exports import members, rows, truth

TRADITIONAL = set(
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蔣葉蘇呂盧鍾譚陸韋賈鄒閻龍賀顧龔萬錢湯歐偉強軍濤剛輝鵬華飛凱國澤東陽慶榮靜麗紅穎潔夢瑤曉詩雲蘭鳳瑩"
)


def _sheet(company: demo.Company) -> list[list[str]]:
    return [row for row in members(company) if row[0].isdigit()]


def _people(company: demo.Company) -> dict[str, dict[str, object]]:
    people = {person["person"]: person for person in truth(company, "people")}
    return {r["record"]: people[r["person"]] for r in truth(company, "records") if r["source"] == "members"}


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def test_titles_and_totals_frame_the_members(company, clean):
    assert (members(company)[0][0], members(company)[-1][0]) == ("熟客示范百货 会员名册", "合计")
    assert members(clean)[0][0] == "会员卡号"
    assert members(clean)[-1][0].isdigit()


def test_some_people_have_two_cards(company, clean):
    def twice(one: demo.Company) -> float:
        cards = Counter(person["person"] for person in _people(one).values())
        return _share([count > 1 for count in cards.values()])

    assert 0.03 < twice(company) < 0.08
    assert twice(clean) == 0


def test_some_names_are_in_traditional_script_or_pinyin(company, clean):
    def share(one: demo.Company) -> tuple[float, float]:
        chinese = {
            row[0]: row[1]
            for row in _sheet(one)
            if _people(one)[row[0]]["name"] != _people(one)[row[0]]["pinyin"]
        }
        return (
            _share([bool(TRADITIONAL & set(name)) for name in chinese.values()]),
            _share([name.isascii() for name in chinese.values()]),
        )

    traditional, pinyin = share(company)
    assert 0.02 < traditional < 0.06
    assert 0.03 < pinyin < 0.07
    assert share(clean) == (0, 0)


def test_some_names_and_phones_have_a_slip(company, clean):
    def slips(one: demo.Company) -> float:
        people, hits = _people(one), []
        for row in _sheet(one):
            digits = re.sub(r"\D", "", row[3]).removeprefix("86")
            if digits and not digits.startswith("400820"):
                hits.append(digits != re.sub(r"\D", "", str(people[row[0]]["phone"])))
        return _share(hits)

    assert 0.01 < slips(company) < 0.035
    assert slips(clean) == 0


def test_some_cells_are_empty(company, clean):
    assert 0.05 < _share([not row[6] for row in _sheet(company)]) < 0.11
    assert all(all(row) for row in _sheet(clean))


def test_some_who_moved_gave_the_old_address(company, clean):
    def old(one: demo.Company) -> float:
        people = _people(one)
        return _share([bool(row[6]) and row[6] != people[row[0]]["address"]["zh"] for row in _sheet(one)])  # type: ignore[index]

    assert 0.05 < old(company) < 0.11
    assert old(clean) == 0


def test_some_share_the_telephone_of_their_household(company, clean):
    def shared(one: demo.Company) -> float:
        phones = [person["phone"] for person in truth(one, "people")]
        return 1 - len(set(phones)) / len(phones)

    assert 0.025 < shared(company) < 0.055
    assert shared(clean) == 0


def test_some_cards_carry_the_telephone_of_the_shop(tmp_path, clean):
    busy = demo.make(tmp_path, customers=300, dirt=demo.Dirt(switchboards=0.2))
    assert 0.12 < _share([row[3].startswith("400-") for row in _sheet(busy)]) < 0.28
    assert not any(row[3].startswith("400-") for row in _sheet(clean))


def test_some_dates_cannot_be(company, clean):
    cells = {(cell["file"], cell["kind"]): cell["cells"] for cell in truth(company, "cells")}
    births = Counter(row[4] for row in _sheet(company))
    impossible = sum(count for birth, count in births.items() if birth.endswith("-02-30"))
    assert impossible == cells["members.xlsx", "impossible date"] > 0
    assert births["1900-01-01"] == cells["members.xlsx", "placeholder date"] > 0
    assert 0.003 < (impossible + births["1900-01-01"]) / len(_sheet(company)) < 0.02
    submitted = [row["Submitted"] for row in rows(company, "survey.csv")]
    assert cells["survey.csv", "impossible date"] == sum(day.endswith("-02-30") for day in submitted) > 0
    assert truth(clean, "cells") == []


def test_some_telephones_are_masked(company, clean):
    def masked(one: demo.Company) -> float:
        encoding = "utf-8" if one is clean else "gb18030"
        phones = {
            row["买家会员名"]: row["联系手机"] for row in rows(one, "taobao_orders.csv", encoding=encoding)
        }
        return _share(["****" in phone for phone in phones.values()])

    assert 0.19 < masked(company) < 0.31
    assert masked(clean) == 0


def test_some_things_come_back_with_and_without_the_receipt(company, clean):
    back = [
        row for name in ("till_1.csv", "till_2.csv") for row in rows(company, name) if int(row["Qty"]) < 0
    ]
    sold = {row["Receipt No"] for name in ("till_1.csv", "till_2.csv") for row in rows(company, name)}
    receipts = Counter(bool(row["Original Receipt"]) for row in back)
    assert 0.5 < receipts[True] / receipts.total() < 0.9
    assert {row["Original Receipt"] for row in back} - {""} <= sold
    assert 0.03 < len({row["Receipt No"] for row in back}) / len(sold) < 0.06
    assert not any(total["returned_lines"] for total in truth(clean, "totals"))


def test_some_members_forget_their_card(company, clean):
    def forgotten(one: demo.Company) -> float:
        members_ = {person["person"] for person in truth(one, "people") if person["cards"]}
        till = [o for o in truth(one, "orders") if o["source"] == "till" and o["person"] in members_]
        return _share([bool(order["anonymous"]) for order in till])

    assert 0.16 < forgotten(company) < 0.24
    assert forgotten(clean) == 0


def test_the_two_exports_of_the_till_overlap_and_differ_in_their_columns(company, clean):
    def receipts(one: demo.Company, name: str) -> set[str]:
        return {row["Receipt No"] for row in rows(one, name)}

    older, newer = receipts(company, "till_1.csv"), receipts(company, "till_2.csv")
    assert 0.02 < len(older & newer) / len(older | newer) < 0.09
    assert not receipts(clean, "till_1.csv") & receipts(clean, "till_2.csv")
    columns = [list(rows(company, name)[0]) for name in ("till_1.csv", "till_2.csv")]
    assert set(columns[1]) - set(columns[0]) == {"Cashier"}
    assert columns[0] != [column for column in columns[1] if column != "Cashier"]


def test_old_systems_write_old_encodings(company, clean):
    def raw(one: demo.Company, name: str) -> bytes:
        return next(file.path for file in one.files if file.path.name == name).read_bytes()

    assert raw(company, "taobao_orders.csv").startswith("订单编号".encode("gbk"))
    assert raw(company, "partner_list.csv").startswith((b"\xff\xfe", b"\xfe\xff"))
    assert raw(clean, "taobao_orders.csv").startswith("订单编号".encode())
    assert raw(clean, "partner_list.csv").startswith("序号".encode())
