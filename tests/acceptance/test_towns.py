"""Do strangers stay strangers in a small dense company, and is the same person found everywhere?"""

from pathlib import Path

import pytest

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
