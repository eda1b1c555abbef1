"""The catalogue: an SQLite file in the folder of everything that is saved, or another database by its address.

What `Store.writing` has left without an error is on the disk: SQLite's log is flushed before a commit returns, so
that nothing which was acknowledged is lost when the process is killed or the power fails.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError, ProgrammingError
from sqlalchemy.orm import Session

from core.base.errors import InputError
from core.base.home import home
from core.projects.file_store import FileStore

VARIABLE = "REFRACT_DATABASE_URL"
CATALOGUE = "catalogue.sqlite3"
# How long a writer waits for others. Every transaction of ours takes milliseconds.
BUSY_SECONDS = 30.0
# Taken by whoever makes or changes the tables of a PostgreSQL database: "refract" as a number.
_ADVISORY_LOCK = 0x72656672616374
_WRITES = "refract_writes"


class Store:
    """A catalogue, opened and brought up to date; safe to use from several threads and processes at once.

    Parameters
    ----------
    url : as SQLAlchemy writes it, such as ``sqlite:////folder/catalogue.sqlite3`` or
        ``postgresql://user@host/database``.

    Raises
    ------
    InputError
        For an address that can't be used, a database that isn't there, or one that a newer Refract has changed.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = _usable(url)
        self.engine = _engine(self.url)
        with self._opening(), self._said(), self.engine.connect().execution_options(**{_WRITES: True}) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            migrate(connection)
            connection.commit()

    @property
    def path(self) -> Path | None:
        """The file of an SQLite catalogue."""
        return Path(self.url.database) if self.url.get_backend_name() == "sqlite" and self.url.database else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the catalogue; nothing that is changed in it is kept."""
        with self._said(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together, or, where an error leaves it, not at all.

        Raises
        ------
        InputError
            Where the catalogue can't be written to. Nothing that was saved before is lost.
        """
        with (
            self._said(),
            self.engine.connect().execution_options(**{_WRITES: True}) as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def size(self) -> int:
        """Bytes of the catalogue, its log included; of another database as that counts them."""
        if self.path is not None:
            files = (self.path.with_name(self.path.name + ending) for ending in ("", "-wal", "-shm"))
            return sum(file.stat().st_size for file in files if file.exists())
        with self.reading() as session:
            return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())

    def close(self) -> None:
        """Let go of all connections. The next use opens new ones."""
        self.engine.dispose()

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """Lets one process at a time make an SQLite file, which can't be locked before it is there."""
        if self.path is None:
            yield
            return
        lock = FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=BUSY_SECONDS)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except TimeoutError:
            raise self._unusable(f"another process has been opening it for {BUSY_SECONDS:.0f} seconds") from None
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in the user's words what a database can't do; what is our own mistake stays as it is."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except DatabaseError as error:
            raise self._unusable(" ".join(str(error.orig).split())) from error

    def _unusable(self, reason: str) -> InputError:
        where = self.path or self.url.render_as_string(hide_password=True)
        return InputError(
            f"The catalogue {where} can't be used ({reason}). What was saved before is kept. See that it can be "
            f"reached and written to and that there is free space, or set {VARIABLE} to another database."
        )


class Workspace:
    """Everything that is saved: the catalogue, and the immutable files that it names."""

    def __init__(self, store: Store, files: FileStore) -> None:
        self.store = store
        self.files = files


def open_workspace(folder: Path | None = None, url: str | None = None) -> Workspace:
    """Open what is saved, making it where there is nothing yet.

    Parameters
    ----------
    folder : of the files; `home` by default. People who share a database have to share it as well.
    url : of the catalogue; ``$REFRACT_DATABASE_URL`` by default, and where that isn't set an SQLite file in the folder.
    """
    folder = folder or home()
    url = url or os.environ.get(VARIABLE, "").strip()
    store = Store(url or URL.create("sqlite", database=str(folder / CATALOGUE)))
    return Workspace(store, FileStore(folder / "files"))


def migrate(connection: Connection, target: str = "head") -> None:
    """Bring a catalogue's tables from whatever they are to a revision, within the connection's transaction.

    Raises
    ------
    InputError
        Where a newer Refract has changed them.
    """
    # Alembic takes a fifth of a second to import: it is needed once a process.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    scripts = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == known.get_current_head():
        return
    if current is not None and current not in {script.revision for script in known.walk_revisions()}:
        raise InputError(
            f"The catalogue was changed by a newer Refract (its revision is {current}). Update Refract to open it; "
            "nothing in it was touched."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _usable(url: str | URL) -> URL:
    """The address with the driver that we use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError(
            f"{VARIABLE} is no address of a database. Write it like postgresql://user@host/database."
        ) from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise InputError(f"{VARIABLE} names a {parsed.drivername} database. Use PostgreSQL, or an SQLite file.")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError):
        raise InputError(
            "PostgreSQL needs one more package. Install it with: pip install 'refract[postgres]'"
        ) from None


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us: the driver's own way leaves out DDL and SELECT
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its place at once: one that read first and then finds another in its way can't wait any more."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
