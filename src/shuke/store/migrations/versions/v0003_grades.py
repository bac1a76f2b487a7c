"""How forecasts came out; and alerts of customers who lapse by the name that their rule has now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "grades",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("table_name", sa.Text, nullable=False, index=True),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("build", sa.Integer, nullable=False),
        sa.Column("subjects", sa.BigInteger, nullable=False),
        sa.Column("measures", DOCUMENT, nullable=False),
        sa.Column("sentence", DOCUMENT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.execute("UPDATE alert_flips SET rule = 'lapsing' WHERE rule = 'churn'")
