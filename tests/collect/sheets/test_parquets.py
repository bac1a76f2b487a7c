from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shuke.collect.sheets import read
from tests.collect.sheets.reading import rows


def test_parquet_is_read_as_text_with_its_nested_values_as_json(tmp_path: Path, work: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([17850.0, 1.5]),
            "price": pa.array([Decimal("1.10"), None]),
            "tags": pa.array([["a"], []]),
            "note": pa.array(["x", ""]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    [sheet] = read(tmp_path / "a.parquet", work=work)
    assert (sheet.columns, sheet.header_row) == (("id", "price", "tags", "note"), 0)
    assert rows(sheet) == [(1, "17850", "1.10", '["a"]', "x"), (2, "1.5", None, "[]", None)]
