"""Where messages go and what that takes: targets, and the terms that the configuration names."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.config import Config

WEBHOOK, EMAIL, COMMAND = "webhook", "email", "command"


@dataclass(frozen=True, slots=True)
class Terms:
    """What delivering takes. `smtp_url` is smtp:// or smtps:// with user and password; `webhook_secret` signs.

    `targets` are those that are configured now, as `target` writes them.
    """

    targets: tuple[str, ...] = ()
    webhook_secret: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    email_from: str = ""


def target(kind: str, address: str) -> str:
    """Return a target as the database keeps it: its kind and its address."""
    return f"{kind} {address}"


def parts_of(target: str) -> tuple[str, str]:
    """Return the kind and the address of a target."""
    kind, _, address = target.partition(" ")
    return kind, address


def command_target(command: Sequence[str]) -> str:
    """Return the target of a command with its arguments."""
    return target(COMMAND, json.dumps(list(command), ensure_ascii=False))


def health_terms(config: Config) -> Terms:
    """Return the terms on which changes of sources' states are told."""
    targets = [target(WEBHOOK, config.health_webhook)] if config.health_webhook else []
    targets += [target(EMAIL, address) for address in config.health_email]
    targets += [command_target(config.health_command)] if config.health_command else []
    return Terms(tuple(targets), config.webhook_secret, config.smtp_url, config.email_from)


def name_of(target: str) -> str:
    """Return a target for people and logs: no query, password or arguments, where secrets are."""
    kind, address = parts_of(target)
    if kind == COMMAND:
        return f"command {shlex.quote(json.loads(address)[0])}"
    if kind == EMAIL:
        return f"e-mail to {address}"
    from urllib.parse import urlsplit

    split = urlsplit(address)
    return f"webhook {split.scheme}://{split.netloc.rpartition('@')[2]}"
