"""Evaluation: how good is this build at telling who is who, held against a file that knows?"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.engine import Engine
from shuke.errors import WrongCall
from shuke.identity import evaluation
from shuke.identity.evaluation import Agreement
from shuke.languages import N_, _
from shuke.store import disk
from shuke.tables import IDENTIFIERS
from shuke.views import truth as truths
from shuke.views.tables import mask
from shuke.views.truth import Truth
from shuke.views.viewer import Viewer

#: So many wrong pairs of either kind are named.
EXAMPLES = 10

#: Bands of a pair's weight: the log2 of how much likelier it is that two records are one.
BANDS = (0, 5, 10, 15, 20)

SCORED, NOT_DIRECT = "scored", "none"


@dataclass(frozen=True)
class SourcePairErrors:
    """The wrong pairs between two sources, or within one."""

    source_l: str
    source_r: str
    false: int
    missed: int


@dataclass(frozen=True)
class ErrorCause:
    """The wrong pairs that one thing joined, or could not join."""

    error: str  # "false" or "missed"
    cause: str  # kind of an identifier, "scored", or "none": nothing joins or compares the two directly
    weight_from: int | None  # of scored pairs; None: below the least
    pairs: int


@dataclass(frozen=True)
class Example:
    """Two records that are wrongly one, or wrongly apart."""

    error: str
    record_l: str
    record_r: str


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What a build says of who is who, against what a file says."""

    file: str
    build: int
    records: int  # that are judged
    unknown_to_build: int  # named by the file, not in the build; each counts as alone
    unknown_to_truth: int  # in the build, not named by the file
    whole: bool  # those are alone in truth, and judged; else they are left out
    unknown_sources: tuple[str, ...]  # named by the file
    pairs: Agreement
    clusters: Agreement  # exact ones, those of one record among them
    sources: tuple[SourcePairErrors, ...]
    causes: tuple[ErrorCause, ...]
    examples: tuple[Example, ...]


def evaluate(project: Project, file: Path, *, viewer: Viewer) -> Evaluation:
    """Precision, recall and F1 of the current build, and where its errors are.

    Raises `WrongCall` where the file is no truth, or of other records than those of the build.
    """
    viewer.require(Capability.SEE)
    opened = project.open()
    viewer.did(
        project.operations, AuditEvent(verb="evaluated_identity", detail={"build": opened.build.number})
    )
    with (
        TemporaryDirectory(dir=disk.private(project.work)) as aside,
        closing(project.engine(scratch=Path(aside), name="duckdb")) as engine,
    ):
        truth = truths.read(file, engine, work=Path(aside))
        return _evaluated(truth, opened, engine, viewer)


def _evaluated(truth: Truth, opened: Opened, engine: Engine, viewer: Viewer) -> Evaluation:
    identities = _read(opened, engine, "identities")
    named = engine.checkpoint(_named(truth, identities, opened, engine))
    judged = engine.checkpoint(_judged(named, identities, whole=truth.whole))
    known = _count(named.filter(named.found).select("record").distinct())
    pairs = evaluation.pairs(judged)
    return Evaluation(
        file=truth.file,
        build=opened.build.number,
        records=_count(judged),
        unknown_to_build=_count(named.filter(~named.found).select("record").distinct()),
        unknown_to_truth=_count(identities) - known,
        whole=truth.whole,
        unknown_sources=_unknown_sources(named, identities),
        pairs=pairs,
        clusters=evaluation.clusters(judged),
        sources=tuple(
            SourcePairErrors(**r) for r in _rows(evaluation.by_sources(judged), "source_l", "source_r")
        ),
        causes=_causes(judged, opened, engine, pairs),
        examples=_examples(judged, viewer),
    )


