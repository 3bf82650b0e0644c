"""Alembic's environment: runs one owner's migrations on the connection it is given (see lms/migrate.py)."""

from alembic import context

attributes = dict(context.config.attributes)
connection = attributes.pop("connection")
context.configure(connection=connection, **attributes)
with context.begin_transaction():
    context.run_migrations()
