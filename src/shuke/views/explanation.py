"""Explanation: why are these two one customer, or why are they not?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from shuke.access.audit import AuditEvent
from shuke.access.masking import HIDDEN
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.builds import stewardship
from shuke.errors import WrongCall
from shuke.identity import blocking
from shuke.identity.waterfall import Waterfall
from shuke.languages import N_, Text, _
from shuke.views.identity import IdentityDecision, Named, Side, decisions, named, stands
from shuke.views.labels import chance, running
from shuke.views.record_links import RecordLink, obeyed, path
from shuke.views.record_links import bonds as bonds_of
from shuke.views.side_by_side import Line, side_by_side
from shuke.views.viewer import Viewer
from shuke.views.weights import weighed

Reason = Literal["decided", "held_apart", "to_review", "too_little", "unlike", "crowded", "never_compared"]
"""Why two stand apart: a person said so; something joins them but a guard or a decision nearby holds them
apart; likely enough to be asked about; likely, but not enough; compared and found unlike; what they share
too many share; they share nothing by which records are compared."""


@dataclass(frozen=True)
class Thresholds:
    """From which probability records are merged, and from which a person is asked."""

    merge_at: float
    review_at: float


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything that speaks for or against two records being one customer."""

    left: Side
    right: Side
    together: bool
    reason: Reason | None  # why they are apart
    lines: tuple[Line, ...]  # what they say, side by side
    weights: Waterfall | None  # what each comparison adds; None: they cannot be compared
    bonds: tuple[RecordLink, ...]  # between the two themselves
    path: tuple[RecordLink, ...]  # from one to the other, where they are together
    decisions: tuple[IdentityDecision, ...]  # about the one or the other
    thresholds: Thresholds | None


def explain(project: Project, a: str, b: str, *, viewer: Viewer) -> Explanation:
    """Why two records, or two customers by the records that are nearest one another, are one or are not."""
    viewer.require(Capability.SEE)
    opened = project.open()
    whose, others = named(opened, a, viewer=viewer), named(opened, b, viewer=viewer)
    customers = sorted({whose.first.customer_id, others.first.customer_id})
    for customer in customers:
        event = AuditEvent(verb="explained_identity", subject_kind="customer", subject_id=customer)
        viewer.did(project.operations, event)
    limits = _thresholds(opened)
    bonds = bonds_of(project, opened, customers)
    left, right = _nearest(whose, others, bonds)
    own = tuple(bond for bond in bonds if bond.ends == {left.record, right.record})
    together = left.customer_id == right.customer_id
    return _seen(
        Explanation(
            left=left,
            right=right,
            together=together,
            reason=None if together else _reason(opened, project, (left, right), own, limits),
            lines=side_by_side(opened, left.record, right.record, viewer=viewer),
            weights=weighed(project, opened, left.record, right.record, viewer=viewer),
            bonds=own,
            path=path(_holding(bonds, limits), left.record, right.record) if together else (),
            decisions=_about(project, (left.record, right.record), viewer),
            thresholds=limits.get(_kind(opened, left.record)),
        ),
        viewer,
    )


def _nearest(whose: Named, others: Named, bonds: tuple[RecordLink, ...]) -> tuple[Side, Side]:
    """Of each side the record meant; of a customer the one that is most joined to the other side."""
    left, right = ({side.record: side for side in n.records} for n in (whose, others))
    for bond in sorted(bonds, key=lambda b: (-b.probability, -(b.weight or 0), b.record_l, b.record_r)):
        for one, other in ((bond.record_l, bond.record_r), (bond.record_r, bond.record_l)):
            if one in left and other in right:
                return left[one], right[other]
    ends = whose.first, next((s for s in others.records if s.record != whose.first.record), others.first)
    if ends[0].record == ends[1].record:
        raise WrongCall(N_("Both names mean the same record."))
    return ends


def _thresholds(opened: Opened) -> dict[str, Thresholds]:
    table = stands(opened, "thresholds", "kind", "merge_at", "review_at")
    rows = table.to_pyarrow().to_pylist() if table is not None else []
    return {row["kind"]: Thresholds(row["merge_at"], row["review_at"]) for row in rows}


def _kind(opened: Opened, record: str) -> str:
    rows = stands(opened, "normalised_records", "record", "kind")
    own = rows.filter(rows.record == record).to_pyarrow()["kind"].to_pylist() if rows is not None else []
    return next((str(kind) for kind in own if kind), "person")


