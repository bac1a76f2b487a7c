"""A company's import desk: a project, files written by hand, and how their columns are to be read."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from shuke import app
from shuke.app import Project
from shuke.collect import mapping
from shuke.collect.ingestion import ImportOptions, ingest
from shuke.collect.mapping import Layout, Reading
from shuke.store.in_force import in_force
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL
from tests.shop import SETTINGS

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

#: What an everyday invoice export looks like, and what its columns mean.
INVOICE = {
    "Invoice": "orders.order_no",
    "Date": "orders.ordered_at",
    "Code": "products.product_id",
    "Item": "products.name",
    "Qty": "order_items.quantity",
    "Price": "order_items.price",
    "Customer": "people.record_id",
}
#: A till roll that knows neither receipts nor times.
ROLL = {
    "Day": "orders.ordered_at",
    "Code": "products.product_id",
    "Qty": "order_items.quantity",
    "Price": "order_items.price",
}

Cell = str | int | float | None
Meaning = str | list[str] | Reading


@dataclass
class Desk:
    """Takes files in, and looks at what has landed."""

    project: Project
    folder: Path
    moment: datetime = NOW

    def write(self, name: str, columns: Sequence[str], *rows: Sequence[Cell]) -> Path:
        """A CSV file of these rows."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([columns, *rows])
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    def means(self, source: str, columns: Mapping[str, Meaning], **constants: str) -> None:
        """Say how files with these columns are read when they come from `source`."""
        readings = {
            header: meaning
            if isinstance(meaning, Reading)
            else Reading(tuple([meaning] if isinstance(meaning, str) else meaning))
            for header, meaning in columns.items()
        }
        layout = Layout(source, readings, {name.replace("__", "."): said for name, said in constants.items()})
        mapping.save(self.project.mappings / f"{source}.toml", layout)

    def take(self, source: str, *paths: Path, **choices: Any) -> Receipt:
        """Deliver files a minute after the last ones; proves the equation that always holds."""
        self.moment += timedelta(minutes=1)
        receipt = ingest(self.project, source, paths, ImportOptions(**choices), now=self.moment)
        assert receipt.read == receipt.loaded + receipt.unchanged + receipt.rejected
        assert self.project.landing.receipts()[-1] == receipt
        return receipt

    def bring(
        self, source: str, columns: Mapping[str, Meaning], *rows: Sequence[Cell], **choices: Any
    ) -> Receipt:
        """Write a file of these rows, say what its columns mean, and deliver it."""
        self.means(source, columns)
        number = len(list(self.folder.glob("*"))) if self.folder.exists() else 0
        return self.take(source, self.write(f"{source}-{number}.csv", list(columns), *rows), **choices)

    def landed(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Every version of a table's rows that has landed, in order."""
        return _rows(self._versions(table).select(*columns))

    def now(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """What is in force of a table, in order."""
        return _rows(in_force(self._versions(table), revised=True).select(*columns))

    def rejects(self, receipt: Receipt) -> list[dict[str, Any]]:
        """The quarantine of a batch, in the order of its rows; empty where there is none."""
        path = self.project.landing.quarantine(receipt.batch)
        return pq.read_table(path).to_pylist() if path.exists() else []

    def _versions(self, table: str) -> ir.Table:
        files = self.project.landing.files(table)
        schema = CANONICAL[table].schema.to_pyarrow()
        found = [pq.read_table(path) for path in files]  # without the columns that nobody filled
        typed = [one.cast(pa.schema([schema.field(n) for n in one.column_names])) for one in found]
        return ibis.memtable(pa.concat_tables([schema.empty_table(), *typed], promote_options="default"))


def _rows(table: ir.Table) -> list[tuple[Any, ...]]:
    rows = [tuple(row.values()) for row in table.to_pyarrow().to_pylist()]
    return sorted(rows, key=lambda row: [str(value) for value in row])


def open_desk(folder: Path) -> Desk:
    return Desk(app.init(folder / "shop", SETTINGS), folder / "sent")
