"""Run migrations on the connection that `storage.migrate` hands over, within its transaction."""

from alembic import context

from storage.schema import metadata


def include_name(name: str | None, kind: str, _: object) -> bool:
    """Leave out full-text tables: they are the migrations' own, different on each database."""
    return not (kind == "table" and name is not None and name.startswith("articles_fts"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=include_name,
    render_as_batch=True,
)
context.run_migrations()
