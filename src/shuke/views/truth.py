"""Truth: which records does a file say are one?

A file of records with their cluster, or of pairs of records; the headers are read leniently.

    record_id,cluster                    source,rec_id,true_id
    unique_id_l,unique_id_r,match        record_l,record_r
"""

import re
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from shuke.collect import sheets
from shuke.collect.sheets import ROW, Sheet
from shuke.engine import Engine
from shuke.errors import WrongCall
from shuke.identity.clusters import clusters
from shuke.languages import N_

_RECORD = ("recordid", "record", "recid", "uniqueid", "rid", "rowid", "tableid", "id", "number")
_CLUSTER = (
    "cluster", "clusterid", "trueid", "truecluster", "trueclusterid", "truth", "groundtruth", "entity",
    "entityid", "person", "personid", "organisation", "organization", "group", "groupid", "gold", "label",
)  # fmt: skip
_SOURCE = ("source", "sourcedataset", "sourcename", "dataset", "system")
_MATCH = ("clericalmatchscore", "match", "ismatch", "matchscore", "score", "same", "label")
_SIDES = (("l", "r"), ("left", "right"), ("1", "2"), ("a", "b"), ("x", "y"))

#: A pair with at least this score is one person.
ONE_FROM = 0.5


@dataclass(frozen=True)
class Truth:
    """What a file says.

    `mentions` has a row for each record that a row of the file names: `row`, `column`, `source` (null where
    the file names none), `record_id`, `cluster`. `whole`: a record that the file does not name is alone.
    """

    file: str
    mentions: ir.Table
    whole: bool


@dataclass(frozen=True)
class _Columns:
    """The columns of a file that name a record."""

    record: str
    source: str | None


def read(path: Path, engine: Engine, *, work: Path) -> Truth:
    """The truth in a file; raises `WrongCall` where a column is missing or a cell says nothing."""
    (sheet, *_more) = sheets.read(sheets.expand([str(path)])[0], work=work)
    rows = engine.read([sheet.parquet], ibis.schema({ROW: "int64"} | dict.fromkeys(sheet.columns, "string")))
    folded = {_folded(name): name for name in reversed(sheet.columns)}
    if sides := _pair(folded):
        return _of_pairs(sheet, rows, sides, match=_first(folded, _MATCH), engine=engine)
    record, cluster = _first(folded, _RECORD), _first(folded, _CLUSTER)
    if record is None or cluster is None:
        raise WrongCall(
            N_(
                "{file} has the columns {columns}. A truth has record_id and cluster, or a pair of "
                "record_l and record_r; and source where more than one is meant."
            ),
            file=sheet.file, columns=", ".join(sheet.columns),
        )  # fmt: skip
    return _of_clusters(sheet, rows, _Columns(record, _first(folded, _SOURCE)), cluster)


def _of_clusters(sheet: Sheet, rows: ir.Table, named: _Columns, cluster: str) -> Truth:
    mentions = _mentions(rows, named, cluster=_cell(rows, cluster))
    for name, column in (("record_id", named.record), ("cluster", cluster)):
        _refuse_blanks(sheet, mentions, name, column)
    records = mentions.group_by("source", "record_id")
    several = records.agg(
        row=mentions.row.max(), least=mentions.cluster.min(), most=mentions.cluster.max()
    ).filter(lambda t: t.least != t.most)
    for wrong in several.order_by("row").limit(1).to_pyarrow().to_pylist():
        raise WrongCall(
            N_("{file}, row {row}: record {record} stands in two clusters, {one} and {other}."),
            file=sheet.file, row=wrong["row"], record=repr(wrong["record_id"]),
            one=repr(wrong["least"]), other=repr(wrong["most"]),
        )  # fmt: skip
    return Truth(sheet.file, mentions, whole=False)


