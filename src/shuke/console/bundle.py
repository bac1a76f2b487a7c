"""Bundle: where does the script that draws the charts come from?

From vl-convert, which carries Vega, Vega-Lite and Vega-Embed with it: no file of theirs is ours to
keep, and none is loaded from elsewhere. Vega-Embed brings the expression interpreter along, which the
option `ast` turns on; so no page needs `unsafe-eval`.
"""

import gzip
import threading
from dataclasses import dataclass
from functools import cache

import vl_convert

_ONLY = "window.vegaEmbed = vegaEmbed;"
_lock = threading.Lock()


@dataclass(frozen=True)
class Script:
    text: bytes
    gzipped: bytes


def script() -> Script:
    """The script, made once for the process: it takes a second or two."""
    with _lock:
        return _made()


def prepare() -> None:
    """Make it in the background, so that the first chart need not wait."""
    threading.Thread(target=script, name="chart-script").start()


def version() -> str:
    """What the script's address carries, so that browsers keep it until it changes."""
    return f"{vl_convert.get_vega_version()}-{vl_convert.get_vega_embed_version()}"


@cache
def _made() -> Script:
    text = vl_convert.javascript_bundle(_ONLY).encode()
    return Script(text, gzip.compress(text, 6))
