"""Segment: what does a build take in of a segment?"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A version of a segment: a condition in force, or a list of customers."""

    name: str
    version: int
    expression: str | None = None
    members: tuple[str, ...] = ()  # of a list: ids of customers as they were issued