def _named(truth: Truth, identities: ir.Table, opened: Opened, engine: Engine) -> ir.Table:
    """Each record that the file names, once: `record`, `source`, `cluster`, `found` in the build."""
    mentions = truth.mentions
    if _count(identities.select("source").distinct()) == 1:  # then its name says nothing
        mentions = mentions.mutate(source=ibis.null("string"))
    found = engine.checkpoint(_found(mentions, identities, _read(opened, engine, "landed_identifiers")))
    _refuse_ambiguous(truth, found)
    if not _count(found):
        raise _strangers(truth, identities)
    said = found.select("record", "cluster", source="of", found=ibis.literal(True))
    told = said.union(_absent(mentions, found).select(said.columns))
    return told.group_by("record", "found").agg(
        cluster=told.cluster.min(), source=told.source.min().fill_null("?")
    )


def _found(mentions: ir.Table, identities: ir.Table, identifiers: ir.Table) -> ir.Table:
    """The mentions with the `record` that each means, and the source that it is `of`.

    By its number in the source that the file names; where it names none, by its number in whichever source
    has it, or by its whole name. A record without a number in its source may be named by its card, e-mail or
    phone.
    """
    known = identities.select("record", of="source", number="record_id")
    exact = mentions.join(known, [mentions.source == known.of, mentions.record_id == known.number])
    bare = mentions.filter(mentions.source.isnull())
    by_number = bare.join(known, bare.record_id == known.number)
    by_name = bare.join(known, bare.record_id == known.record)
    standing = identifiers.filter(
        identifiers.record_id.startswith(identifiers.kind + "~")
        | identifiers.record_id.startswith(identifiers.kind + ":")
        | identifiers.record_id.startswith("row~")
    )
    stand_ins = standing.select(
        of="source", number="value", record=standing.source + ":" + standing.record_id
    ).distinct()
    by_stand_in = mentions.join(
        stand_ins, [mentions.source == stand_ins.of, mentions.record_id == stand_ins.number]
    )
    bare_stand_in = bare.join(stand_ins, bare.record_id == stand_ins.number)
    every = (exact, by_number, by_name, by_stand_in, bare_stand_in)
    return ibis.union(*(t.drop("number") for t in every), distinct=True)


def _absent(mentions: ir.Table, found: ir.Table) -> ir.Table:
    """The mentions that mean no record of the build, under names that none has."""
    source = mentions.source.fill_null("")
    numbered = mentions.mutate(record=ibis.literal("?") + source + ":" + mentions.record_id)
    there = found.select(record=ibis.literal("?") + found.source.fill_null("") + ":" + found.record_id)
    return numbered.anti_join(there, "record").mutate(found=ibis.literal(False))


def _refuse_ambiguous(truth: Truth, found: ir.Table) -> None:
    several = found.group_by("row", "column", "source", "record_id").agg(
        sources=found.of.nunique(), least=found.of.min(), most=found.of.max()
    )
    for wrong in several.filter(several.sources > 1).order_by("row").limit(1).to_pyarrow().to_pylist():
        raise WrongCall(
            N_(
                "{file}, row {row}: {value} in column {column} is a record of {one} and of {other}. "
                "Add a column source that says which is meant."
            ),
            file=truth.file, row=wrong["row"], column=wrong["column"], value=repr(wrong["record_id"]),
            one=wrong["least"], other=wrong["most"],
        )  # fmt: skip


def _strangers(truth: Truth, identities: ir.Table) -> WrongCall:
    first = truth.mentions.order_by("row").limit(1).to_pyarrow().to_pylist()
    if not first:
        return WrongCall(N_("{file} has no rows."), file=truth.file)
    sources = [r["source"] for r in _rows(identities.select("source").distinct(), "source")]
    return WrongCall(
        N_(
            "{file}: no record of it is in the build, whose sources are {sources}. Its first is {value}, "
            "in row {row}, column {column}; it must be the number that the source gives."
        ),
        file=truth.file, sources=", ".join(sources), value=repr(first[0]["record_id"]),
        row=first[0]["row"], column=first[0]["column"],
    )  # fmt: skip


