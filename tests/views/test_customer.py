"""What does the page of one customer say, and to whom?"""

from datetime import date

import pytest

from shuke.access import audit
from shuke.app import Project
from shuke.errors import UnknownCustomer
from shuke.profiles.survivorship import REASONS
from shuke.views import customer as page
from shuke.views.attribute_groups import FAMILIES
from shuke.views.find import find
from shuke.views.viewer import Viewer

ANN = ["till:T1", "web:W1"]


def ids(project: Project, viewer: Viewer, text: str) -> list[str]:
    return [row["customer_id"] for row in find(project, text, viewer=viewer)]


@pytest.fixture(scope="module")
def ann(project: Project, owner: Viewer) -> str:
    (found,) = ids(project, owner, "ann@example.com")
    return found


@pytest.mark.parametrize(
    "text",
    ["07700 900123", "+44 7700-900123", "ANN@Example.com ", "m 0001", "T1", "web:W1", "ann", "Lee"],
)
def test_a_customer_is_found_by_anything(text: str, project: Project, owner: Viewer, ann: str):
    assert ids(project, owner, text) == [ann]


def test_chinese_names_and_numbers_find_as_well(project: Project, owner: Viewer):
    assert ids(project, owner, "张伟") == ids(project, owner, "T2") != []


def test_an_exact_number_is_not_mixed_with_names_that_contain_it(project: Project, owner: Viewer, ann: str):
    assert ids(project, owner, ann) == ids(project, owner, ann.lower()) == [ann]


def test_nothing_typed_shows_everybody(project: Project, owner: Viewer):
    assert find(project, "  ", viewer=owner).total == 4


@pytest.mark.parametrize("text", ["07700 900123", "ann@example.com", "T1", "Lee", "m 0001"])
def test_a_viewer_finds_nobody_by_what_they_must_not_see(text: str, project: Project, stranger: Viewer):
    assert ids(project, stranger, text) == []


def test_a_viewer_finds_by_the_id(project: Project, stranger: Viewer, ann: str):
    assert ids(project, stranger, ann) == [ann]


def test_every_fact_tells_who_said_it_and_whether_it_wins(project: Project, owner: Viewer, ann: str):
    seen = page.customer(project, ann, viewer=owner)
    cities = {(fact.value, fact.source): fact.wins for fact in seen.facts if fact.attribute == "city"}
    assert set(cities) == {("Leeds", "till"), ("York", "web")} and sum(cities.values()) == 1
    assert seen.golden["city"] == next(value for (value, _), wins in cities.items() if wins)
    assert sorted(record.record for record in seen.records) == ANN


def test_the_identifier_that_joins_two_records_is_marked(project: Project, owner: Viewer, ann: str):
    seen = page.customer(project, ann, viewer=owner)
    assert {i.kind for i in seen.identifiers if i.links} == {"phone"}
    assert {i.kind for i in seen.identifiers} == {"phone", "email", "member_no"}


def test_purchases_and_timeline_are_the_latest_first(project: Project, owner: Viewer, ann: str):
    seen = page.customer(project, ann, viewer=owner)
    assert [row["order_no"] for row in seen.purchases] == ["B1", "A4", "A2", "A1"]
    times = [event.at for event in seen.timeline.events]
    assert times == sorted(times, reverse=True)
    assert {event.kind for event in seen.timeline.events} == {"order", "interaction", "fact"}
    assert seen.figures["frequency"] == 4


def test_a_timeline_pages(project: Project, owner: Viewer, ann: str):
    whole = page.customer(project, ann, viewer=owner).timeline
    parts = [page.customer(project, ann, viewer=owner, limit=2, offset=o).timeline for o in (0, 2, 4, 6, 8)]
    assert [event for part in parts for event in part.events] == list(whole.events)
    assert {part.total for part in parts} == {whole.total}


def test_a_viewer_sees_nothing_personal_on_the_whole_page(project: Project, stranger: Viewer, ann: str):
    seen = page.customer(project, ann, viewer=stranger)
    told = repr((seen.golden, seen.facts, seen.records, seen.identifiers, seen.timeline))
    for secret in (" Lee", "900123", "ann@", "Mill Lane", "m0001", "T1", "W1", "1985-03", "broken"):
        assert secret not in told, secret
    assert {fact.value for fact in seen.facts if fact.attribute == "city"} == {"Leeds", "York"}


def test_three_families_tell_who_they_are_what_they_do_and_what_they_are_worth(
    project: Project, owner: Viewer, ann: str
):
    seen = page.customer(project, ann, viewer=owner)
    who, does, worth = (seen.families[name] for name in ("demographic", "behaviour", "value"))
    assert (who["name"], who["birth_from"], who["birth_until"]) == ("Ann Lee", *2 * (date(1985, 3, 2),))
    assert (does["orders"], does["last_order"]) == (4, date(2026, 11, 20))
    assert (does["contacts"], does["complaints"]) == (1, 1)
    assert worth["monetary"] == seen.figures["monetary"] and worth["tier"]


def test_every_family_says_what_the_build_holds(project: Project):
    opened = project.open()
    for family in FAMILIES:
        assert {column.name for column in family.columns} <= set(opened.table(family.table).columns)


def test_a_fact_that_states_no_day_ages_from_its_receipt_and_says_so(
    project: Project, owner: Viewer, ann: str
):
    (birth,) = [f for f in page.customer(project, ann, viewer=owner).facts if f.attribute == "birth_date"]
    assert (birth.collected_at, birth.said_on, birth.age_days) == (None, date(2026, 11, 21), 0)
    assert (birth.freshness, birth.reason, birth.why.zh) == (1, "only", REASONS["only"].zh)


def test_each_look_is_written_down_by_id(project: Project, owner: Viewer, ann: str):
    page.customer(project, ann, viewer=owner)
    entry = audit.read(project.operations)[0]
    assert (entry.event.verb, entry.event.subject_id, entry.actor.door) == ("looked_at_customer", ann, "cli")


def test_nobody_has_an_id_that_was_never_issued(project: Project, owner: Viewer):
    with pytest.raises(UnknownCustomer):
        page.customer(project, "C0000000000000000", viewer=owner)
