"""Who waits to be told apart, and who does not wait any more?"""

import shutil
from pathlib import Path

import pytest

from shuke.access import audit
from shuke.actions import identity as actions
from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.errors import Denied
from shuke.views import reviews
from shuke.views.explanation import explain
from shuke.views.viewer import Viewer
from tests import shop
from tests.few_tables import FEW, only


@pytest.fixture(scope="module")
def unsure(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shop, and a fair where somebody left a name and a town that may be those of 张伟."""
    own = open_project(Path(shutil.copytree(project.root, tmp_path_factory.mktemp("reviews") / "shop")))
    shop.land(own, "fair", people=[{"record_id": "F1", "name": "Wei Zhang", "city": "杭州"}])
    with only(*FEW, "reviews"):
        pipeline.build(own, now=shop.NOW, as_of=shop.AS_OF)
    return own


@pytest.fixture
def own(unsure: Project, tmp_path: Path) -> Project:
    return open_project(Path(shutil.copytree(unsure.root, tmp_path / "shop")))


def test_two_who_may_be_one_wait_with_their_names_and_likelihood(unsure: Project, owner: Viewer):
    page = reviews.reviews(unsure, viewer=owner)
    (pair,) = page.reviews
    assert (page.total, page.decided) == (1, 0)
    assert (pair.record_l, pair.record_r, pair.kind, pair.why) == ("fair:F1", "till:T2", "person", "unsure")
    assert {pair.name_l, pair.name_r} == {"Wei Zhang", "张伟"} and pair.customer_l != pair.customer_r
    assert pair.probability is not None and 0.3 <= pair.probability < 0.98
    lines = {line.name: line for line in reviews.compared(unsure, pair, viewer=owner)}
    assert (lines["name"].left, lines["name"].right, lines["name"].agreement) == ("Wei Zhang", "张伟", "same")
    assert lines["phone"].agreement == "unknown"
    assert explain(unsure, "F1", "T2", viewer=owner).reason == "to_review"
    (looked, *_older) = audit.read(unsure.operations, audit.AuditFilter(verb="looked_at_reviews"))
    assert looked.event.count == 1


def test_a_viewer_sees_that_a_pair_waits_but_not_whose(unsure: Project, stranger: Viewer):
    (pair,) = reviews.reviews(unsure, viewer=stranger).reviews
    assert (pair.record_l, pair.record_r, pair.name_r) == ("***", "***", "张*")
    with pytest.raises(Denied):
        reviews.compared(unsure, pair, viewer=stranger)


def test_who_was_decided_upon_waits_no_more_until_it_is_undone(own: Project, owner: Viewer):
    number = actions.never(own, "F1", "T2", viewer=owner)
    page = reviews.reviews(own, viewer=owner)
    assert (page.reviews, page.total, page.decided) == ((), 0, 1)
    actions.undo(own, number, viewer=owner)
    assert reviews.waiting(own) == 1
