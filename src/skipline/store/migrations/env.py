"""Run by Alembic: climbs on the connection that `migration.py` hands over, or prints the SQL for another database."""

from alembic import context

from skipline.store.schema import metadata

if context.is_offline_mode():
    context.configure(dialect_name=context.config.attributes["dialect_name"], target_metadata=metadata)
else:
    # SQLite undoes table changes with the transaction, though Alembic does not count on it.
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
with context.begin_transaction():
    context.run_migrations()
