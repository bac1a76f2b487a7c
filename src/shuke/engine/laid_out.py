"""Laid out: which rows of a table have one of a few values in a column?

Only the groups of rows that may hold one are read, which their statistics tell; where rows lie in the order
of the column these are few, else it takes longer and finds the same.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: The least and the greatest value of a group of rows; none where nothing is told of them.
Bounds = tuple[str, str] | None

#: Those of a group that has no value at all.
NONE = ("\U0010ffff", "")


class LaidOut:
    """The rows of a Parquet file. What is read is opened anew, so that several threads may at once."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._bounds: dict[str, tuple[Bounds, ...]] = {}

    @cached_property
    def _metadata(self) -> pq.FileMetaData:
        return pq.read_metadata(self._file)

    @cached_property
    def schema(self) -> pa.Schema:
        return self._metadata.schema.to_arrow_schema()

    def rows(self, column: str, values: Sequence[str], columns: Sequence[str] | None = None) -> pa.Table:
        """The rows whose `column` is one of the values, with these or all columns."""
        names = self.schema.names if columns is None else list(columns)
        found = list(self._found(column, values, names)) if values else []
        return pa.concat_tables(found) if found else self.schema.empty_table().select(names)

    def _found(self, column: str, values: Sequence[str], names: list[str]) -> Iterator[pa.Table]:
        """Group by group."""
        groups = [group for group, bounds in enumerate(self._of(column)) if _may_hold(bounds, values)]
        wanted = pa.array(values, pa.string())
        with pq.ParquetFile(self._file, metadata=self._metadata, memory_map=True) as file:
            for group in groups:
                said = file.read_row_group(group, columns=[column], use_threads=False).column(0)
                hit = pc.is_in(said, value_set=wanted)
                if pc.any(hit).as_py():
                    yield file.read_row_group(group, columns=names, use_threads=False).filter(hit)

    def _of(self, column: str) -> tuple[Bounds, ...]:
        if column not in self._bounds:
            place = self.schema.names.index(column)
            groups = range(self._metadata.num_row_groups)
            chunks = (self._metadata.row_group(group).column(place) for group in groups)
            self._bounds[column] = tuple(map(_bounds, chunks))
        return self._bounds[column]


def _bounds(chunk: pq.ColumnChunkMetaData) -> Bounds:
    told = chunk.statistics
    if told is None or not (told.has_min_max or told.has_null_count):
        return None
    if told.has_min_max:
        return told.min, told.max
    return NONE if told.null_count == chunk.num_values else None


def _may_hold(bounds: Bounds, values: Sequence[str]) -> bool:
    if bounds is None:
        return True
    least, greatest = bounds
    return any(least <= value <= greatest for value in values)
