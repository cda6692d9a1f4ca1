"""Typed configuration: the only module that reads newsdesk.toml and the environment."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyAddress, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from crawler.delivery.parsing import parse_addresses, parse_command, parse_secret, parse_smtp, parse_webhook
from storage.errors import UsageError

Network = IPv4Network | IPv6Network
CONFIG_FILE = "newsdesk.toml"
SECRETS = ("webhook_secret", "smtp_url", "health_webhook", "web_token")
"""Settings whose values no error shows."""


def _version() -> str:
    from importlib.metadata import version

    return version("newsdesk")


def parse_networks(value: Any) -> tuple[Network, ...]:
    """Return networks written with commas between them, or as a list. Raises ValueError."""
    parts = re.split(r"[,\s]+", value) if isinstance(value, str) else list(value or ())
    return tuple(ip_network(part, strict=False) for part in parts if str(part).strip())


def parse_origin(value: Any) -> str:
    """Return an origin (https://news.example.org, perhaps with a port) in its one spelling. Raises ValueError."""
    parts = urlsplit(str(value).rstrip("/").lower())
    own = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.geturl() != own:
        raise ValueError(f"{value!r} is not an origin; write e.g. https://news.example.org, without a path")
    return own


class Config(BaseSettings):
    """Every setting, from the environment (`NEWSDESK_…`) first, then newsdesk.toml, then the default."""

    model_config = SettingsConfigDict(env_prefix="NEWSDESK_", extra="forbid", frozen=True)

    database_url: str = Field("sqlite:///newsdesk.db", description="SQLite file or PostgreSQL server.")
    sources: Path = Field(Path("sources.toml"), description="The file that declares the sources.")
    allow_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="Private networks that may be fetched all the same, e.g. 127.0.0.0/8."
    )
    contact: str = Field("", description="A web page or e-mail address that the User-Agent names.")
    user_agent: str = Field("", description="The whole User-Agent; by default newsdesk, its version and the contact.")
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256, description="Extraction processes.")
    worker_timeout: float = Field(10.0, gt=0, le=600, description="Seconds that one page may take.")
    worker_memory_mb: int = Field(1024, ge=128, description="Memory that one page may take, in MB.")
    delay: float = Field(1.0, ge=0, le=3600, description="Seconds between two requests to one host.")
    max_crawl_delay: float = Field(60.0, ge=0, description="A longer Crawl-delay in robots.txt counts as this.")
    politeness: Literal["host", "domain"] = Field("host", description="What shares one rate and one back-off.")
    hosts: int = Field(16, ge=1, le=512, description="Hosts that are visited at the same time.")
    timeout: float = Field(30.0, gt=0, le=600, description="Seconds that one request may take.")
    max_page_mb: float = Field(20.0, gt=0, le=1000, description="The largest page, after decompression.")
    patience: float = Field(30.0, ge=0, description="Seconds that a one-off crawl waits for hosts in back-off.")
    polls_a_day: float = Field(
        24.0, gt=0, le=144, description="Polls a day that newsdesk's own timing takes a channel."
    )
    budget: int = Field(2000, ge=1, description="New links that one poll of a channel may add.")
    sitemap_files: int = Field(20, ge=0, description="Child sitemaps of one index that a crawl reads.")
    max_attempts: int = Field(5, ge=1, le=50, description="Attempts at a link before it has failed.")
    story_window_days: int = Field(45, ge=1, le=3650, description="Days back that a text is compared with others.")
    recheck: bool = Field(True, description="Look again at stored articles for changes.")
    keep_attempts_days: int = Field(90, ge=1, description="Days that the log of attempts is kept.")
    push_callback: str = Field("", description="The public address that hubs (WebSub) call; empty: no pushes.")
    push_address: IPvAnyAddress = Field(
        IPv4Address("127.0.0.1"), description="The local address at which hubs' calls arrive."
    )
    push_port: int = Field(8788, ge=1, le=65535, description="The local port at which they arrive.")
    keep_articles: Annotated[timedelta | None, NoDecode] = Field(
        None, description='How long articles are kept, e.g. "365d"; for ever by default.'
    )
    health_minutes: float = Field(10.0, ge=0.05, le=1440, description="Minutes between two looks at the sources.")
    health_webhook: str = Field("", description="URL that is told when a source's state changes.")
    webhook_secret: str = Field("", description="The secret that webhooks are signed with.")
    smtp_url: str = Field("", description="The mail server, e.g. smtp://user:password@host:587 or smtps://….")
    email_from: str = Field("", description="The sender of e-mails.")
    health_email: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses that are told when a source's state changes."
    )
    health_command: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="A command that is told, as JSON on its standard input, when a source's state changes."
    )
    watch_articles: int = Field(50, ge=1, le=500, description="Articles that one message of a saved search shows.")
    log_level: str = Field("INFO", description="DEBUG | INFO | WARNING | ERROR.")
    log_format: str = Field("console", description="console | json.")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port of the daemon's Prometheus metrics; 0: none.")
    metrics_address: str = Field("127.0.0.1", description="Address that the metrics are served at.")
    web_host: str = Field("127.0.0.1", description="Address that newsdesk serve is reached at.")
    web_port: int = Field(8787, ge=0, le=65535, description="Its port; 0: any that is free.")
    web_token: str = Field("", description="Who has it may read; without one only this machine may.")
    web_public: str = Field("", description="The address under which a reverse proxy serves it.")
    web_cors: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins whose pages may read the API, e.g. https://charts.example.org."
    )
    web_rate: int = Field(600, ge=1, le=100_000, description="Requests a minute that one client may make.")
    web_query_seconds: float = Field(10.0, ge=0.1, le=600, description="Seconds that one question may take.")

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        return parse_networks(value)

    @field_validator("push_callback")
    @classmethod
    def _public_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.port == 0
            or parts.query
            or parts.fragment
        ):
            raise ValueError("must be an address like https://news.example.org/push/, without ? and #")
        return value.rstrip("/") + "/" if value else ""

    @field_validator("user_agent")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(ord(character) < 32 for character in value):
            raise ValueError("must be one line")
        return value

    @field_validator("keep_articles", mode="before")
    @classmethod
    def _keep(cls, value: Any) -> Any:
        from crawler.sources import parse_keep

        return parse_keep(value)

    @field_validator("log_format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in ("console", "json"):
            raise ValueError("must be console or json")
        return value

    @field_validator("health_webhook")
    @classmethod
    def _webhook(cls, value: str) -> str:
        return parse_webhook(value)

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, value: str) -> str:
        return parse_secret(value)

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        return parse_smtp(value)

    @field_validator("health_email", mode="before")
    @classmethod
    def _addresses(cls, value: Any, info: ValidationInfo) -> Any:
        found = parse_addresses(value)
        lacking = [name for name in ("smtp_url", "email_from") if found and not info.data.get(name, "wrong")]
        if lacking:
            raise ValueError(f"needs {' and '.join(lacking)}")
        return found

    @field_validator("health_command", mode="before")
    @classmethod
    def _command(cls, value: Any) -> Any:
        return parse_command(value)

    @field_validator("web_public")
    @classmethod
    def _public_origin(cls, value: str) -> str:
        return parse_origin(value) if value else ""

    @field_validator("web_cors", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        parts = re.split(r"[,\s]+", value) if isinstance(value, str) else value
        return tuple(parse_origin(part) for part in parts if part) if isinstance(parts, list | tuple) else value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @property
    def agent(self) -> str:
        """The User-Agent that is sent."""
        contact = f" (+{self.contact})" if self.contact else ""
        return self.user_agent or f"newsdesk/{_version()}{contact}"

    @property
    def max_bytes(self) -> int:
        """The largest page, in bytes."""
        return int(self.max_page_mb * 1024 * 1024)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose values come as arguments."""
        return env_settings, init_settings


_chosen: dict[str, Path] = {}


def choose(*, config: Path | None = None, sources: Path | None = None) -> None:
    """Name the files that the command line chose (`--config`, `--sources`), for this process and its children."""
    if config is not None:
        _chosen["config"] = config
        os.environ["NEWSDESK_CONFIG"] = str(config)
    if sources is not None:
        os.environ["NEWSDESK_SOURCES"] = str(sources)


def load_config() -> Config:
    """Read the configuration. Raises UsageError with a line per mistake, naming the file or variable."""
    named = _chosen.get("config") or (Path(os.environ["NEWSDESK_CONFIG"]) if "NEWSDESK_CONFIG" in os.environ else None)
    path = named or Path(CONFIG_FILE)
    values = _read(path, required=named is not None)
    try:
        return Config(**values)
    except ValidationError as error:
        raise UsageError("\n".join(_explain(problem, path, values) for problem in error.errors())) from None


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise UsageError(f"{path}: no such file") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None


def _explain(problem: Any, path: Path, values: dict[str, Any]) -> str:
    name = str(problem["loc"][0]) if problem["loc"] else ""
    variable = f"NEWSDESK_{name.upper()}"
    where = variable if variable in os.environ else f"{path}: {name}"
    if problem["type"] == "extra_forbidden":
        from difflib import get_close_matches

        near = get_close_matches(name, Config.model_fields, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(Config.model_fields)}"
        return f"{where}: there is no such setting{hint}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    if name in SECRETS:
        return f"{where}: {message}"
    return f"{where}: {message} (it is {problem.get('input')!r})"
