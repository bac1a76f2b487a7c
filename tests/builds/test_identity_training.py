"""Learning from a company's own records: what is learnt, when it counts, and how to go back."""

import random
from datetime import date, timedelta
from math import log
from typing import Any

import pytest

from shuke.app import Project
from shuke.builds import identity_training, pipeline
from shuke.builds.identity_training import TrainedModel
from shuke.errors import WrongCall
from shuke.identity.models import Model
from tests.builds.test_pipeline import NOW, empty, rows
from tests.landing import Row, land

pytestmark = pytest.mark.usefixtures("few_tables")

PEOPLE, TWICE = 2_500, 800
SYLLABLES = "ba do fi gu ha jo ki lu ma no pe ra su ti vo we".split()
GIVEN = [a + b + "n" for a in SYLLABLES[:8] for b in SYLLABLES[8:13]]  # 40
FAMILY = [a + b + "ter" for a in SYLLABLES[8:] for b in SYLLABLES[:8]]  # 64
CITIES = "Leeds York Hull Bath Derby Exeter".split()
DAYS = 4 * 365

#: How often two different people of this company agree: everyone is young, and of one of six cities.
TRUE_U = {
    ("name", "same"): 1 / (len(GIVEN) * len(FAMILY)),
    ("birth_date", "same"): 1 / DAYS,
    ("address", "city"): 1 / len(CITIES),
}


def crowd() -> tuple[list[Row], list[Row]]:
    """People and their e-mails; of some there is a second record, in part with slips."""
    dice = random.Random(7)
    people, emails = [], []
    for n in range(PEOPLE):
        told: Row = {
            "name": f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}".title(),
            "birth_date": date(1990, 1, 1) + timedelta(days=dice.randrange(DAYS)),
            "city": dice.choice(CITIES),
        }
        own = [{"record_id": f"{n}a", **told}]
        if n < TWICE:
            own.append({"record_id": f"{n}b", **_again(told, dice)})
        people += own
        emails += [
            {
                "record_id": row["record_id"],
                "kind": "email",
                "value": f"{row['name'][:3]}{n * 7919}@example.com",
            }
            for row in own
            if dice.random() < 0.7
        ]
    return people, emails


def _again(told: Row, dice: random.Random) -> Row:
    """The same person at another time: one in five has moved, and one in ten names or dates has a slip."""
    name, born = told["name"], told["birth_date"]
    return {
        "name": name[:-2] + name[-1] if dice.random() < 0.1 else name,
        "birth_date": born.replace(day=born.day % 28 + 1) if dice.random() < 0.1 else born,
        "city": dice.choice(CITIES) if dice.random() < 0.2 else told["city"],
    }


def figures(model: Model) -> dict[tuple[str, str], tuple[float, float]]:
    return {(c.name, x.name): (x.m, x.u) for c in model.comparisons["person"] for x in c.levels}


def whose(project: Project) -> dict[str, str]:
    return {row["record"]: row["customer_id"] for row in rows(project, "identities")}


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory, few_tables: None) -> tuple[Project, TrainedModel]:
    """A company with enough records, built and learnt from; the version is not in use."""
    project = empty(tmp_path_factory.mktemp("taught"), country="GB", currency="GBP")
    people, emails = crowd()
    land(project, "till", people=people, identifiers=emails)
    pipeline.build(project, now=NOW)
    return project, identity_training.train(project)


def test_every_build_measures_what_chance_does_and_is_nearer_to_the_truth_than_what_is_shipped(taught):
    project, learnt = taught
    assert (learnt.version, learnt.kinds) == (1, ("person",))
    measured = {
        (w["comparison"], w["level"]): w for w in rows(project, "match_weights") if w["kind"] == "person"
    }
    shipped = figures(Model())
    for level, true in TRUE_U.items():
        assert abs(log(measured[level]["u"] / true)) < abs(log(shipped[level][1] / true)), level
        assert measured[level]["u"] == pytest.approx(true, rel=0.5), level
    assert figures(project.model(1))["birth_date", "same"][0] == pytest.approx(0.9, abs=0.1)


def test_rules_are_not_learnt_and_neither_is_what_nobody_says(taught):
    project, _ = taught
    found, shipped = figures(project.model(1)), figures(Model())
    for rule in ("twin", "household"):
        assert found["name", rule] == shipped["name", rule]
    for level in shipped:
        if level[0] in ("phone", "national_id", "gender"):
            assert found[level] == pytest.approx(shipped[level]), level
    assert project.model(1).comparisons["organisation"] == Model().comparisons["organisation"]


def test_a_version_counts_once_it_is_put_to_use_and_going_back_restores_every_id(taught):
    project, learnt = taught
    before = whose(project)
    assert (project.models.current, project.model().version) == (0, 0)
    assert (learnt.change.records, learnt.change.customers) == (len(before), len(set(before.values())))
    project.models.use(learnt.version)
    try:
        build = pipeline.build(project, now=NOW)
        assert build.manifest.models == {"identity": 1}
        assert {row["version"] for row in rows(project, "scored_pairs")} == {1}
        after = set(whose(project).values())
        assert learnt.change.merged == len(set(before.values()) - after)
        assert learnt.change.split == len(after - set(before.values()))
    finally:
        project.models.use(0)
    assert pipeline.build(project, now=NOW).manifest.models == {"identity": 0}
    assert whose(project) == before


def test_too_little_is_not_learnt_from_and_leaves_no_version(tmp_path):
    project = empty(tmp_path)
    land(project, "till", people=[{"record_id": "1", "name": "Ann Lee"}])
    pipeline.build(project, now=NOW)
    with pytest.raises(WrongCall, match=f"too little data to train on: {identity_training.RECORDS} records"):
        identity_training.train(project)
    assert project.models.numbers() == []
    with pytest.raises(WrongCall, match="There is no version 1"):
        project.model(1)


def test_what_a_version_would_change_is_judged_by_what_the_company_has_decided(tmp_path):
    """Here that nobody is merged for being probable, so nobody would be."""
    tables: dict[str, Any] = {"thresholds": {"merge_at": 1.0}}
    project = empty(tmp_path, tables=tables)
    said = {"name": "Ann Lee", "birth_date": date(1985, 3, 2)}
    land(project, "till", people=[{"record_id": r, **said} for r in "12"])
    pipeline.build(project, now=NOW)
    assert len(rows(project, "scored_pairs")) == 1
    change = identity_training.change(project, 0)
    assert (change.records, change.customers, change.merged, change.split) == (2, 2, 0, 0)
