"""Which of those who begin a build at once has begun it, and what do all see of it?"""

from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from shuke import app
from shuke.access import audit
from shuke.builds import pipeline
from shuke.views.viewer import at_home
from shuke.web.background_build import BackgroundBuild
from tests import shop
from tests.at_once import ACTORS, at_once


def test_of_sixteen_who_begin_a_build_at_once_one_does_and_the_others_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    begun, ends = [], Event()

    def build(*_: object, **__: object) -> None:
        begun.append(1)
        ends.wait(60)

    monkeypatch.setattr(pipeline, "build", build)
    work, project = BackgroundBuild(), app.init(tmp_path / "shop", shop.SETTINGS)
    viewer = at_home("tests", "api", now=datetime.now(UTC))
    told = at_once(lambda _: work.start(project, viewer=viewer))
    assert (told.count(True), told.count(False), work.state) == (1, ACTORS - 1, "building")
    assert [entry.event.verb for entry in audit.read(project.operations)].count("started_build") == 1
    ends.set()
    assert work._thread
    work._thread.join(60)
    assert (begun, work.state) == ([1], "idle")
