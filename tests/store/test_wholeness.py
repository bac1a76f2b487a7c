"""What is missing is noticed: a landed file, a batch, a byte."""

import os
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke.errors import Damaged
from shuke.store import disk, wholeness
from shuke.store.landing import Landing
from tests.store.test_landing import RECEIPT


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """Two batches of three people each."""
    made = Landing(tmp_path / "data" / "landing", tmp_path / "data" / "aside")
    for source in ("till", "web"):
        with made.delivery(source) as delivery:
            pq.write_table(pa.table({"name": ["a", "b", "c"]}), delivery.batch / "people.1.parquet")
            pq.write_table(pa.table({"row": [1]}), delivery.batch / "quarantine.parquet")
            delivery.land(replace(RECEIPT, batch=delivery.name, source=source, tables={"people": 3}))
    return made


def people(landing: Landing) -> Path:
    return landing.folder / "000001-till" / "people.1.parquet"


def said(landing: Landing, *known: str) -> str:
    with pytest.raises(Damaged) as refused:
        wholeness.check(landing, known=known)
    return str(refused.value)


def forget_digests(landing: Landing) -> None:
    for path in landing.folder.glob("*/receipt.json"):
        value = disk.read_json(path)
        del value["landed"]
        disk.write_json(path, value)


def test_a_receipt_tells_rows_size_and_digest_of_each_file(landing):
    told = landing.receipts()[0].landed
    assert set(told) == {"people.1.parquet", "quarantine.parquet"}
    print_ = told["people.1.parquet"]
    assert (print_.rows, print_.size, len(print_.sha256)) == (3, people(landing).stat().st_size, 64)
    wholeness.check(landing)


def test_the_line_names_batch_and_file_and_what_to_do(landing):
    people(landing).unlink()
    assert said(landing) == (
        "Batch 000001-till is damaged (people.1.parquet: it is gone). Put the file back from a copy; or take "
        "the batch back with `shuke batches withdraw 1` and import its files again."
    )


def test_a_byte_that_changed_is_noticed_and_a_copy_with_another_time_is_not(landing):
    path = people(landing)
    held = path.read_bytes()
    os.utime(path)
    wholeness.check(landing)
    path.write_bytes(held[:60] + bytes([held[60] ^ 1]) + held[61:])
    assert "people.1.parquet: its content is another one" in said(landing)


def test_what_changes_neither_size_nor_time_is_found_by_whoever_is_thorough(landing):
    path = people(landing)
    held, told = path.read_bytes(), path.stat()
    path.write_bytes(held[:60] + bytes([held[60] ^ 1]) + held[61:])
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    wholeness.check(landing)
    assert [fault.file for fault in wholeness.faults(landing, thorough=True)] == ["people.1.parquet"]


def test_only_whoever_is_thorough_minds_the_quarantine(landing):
    (landing.folder / "000002-web" / "quarantine.parquet").unlink()
    wholeness.check(landing)
    assert [fault.batch for fault in wholeness.faults(landing, thorough=True)] == ["000002-web"]


def test_a_receipt_of_an_older_version_is_held_against_the_rows(landing):
    forget_digests(landing)
    wholeness.check(landing)
    pq.write_table(pa.table({"name": ["a", "b"]}), people(landing))
    assert "people.*.parquet: it has another number of rows" in said(landing)
    people(landing).write_bytes(b"PAR1")
    assert "people.*.parquet: it cannot be read" in said(landing)
    people(landing).unlink()
    assert "people.*.parquet: it is gone" in said(landing)


def test_a_batch_is_missed_by_its_number_and_the_last_one_by_whoever_was_made_from_it(landing):
    gone = landing.folder.parent / "elsewhere"
    (landing.folder / "000002-web").rename(gone)
    wholeness.check(landing)
    assert said(landing, "000001-till", "000002-web").startswith(
        "Batch 000002-web is gone from data/landing."
    )
    (landing.folder / "000001-till").rename(landing.folder / "000003-till")
    assert wholeness.gone(landing) == ["000001", "000002"]


def test_a_batch_that_was_taken_back_need_not_be_there(landing):
    people(landing).unlink()
    with landing.delivery("till", withdraws="000001-till") as delivery:
        withdrawal = replace(RECEIPT, batch=delivery.name, tables={}, withdraws="000001-till")
        delivery.batch  # noqa: B018 - makes the folder
        delivery.land(withdrawal)
    wholeness.check(landing)
    (landing.folder / "000001-till" / "receipt.json").write_text("{")
    assert list(wholeness.faults(landing, thorough=True)) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"batch": 1}', b"\xff\xfe"])
def test_a_receipt_that_is_none_is_named(landing, content):
    (landing.folder / "000001-till" / "receipt.json").write_bytes(content)
    assert said(landing).startswith("The receipt of batch 000001-till is gone or damaged. Put data/landing/")
    with pytest.raises(Damaged, match=r"^data/landing/000001-till/receipt\.json is missing or damaged\."):
        landing.receipts()
