"""Rule setting rows: what did people set for a rule that warns, and what did its last replay come to?

The functions that read and write them stand in `alerts`.
"""

from sqlalchemy import Column, Integer, Table, Text

from shuke.store.schema import DOCUMENT, UtcMoment, metadata

# Every change is a row; the one with the highest number holds.
rule_settings = Table(
    "rule_settings",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("thresholds", DOCUMENT, nullable=False),  # by name; what it is silent about stands elsewhere
    Column("remind_days", Integer),  # none: as the notice says
    Column("remind_times", Integer),  # none: for as long as nobody has taken care of it
    Column("at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
    Column("note", Text, nullable=False),
)

# What the last replay of each rule came to.
rule_replays = Table(
    "rule_replays",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("result", DOCUMENT, nullable=False),
    Column("at", UtcMoment, nullable=False),
)
