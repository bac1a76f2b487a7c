"""Is every small input that once went wrong right now, or asked about?"""

import pytest

from tests.cases import files, people, software  # noqa: F401 - they name the cases
from tests.cases.desk import ALL, CASES, outcome

NOTES = sorted(CASES.glob("*.expect.md")) if CASES.is_dir() else []


@pytest.mark.skipif(not CASES.is_dir(), reason="there are no cases beside this checkout")
@pytest.mark.parametrize("name", ALL)
def test_a_case_is_right_or_asked(name: str):
    told = outcome(name)
    assert not told.startswith("wrong"), told


@pytest.mark.parametrize("note", NOTES, ids=lambda path: path.name)
def test_every_case_has_its_check(note):
    words = "-".join(note.name.split("-")[:2])
    assert any(name.startswith(words) for name in ALL)
