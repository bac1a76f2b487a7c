"""With whom is a customer tied, seen from either end, and by whom may it be seen?"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import ibis.expr.types as ir
import pytest

from shuke.app import Opened
from shuke.engine import Engine
from shuke.engine.reader import Reader
from shuke.profiles.customers import customers
from shuke.views import relations
from shuke.views.dossier import Dossier
from shuke.views.viewer import Viewer
from tests.engine_fixtures import Tables


@dataclass
class Company:
    """As much of an opened build as is asked for ties; its tables lie as a build would write them."""

    made: dict[str, ir.Table]
    engine: Engine
    folder: Path

    @property
    def build(self) -> Any:
        return SimpleNamespace(manifest=SimpleNamespace(zone="Asia/Shanghai"))

    @cached_property
    def reader(self) -> Reader:
        for name, rows in self.made.items():
            self.engine.write(rows, self.folder / name)
        return Reader({name: self.folder / name for name in self.made})

    def table(self, name: str) -> ir.Table:
        return self.reader.table(name)

    def about(self, who: str) -> Dossier:
        return Dossier(cast("Opened", self), who)


@pytest.fixture
def company(duckdb: Tables, tmp_path: Path) -> Any:
    """Ann and Bo work for Acme, which belongs to Group; Bo was referred by Ann, who has two records."""
    ties = [
        ("A1", "employer", "organisation:acme", "2024-05-01"), ("B1", "Employer", "organisation:acme", None),
        ("B1", "referral", "shop:A2", None), ("A1", "household", "A1", None), ("B1", "spouse", "A1", None),
        ("B1", "referral", "nobody", None),
    ]  # fmt: skip
    return Company(
        {
            "identities": duckdb.identities(ann="A1 shop:A2", bo="B1", group="G"),
            "landed_relations": duckdb.landed(
                "relations",
                [
                    dict(zip(("record_id", "kind", "other_record_id", "since"), tie, strict=True))
                    for tie in ties
                ],
            ),
            "landed_organisation_parents": duckdb.landed(
                "organisation_parents", [{"record_id": "organisation:acme", "parent_record_id": "G"}]
            ),
            "customers": duckdb.derived(
                customers,
                [
                    {"customer_id": "ann", "kind": "person", "name": "Ann Lee", "organisation": "Acme"},
                    {"customer_id": "bo", "kind": "person", "name": "Bo Chen"},
                    {"customer_id": "acme", "kind": "organisation", "name": "Desk", "organisation": "Acme"},
                    {"customer_id": "group", "kind": "organisation", "organisation": "Group"},
                ],
            ),
        },
        duckdb.engine,
        tmp_path,
    )


@pytest.fixture
def whole(company: Any, duckdb: Tables) -> Any:
    acme = {
        "record": "till:organisation:acme", "source": "till", "record_id": "organisation:acme",
        "customer_id": "acme",
    }  # fmt: skip
    known = company.made["identities"]
    more = duckdb.of(known.schema(), [acme])
    company.made["identities"] = known.union(more)
    return company


def told(company: Any, who: str, viewer: Viewer, **further: Any) -> list[tuple[str, str | None]]:
    found = relations.of(company.about(who), viewer=viewer, **further)
    assert found.total == len(found.ties)
    return [(tie.title.en, tie.name or tie.record) for tie in found.ties]


def test_a_tie_is_told_from_both_of_its_ends(whole: Any, owner: Viewer):
    assert told(whole, "acme", owner) == [
        ("Belongs to", "Group"), ("Employs", "Ann Lee"), ("Employs", "Bo Chen"),
    ]  # fmt: skip
    assert sorted(told(whole, "ann", owner)) == [
        ("Is their “spouse”", "Bo Chen"), ("Referred", "Bo Chen"), ("Works for", "Acme"),
    ]  # fmt: skip
    assert ("Referred by", "till:nobody") in told(whole, "bo", owner)
    assert told(whole, "group", owner) == [("Branch", "Acme")]


def test_a_day_of_the_past_knows_no_tie_that_began_later(whole: Any, owner: Viewer):
    assert ("Works for", "Acme") not in told(whole, "ann", owner, until=date(2024, 4, 30))
    assert ("Works for", "Acme") in told(whole, "ann", owner, until=date(2024, 5, 1))


def test_whoever_sees_nothing_personal_sees_masks(whole: Any, stranger: Viewer):
    ends = [whole.about(who) for who in ("acme", "ann", "bo")]
    seen = [tie for one in ends for tie in relations.of(one, viewer=stranger).ties]
    assert {tie.customer_id for tie in seen} == {"ann", "bo", "acme", "group", None}
    assert not any(word in repr(seen) for word in ("Ann Lee", "Bo Chen", "nobody"))


def test_without_a_tie_nothing_is_asked(company: Any, owner: Viewer):
    del company.made["landed_relations"], company.made["landed_organisation_parents"]
    assert relations.of(company.about("ann"), viewer=owner).ties == ()


def test_a_tie_keeps_the_day_since_which_it_holds(whole: Any, owner: Viewer):
    (employer,) = [t for t in relations.of(whole.about("ann"), viewer=owner).ties if t.kind == "employer"]
    assert employer.since == date(2024, 5, 1)
