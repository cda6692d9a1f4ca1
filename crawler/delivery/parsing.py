"""Read targets as people write them in the configuration."""

from __future__ import annotations

import re
import shlex
from typing import Any
from urllib.parse import urlsplit

from crawler.delivery.webhook import key_of

_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def parse_webhook(value: str) -> str:
    """Return the URL of a webhook, as it is. Raises ValueError."""
    split = urlsplit(value)
    if value and (split.scheme not in ("http", "https") or not split.hostname or not value.isprintable()):
        raise ValueError("must be an http(s) URL")
    return value


def parse_secret(value: str) -> str:
    """Return a secret that webhooks are signed with. Raises ValueError."""
    key_of(value)
    return value


def parse_smtp(value: str) -> str:
    """Return the URL of a mail server. Raises ValueError."""
    try:
        split = urlsplit(value)
        _ = split.port
    except ValueError as error:
        raise ValueError(f"must be smtp://user:password@host:587 or smtps://…: {error}") from None
    if value and (split.scheme not in ("smtp", "smtps") or not split.hostname):
        raise ValueError("must be smtp://user:password@host:587 or smtps://…")
    return value


def parse_addresses(value: Any) -> tuple[str, ...]:
    """Return e-mail addresses written with commas between them, or as a list. Raises ValueError."""
    parts = re.split(r"[,\s]+", value) if isinstance(value, str) else list(value or ())
    found = tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))
    for address in found:
        if not _ADDRESS.fullmatch(address):
            raise ValueError(f"{address!r} is not an e-mail address")
    return found


def parse_command(value: Any) -> tuple[str, ...]:
    """Return a command with its arguments, written as for a shell or as a list. Raises ValueError."""
    parts = shlex.split(value) if isinstance(value, str) else list(value or ())
    if any(not isinstance(part, str) or not part for part in parts):
        raise ValueError("must be a command and its arguments")
    return tuple(parts)
