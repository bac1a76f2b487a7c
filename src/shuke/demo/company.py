"""Company: what does a retail company look like whose every truth is known?"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shuke.demo import (
    browsing,
    care,
    catalogue,
    contacts,
    contracts,
    coupons,
    dealings,
    files,
    people,
    randomness,
    ratings,
    records,
    selling,
    targets,
    truth,
)
from shuke.demo.dirt import Dirt
from shuke.demo.files import SourceFile

#: the last day of the company's data, unless the caller says another
UNTIL = date(2026, 10, 31)


@dataclass(frozen=True, kw_only=True)
class Company:
    """熟客示范百货 (Regular & Co.): its systems' exports, and beside them the truth.

    Only tests and benchmarks may look into `truth`.
    """

    files: tuple[SourceFile, ...]
    truth: Path


def make(
    folder: Path, *, customers: int = 1000, seed: int = 1, dirt: Dirt = Dirt(), until: date = UNTIL
) -> Company:
    """Make the company in `folder`; the same arguments make the same files, byte for byte."""
    folder.mkdir(parents=True, exist_ok=True)
    with randomness.table(folder, customers=customers, seed=seed, dirt=dirt, until=until) as db:
        people.make(db)
        catalogue.make(db, seed=seed)
        dealings.make(db)
        targets.make(db)
        records.make(db)
        contacts.make(db)
        contracts.make(db)
        coupons.make(db)
        browsing.make(db)
        ratings.make(db)
        care.make(db)
        selling.make(db)
        written = files.write(db, folder / "files", dirt=dirt)
        truth.write(db, folder / "truth", files=written)
    return Company(files=written, truth=folder / "truth")
