"""Topics: which are there, by which words is each known, and what do people call it?"""

from dataclasses import dataclass, replace
from typing import Any

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.lazy import pq
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class NamedTopic:
    """A topic of the current build, with the name that it has now; the next build's tables have it too."""

    number: int
    name: str
    words: str
    texts: int
    pinned: bool


def listed(project: Project, *, viewer: Viewer) -> tuple[NamedTopic, ...]:
    """The topics, by their numbers; none where no build has any."""
    viewer.require(Capability.SEE)
    opened = project.open()
    made = opened.build.manifest.tables.get("topics")
    if made is None or made.failed:
        return ()
    rows = opened.table("topics").to_pyarrow().to_pylist()
    told = names(project)
    return tuple(
        _called(row, told.get(row["topic_no"])) for row in sorted(rows, key=lambda r: int(r["topic_no"]))
    )


def names(project: Project) -> dict[int, dict[str, Any]]:
    """What was last said of each topic, whether or not a build has seen it."""
    said = [
        row
        for path in project.landing.files("topic_names")
        for row in pq.read_table(path).to_pylist()
    ]  # fmt: skip
    return {row["topic_no"]: row for row in sorted(said, key=lambda r: (r["collected_at"], r["batch_id"]))}


def _called(row: dict[str, Any], said: dict[str, Any] | None) -> NamedTopic:
    told = NamedTopic(
        number=row["topic_no"], name=row["name"], words=row["words"], texts=row["texts"], pinned=row["pinned"]
    )
    if said is None:
        return told
    return replace(told, name=said.get("topic_name") or row["words"], pinned=bool(said.get("is_pinned")))
