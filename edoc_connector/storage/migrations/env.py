"""What Alembic runs, on the connection it was given and in its transaction."""

from __future__ import annotations

from alembic import context

from edoc_connector.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # SQLite too: we begin its transactions ourselves
)
with context.begin_transaction():
    context.run_migrations()
