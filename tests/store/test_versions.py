"""Versions: a model is there whole or not at all, and somebody says which is in use."""

import json

import pytest

from shuke.errors import WrongCall
from shuke.store import disk
from shuke.store.versions import Versions


@pytest.fixture
def versions(tmp_path) -> Versions:
    return Versions(tmp_path / "models" / "identity", tmp_path / "aside")


def learn(versions: Versions, figure: int) -> int:
    with versions.making() as making:
        disk.write_json(making.version / "model.json", {"figure": figure})
        making.keep()
    return making.number


def test_what_is_shipped_is_in_use_until_somebody_says_otherwise(versions):
    assert (versions.numbers(), versions.current) == ([], 0)
    assert [learn(versions, 7), learn(versions, 8)] == [1, 2]
    assert (versions.numbers(), versions.current) == ([1, 2], 0)
    versions.use(2)
    assert versions.current == 2
    assert json.loads((versions.at(2) / "model.json").read_text()) == {"figure": 8}
    versions.use(0)
    assert versions.current == 0


@pytest.mark.parametrize("number", [3, -1, 10])
def test_a_version_that_is_not_there_is_named_with_those_that_are(versions, number):
    learn(versions, 7)
    versions.use(1)
    for look in (versions.at, versions.use):
        with pytest.raises(WrongCall, match=rf"There is no version {number}. There are: 0, 1\."):
            look(number)
    assert versions.current == 1


def test_nothing_is_seen_of_a_version_whose_making_fails_and_its_number_is_free(versions):
    def fails() -> None:
        with versions.making() as making:
            disk.write_json(making.version / "model.json", {})
            assert versions.numbers() == []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert (versions.numbers(), list(versions.work.glob("model*/"))) == ([], [])
    assert learn(versions, 7) == 1


def test_what_is_made_and_not_kept_is_none(versions):
    with versions.making() as making:
        disk.write_json(making.version / "model.json", {})
    assert versions.numbers() == []


def test_what_a_killed_process_left_is_swept_and_never_seen(versions):
    left = versions.work / "model" / "version"
    left.mkdir(parents=True)
    (left / "half.json").write_text("{")
    assert versions.numbers() == []
    learn(versions, 7)
    assert [path.name for path in versions.at(1).iterdir()] == ["model.json"]


def test_a_pointer_that_cannot_be_written_stays_what_it_was(versions, monkeypatch):
    learn(versions, 7)
    versions.use(1)

    def fails(*_: object) -> None:
        raise OSError("torn out")

    monkeypatch.setattr("os.replace", fails)
    with pytest.raises(OSError, match="torn out"):
        versions.use(0)
    assert versions.current == 1
