"""Assets: which files of our own does a page load, and may a browser keep them?

An address carries the digest of the content, so that a browser may keep what it has for ever.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shuke.errors import WrongCall
from shuke.languages import N_

FOREVER = "public, max-age=31536000, immutable"

_FOLDER = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    content: bytes
    kind: str
    digest: str


@cache
def assets() -> dict[str, Asset]:
    return {path.name: _read(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _KINDS}


def asset(name: str) -> Asset:
    if name not in assets():
        raise WrongCall(N_("There is nothing at this address."))
    return assets()[name]


def address(name: str) -> str:
    return f"/static/{asset(name).digest}/{name}"


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, _KINDS[path.suffix], hashlib.sha256(content).hexdigest()[:12])
