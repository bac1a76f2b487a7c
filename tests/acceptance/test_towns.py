"""Do strangers stay strangers in a small dense company, and is the same person found everywhere?"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from shuke.collect.delivery import deliver
from tests.cases.desk import NOW, Desk
from tests.towns import town
from tests.towns.grading import Grade, graded

CURRENCIES = {"CN": "CNY", "GB": "GBP"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("many", "seed"), [(200, 71), (2_000, 72), (20_000, 73)])
def test_of_a_dense_town_hardly_two_people_are_joined_and_most_records_of_one_are(
    tmp_path: Path, language: str, many: int, seed: int
):
    truth = town.write(tmp_path, language, many, seed)
    found = _grade(tmp_path, language, truth, ("till", "web", "cards"))
    print(f"{language} {many}: precision {found.precision:.4f}, recall {found.recall:.4f}")
    assert found.precision >= 0.995
    assert found.recall >= 0.90


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_of_names_and_birth_dates_alone_is_enough(tmp_path: Path, language: str):
    truth = town.register(tmp_path / "list.csv", language, 9_000, 1_000, seed=74)
    found = _grade(tmp_path, language, truth, ("list",))
    print(f"{language} names and birth dates: {found}, F1 {found.f1:.4f}")
    assert found.f1 >= 0.93


def _grade(folder: Path, language: str, truth: dict[str, int], sources: Iterable[str]) -> Grade:
    country = "CN" if language == "zh" else "GB"
    desk = Desk(folder)
    desk.at(country, CURRENCIES[country])
    for source in sources:
        deliver(desk.project, source, [folder / f"{source}.csv"], now=NOW)
    whose = {row["record"]: row["customer_id"] for row in desk.table("identities")}
    return graded(whose, truth)
