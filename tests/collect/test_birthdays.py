"""Birthdays: a day without a year is kept as such, beside the birth dates of its column."""

from datetime import date

from shuke.collect.values import month_day

SAID = ["03月15日", "3月15号", "3-15", "03/15", "15/03", "15.03.", "15 March", "15th of March", "Mar 15",
        "March 15th", "--03-15", "--0315", "０３－１５"]  # fmt: skip


def test_a_day_without_a_year_is_read_as_people_write_it(column):
    assert column(SAID, lambda t: month_day(t, None)) == ["03-15"] * len(SAID)
    others = ["29 Feb", "02-30", "13/13", "2024-03-15", "Mar 85", "315", ""]
    assert column(others, lambda t: month_day(t, None)) == ["02-29", *[None] * 6]


def test_which_number_is_the_month_is_the_columns_or_the_signs(column):
    texts = ["03/05", "03-05", "03.05."]
    assert column(texts, lambda t: month_day(t, None)) == [None, "03-05", "05-03"]
    assert column(texts, lambda t: month_day(t, "dmy")) == ["05-03"] * 3
    assert column(texts, lambda t: month_day(t, "mdy")) == ["03-05"] * 3


def taken(desk, *cells: str):
    rows = [(f"C{n}", "Ada Rossi", cell) for n, cell in enumerate(cells)]
    receipt = desk.take("crm", desk.write("crm.csv", ("customer id", "name", "birthday"), *rows))
    found = desk.now("people", "record_id", "birth_date", "birth_month_day")
    return len(receipt.refused), [row[1:] for row in sorted(found)]


def test_days_with_and_without_a_year_share_a_column(desk):
    assert taken(desk, "1990-03-15", "03月15日", "") == (
        0, [(date(1990, 3, 15), None), (None, "03-15"), (None, None)],
    )  # fmt: skip


def test_a_column_may_hold_days_without_a_year_alone_and_one_decides_for_all(desk):
    assert taken(desk, "03/05", "25/12") == (0, [(None, "05-03"), (None, "12-25")])


def test_what_is_neither_is_put_aside(desk):
    assert taken(desk, "3-15", "4-16", "spring")[0] == 1
