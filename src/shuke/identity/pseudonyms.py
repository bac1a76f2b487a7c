"""Pseudonyms: what stands for a personal value where it must not be told?"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from shuke.lazy import ibis, ir


@dataclass(frozen=True)
class Pseudonym:
    """A keyed digest: the same for the same text in one project, and nobody's to guess without its key.

    NMAC of SHA-256 (Bellare, Canetti and Krawczyk, Keying Hash Functions for Message Authentication, 1996):
    two keys, each of which fills the first block of one of two digests. HMAC makes the two of one by turning
    its bits over, which text in SQL cannot hold; here HMAC itself derives them from the project's key.
    """

    inner: str = field(repr=False)
    outer: str = field(repr=False)

    @classmethod
    def keyed(cls, key: bytes) -> Pseudonym:
        return cls(
            *(
                hmac.digest(key, f"shuke.pseudonym.{part}".encode(), sha256).hex()
                for part in ("inner", "outer")
            )
        )

    @property
    def mark(self) -> str:
        """By which one sees whether two are the same, and nothing else of them."""
        return sha256(f"shuke.mark {self.inner}{self.outer}".encode()).hexdigest()[:16]

    def __call__(self, text: ir.StringValue) -> ir.StringValue:
        """64 hexadecimal digits; null of null."""
        once = (ibis.literal(self.inner) + text).hexdigest("sha256")
        return (ibis.literal(self.outer) + once).hexdigest("sha256")