def _of_pairs(
    sheet: Sheet, rows: ir.Table, sides: tuple[_Columns, _Columns], *, match: str | None, engine: Engine
) -> Truth:
    """Records that pairs lead to from one another are one; those of no true pair are each alone."""
    rows = engine.checkpoint(_scored(sheet, rows, match))
    left, right = (_mentions(rows, side, same=rows._same) for side in sides)
    for side, named in zip((left, right), sides, strict=True):
        _refuse_blanks(sheet, side, "record_id", named.record)
    ends = engine.checkpoint(left.union(right).mutate(name=lambda t: _name(t.source, t.record_id)))
    true = ends.filter(ends.same)
    linked = true.group_by("row").agg(record_l=true.name.min(), record_r=true.name.max())
    joined = clusters(engine.checkpoint(linked), checkpoint=engine.checkpoint)
    labelled = ends.left_join(joined, ends.name == joined.record)
    mentions = labelled.mutate(cluster=ibis.coalesce(labelled.cluster, labelled.name))
    return Truth(
        sheet.file,
        mentions.select("row", "column", "source", "record_id", "cluster"),
        whole=match is None,  # where pairs are judged one by one, nobody has judged the rest
    )


def _scored(sheet: Sheet, rows: ir.Table, match: str | None) -> ir.Table:
    """The pairs with `_same`: whether they are one."""
    if match is None:
        return rows.mutate(_same=ibis.literal(True))
    said = _cell(rows, match).lower()
    words = {"true": 1.0, "t": 1.0, "yes": 1.0, "y": 1.0, "false": 0.0, "f": 0.0, "no": 0.0, "n": 0.0}
    score = said.cases(*words.items(), else_=said.try_cast("float64"))
    for wrong in rows.filter(score.isnull()).order_by(ROW).limit(1).to_pyarrow().to_pylist():
        raise WrongCall(
            N_("{file}, row {row}: column {column} says {value}, which is no score from 0 to 1."),
            file=sheet.file, row=wrong[ROW], column=match, value=repr(wrong[match]),
        )  # fmt: skip
    return rows.mutate(_same=score >= ONE_FROM)


def _mentions(rows: ir.Table, named: _Columns, **said: ir.Value) -> ir.Table:
    return rows.select(
        row=rows[ROW],
        column=ibis.literal(named.record),
        source=_cell(rows, named.source) if named.source else ibis.null("string"),
        record_id=_cell(rows, named.record),
        **said,
    )


def _refuse_blanks(sheet: Sheet, mentions: ir.Table, name: str, column: str) -> None:
    blank = mentions.filter(mentions[name].isnull()).order_by("row").limit(1)
    for wrong in blank.to_pyarrow().to_pylist():
        raise WrongCall(
            N_("{file}, row {row}: column {column} is empty."),
            file=sheet.file, row=wrong["row"], column=column,
        )  # fmt: skip


def _pair(folded: dict[str, str]) -> tuple[_Columns, _Columns] | None:
    """The columns of the two records of a pair; None where the file has no such columns."""
    for marks in _SIDES:
        sides = [_side(folded, mark) for mark in marks]
        if sides[0] and sides[1]:
            return sides[0], sides[1]
    return None


def _side(folded: dict[str, str], mark: str) -> _Columns | None:
    record, source = (
        _first(folded, [form for name in names for form in (name + mark, mark + name)])
        for names in ((*_RECORD, ""), _SOURCE)
    )
    return _Columns(record, source) if record else None


def _first(folded: dict[str, str], names: tuple[str, ...] | list[str]) -> str | None:
    return next((folded[name] for name in names if name in folded), None)


def _folded(header: str) -> str:
    """record_id_l, "Record ID (l)" and recordIdL are one header."""
    return re.sub(r"[\W_]+", "", header.lower())


def _cell(rows: ir.Table, column: str) -> ir.StringValue:
    return rows[column].strip().nullif("")


def _name(source: ir.StringValue, record_id: ir.StringValue) -> ir.StringValue:
    return source.fill_null("") + ":" + record_id
