"""What sets a segment apart, and who is like it, in a company of which that is known."""

import pytest

from shuke.access.roles import Principal, Role
from shuke.app import Project
from shuke.builds import pipeline
from shuke.errors import NotEnoughData
from shuke.views.lookalikes import lookalikes
from shuke.views.segment_comparison import compare
from shuke.views.viewer import Viewer, at_home
from tests.builds.test_pipeline import NOW, empty, sale
from tests.few_tables import FEW, only
from tests.landing import land

VIEWER = at_home("ann", "cli", now=NOW)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Eighty in Leeds who buy five times, but for two in York all others once; languages are as they come."""
    people, lines = [], []
    for n in range(160):
        leeds = n < 80
        people.append({
            "record_id": str(n), "city": "Leeds" if leeds else "York", "country": "GB" if leeds else "IE",
            "language": ("en", "fr", "de")[n % 3],
        })  # fmt: skip
        for nth in range(5 + n % 2 if leeds or n in (100, 101) else 1 + n % 2):
            lines.append(sale(f"A{n}-{nth}", f"2026-0{nth + 1}-01", record_id=str(n)))
    with only(*FEW, "behaviour"):
        project = empty(tmp_path_factory.mktemp("compared") / "shop", analyses=())
        land(project, "till", people=people, order_items=lines)
        pipeline.build(project, now=NOW)
    return project


def test_what_differs_is_found_and_what_does_not_is_not(project):
    found = compare(project, "city = 'Leeds'", viewer=VIEWER)
    assert (found.here, found.there, found.both) == (80, 80, 0)
    names = {(one.name, one.value) for one in found.differences}
    assert {("country", "GB"), ("country", "IE"), ("orders", None)} <= names
    assert not any(name == "language" for name, _ in names)
    orders = next(one for one in found.differences if one.name == "orders")
    assert orders.here == 5.5 and orders.effect > 2 and orders.size == "large" and orders.q < 1e-9
    assert found.tried > len(found.differences)


def test_who_is_in_both_counts_on_neither_side(project):
    found = compare(project, "city = 'Leeds' or orders >= 5", "city = 'York'", viewer=VIEWER)
    assert (found.here, found.there, found.both) == (80, 78, 2)


def test_too_few_are_not_compared(project):
    with pytest.raises(NotEnoughData, match="30"):
        compare(project, "orders >= 5 and city = 'York'", viewer=VIEWER)


def test_who_must_not_see_people_is_told_of_no_personal_difference(project):
    stranger = Viewer(Principal(7, "val", frozenset({Role.VIEWER})), "console", NOW)
    names = {one.name for one in compare(project, "city = 'Leeds'", viewer=stranger).differences}
    assert "country" in names and not names & {"gender", "job", "birth_date"}


def test_lookalikes_are_those_who_buy_as_the_segment_does(project):
    found = lookalikes(project, "city = 'Leeds'", viewer=VIEWER, limit=2)
    people = project.open().table("identities").to_pyarrow().to_pylist()
    numbers = {row["customer_id"]: row["record_id"] for row in people}
    assert {numbers[one.customer_id] for one in found.customers} == {"100", "101"}
    assert "orders" in {one.name for one in found.by}
    assert found.customers[0].distance <= found.customers[1].distance
