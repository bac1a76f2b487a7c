"""Canonical tables: in which form does everything collected land?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from shuke.errors import UnknownTable
from shuke.languages import N_, Text
from shuke.lazy import ibis
from shuke.tables.column import Column, Type

#: What every landed row says of itself beside its declared columns.
PROVENANCE: tuple[Column, ...] = (
    Column("source", Type.TEXT, Text("Source", "来源"), note=Text("Who said it.", "由谁提供。")),
    Column("key", Type.TEXT, Text("Key", "键"), pii="identifier", note=Text(
        "Digest of the natural key, by which whoever guesses it would know it.", "自然键的摘要，可据以核对猜测。")),
    Column("said", Type.TEXT, Text("Content hash", "内容哈希"), pii="identifier"),
    Column("collected_at", Type.TIME, Text("Collected", "采集时间"), note=Text(
        "When the source says that it was true; empty where it does not say.", "来源注明的时间；未注明则为空。")),
    Column("received_at", Type.TIME, Text("Received", "接收时间")),
    Column("batch_id", Type.TEXT, Text("Batch", "批次")),
    Column("row", Type.INTEGER, Text("Row", "行号"), note=Text("Row of the file.", "文件中的行号。")),
    Column("revises", Type.FLAG, Text("Revises", "修订"), note=Text(
        "The key had landed before.", "该键此前已入库。")),
    Column("withdrawn", Type.FLAG, Text("Withdrawn", "撤回")),
    Column("further", Type.JSON, Text("Further columns", "其他列"), pii="text"),
)  # fmt: skip


@dataclass(frozen=True)
class Canonical:
    """One table of the vocabulary.

    `key` is the natural key within a source. `required` lists columns without which a row cannot land.
    `subject` is the column that says whose row it is; `event_time` the one that says when.

    `grain` tells what the rows of a sheet are that feeds several tables: rows of the one with the least. No
    sheet has rows of a table that has none. A file is recognised by the table's own columns, unless `collect`
    weighs what speaks for it.
    """

    name: str
    title: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: tuple[str, ...] = ()
    subject: str | None = None
    event_time: str | None = None
    keep: timedelta | None = None  # how long after it happened it may be stored; None: as long as needed
    shared: bool = False  # one key means one thing in every source, as a product code does
    grain: int | None = None
    made_up: bool = False  # the key is made from the row where the source gives none
    dates_people: bool = False  # what a row says of people was true when it happened
    lies_ahead: bool = False  # its time is to come: a row counts from when it was said
    of_some: bool = False  # a list of people says it of some and not of others
    amounts: tuple[str, ...] = ()  # the columns that say how much, where none is called `amount`
    note: Text | None = field(default=None)
    laid_out_by: str | None = None  # in whose order a build's rows lie

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.written:
            if column.name == name:
                return column
        raise UnknownTable(N_("Table {table} has no column {column}."), table=self.name, column=name)

    @cached_property
    def written(self) -> tuple[Column, ...]:
        """The declared columns with their provenance: the columns of the landed files."""
        return self.columns + PROVENANCE

    @cached_property
    def schema(self) -> ibis.Schema:
        return ibis.schema({c.name: c.type.ibis for c in self.written})
