"""The command line: what may one type, and how is one told what came of it?

main()    the `shuke` of a shell: exit status 0 done, 1 the work failed, 2 the call was wrong,
          3 (import --dry-run) a person is asked something first
"""

import gc
import os
import sys
from collections.abc import Mapping

from shuke.errors import ShukeError, WrongCall
from shuke.languages import Language, choose, speaking

__all__ = ["language", "main"]

#: A command loads and plans, which makes objects by the million and hardly any in circles: to look for those
#: after every 700, as Python does, takes a fourteenth of an import of ten lines.
_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    gc.set_threshold(_BETWEEN_COLLECTIONS)
    with speaking(language(os.environ)):
        from shuke.cli.commands import group  # what a command says of itself is worded as it is loaded

        try:
            group()()
        except ShukeError as error:
            lines = [line.rstrip() for line in str(error).splitlines() if line.strip()]
            print(*lines, sep="\n", file=sys.stderr)
            sys.exit(2 if isinstance(error, WrongCall) else 1)


def language(environment: Mapping[str, str]) -> Language:
    """That of SHUKE_LANGUAGE, else of the locale, as POSIX looks it up."""
    names = ("SHUKE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return choose(next((environment[name] for name in names if environment.get(name)), None))
