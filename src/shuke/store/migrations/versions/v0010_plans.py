"""What people write down as plans and budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.BigInteger()  # ten-thousandths


def upgrade() -> None:
    op.create_table(
        "plan_figures",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target_kind", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("amount", MONEY),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("landed", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    columns = ["kind", "target_kind", "target", "month"]
    op.create_index("ix_plan_figures_kind_target_kind_target_month", "plan_figures", columns)
    op.create_index("ix_plan_figures_landed", "plan_figures", ["landed"])
