"""Migrations: plain Alembic, one folder and one version table for the core and for each plugin.

So a plugin's removal never stops an upgrade, and its tables stay as they are until it comes back.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from lms.db import Instant, Model, db, writing
from lms.plugin import Plugin, package_folder
from lms.site import Site

ENVIRONMENT = Path(__file__).parent / "migrations"


def owners(site: Site) -> list[Plugin]:
    """The core and every plugin that brings migrations."""
    core = Plugin("core", "lms")
    return [core, *(plugin for plugin in site.plugins() if _brings_migrations(plugin))]


def _brings_migrations(plugin: Plugin) -> bool:
    """Whether its package has migrations that are its own: two plugins of one package must not both run them."""
    folder = package_folder(plugin, "migrations")
    versions = {path.stem for path in (folder / "versions").glob("*_*.py")}
    return folder.is_dir() and (not versions or any(name.startswith(f"{plugin.name}_") for name in versions))


def version_table(owner: Plugin) -> str:
    """Where Alembic keeps the owner's version."""
    return f"alembic_version_{owner.name}"


def owns(owner: Plugin, table: str) -> bool:
    """Whether a table belongs to the owner: that of the package its model is in. A table without a model (of a plugin that is
    not installed) is nobody's, so that it is left as it is."""
    packages = {
        str(mapper.local_table): mapper.class_.__module__.partition(".")[0] for mapper in Model.registry.mappers
    }
    return packages.get(table) == owner.package.partition(".")[0]


def alembic_config(owner: Plugin, connection: Connection) -> AlembicConfig:
    """Alembic's settings for one owner on an open connection."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(package_folder(owner, "migrations") / "versions"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, **context_options(owner))
    return config


def context_options(owner: Plugin) -> dict[str, Any]:
    """What limits Alembic to the owner's own tables."""

    def mine(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or owns(owner, name or "")

    def mine_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        return kind != "table" or owns(owner, name or "")

    def render(kind: str, item: Any, context: Any) -> str | bool:
        # migrations outlive the code: they name SQLAlchemy's own type, not ours
        return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False

    return {
        "target_metadata": Model.metadata,
        "render_item": render,
        "version_table": version_table(owner),
        "include_name": mine,
        "include_object": mine_object,
        "render_as_batch": True,
        "compare_type": True,
        "compare_server_default": False,
    }


def upgrade(site: Site) -> list[str]:
    """Bring all tables to this version; returns the names of the owners that changed."""
    changed = []
    with writing(True), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7416201)"))
        for owner in owners(site):
            before = _version(connection, owner)
            config = alembic_config(owner, connection)
            command.upgrade(config, "head")
            if _version(connection, owner) != before:
                changed.append(owner.name)
    return changed


def _version(connection: Connection, owner: Plugin) -> str | None:
    if version_table(owner) not in inspect(connection).get_table_names():
        return None
    found = connection.execute(text(f"SELECT version_num FROM {version_table(owner)}")).scalar()  # noqa: S608 - a plugin's name is an identifier
    return str(found) if found else None


def head(owner: Plugin) -> str | None:
    """The newest version the owner's package has."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(package_folder(owner, "migrations") / "versions"))
    config.set_main_option("path_separator", "newline")
    return ScriptDirectory.from_config(config).get_current_head()


def pending(site: Site) -> list[str]:
    """Names of owners whose tables are not those of this version."""
    with writing(False), db.engine.connect() as connection:
        return [owner.name for owner in owners(site) if _version(connection, owner) != head(owner)]


def drift(site: Site) -> list[str]:
    """Differences between the migrated tables and the models, a line each: none in a sound version."""
    found = []
    with writing(False), db.engine.connect() as connection:
        for owner in owners(site):
            options = context_options(owner)
            metadata = options.pop("target_metadata")
            context = MigrationContext.configure(connection, opts={**options, "target_metadata": metadata})
            found += [f"{owner.name}: {difference}" for difference in compare_metadata(context, metadata)]
    return found


def revise(site: Site, owner: Plugin, message: str, number: str) -> Path:
    """Write a new migration for the owner from the models (for developers)."""
    (package_folder(owner, "migrations") / "versions").mkdir(parents=True, exist_ok=True)
    with writing(True), db.engine.connect() as connection:
        config = alembic_config(owner, connection)
        script = command.revision(
            config, message, autogenerate=True, rev_id=f"{owner.name}_{number}",
            version_path=str(package_folder(owner, "migrations") / "versions"),
        )  # fmt: skip
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)
