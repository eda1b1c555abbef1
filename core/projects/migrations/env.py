"""Alembic's way in: it runs this file, with the connection that `core.projects.database` gives it."""

from alembic import context

from core.projects.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # SQLite's too, as transactions are begun by us and not by its driver
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
