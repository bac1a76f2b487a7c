"""Bundle: where does the script that draws charts come from?

From vl-convert, which carries Vega, Vega-Lite and Vega-Embed with it: no file of theirs is ours to
keep, and none is loaded from elsewhere. Vega-Embed brings the expression interpreter along, which the
option `ast` turns on; so no page needs `unsafe-eval`.
"""

import gzip
import hashlib
import threading
from dataclasses import dataclass, field
from functools import cached_property

import vl_convert


@dataclass(frozen=True)
class Script:
    text: bytes
    gzipped: bytes
    digest: str


@dataclass(frozen=True)
class Bundle:
    """The script, made once for the process: it takes a second or two."""

    _lock: threading.Lock = field(default_factory=threading.Lock)

    def script(self) -> Script:
        with self._lock:
            return self._made

    def prepare(self) -> None:
        """Make it in the background, so that the first chart need not wait."""
        threading.Thread(target=self.script, name="chart-script", daemon=True).start()

    @property
    def version(self) -> str:
        """What an address of the script carries, so that browsers keep it until it changes."""
        return f"{vl_convert.get_vega_version()}-{vl_convert.get_vega_embed_version()}"

    @cached_property
    def _made(self) -> Script:
        text = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode()
        return Script(text, gzip.compress(text, 6), hashlib.sha256(text).hexdigest()[:16])
