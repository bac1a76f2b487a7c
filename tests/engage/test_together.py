"""What all campaigns brought together, from the books to every door."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shuke.app import Project
from shuke.engage.campaign import Campaign
from shuke.views import campaigns as view
from tests.channels.listening import Mailbox
from tests.engage import club


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox, empty_database: str) -> Iterator[Project]:
    """A club of which half is held out of every campaign."""
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    project = club.found(
        tmp_path / "shop", channels={"news": news}, database=empty_database, global_holdout=0.5,
        analyses=("complaints", "campaign_results", "holdout_results"),
    )  # fmt: skip
    club.members(project, 40)
    club.build(project)
    yield project
    project.operations.close()


def test_the_next_build_tells_of_whom_no_campaign_reaches(shop: Project, box: Mailbox) -> None:
    nothing = view.together(shop, viewer=club.viewer())
    assert (nothing.results, nothing.global_holdout) == ((), 0.5)
    assert "held out of all campaigns" in nothing.sentence
    club.run(shop, "spring", club.campaign())
    club.run(shop, "recall", _receipt())
    club.build(shop, now=club.NOON + club.LATER)
    found = view.together(shop, viewer=club.viewer())
    row = found.results[0]
    assert row["treated"] + row["control"] == 40
    assert row["treated"] == len(box.letters) - 40  # the receipt reached everybody, and counts for nobody
    assert (row["planned"], row["verdict"]) == (0.5, "too_few")
    assert "never written to" in found.sentence


def test_where_no_build_tells_it_that_is_said(tmp_path: Path, box: Mailbox) -> None:
    project = club.found(tmp_path / "new", channels={})
    assert "No build tells yet" in view.together(project, viewer=club.viewer()).sentence
    project.operations.close()


def _receipt() -> Campaign:
    return club.campaign(purpose="service")
