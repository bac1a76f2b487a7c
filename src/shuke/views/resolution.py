"""Resolution: how many records became how many customers, by what, and how far is that to be trusted?"""

from dataclasses import dataclass

from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.builds import stewardship
from shuke.languages import Text
from shuke.tables import IDENTIFIERS
from shuke.views.identity import in_force, stands
from shuke.views.reviews import waiting
from shuke.views.viewer import Viewer


@dataclass(frozen=True)
class Joined:
    """Pairs of records that one kind of identifier joins."""

    kind: str
    title: Text
    pairs: int


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """Where likeness merges, where it asks, and what that is estimated to be worth."""

    kind: str  # person or organisation
    version: int  # of the model
    wanted_precision: float
    merge_at: float
    review_at: float
    precision: float | None  # of what is merged by likeness
    recall: float | None
    merged_pairs: int
    review_pairs: int


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """Who is who in a build, in figures."""

    build: int
    records: int
    customers: int
    certain: tuple[Joined, ...]  # the most first
    thresholds: tuple[Threshold, ...]
    decisions: int  # that the build obeys
    pending: int  # made or undone since
    waiting: int  # pairs that a person is asked about


def resolution(project: Project, *, viewer: Viewer) -> Resolution:
    """Who is who in the current build, in figures without anybody in them."""
    viewer.require(Capability.SEE)
    opened = project.open()
    known = opened.table("identities")
    counted = known.agg(records=known.count(), customers=known.customer_id.nunique()).to_pyarrow()
    obeyed = in_force(opened)
    made = stewardship.decisions(project.operations)
    return Resolution(
        build=opened.build.number,
        records=counted["records"][0].as_py(),
        customers=counted["customers"][0].as_py(),
        certain=_certain(opened),
        thresholds=_thresholds(opened),
        decisions=len(obeyed),
        pending=sum((d.number in obeyed) != d.stands for d in made),
        waiting=waiting(project),
    )


def _certain(opened: Opened) -> tuple[Joined, ...]:
    links = stands(opened, "exact_matches", "record_l", "record_r")
    if links is None:
        return ()
    counted = links.group_by("kind").agg(pairs=links.count())
    rows = counted.order_by([counted.pairs.desc(), "kind"]).to_pyarrow().to_pylist()
    return tuple(Joined(row["kind"], _title(row["kind"]), row["pairs"]) for row in rows)


def _title(kind: str) -> Text:
    return IDENTIFIERS[kind].title if kind in IDENTIFIERS else Text(kind, kind)


def _thresholds(opened: Opened) -> tuple[Threshold, ...]:
    columns = tuple(Threshold.__dataclass_fields__)
    table = stands(opened, "thresholds", *columns)
    if table is None:
        return ()
    rows = table.select(*columns).order_by("kind").to_pyarrow().to_pylist()
    return tuple(Threshold(**row) for row in rows)
