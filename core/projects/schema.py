"""The tables of the catalogue. They are made and changed by the migrations alone; a test compares the two."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, MetaData, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class _Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def new_id() -> str:
    """32 hexadecimal characters that nothing else is called by."""
    return uuid.uuid4().hex


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The base of all tables: names of constraints, and exact strings in JSON.

    Text columns can't hold every string in every database, NUL for one. JSON escapes it, so what has to be kept
    exactly as the user wrote it is JSON.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: _Moment, dict[str, Any]: JSON}  # noqa: RUF012


def _key() -> Mapped[str]:
    return mapped_column(String(32), primary_key=True, default=new_id)


def _part_of(table: str) -> Mapped[str]:
    return mapped_column(String(32), ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class ProjectRow(Base):
    """A project, as a user opens it: corpora and all that was made of them. ``deleted`` is when it was thrown away."""

    __tablename__ = "projects"
    id: Mapped[str] = _key()
    name: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=now)
    changed: Mapped[datetime] = mapped_column(default=now)
    deleted: Mapped[datetime | None]


class CorpusRow(Base):
    """``file`` holds the corpus, ``source`` the file it was read from where there was one; both in `files`."""

    __tablename__ = "corpora"
    __table_args__ = (UniqueConstraint("project_id", "file"),)
    id: Mapped[str] = _key()
    project_id: Mapped[str] = _part_of("projects")
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(String(32))
    texts: Mapped[int]
    file: Mapped[str] = mapped_column(String(48))
    source: Mapped[str | None] = mapped_column(String(48))
    created: Mapped[datetime] = mapped_column(default=now)


class RunRow(Base):
    """A corpus under an instruction; ``file`` holds what came out, ``slots`` the colours that it was shown in."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("corpus_id", "file"),)
    id: Mapped[str] = _key()
    corpus_id: Mapped[str] = _part_of("corpora")
    instruction: Mapped[str] = mapped_column(JSON)
    model: Mapped[str]
    file: Mapped[str] = mapped_column(String(48))
    clusters: Mapped[int]
    noise: Mapped[int]
    slots: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    created: Mapped[datetime] = mapped_column(default=now)


class ComparisonRow(Base):
    """Runs side by side."""

    __tablename__ = "comparisons"
    id: Mapped[str] = _key()
    project_id: Mapped[str] = _part_of("projects")
    name: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=now)


class ComparedRow(Base):
    """The run that stands at a place in a comparison, from 0."""

    __tablename__ = "compared_runs"
    comparison_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = _part_of("runs")


class LabellingRow(Base):
    """The topics of a run as somebody edits them. ``carried`` is what an earlier one brought along."""

    __tablename__ = "labellings"
    id: Mapped[str] = _key()
    run_id: Mapped[str] = _part_of("runs")
    name: Mapped[str]
    carried: Mapped[dict[str, Any]]
    created: Mapped[datetime] = mapped_column(default=now)


class EditRow(Base):
    """An entry of a labelling's journal; never changed. ``key`` is the writer's own, so that none comes twice."""

    __tablename__ = "edits"
    __table_args__ = (UniqueConstraint("labelling_id", "key"),)
    labelling_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("labellings.id", ondelete="CASCADE"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32))
    based_on: Mapped[int]
    author: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    edit: Mapped[dict[str, Any]]


class SetAsideRow(Base):
    """An edit that collided with others', kept until its author decides; ``against`` says whose and why."""

    __tablename__ = "edits_set_aside"
    __table_args__ = (UniqueConstraint("labelling_id", "key"),)
    id: Mapped[str] = _key()
    labelling_id: Mapped[str] = _part_of("labellings")
    key: Mapped[str] = mapped_column(String(32))
    based_on: Mapped[int]
    author: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    edit: Mapped[dict[str, Any]]
    against: Mapped[dict[str, Any]]


class InstructionRow(Base):
    """An instruction that was used with a model in a project, how often and when last."""

    __tablename__ = "instructions"
    __table_args__ = (UniqueConstraint("project_id", "digest"),)
    id: Mapped[str] = _key()
    project_id: Mapped[str] = _part_of("projects")
    digest: Mapped[str] = mapped_column(String(32))
    instruction: Mapped[str] = mapped_column(JSON)
    model: Mapped[str]
    times: Mapped[int]
    used: Mapped[datetime] = mapped_column(default=now)
    pinned: Mapped[bool]
