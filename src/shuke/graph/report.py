"""Report: who hears how far a run is?"""

from collections.abc import Callable

Report = Callable[[str, int, int], None]
"""(table, how many are done, how many there are)"""


def unreported(name: str, done: int, all_: int) -> None:
    """Nobody waits for it."""
