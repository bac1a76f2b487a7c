"""Months: what says a month or a day without its year is given one by the file, or is asked for it."""

import pytest

from shuke.collect import layouts
from shuke.collect.preview import preview

SALES = (["Jan", "North", "9.50"], ["Feb", "North", "8.00"], ["Mar", "South", "7.25"])


def looked_at(desk, path):
    [one] = preview(desk.project, "months", [path], today=desk.moment.date())
    return one


def seen(desk, name, columns, *rows):
    return looked_at(desk, desk.write(name, columns, *rows))


def told(one, column="date"):
    return [row[column] for row in one.rows.to_pylist()]


@pytest.mark.parametrize(
    ("name", "columns", "rows", "dates"),
    [
        ("Sales 2024.csv", ["Month", "Store", "Sales"], SALES, ["2024-01-01", "2024-02-01", "2024-03-01"]),
        ("2024年销售.csv", ["月份", "门店", "销售额"], [["1月", "北", 9], ["十二月", "北", 8]],
         ["2024-01-01", "2024-12-01"]),
        ("sales.csv", ["Year", "Month", "Store", "Sales"], [[2023, 12, "N", 9], [2024, 1, "N", 8]],
         ["2023-12-01", "2024-01-01"]),
        ("verkauf.csv", ["Monat", "Filiale", "Umsatz"], [["März 2024", "N", 9], ["Mai 2024", "N", 8]],
         ["2024-03-01", "2024-05-01"]),
        ("ventas 2024.csv", ["Mes", "Tienda", "Ventas"], [["enero", "N", 9], ["diciembre", "N", 8]],
         ["2024-01-01", "2024-12-01"]),
    ],
)  # fmt: skip
def test_a_month_is_its_first_day_of_the_year_that_the_file_says(desk, name, columns, rows, dates):
    one = seen(desk, name, columns, *rows)
    assert told(one) == dates
    assert not one.found.asked
    assert any("year" in str(note) for note in one.sheet.notes) is (columns[0] != "Monat")


def test_without_a_year_it_is_asked_and_never_given(desk):
    path = desk.write("sales.csv", ["Month", "Store", "Sales"], *SALES)
    one = looked_at(desk, path)
    [ambiguity] = one.found.asked
    assert [c.described.shape.dated and c.described.shape.dated.year for c in ambiguity.choices] == [
        2026,
        2025,
        2024,
        None,
    ]
    layouts.reshape(desk.project, "months", ambiguity.choices[1])
    one = looked_at(desk, path)
    assert told(one) == ["2025-01-01", "2025-02-01", "2025-03-01"]


def test_what_was_answered_of_one_file_holds_for_no_file_that_says_another_year(desk):
    first = desk.write("sales.csv", ["Store", "Jan", "Feb", "Mar"], ["North", "1.50", 2, 3])
    one = looked_at(desk, first)
    layouts.reshape(desk.project, "months", one.found.asked[0].choices[0])
    assert told(looked_at(desk, first))[0] == "2026-01-01"
    other = seen(desk, "sales 2027.csv", ["Store", "Jan", "Feb", "Mar"], ["North", "1.50", 2, 3])
    assert told(other)[0] == "2027-01-01"


def test_months_go_on_into_the_next_year(desk):
    columns = ["Store", "Nov", "Dec", "Jan"]
    path = desk.write("sales 2024.csv", columns, ["North", "1.50", 2, 3])
    one = looked_at(desk, path)
    [ambiguity] = one.found.asked  # of which year is the first of them?
    layouts.reshape(desk.project, "months", ambiguity.choices[2])
    assert told(looked_at(desk, path)) == ["2024-11-01", "2024-12-01", "2025-01-01"]


def test_a_year_for_each_row_is_that_of_its_months(desk):
    one = seen(desk, "sales.csv", ["Year", "Jan", "Feb", "Mar"], [2023, "1.50", 2, 3], [2024, 4, 5, 6])
    assert told(one)[2:4] == ["2023-03-01", "2024-01-01"]


@pytest.mark.parametrize("said", ["3月5日", "5 Mar", "5. März", "5 de marzo"])
def test_a_day_without_a_year_is_asked_for_it(desk, said):
    one = seen(
        desk, "sent.csv", ["Date", "Product", "Qty", "Amount"], [said, "Tea", 1, "9.50"], [said, "Cup", 1, 8]
    )
    assert one.found.asked
    one = seen(desk, "sent 2024.csv", ["Date", "Product", "Qty", "Price"], [said, "Tea", 1, "9.50"])
    assert told(one, "Date") == ["2024-03-05"]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        pytest.param(["Order", "Date", "Month", "Item"], [1, "2024-01-03", "Jan", "Tea"], id="a day"),
        pytest.param(["Name", "Birthday", "E-mail"], ["Ann", "5 Mar", "a@example.org"], id="a birthday"),
        pytest.param(["Name", "Months", "E-mail"], ["Ann", "12", "a@example.org"], id="how many months"),
    ],
)  # fmt: skip
def test_other_columns_stay_as_they_are(desk, columns, row):
    assert seen(desk, "a.csv", columns, row, row).found.described.shape.dated is None
