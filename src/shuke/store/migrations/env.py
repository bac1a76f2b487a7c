"""What Alembic runs for every command: on which connection, towards which tables?"""

from alembic import context

from shuke.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, once its driver does not end transactions on its own
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
