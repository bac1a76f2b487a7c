import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shuke import app, demo
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.settings import Settings
from tests.cli.conftest import Shuke
from tests.few_tables import FEW, only

NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    company = demo.make(tmp_path_factory.mktemp("company"), customers=300)
    settings = Settings(name="Demo", country="CN", currency="CNY", zone="Asia/Shanghai", language="en")
    project = app.init(tmp_path_factory.mktemp("asked") / "demo", settings)
    for file in company.files:
        if file.source in ("products", "members", "till"):
            ingest(project, file.source, [file.path], now=NOW)
    with only(*FEW, "propensity"):
        pipeline.build(project, now=NOW, as_of=demo.UNTIL)
    return project.root


def test_who_needs_tea_is_asked_by_a_word_and_told_by_name(shuke: Shuke, shop: Path):
    said = shuke("propensity", "tea", at=shop)
    assert said.status == 0, said.err
    assert "tea" in said.out and "%" in said.out and "Bought it" in said.out
    rows = json.loads(shuke("propensity", "tea", "--format", "json", "--limit", "5", at=shop).out)
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5] and {row["item"] for row in rows} == {"tea"}


def test_what_nobody_sold_is_told_as_such(shuke: Shuke, shop: Path):
    said = shuke("propensity", "submarines", at=shop)
    assert said.status == 1 and "Nothing that was sold is called 'submarines'" in said.err
