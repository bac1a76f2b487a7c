"""Bounds: how large may a number be that an address names, and how far away a day?

What lies beyond is refused at the door: databases and engines count in eight bytes, and calendars end.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

#: More than anything is numbered, and what every program and database can write.
LARGEST = 2**53 - 1

#: Of a batch, a build, a token, a decision.
Number = Annotated[int, Field(ge=0, le=LARGEST)]
#: So many rows are skipped.
Offset = Annotated[int, Field(ge=0, le=LARGEST)]
#: A day that a company can have seen, or plan for.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
#: The same of a moment, which says its zone.
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 12, 31, tzinfo=UTC))
]