def _judged(named: ir.Table, identities: ir.Table, *, whole: bool) -> ir.Table:
    """The records that are judged, with the customer in whom the build has them."""
    whose = identities.select("record", "customer_id", of="source")
    if whole:
        every = named.outer_join(whose, "record", rname="{name}_there").mutate(
            record=lambda t: ibis.coalesce(t.record, t.record_there)
        )
        every = every.mutate(
            cluster=ibis.coalesce(every.cluster, ibis.literal("?") + every.record),
            source=ibis.coalesce(every.source, every.of),
        )
    else:
        every = named.left_join(whose, "record", rname="{name}_there")
    return every.select(
        "record", "source", "cluster", customer=ibis.coalesce(every.customer_id, every.record)
    )


def _unknown_sources(named: ir.Table, identities: ir.Table) -> tuple[str, ...]:
    absent = named.filter(~named.found & (named.source != "?")).anti_join(identities, "source")
    return tuple(r["source"] for r in _rows(absent.select("source").distinct(), "source"))


def _causes(judged: ir.Table, opened: Opened, engine: Engine, pairs: Agreement) -> tuple[ErrorCause, ...]:
    edges = _edges(opened, engine)
    found = _rows(evaluation.by_cause(judged, edges), "error", "cause") if edges is not None else []
    told = [ErrorCause(row["error"], *_cause(row["cause"]), row["pairs"]) for row in found]
    for error, total in (("false", pairs.said - pairs.right), ("missed", pairs.true - pairs.right)):
        rest = total - sum(each.pairs for each in told if each.error == error)
        told += [ErrorCause(error, NOT_DIRECT, None, rest)] if rest else []
    return tuple(told)


def _edges(opened: Opened, engine: Engine) -> ir.Table | None:
    """What links or compares two records directly, the surest first: decisions, identifiers, scores."""
    stands = opened.build.manifest.tables
    found = []
    if "exact_matches" in stands and not stands["exact_matches"].failed:
        links = _read(opened, engine, "exact_matches")
        if "record_l" in links.columns:  # builds of old have another shape
            found.append(links.select("record_l", "record_r", cause=ibis.literal("1") + links.kind))
    if "scored_pairs" in stands and not stands["scored_pairs"].failed:
        scored = _read(opened, engine, "scored_pairs")
        band = sum((scored.weight >= least).cast("int64") for least in BANDS)
        cause = ibis.literal("2") + band.cast("string")
        found.append(scored.select("record_l", "record_r", cause=cause))
    return ibis.union(*found) if len(found) > 1 else found[0] if found else None


def _cause(told: str) -> tuple[str, int | None]:
    if told.startswith("1"):
        return told[1:], None
    band = int(told[1:])
    return SCORED, BANDS[band - 1] if band else None


def cause_title(because: ErrorCause) -> str:
    """What joined or compared them, or did not, in the reader's words."""
    if because.cause == SCORED:
        below = _("weight of evidence below {weight}").format(weight=BANDS[0])
        band = _("weight of evidence from {weight}").format(weight=because.weight_from)
        return below if because.weight_from is None else band
    if because.cause == NOT_DIRECT:
        missed = because.error == "missed"
        return _("never compared, or found unlike") if missed else _("only by way of other records")
    kind = IDENTIFIERS.get(because.cause)
    return _("both have: {kind}").format(kind=kind.title if kind else because.cause)


def _examples(judged: ir.Table, viewer: Viewer) -> tuple[Example, ...]:
    found = evaluation.examples(judged, at_most=EXAMPLES)
    shown = found.order_by("error", "record_l", "record_r")
    if not viewer.sees_personal:
        hidden = {name: mask(shown[name], "identifier") for name in ("record_l", "record_r")}
        shown = shown.mutate(**hidden)
    return tuple(Example(**row) for row in shown.to_pyarrow().to_pylist())


def _read(opened: Opened, engine: Engine, name: str) -> ir.Table:
    return engine.read([opened.build.path(name)], opened.table(name).schema())


def _rows(table: ir.Table, *order: str) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = table.order_by(list(order)).to_pyarrow().to_pylist()
    return rows


def _count(table: ir.Table) -> int:
    return int(table.count().to_pyarrow().as_py())
