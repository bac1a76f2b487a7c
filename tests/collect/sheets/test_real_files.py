"""The awkward files of others: each gives its tables or a clear reason; none crashes."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shuke.collect.sheets import Sheet, read
from shuke.errors import Unreadable

#: Rows per file, counted with a spreadsheet.
KNOWN = {
    "issue-1066.csv": 21_691,
    "table-10x10k.csv": 9_999,
    "issue-647.csv.txt": 882,
    "table-with-accents.csv": 638,
    "issue-811.csv": 7_904,
    "skip-rows.xlsx": 1,
    "table.xls": 2,
    "table.ods": 2,
    "table.tsv": 3,
    "table.ndjson": 2,
    "table.csv.gz": 2,
}


def attempt(path: Path, work: Path) -> list[Sheet] | str:
    try:
        return read(path, work=work)
    except Unreadable as reason:
        return str(reason)


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["csv_frictionless", "vcard_ezvcard"])
def test_each_real_file_is_read_or_refused_with_a_reason(shared_data: Path, folder: str, work: Path) -> None:
    files = [path for path in sorted((shared_data / folder).rglob("*")) if path.is_file()]
    results = {path: attempt(path, work) for path in files}
    for path, result in results.items():
        if isinstance(result, str):
            assert path.name in result
            assert "\n" not in result
        else:
            assert result
            assert all(pq.read_metadata(sheet.parquet).num_rows == sheet.rows for sheet in result)
    found = {path.name: result[0].rows for path, result in results.items() if not isinstance(result, str)}
    assert {name: found[name] for name in KNOWN if name in found} == {
        n: r for n, r in KNOWN.items() if n in found
    }
    assert len(found) >= 0.8 * len(files)
