"""Asking: is every question answered, and is the build's own answer what the build holds?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from shuke import app, demo
from shuke.app import Project
from shuke.builds import parameterised, pipeline
from shuke.collect.ingestion import ingest
from shuke.errors import WrongCall
from shuke.graph import catalogue
from shuke.settings import Settings
from shuke.tables import Derived
from tests.engine_fixtures import close

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ASKABLE = [step for _, step in sorted(catalogue.derived(None).items()) if step.parameters]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A demo company with every table; tests only look at it."""
    root = tmp_path_factory.mktemp("asked")
    made = demo.make(root / "files", customers=300)
    project = app.init(root / "company", Settings(name="Regular", country="CN", currency="CNY"))
    for file in made.files:
        ingest(project, file.source, [file.path], now=NOW)
    pipeline.build(project, now=NOW)
    return project


@pytest.mark.parametrize("step", ASKABLE, ids=lambda step: step.name)
def test_asked_for_the_builds_own_answer_a_table_is_what_the_build_holds(step: Derived, built: Project):
    opened = built.open()
    if step.name not in opened.reader.tables:
        pytest.skip("this shop is too small for it")
    own = {name: default for name, (_kind, default) in step.parameters.items()}
    own |= built.settings.answers(step.name)
    asked = parameterised.ask(built, opened, step.name, own).order_by(*step.key).to_pyarrow().to_pylist()
    stored = opened.table(step.name).order_by(*step.key).to_pyarrow().to_pylist()
    assert len(asked) == len(stored)
    assert all(_same(one, other) for one, other in zip(asked, stored, strict=True))


def test_another_answer_is_another_table_and_is_kept_while_the_build_is_open(built: Project):
    opened = built.open()
    one = parameterised.ask(built, opened, "baskets", {"least": 1, "lift": 0.0, "false_share": 1.0})
    assert one.count().execute() >= opened.table("baskets").count().execute()
    assert parameterised.ask(built, opened, "baskets", {"least": 1, "lift": 0.0, "false_share": 1.0}).equals(
        one
    )


def test_a_table_without_parameters_says_so(built: Project):
    with pytest.raises(WrongCall, match="Table landed_orders takes no parameters"):
        parameterised.ask(built, built.open(), "landed_orders", {"least": 1})


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        close(one[name], value) if isinstance(value, float) else one[name] == value
        for name, value in other.items()
    )
