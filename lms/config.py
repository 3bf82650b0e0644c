"""What an operator may set: one frozen model, read from keyword arguments or from LMS_* environment variables."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

OF_COMMANDS = frozenset({"LMS_PASSWORD"})
"""Variables that one command reads (`lms user create`): no settings of the site."""


class ConfigError(Exception):
    """The configuration cannot be used. `str()` has one line a finding, none with a secret in it."""


class Config(BaseModel):
    """Settings of one site. Every field `name` is also the environment variable `LMS_NAME`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Field(default=Path("instance"), description="Folder for the embedded database, files and the key")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: an SQLite file in data_dir")
    secret_key: str = Field(
        default="", description="At least 32 characters; empty: made on first use, kept in data_dir"
    )
    base_url: str = Field(default="http://127.0.0.1:8000", description="How people reach the site, for links in mail")
    site_name: str = Field(default="Траектория", max_length=100, description="Shown in the header and in mail")
    organisation: str = Field(default="Траектория", max_length=300, description="Printed on certificates as the issuer")
    mail_url: str = Field(
        default="", description="smtp://[user:password@]host:port or smtps://…; empty: mail stays in the outbox"
    )
    mail_from: str = Field(default="noreply@localhost", description="Sender of the site's mail")
    jitsi_url: str = Field(
        default="", pattern="^(https?://.+)?$", description="The Jitsi Meet that rooms of meetings are made on"
    )
    bbb_url: str = Field(
        default="",
        pattern="^(https?://.+)?$",
        description="The BigBlueButton that rooms of meetings are made on: the URL that bbb-conf --secret tells",
    )
    bbb_secret: str = Field(default="", description="The secret it shares with those who call it")
    language: str = Field(
        default="ru", pattern="^(ru|en)$", description="Language for visitors whose browser asks for neither"
    )
    timezone: str = Field(default="Europe/Moscow", description="Time zone for visitors")
    registration: bool = Field(default=True, description="May visitors sign up by themselves")
    trusted_hosts: str = Field(
        default="", description="Host names the site answers to, comma separated; empty: that of base_url"
    )
    proxies: int = Field(default=0, ge=0, le=5, description="How many reverse proxies stand in front")
    max_upload: int = Field(default=20 * 1024 * 1024, ge=1024, description="Bytes a single uploaded file may have")
    quick_hash: bool = Field(default=False, description="Cheap password hashing, for tests only")
    demo: bool = Field(default=False, description="A demonstration site, shown as such, loopback only")

    @field_validator("base_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_key(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("must have at least 32 characters")
        return value

    @property
    def https(self) -> bool:
        """Whether people reach the site over https (decides on Secure cookies and HSTS)."""
        return self.base_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """Name of the cookie that holds a session; the `__Host-` form is bound to this host and to https by the browser."""
        return "__Host-sid" if self.https else "sid"

    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'trajectory.db').resolve()}"
        url = self.database_url
        for short in ("postgres://", "postgresql://"):
            if url.startswith(short):
                return "postgresql+psycopg://" + url[len(short) :]
        return url

    def key(self) -> str:
        """The signing key: the configured one, or one made on first use and kept in `data_dir` with mode 0600."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret.key"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            found = path.read_text("utf-8").strip()
            if len(found) < 32:
                raise ConfigError(
                    f"{path} does not hold a key of at least 32 characters: delete it to make a new one"
                ) from None
            return found
        made = secrets.token_urlsafe(48)
        with os.fdopen(handle, "w") as file:
            file.write(made)
        return made


def read_config(environ: Mapping[str, str] | None = None, **given: Any) -> Config:
    """Configuration from LMS_* variables, overridden by `given`. Raises ConfigError naming every bad or unknown variable."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {
        name[4:].lower(): value
        for name, value in environ.items()
        if name.startswith("LMS_") and not name.startswith("LMS_TEST_") and name not in OF_COMMANDS
    }
    values.update(given)
    try:
        return Config(**values)
    except ValidationError as error:
        lines = [
            f"LMS_{'_'.join(map(str, item['loc'])).upper()}: "
            + ("there is no such setting" if item["type"] == "extra_forbidden" else item["msg"])
            for item in error.errors()
        ]
        raise ConfigError("\n".join(lines)) from None


def flask_settings(config: Config) -> dict[str, object]:
    """The same for Flask and its extensions, under the names they look for."""
    return {
        "SECRET_KEY": config.key(),
        "SQLALCHEMY_DATABASE_URI": config.database(),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(config),
        "MAX_CONTENT_LENGTH": 1024 * 1024 + 3 * config.max_upload,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "SESSION_COOKIE_NAME": "__Host-state" if config.https else "state",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.https,
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the browser's session
        "WTF_CSRF_SSL_STRICT": False,  # SameSite cookies and the token suffice behind a proxy that drops the Referer
    }


def _engine_options(config: Config) -> dict[str, object]:
    """Bounds for the database's side: a statement or a forgotten transaction never holds others up for long."""
    if not config.database().startswith("postgresql"):
        return {"connect_args": {"timeout": 10}}
    bounds = "-c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000"
    return {"connect_args": {"options": bounds}, "pool_size": 8}
