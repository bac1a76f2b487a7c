"""Plan rows: what did people write down as the plan or the budget of a target and a month?

Rows are only added: the newest of a target and a month is in force, and those before it are its history. One
without an amount takes back what was written down.
"""

from sqlalchemy import Boolean, Column, Connection, Date, Index, Table, Text, select

from shuke.store.schema import NUMBER, Money, UtcMoment, metadata

plan_figures = Table(
    "plan_figures",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),  # plans or budgets
    Column("target_kind", Text, nullable=False),
    Column("target", Text, nullable=False),  # its code in the sources; of a customer, the id issued then
    Column("month", Date, nullable=False),
    Column("amount", Money),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
    Column("landed", Boolean, nullable=False),
    Index(None, "kind", "target_kind", "target", "month"),
    Index(None, "landed"),
    sqlite_autoincrement=True,
)

NEW_FIGURES = plan_figures.c.landed.is_(False)


def waits_to_land(connection: Connection) -> bool:
    """Whether anything was written down that no build has taken in."""
    return connection.execute(select(plan_figures.c.id).where(NEW_FIGURES).limit(1)).first() is not None
