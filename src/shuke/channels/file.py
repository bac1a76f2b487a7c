"""File: how does a mailing house, or an advertising platform, get the list that it works from?"""

import csv
import io
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from filelock import FileLock

from shuke.channels.message import Message, NotSent, Refused
from shuke.languages import N_

_COLUMNS = ("key", "to", "subject", "text", "language")

#: As spreadsheets read CSV: told by this mark that it is UTF-8.
_BOM = "\ufeff"


@dataclass(kw_only=True)
class File:
    """A line of a CSV file per message, one file per campaign, in `folder`.

    `of` says what kind of address is wanted: `email`, `phone`, or none. `hashed`: the address as the SHA-256
    of its trimmed, lower-case form, which is how advertising platforms match their own users. A message
    whose key stands in the file is not written again.
    """

    folder: str
    of: str = "email"
    hashed: bool = False
    _known: dict[Path, tuple[int, set[str]]] = field(default_factory=dict, repr=False)

    kind: ClassVar[str] = "file"

    def __post_init__(self) -> None:
        if self.of not in ("", "email", "phone"):
            raise ValueError("of")

    @property
    def writes_to(self) -> str:
        return self.of

    @property
    def consent(self) -> str:
        """A hashed address goes to a platform, none at all to a mailing house that has the postal one."""
        return "ads" if self.hashed else self.of.replace("phone", "sms") or "post"

    def send(self, message: Message) -> str:
        if self.of and not message.to:
            raise Refused(N_("There is no address."))
        name = re.sub(r"[^\w-]+", "-", str(message.facts.get("campaign") or "messages"))
        path = Path(self.folder) / f"{name}.csv"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{path}.lock", timeout=60):
                if message.key not in self._keys(path):
                    self._append(path, message)
        except OSError as error:
            raise NotSent(N_("The file cannot be written ({error})."), error=type(error).__name__) from None
        return path.name

    def _append(self, path: Path, message: Message) -> None:
        line = io.StringIO()
        writer = csv.writer(line)
        if not path.exists():
            line.write(_BOM)
            writer.writerow(_COLUMNS)
        to = sha256(message.to.strip().lower().encode()).hexdigest() if self.hashed else message.to
        told = (message.key, to, message.subject, message.text, message.language)
        writer.writerow(map(_harmless, told))
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(line.getvalue())
        path.chmod(0o600)

    def _keys(self, path: Path) -> set[str]:
        """The keys that stand in the file; only what was added since the last look is read."""
        start, keys = self._known.get(path, (0, set()))
        if not path.exists():
            return set()
        with path.open("rb") as file:
            file.seek(start)
            added = file.read()
        lines = added.decode("utf-8").removeprefix(_BOM)
        keys |= {row[0] for row in csv.reader(io.StringIO(lines, newline="")) if row}
        self._known[path] = (start + len(added), keys)
        return keys


def _harmless(value: str) -> str:
    """As text: a spreadsheet takes what begins so for a formula."""
    return (
        f"'{value}"
        if value.startswith(("=", "+", "-", "@", "\t", "\r")) and not value[1:].isdigit()
        else value
    )
