"""Landing zone: what was imported, when, from whom, and what became of each row?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from shuke.errors import UnknownBatch
from shuke.languages import N_
from shuke.store import disk, file_records
from shuke.store.accounts import Account, RejectionCount
from shuke.store.file_records import FileRecord

#: Between the source and the number of the batch that is taken back, in the name of a withdrawal.
WITHDRAWS = "~"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What came of one delivery; `read = loaded + unchanged + rejected`, in rows of the file."""

    batch: str
    source: str
    files: tuple[str, ...]
    received_at: datetime
    read: int
    loaded: int
    unchanged: int
    rejected: int
    tables: dict[str, int]  # rows landed per canonical table
    revisions: dict[str, int] = field(default_factory=dict)  # of them, rows whose key had landed before
    withdrawn: int = 0
    withdraws: str | None = None  # the batch that is taken back whole by this one, which holds nothing itself
    bad_cells: int = 0
    digests: tuple[str, ...] = ()  # of each file's bytes and of how it was read
    notes: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()  # of each sheet: what its columns feed, and what its rows say
    refused: tuple[RejectionCount, ...] = ()  # what was set aside and why, the most frequent first
    landed: dict[str, FileRecord] = field(default_factory=dict)  # of each file; none in an old receipt

    def __post_init__(self) -> None:
        assert self.read == self.loaded + self.unchanged + self.rejected

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Receipt":
        times = {"received_at": datetime.fromisoformat(value["received_at"])}
        lists = {name: tuple(value[name]) for name in ("files", "digests", "notes")}
        told = {
            "accounts": tuple(Account.from_json(each) for each in value.get("accounts", ())),
            "refused": tuple(RejectionCount(**each) for each in value.get("refused", ())),
            "landed": file_records.from_json(value.get("landed", {})),
        }
        return cls(**{**value, **times, **lists, **told})


ReceiptDetails = Callable[[Receipt], None]
"""Writes down, before it lands, what is about to."""


def unnoted(receipt: Receipt) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Landing:
    """The landing zone of a project: one folder a batch, never changed after it has appeared."""

    folder: Path
    work: Path

    def receipts(self) -> list[Receipt]:
        """Every batch, oldest first, those that were taken back too."""
        found = sorted(self.folder.glob("*/receipt.json"), key=_age)
        return [read_receipt(path) for path in found]

    def batches(self) -> list[Path]:
        """The folders of all batches, oldest first."""
        return sorted(self.folder.glob("[0-9]*-*"), key=_number)

    def receipt(self, batch: str) -> Receipt:
        """That of one batch, given by its name or its number."""
        for receipt in self.receipts():
            number = receipt.batch.partition("-")[0]
            if batch == receipt.batch or batch.lstrip("0") == number.lstrip("0"):
                return receipt
        raise UnknownBatch(N_("There is no batch {batch}."), batch=batch[:80])

    def standing(self) -> list[Receipt]:
        """Every batch that was not taken back, oldest first."""
        gone = self.withdrawn()
        return [receipt for receipt in self.receipts() if receipt.batch not in gone]

    def withdrawn(self) -> set[str]:
        """The batches that were taken back whole; a withdrawal may be taken back itself.

        What a withdrawal takes back stands in its name, `000007-till~000004`, so that nobody need read the
        receipts of all batches to find the few that are withdrawn.
        """
        gone = self.taken_back()
        return {path.name for path in self.batches() if _number(path) in gone} if gone else set()

    def taken_back(self) -> set[int]:
        """The numbers of the batches that were taken back whole, be they still there or not."""
        gone: set[int] = set()
        for path in sorted(self.folder.glob(f"[0-9]*{WITHDRAWS}*"), key=_number, reverse=True):
            if _number(path) not in gone:
                gone.add(int(path.name.rpartition(WITHDRAWS)[2]))
        return gone

    def files(self, table: str, *, batches: set[str] | None = None) -> list[Path]:
        """The landed files of a canonical table, oldest first: `<batch>/<table>.<part>.parquet`.

        Of all batches that stand, or of those that are named, even if they were taken back since.
        """
        gone = self.withdrawn() if batches is None else set()
        return [
            path
            for path in sorted(self.folder.glob(f"*/{table}.*.parquet"), key=_age)
            if (batches is None and path.parent.name not in gone) or (batches and path.parent.name in batches)
        ]

    def quarantine(self, batch: str) -> Path:
        """The rejected rows and cells of a batch."""
        return self.folder / batch / "quarantine.parquet"

    @contextmanager
    def delivery(self, source: str, *, withdraws: str | None = None) -> Iterator["BatchWriter"]:
        """Take in one batch, or take one back; nothing of it is seen until `BatchWriter.land`."""
        lock = disk.only_one(self.work / "landing.lock", doing=N_("importing into"))
        with lock, disk.aside(self.work / "landing") as folder:
            taken = f"{WITHDRAWS}{withdraws.partition('-')[0]}" if withdraws else ""
            yield BatchWriter(self.folder, folder, self._next(source) + taken)

    def _next(self, source: str) -> str:
        taken = max((_number(path) for path in self.folder.glob("[0-9]*-*")), default=0)
        return f"{taken + 1:06d}-{source}"


@dataclass(frozen=True)
class BatchWriter:
    """A batch in the making: write `<table>.<part>.parquet` files into `batch`, then `land` it."""

    landing: Path
    folder: Path
    name: str

    @property
    def batch(self) -> Path:
        place = self.folder / "batch"
        place.mkdir(exist_ok=True)
        return place

    @property
    def scratch(self) -> Path:
        place = self.folder / "scratch"
        place.mkdir(exist_ok=True)
        return place

    def land(self, receipt: Receipt) -> Receipt:
        """The one moment at which the batch becomes true; returns the receipt as it is kept."""
        landed = {path.name: file_records.of(path) for path in sorted(self.batch.glob("*.parquet"))}
        kept = replace(receipt, landed=landed)
        disk.write_json(self.batch / "receipt.json", asdict(kept))
        disk.publish(self.batch, self.landing / self.name)
        return kept


def read_receipt(path: Path) -> Receipt:
    """The receipt in a file; raises `Damaged` for what is none."""
    with disk.intact(path):
        return Receipt.from_json(disk.read_json(path))


def _number(batch: Path) -> int:
    return int(batch.name.partition("-")[0])


def _age(path: Path) -> tuple[int, str]:
    """Sorts the files of batches from the oldest batch to the newest."""
    return _number(path.parent), path.name
