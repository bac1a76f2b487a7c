"""Do strangers stay strangers in a small dense company, and is the same person found everywhere?"""

import csv
from pathlib import Path

import pytest

from shuke.collect.ingestion import ingest
from tests.cases.desk import NOW, Desk
from tests.towns import town
from tests.towns.trial import of_register, of_town


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("many", "seed"), [(200, 71), (200, 504), (2_000, 72)])
def test_of_a_dense_town_hardly_two_people_are_joined_and_most_records_of_one_are(
    tmp_path: Path, language: str, many: int, seed: int
):
    found = of_town(tmp_path, language, many, seed)
    print(f"{language} {many}: {found}")
    assert found.precision >= 0.995
    assert found.recall >= 0.92


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_of_names_and_birth_dates_alone_is_enough(tmp_path: Path, language: str):
    found = of_register(tmp_path, language, seed=74)
    print(f"{language} names and birth dates: {found}, F1 {found.f1:.4f}")
    assert found.f1 >= 0.93


@pytest.mark.parametrize("between", ["-", ""])
def test_births_of_two_centuries_ago_tell_as_much_as_those_of_today(tmp_path: Path, between: str):
    """The same list with every birth date moved back, with and without signs in it."""

    def customers(folder: str, years: int) -> set[frozenset[str]]:
        desk = Desk(tmp_path / folder)
        desk.root.mkdir()
        town.register(desk.root / "drawn.csv", "en", 450, 50, seed=75)
        path = desk.root / "list.csv"
        with (desk.root / "drawn.csv").open(encoding="utf-8") as drawn, path.open("w", newline="") as file:
            (header, *rows) = csv.reader(drawn)
            moved = [
                [n, name, f"{int(day[:4]) - years}{day[4:]}".replace("-", between)] for n, name, day in rows
            ]
            csv.writer(file).writerows([header, *moved])
        ingest(desk.project, "list", [path], now=NOW)
        found: dict[str, set[str]] = {}
        for record, customer in desk.groups().items():
            found.setdefault(customer, set()).add(record)
        return {frozenset(records) for records in found.values()}

    now = customers("now", 0)
    assert len(now) < 480
    assert customers("then", 200) == now
