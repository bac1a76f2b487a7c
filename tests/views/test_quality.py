"""Does every score lead to the rows that are wrong, and is it said what to do?"""

import json
import shutil
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from shuke.alerts.flips import Status
from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.languages import speaking
from shuke.views import alerts, tables, unused_fields
from shuke.views.quality import Quality, UnknownSource, quality, sentence
from shuke.views.query import Condition, Query
from shuke.views.viewer import Viewer
from tests import shop

PLANNED = shop._utc(2026, 1, 5)
JOBS = {7: "baker"}


@pytest.fixture(scope="module")
def worse(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shop a day later: the till has sent sixty people without a city, a survey an old plan."""
    own = open_project(Path(shutil.copytree(project.root, tmp_path_factory.mktemp("quality") / "shop")))
    plan = {"record_id": "P1", "plan": "a pot", "birth_date": date(1900, 1, 1), "at": PLANNED}
    card = {"record_id": "P1", "kind": "member_no", "value": "M 0001"}
    shop.land(own, "survey", people=[plan], identifiers=[card])
    shop.land(
        own,
        "till",
        people=[{"record_id": f"N{n}", "name": f"Nora {n}", "job": JOBS.get(n)} for n in range(60)],
    )
    later = shop.NOW + timedelta(days=1)
    pipeline.build(own, now=later, as_of=shop.AS_OF + timedelta(days=1))
    return own


def test_every_score_leads_to_the_rows_that_are_not_good(worse: Project, owner: Viewer):
    found = quality(worse, viewer=owner)
    assert len(found.scores) > 30 and {s.dimension for s in found.scores} >= {
        "completeness", "validity", "uniqueness", "timeliness", "consistency",
    }  # fmt: skip
    for score in found.scores:
        page = tables.rows(worse, score.rows, Query(filters=score.where, limit=0), viewer=owner)
        assert page.total == score.wrong, (score.source, score.table, score.attribute, score.dimension)
    assert sum(score.wrong for score in found.scores) > 100


def test_a_viewer_can_follow_every_score_too(worse: Project, stranger: Viewer):
    for score in quality(worse, viewer=stranger).scores:
        assert (
            tables.select(worse, score.rows, Query(filters=score.where), viewer=stranger).count()
            == score.wrong
        )


def test_what_has_become_worse_is_an_alert_about_the_source(worse: Project, owner: Viewer):
    city = next(
        s for s in quality(worse, "till", viewer=owner).scores
        if (s.attribute, s.dimension) == ("city", "completeness")
    )  # fmt: skip
    assert city.trend[0] == 1 and city.change is not None and city.change < -0.9
    about = [Condition("rule", "eq", "quality_drop"), Condition("status", "eq", Status.OPEN.value)]
    (alert,) = alerts.listed(worse, about, viewer=owner).alerts
    assert (alert.subject_kind, alert.subject, alert.name) == ("source", "till", None)
    assert alert.evidence["dimension"] == "completeness"


def test_the_worst_source_comes_first_and_one_sentence_says_what_stands_out(worse: Project, owner: Viewer):
    found = quality(worse, viewer=owner)
    assert [s.score for s in found.sources] == sorted(s.score for s in found.sources)
    assert found.sources[0].name == "survey", "all that it said has expired"
    assert {s.name: (s.change or 0) < 0 for s in found.sources} == {
        "survey": False,
        "till": True,
        "web": False,
    }
    assert found.striking is not None and f"{found.striking.source}" in sentence(found)
    with speaking("zh"):
        assert str(found.striking.title) in sentence(found)


def test_the_refresh_list_says_whom_to_ask_and_masks_whom_one_may_not_see(
    worse: Project, owner: Viewer, stranger: Viewer
):
    found = quality(worse, viewer=owner)
    (call,) = found.refresh
    assert (call.name, [str(t) for t in call.expired], call.channel, call.reason) == (
        "Ann Lee", ["Purchase plan"], "web", "bought",
    )  # fmt: skip
    assert found.to_refresh == 1 and quality(worse, viewer=stranger).refresh[0].name == "A***"


def test_a_field_that_nothing_works_with_is_named(worse: Project, owner: Viewer):
    unused = {(u.source, u.attribute): u.why for u in quality(worse, viewer=owner).unused}
    assert unused["till", "job"] == "empty" and unused["survey", "plan"] == "unread"
    assert ("web", "city") not in unused and ("till", "name") not in unused


def test_one_source_is_told_alone_and_an_unknown_one_not_at_all(worse: Project, owner: Viewer):
    web: Quality = quality(worse, "web", viewer=owner)
    assert {s.source for s in web.scores} == {"web"} and [s.name for s in web.sources] == ["web"]
    with pytest.raises(UnknownSource):
        quality(worse, "nobody", viewer=owner)


def test_a_build_from_before_there_was_a_measure_is_no_error(project: Project, owner: Viewer, tmp_path: Path):
    own = open_project(Path(shutil.copytree(project.root, tmp_path / "shop")))
    manifest = own.builds.current().folder / "manifest.json"
    told = json.loads(manifest.read_text("utf-8"))
    old = {
        name: made
        for name, made in told["tables"].items()
        if "quality" not in name and name != "refresh_list"
    }
    manifest.write_text(json.dumps(told | {"tables": old}), "utf-8")
    found = quality(own, viewer=owner)
    assert (found.scores, found.sources, found.refresh, found.customers) == ((), (), (), None)
    assert "import" in sentence(found)


def test_what_cannot_be_prepared_is_left_to_whoever_asks(tmp_path: Path):
    """A company's own analysis that cannot be loaded does not end the beginning of a server."""
    own = tmp_path / "analyses" / "own.py"
    own.parent.mkdir()
    own.write_text("raise ValueError('no good')")
    unused_fields.prepare(tmp_path)
    for thread in threading.enumerate():
        if thread.name == "unused-fields":
            thread.join()
    with pytest.raises(ValueError, match="no good"):
        unused_fields._worked_with(tmp_path)
