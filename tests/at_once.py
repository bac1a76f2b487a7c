"""At once: what are sixteen told who do something at the same moment?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

ACTORS = 16

T = TypeVar("T")


def at_once(do: Callable[[int], T]) -> list[T | type[BaseException]]:
    """What each was given, or the kind of error that it was told; `do` knows which of them it is."""
    gate = Barrier(ACTORS)

    def one(number: int) -> T:
        gate.wait()
        return do(number)

    with ThreadPoolExecutor(ACTORS) as pool:
        tries = [pool.submit(one, number) for number in range(ACTORS)]
    return [type(error) if (error := done.exception()) else done.result() for done in tries]
