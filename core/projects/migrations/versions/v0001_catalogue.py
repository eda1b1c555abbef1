"""Projects with corpora, runs, comparisons, labellings and the journals of their edits."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "projects",
        _key(),
        sa.Column("name", sa.Text, nullable=False),
        _moment("created"),
        _moment("changed"),
        _moment("deleted", nullable=True),
    )
    op.create_table(
        "corpora",
        _key(),
        _part_of("projects"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("file", sa.String(48), nullable=False),
        sa.Column("source", sa.String(48)),
        _moment("created"),
        sa.UniqueConstraint("project_id", "file", name="uq_corpora_project_id"),
    )
    op.create_table(
        "runs",
        _key(),
        _part_of("corpora", "corpus_id"),
        sa.Column("instruction", sa.JSON, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("file", sa.String(48), nullable=False),
        sa.Column("clusters", sa.Integer, nullable=False),
        sa.Column("noise", sa.Integer, nullable=False),
        _moment("created"),
        sa.UniqueConstraint("corpus_id", "file", name="uq_runs_corpus_id"),
    )
    op.create_table(
        "comparisons", _key(), _part_of("projects"), sa.Column("name", sa.Text, nullable=False), _moment("created")
    )
    op.create_table(
        "compared_runs",
        _part_of("comparisons", index=False, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        _part_of("runs"),
    )
    op.create_table(
        "labellings",
        _key(),
        _part_of("runs"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("carried", sa.JSON, nullable=False),
        _moment("created"),
    )
    op.create_table(
        "edits",
        _part_of("labellings", index=False, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("based_on", sa.Integer, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        _moment("at"),
        sa.Column("edit", sa.JSON, nullable=False),
        sa.UniqueConstraint("labelling_id", "key", name="uq_edits_labelling_id"),
    )


def _key() -> "sa.Column[str]":
    return sa.Column("id", sa.String(32), primary_key=True)


def _moment(name: str, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _part_of(table: str, name: str = "", index: bool = True, primary_key: bool = False) -> "sa.Column[str]":
    return sa.Column(
        name or f"{table[:-1]}_id",
        sa.String(32),
        sa.ForeignKey(f"{table}.id", ondelete="CASCADE"),
        index=index,
        nullable=False,
        primary_key=primary_key,
    )
