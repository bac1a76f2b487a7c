from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke.errors import Unavailable
from shuke.store.landing import BatchWriter, Landing, Receipt
from tests.refusals import steps

RECEIPT = Receipt(
    batch="000001-till", source="till", files=("till.csv",),
    received_at=datetime(2026, 11, 21, 9, 1, tzinfo=UTC), read=10, loaded=6, unchanged=1, rejected=3,
    tables={"people": 4, "order_items": 6}, revisions={"people": 1}, withdrawn=2, bad_cells=1,
    digests=("ab12",), notes=("till.csv: 合计 left out",),
)  # fmt: skip


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing", tmp_path / "aside")


def _land(landing: Landing, source: str, *, parts: int = 1, error: Exception | None = None) -> str:
    with landing.delivery(source) as delivery:
        for part in range(parts):
            _write(delivery, part)
        if error:
            raise error
        delivery.land(replace(RECEIPT, batch=delivery.name, source=source))
    return delivery.name


def _write(delivery: BatchWriter, part: int) -> None:
    pq.write_table(pa.table({"name": [delivery.name]}), delivery.batch / f"people.{part}.parquet")


def test_a_receipt_comes_back_as_it_was_kept(landing: Landing) -> None:
    with landing.delivery("till") as delivery:
        delivery.land(RECEIPT)
    assert landing.receipts() == [RECEIPT]


def test_a_receipt_that_loses_a_row_cannot_be_made() -> None:
    with pytest.raises(AssertionError):
        replace(RECEIPT, loaded=5)


def test_nothing_of_a_delivery_is_seen_before_it_lands(landing: Landing) -> None:
    with landing.delivery("till") as delivery:
        _write(delivery, 1)
        assert landing.receipts() == []
        assert landing.files("people") == []
        delivery.land(replace(RECEIPT, batch=delivery.name))
        assert [path.name for path in landing.files("people")] == ["people.1.parquet"]


def test_a_delivery_that_is_given_up_leaves_nothing(landing: Landing) -> None:
    with pytest.raises(ZeroDivisionError):
        _land(landing, "till", error=ZeroDivisionError())
    assert landing.receipts() == []
    assert not landing.folder.exists()
    assert [path.name for path in landing.work.iterdir() if path.suffix != ".lock"] == []


def test_batches_are_numbered_in_the_order_of_their_arrival(landing: Landing) -> None:
    names = [_land(landing, source) for source in ("web", "till", "web")]
    assert names == ["000001-web", "000002-till", "000003-web"]
    assert [receipt.batch for receipt in landing.receipts()] == names


def test_the_millionth_batch_comes_after_the_one_before(landing: Landing) -> None:
    (landing.folder / "999999-till").mkdir(parents=True)
    names = [_land(landing, "till"), _land(landing, "till")]
    assert names == ["1000000-till", "1000001-till"]
    assert [path.parent.name for path in landing.files("people")] == names


def test_a_batch_number_is_not_given_twice_when_a_batch_is_gone(landing: Landing) -> None:
    _land(landing, "till")
    last = _land(landing, "till")
    (landing.folder / "000001-till" / "receipt.json").unlink()
    (landing.folder / "000001-till" / "people.0.parquet").unlink()
    (landing.folder / "000001-till").rmdir()
    assert last == "000002-till"
    assert _land(landing, "till") == "000003-till"


def test_files_of_a_table_are_found_in_every_batch_or_in_some(landing: Landing) -> None:
    first, second = _land(landing, "web", parts=2), _land(landing, "till")
    assert [(p.parent.name, p.name) for p in landing.files("people")] == [
        (first, "people.0.parquet"),
        (first, "people.1.parquet"),
        (second, "people.0.parquet"),
    ]
    assert [p.parent.name for p in landing.files("people", batches={second})] == [second]
    assert landing.files("orders") == []


def test_a_batch_lands_whole_or_not_at_all_whichever_step_fails(landing: Landing) -> None:
    refused = 0
    while True:
        refused += 1
        before = landing.receipts()
        with steps(refused=refused) as taken:
            try:
                _land(landing, "till", parts=2)
            except Unavailable:
                assert landing.receipts() == before
                assert len(landing.files("people")) == 2 * len(before)
                continue
        break
    assert not taken.reached
    assert refused > 8  # the receipt, both parts, the folder, its appearance and its place
    assert len(landing.receipts()) == 1
