"""Schedule: where does `shuke run` look for files, and when does it build and back up?

[run]
inbox = "inbox"                 files in inbox/SOURCE are imported
build_at = "02:30"              each day, and after every import
backups = "/mnt/disk/shop"      a folder outside of the project; none: no backup
backup_at = "03:30"
backups_kept = 14
backup_keys = ["age1…"]         without any: SHUKE_PASSPHRASE
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shuke.backup.encryption import EncryptionKeys, recipient
from shuke.errors import WrongSettings
from shuke.languages import N_
from shuke.settings import FILE


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The section `[run]` of shuke.toml, checked."""

    inbox: str = "inbox"
    build_at: str = "02:30"  # in the zone of the project; empty: only after an import
    backups: str = ""
    backup_at: str = "03:30"
    backups_kept: int = 14
    backup_keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("build_at", "backup_at"):
            value: object = getattr(self, name)
            _check(name, value, value == "" or _moment(value) is not None, '"02:30"')
        for name in ("inbox", "backups"):
            _check(name, getattr(self, name), isinstance(getattr(self, name), str), '"inbox"')
        kept: object = self.backups_kept
        _check("backups_kept", kept, type(kept) is int and kept > 0, "14")
        keys: object = self.backup_keys
        _check("backup_keys", keys, isinstance(keys, list | tuple), '["age1…"]')
        object.__setattr__(self, "backup_keys", tuple(self.backup_keys))

    @classmethod
    def of(cls, run: Mapping[str, Any]) -> "Schedule":
        """What the settings say; raises `WrongSettings`."""
        known = sorted(each.name for each in fields(cls))
        for key in run:
            _check(key, key, key in known, ", ".join(known))
        return cls(**run)

    def folders(self, root: Path) -> tuple[Path, Path | None]:
        """Where files are dropped, and where backups go; as said, or within the project."""
        return root / self.inbox, root / self.backups if self.backups else None

    def locks(self, passphrase: str | None) -> EncryptionKeys:
        """With what backups are locked; raises `WrongSettings` where there is nothing."""
        _check("backup_keys", "[]", bool(self.backup_keys or passphrase), '["age1…"], SHUKE_PASSPHRASE')
        keys = tuple(map(recipient, self.backup_keys))
        return EncryptionKeys(passphrase=None if keys else passphrase, recipients=keys)


def last_time(at: str, *, zone: str, now: datetime) -> datetime | None:
    """The last moment at which the clocks of the company stood at `at`; none where no time is said."""
    if (clock := _moment(at)) is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), clock, local.tzinfo)
    return (
        today if today <= local else datetime.combine(local.date() - timedelta(days=1), clock, local.tzinfo)
    )


def _moment(at: object) -> time | None:
    try:
        return time.fromisoformat(str(at)) if at else None
    except ValueError:
        return None


def _check(key: str, value: object, holds: bool, examples: str) -> None:
    if not holds:
        raise WrongSettings(
            N_("{file}: {key} = {value} cannot be used. Accepted, for example: {examples}."),
            file=FILE, key=f"run.{key}", value=repr(value), examples=examples,
        )  # fmt: skip
