"""Can every mutation still be made, and does each room have one?"""

from collections import Counter
from pathlib import Path

import pytest

from scripts.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).parents[2]

#: Where a slip is dearest.
ROOMS = {
    "engine", "store", "collect", "text", "identity", "graph", "builds", "dealings", "analyses", "models",
    "alerts", "access", "views", "api", "console",
}  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_what_is_broken_stands_there_once_and_its_tests_exist(mutation: Mutation):
    whole = (ROOT / "src" / "shuke" / mutation.file).read_text("utf-8")
    assert whole.count(mutation.old) == 1
    compile(whole.replace(mutation.old, mutation.new), mutation.file, "exec")
    assert mutation.new != mutation.old and mutation.tests
    assert all((ROOT / test.partition("::")[0]).exists() for test in mutation.tests)


def test_every_room_has_one():
    broken = Counter(mutation.file.partition("/")[0] for mutation in MUTATIONS)
    assert set(broken) >= ROOMS
    assert broken.total() >= 20
