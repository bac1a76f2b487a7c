"""The demo company as its customer database tells it, in few tables."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shuke import app, demo
from shuke.app import Project
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.settings import Settings
from tests.few_tables import FEW, only

NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)


def built(company: demo.Company, folder: Path, *, sources: Iterable[str], tables: Iterable[str]) -> Project:
    """A project of what some of the company's sources say, with the tables that are named."""
    settings = Settings(name="Demo", country="CN", currency="CNY", zone="Asia/Shanghai", language="en")
    project = app.init(folder, settings)
    for file in company.files:
        if file.source in sources:
            ingest(project, file.source, [file.path], now=NOW)
    with only(*FEW, *tables):
        pipeline.build(project, now=NOW, as_of=demo.UNTIL)
    return project


def rows(project: Project, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project.open().table(name).to_pyarrow().to_pylist()
    return found
