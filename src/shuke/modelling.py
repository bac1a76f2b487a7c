"""Modelling: which model of identity is in use, and what would another one change?"""

from ibis import schema

from shuke.app import Project
from shuke.engine import Engine
from shuke.identity.models import SHIPPED, Model
from shuke.identity.scoring import Scorer
from shuke.store import disk

RARITIES = schema({"column": "string", "value": "string", "share": "float64"})


def model(project: Project, version: int | None = None) -> Model:
    """A version of the model; the one in use where none is named."""
    number = project.models.current if version is None else version
    if number == SHIPPED:
        return Model()
    return Model.from_json(disk.read_json(project.models.at(number) / "model.json"))


def scorer(project: Project, engine: Engine, version: int | None = None) -> Scorer:
    """What weighs pairs on an engine by a version of the model."""
    used = model(project, version)
    shares = [project.models.at(used.version) / "rarities.parquet"] if used.rarities else []
    rarities = engine.read(shares, RARITIES) if shares else None
    return Scorer(used, engine.linkage, engine.checkpoint, rarities)
