"""What is kept of what was asked for lately?"""

import pytest

from shuke.recent import Recent


def test_what_is_kept_is_not_made_again():
    recent = Recent(2)
    assert recent.cached("a", lambda: 1) == recent.cached("a", lambda: pytest.fail("made again")) == 1


def test_what_was_asked_for_longest_ago_goes():
    recent = Recent(2)
    for key in ("a", "b", "a", "c"):
        recent.cached(key, str)
    assert [recent.cached(key, lambda: "made again") for key in ("a", "c", "b")] == ["", "", "made again"]


def test_what_cannot_be_made_is_not_kept():
    recent = Recent(2)
    with pytest.raises(ZeroDivisionError):
        recent.cached("a", lambda: 1 // 0)
    assert recent.cached("a", lambda: 1) == 1
