"""Words and codes: what says nothing, what is a name, and what did a machine or Excel make of it?"""

import pytest

from shuke.collect.mapping import Reading
from shuke.collect.values import Home, blank, is_code, masked, plausible, read, spoilt_by_excel
from shuke.tables import Type

UNDECIDED = Reading()


def reading(kind: Type, how: Reading = UNDECIDED):
    return lambda text: read(text, kind, how, Home("Asia/Shanghai"))


BLANKS = [
    "",
    " ",
    "\u3000",
    "N/A",
    "n/a",
    "NA",
    "无",
    "-",
    "--",
    "——",
    "NULL",
    "None",
    "nan",
    "#N/A",
    "\\N",
    "(null)",
    None,
]


def test_what_says_nothing_is_blank_and_reads_as_nothing(column):
    assert column(BLANKS, blank) == [True] * len(BLANKS)
    for kind in (Type.TEXT, Type.MONEY, Type.DATE, Type.TIME, Type.INTEGER):
        assert column(BLANKS, reading(kind)) == [None] * len(BLANKS)


@pytest.mark.parametrize("text", ["无锡", "none of these", "NAN 100", "0", "-5", "a-", "Nullarbor"])
def test_a_marker_inside_other_words_is_no_marker(column, text):
    assert column([text], blank) == [False]


def test_na_may_be_a_name_and_no_may_be_an_answer(column):
    name, opt = Reading(("people.given_name",)), Reading(("marketing.email",))
    assert column(["Na", "N/A"], lambda t: blank(t, name)) == [False, True]
    assert column(["无", "N/A"], lambda t: blank(t, opt)) == [False, True]
    assert column(["有", "无", "Y", "n", "TRUE", "0", "maybe"], reading(Type.FLAG, opt)) == [
        True,
        False,
        True,
        False,
        True,
        False,
        None,
    ]


def test_words_for_gender_and_kind(column):
    gender, kind = Reading(("people.gender",)), Reading(("people.kind",))
    abroad = ["Frau", "Mme", "Señora", "Herr", "M.", "Sr."]
    assert column(abroad, reading(Type.TEXT, gender)) == ["female"] * 3 + ["male"] * 3
    assert column(["女士", "Mr.", "F", "其他", "火星"], reading(Type.TEXT, gender)) == [
        "female",
        "male",
        "female",
        "other",
        None,
    ]
    assert column(["保密", "unknown", "火星"], lambda t: blank(t, gender)) == [True, True, False]
    assert column(["企业", "Individual"], reading(Type.TEXT, kind)) == ["organisation", "person"]


def test_text_is_trimmed_and_free_of_control_characters_but_not_folded(column):
    name = Reading(("people.name",))
    assert column([" 张　三　", "a\r\nb\x00", "Ｏ'Neil"], reading(Type.TEXT, name)) == [
        "张　三",
        "a b",
        "Ｏ'Neil",
    ]


def test_a_number_that_a_machine_gave_loses_what_spreadsheets_add(column):
    order = Reading(("orders.order_no",))
    texts = ['="28390001"', "'28390001", "17850.0", "Ａ１０１", "C536365\t"]
    assert column(texts, reading(Type.TEXT, order)) == [
        "28390001",
        "28390001",
        "17850",
        "A101",
        "C536365",
    ]
    assert is_code("orders.order_no")
    assert not is_code("people.name")


def test_order_numbers_spoilt_by_excel_are_known(column):
    texts = ["6.2E+17", "6.20e+17", "2E+11", "####", "620000000000000001", "12E34", "E+12", "1.5", "17850"]
    assert column(texts, spoilt_by_excel) == [True] * 4 + [False] * 5


def test_impossible_phones_and_addresses_are_told_from_possible_ones(column):
    good = [
        "13812345678",
        "+86 138-1234-5678",
        "138****1234",
        "(020) 7946 0958",
        "010-88886666转8001",
        "+1 (555) 010-9999",
    ]
    bad = ["1234", "abc", "0000000000", "2024-03-05 10:22", "a@b.cn"]
    assert column(good, lambda t: plausible("phone", t)) == [True] * len(good)
    assert column(bad, lambda t: plausible("phone", t)) == [False] * len(bad)
    mails = ["a.b+c@mail.example.com", "李@例子.公司", "a@b", "a b@c.com", "a@b.c", "@b.com"]
    assert column(mails, lambda t: plausible("email", t)) == [True, True, False, False, False, False]


def test_what_is_struck_out_is_masked(column):
    texts = ["138****1234", "张**", "x***@mail.com", "13812345678", "Max", "****", "张*"]
    assert column(texts, masked) == [True, True, True, False, False, True, True]
