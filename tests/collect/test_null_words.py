"""Namesakes: a word for nothing is kept where the rest of its column says that it names something."""

import pytest

HEADERS = ("customer id", "surname", "city", "province", "country", "age")
NAMES = {"surname": "family_name", "city": "city", "province": "region", "country": "country"}


def told(desk, column: str, *cells: str, ages: tuple[str, ...] = ()) -> list[str | None]:
    rows = []
    for n, cell in enumerate(cells):
        said = {"customer id": str(n), "age": (ages or ("30",) * len(cells))[n], column: cell}
        rows.append([said.get(header, "") for header in HEADERS])
    desk.take("crm", desk.write("crm.csv", HEADERS, *rows))
    return [value for _, value in sorted(desk.now("people", "record_id", NAMES[column]))]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("country", ["IT", "NA", "NA", "FR"]),
        ("province", ["TO", "NA", "Nan", "BN"]),
        ("province", ["Phrae", "Nan", "Phayao"]),
        ("city", ["Torino", "None", "Asti"]),
        ("surname", ["ROSSI", "NULL", "NA", "NONE"]),
        ("surname", ["Rossi", "Null", "Nil", "Na"]),
    ],
)
def test_a_word_that_looks_like_the_rest_of_its_column_is_a_name(desk, column, cells):
    assert told(desk, column, *cells) == cells


@pytest.mark.parametrize(
    ("column", "cells", "kept"),
    [
        ("country", ["Italy", "NA", "France"], ["Italy", None, "France"]),
        ("province", ["TO", "None", "nan", "NaN"], ["TO", None, None, None]),
        ("city", ["Torino", "NULL", "null", "none"], ["Torino", None, None, None]),
        ("city", ["Torino", "None", "None", "Asti"], ["Torino", None, None, "Asti"]),
        ("city", ["北京", "None", "Nan"], ["北京", None, None]),
        ("city", ["None", "None"], [None, None]),
    ],
)
def test_a_word_that_looks_otherwise_or_stands_too_often_is_none(desk, column, cells, kept):
    assert told(desk, column, *cells) == kept


def test_what_a_file_writes_for_a_number_that_it_lacks_is_no_name_in_it(desk):
    assert told(desk, "city", "Torino", "None", ages=("None", "30")) == ["Torino", None]
    # as R writes it
    assert told(desk, "country", "IT", "NA", ages=("NA", "30")) == ["IT", None]


def test_where_an_empty_cell_says_nothing_a_code_is_a_code(desk):
    assert told(desk, "country", "IT", "NA", "", ages=("NA", "30", "30")) == ["IT", "NA", None]
