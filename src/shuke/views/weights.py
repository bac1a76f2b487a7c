"""Weights: how loudly does each agreement of two records speak for their being one customer?"""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shuke.app import Opened, Project
from shuke.identity.scoring import Scorer
from shuke.identity.waterfall import MeasuredWeights, Waterfall, waterfall
from shuke.store import disk
from shuke.views.identity import stands
from shuke.views.viewer import Viewer


def weighed(project: Project, opened: Opened, left: str, right: str, *, viewer: Viewer) -> Waterfall | None:
    """Every comparison of two records with its weight, by the model of the build.

    None where there is nothing to compare by: one of them is a person and the other an organisation, or
    nothing tells what they are. What the two say is left out for a viewer who must not see it.
    """
    normalised_records = stands(opened, "normalised_records", "record", "kind")
    if normalised_records is None or stands(opened, "match_weights", "kind", "level") is None:
        return None
    rows = normalised_records.filter(normalised_records.record.isin([left, right])).to_pyarrow().to_pylist()
    one, other = (next((row for row in rows if row["record"] == name), None) for name in (left, right))
    if one is None or other is None or one["kind"] is None or one["kind"] != other["kind"]:
        return None
    told = _compared(project, opened, (one, other))
    if viewer.sees_personal:
        return told
    return replace(told, steps=tuple(replace(step, left=(), right=()) for step in told.steps))


def _compared(project: Project, opened: Opened, rows: tuple[dict[str, Any], dict[str, Any]]) -> Waterfall:
    version = opened.build.manifest.models.get("identity")
    weights, term_frequencies = opened.table("match_weights"), opened.table("term_frequencies")
    borne = term_frequencies.filter(term_frequencies.record.isin([row["record"] for row in rows]))
    by = MeasuredWeights(weights.to_pyarrow().to_pylist(), borne.to_pyarrow().to_pylist())
    with (
        TemporaryDirectory(dir=disk.private(project.work)) as aside,
        closing(project.engine(scratch=Path(aside), name="duckdb")) as engine,
    ):
        return waterfall(Scorer(project.model(version), engine.linkage), *rows, by=by)
