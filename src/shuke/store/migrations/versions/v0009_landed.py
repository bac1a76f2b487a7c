"""What of campaigns and consents has landed, so that a build knows what is new."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("assignments", sa.Column("landed", sa.Text))
    op.add_column("consent_changes", sa.Column("landed", sa.Boolean))