def _holding(bonds: tuple[RecordLink, ...], limits: dict[str, Thresholds]) -> list[RecordLink]:
    """The bonds that merge: of likenesses those that are likely enough."""
    merge_at = min((limit.merge_at for limit in limits.values()), default=1.0)
    return [bond for bond in bonds if bond.by != "likeness" or bond.probability >= merge_at]


def _reason(
    opened: Opened,
    project: Project,
    ends: tuple[Side, Side],
    own: tuple[RecordLink, ...],
    limits: dict[str, Thresholds],
) -> Reason:
    left, right = (side.record for side in ends)
    for decision in obeyed(project, opened):
        sides = (decision.left, decision.right)
        if decision.verb != "same" and any(left in x and right in y for x, y in (sides, sides[::-1])):
            return "decided"
    limit = limits.get(_kind(opened, left))
    likely = max((bond.probability for bond in own), default=None)
    if likely is not None:
        if limit is None or likely >= limit.merge_at:
            return "held_apart"
        return "to_review" if likely >= limit.review_at else "too_little"
    return _uncompared(opened, left, right)


def _uncompared(opened: Opened, left: str, right: str) -> Reason:
    """Why there is no weight: were they ever compared?"""
    people, held = stands(opened, "normalised_records", "sound"), opened.table("identifiers")
    if people is None:
        return "never_compared"
    both = [left, right]
    keys = blocking.keys(
        people.filter(people.record.isin(both)), held.filter(held.record.isin(both))
    ).distinct()
    shared = keys.group_by("rule", "key").agg(n=keys.record.nunique()).filter(lambda t: t.n == 2)
    crowded = stands(opened, "oversized_blocks", "rule", "key")
    open_ones = shared if crowded is None else shared.anti_join(crowded, ["rule", "key"])
    if open_ones.count().to_pyarrow().as_py():
        return "unlike"
    return "crowded" if shared.count().to_pyarrow().as_py() else "never_compared"


def _about(project: Project, records: tuple[str, str], viewer: Viewer) -> tuple[IdentityDecision, ...]:
    """The decisions that name one of the records."""
    made = stewardship.decisions(project.operations)
    numbers = {d.number for d in made if {*d.left, *d.right} & set(records)}
    return tuple(d for d in decisions(project, viewer=viewer) if d.number in numbers)


def verdict(told: Explanation, called: Mapping[str, str] = MappingProxyType({})) -> str:
    """One sentence that says how things stand, and why; customers go by what they are `called`."""
    left, right = (called.get(each.customer_id, each.customer_id) for each in (told.left, told.right))
    if told.together:
        return _("They are one customer: {customer}.").format(customer=left)
    said = _("They are two customers, {left} and {right}.").format(left=left, right=right)
    return running(said, str(REASONS[told.reason])) if told.reason else said


def bond_words(bond: RecordLink) -> str:
    """What holds two records together, in a few words."""
    if bond.by == "decision":
        return _("decision {number}").format(number=bond.decision)
    if bond.by == "identifier":
        return _("both have: {kind}").format(kind=bond.title)
    return _("likeness, {chance}").format(chance=chance(bond.probability))


#: Why two stand apart, in words.
REASONS: dict[Reason, Text] = {
    "decided": Text("Somebody decided that they are not one.", "已有人裁定二者不是同一客户。"),
    "held_apart": Text(
        "Something joins them, but what else is known of their records holds them apart.",
        "虽有依据相连，但所在客户的其他记录互相矛盾，因此分开。",
    ),
    "to_review": Text(
        "They are likely enough to ask somebody, and wait for review.", "相似程度需人工判断，正待审核。"
    ),
    "too_little": Text(
        "There is some likeness, but less than it takes to ask somebody.", "略有相似，但不足以提请审核。"
    ),
    "unlike": Text("They were compared, and hardly anything speaks for it.", "已比对，几乎没有相同之处。"),
    "crowded": Text(
        "They were not compared: what they share, too many others share as well.",
        "未作比对：二者的共同之处为过多记录所共有。",
    ),
    "never_compared": Text(
        "They were not compared: they share nothing by which records are brought together.",
        "未作比对：二者没有可据以比对的共同之处。",
    ),
}


def _seen(told: Explanation, viewer: Viewer) -> Explanation:
    """What is told without the names of records, for who must not see them."""
    if viewer.sees_personal:
        return told
    return replace(
        told,
        left=replace(told.left, record=HIDDEN, record_id=HIDDEN),
        right=replace(told.right, record=HIDDEN, record_id=HIDDEN),
        bonds=tuple(replace(bond, record_l=HIDDEN, record_r=HIDDEN) for bond in told.bonds),
        path=tuple(replace(bond, record_l=HIDDEN, record_r=HIDDEN) for bond in told.path),
    )
