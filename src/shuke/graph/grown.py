"""Grown: of which files of the build before does a landed table still consist, where it only grew?"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from shuke.graph.fingerprint import Fingerprints
from shuke.graph.landed import Landed
from shuke.graph.names import LANDED
from shuke.store.builds import Build
from shuke.tables import Canonical

#: With more of them a table is written anew, in one: whoever reads it opens each.
MOST_FILES = 16


def files_that_stand(
    declared: Canonical, now: Landed, fingerprints: Fingerprints, previous: Build | None
) -> list[Path]:
    """The files of the build before whose rows are rows of the table still, all and as they are; none where
    some may not be, where there were none, or where the table was not made by the same code."""
    stood = previous.manifest.tables.get(LANDED + declared.name) if previous else None
    if previous is None or stood is None or stood.failed or not stood.rows:
        return []
    told = previous.manifest
    seen = [receipt for receipt in now.receipts if receipt.batch in told.batches]
    before = replace(now, receipts=seen, as_of=told.as_of, zone=told.zone)
    same = (
        len(seen) == len(told.batches)
        and now.continues(before, declared)
        and fingerprints.landed(declared, before, whole=False) == stood.fingerprint
    )
    files = sorted(previous.path(LANDED + declared.name).glob("*.parquet")) if same else []
    return files if len(files) < MOST_FILES else []


def join(files: Iterable[Path], folder: Path) -> None:
    """Let files stand in another folder too, beside those that are there; they take no room of their own
    where the disk allows that."""
    for number, file in enumerate(files, 1):
        place = folder / f"joined-{number}.parquet"
        try:
            os.link(file, place)
        except OSError:  # not on every file system
            shutil.copyfile(file, place)
