"""The instructions that were used, and the edits that collided with others'."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "instructions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "project_id", sa.String(32), sa.ForeignKey("projects.id", ondelete="CASCADE"), index=True, nullable=False
        ),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("instruction", sa.JSON, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.UniqueConstraint("project_id", "digest", name="uq_instructions_project_id"),
    )
    op.create_table(
        "edits_set_aside",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "labelling_id",
            sa.String(32),
            sa.ForeignKey("labellings.id", ondelete="CASCADE"),
            index=True,
            nullable=False,
        ),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("based_on", sa.Integer, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edit", sa.JSON, nullable=False),
        sa.Column("against", sa.JSON, nullable=False),
        sa.UniqueConstraint("labelling_id", "key", name="uq_edits_set_aside_labelling_id"),
    )
