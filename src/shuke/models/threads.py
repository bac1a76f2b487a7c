"""Threads: how is a fit kept to one core?

The threads of BLAS and OpenMP wait for one another in circles: where the machine has other work, several take
many times what one takes, and what they add up in turn ends in digits of chance.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold every pool of the libraries that are loaded by now to one thread."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        yield
