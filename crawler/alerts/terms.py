"""Read how a saved search is asked for on the command line: its times and targets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.config import Config
from crawler.delivery.parsing import parse_addresses, parse_command, parse_webhook
from crawler.delivery.terms import EMAIL, WEBHOOK, command_target, target
from storage.errors import UsageError
from storage.saved import EVERY, MORNING, PER

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_every(every: str, per: str) -> tuple[str, str]:
    """Return when and by what is told. Raises UsageError."""
    for option, value, known in (("--every", every, EVERY), ("--per", per, PER)):
        if value not in known:
            raise UsageError(f"{option} {value!r}: write {', '.join(known[:-1])} or {known[-1]}")
    return every, per


def parse_at(every: str, at: str | None, timezone: str | None) -> tuple[str | None, str | None]:
    """Return the time of day (HH:MM) and the zone of a daily digest. Raises UsageError."""
    if every != "day" and at is not None:
        raise UsageError("--at is the time of a daily digest; add --every day")
    found = _TIME.fullmatch(at) if at is not None else None
    if at is not None and found is None:
        raise UsageError(f"--at {at!r} is not a time of day; write e.g. 07:00")
    try:
        zone = ZoneInfo(timezone) if timezone is not None else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--timezone {timezone!r} is not a time zone; write e.g. Europe/Vienna") from None
    time = f"{int(found[1]):02}:{found[2]}" if found else MORNING if every == "day" else None
    return time, zone.key if zone is not None else None


def parse_targets(
    config: Config, webhooks: Sequence[str], emails: Sequence[str], commands: Sequence[str]
) -> tuple[str, ...]:
    """Return the targets that options name. Raises UsageError, for e-mail also without a mail server."""
    found = []
    for option, values in (("--webhook", webhooks), ("--email", emails), ("--command", commands)):
        for value in values:
            try:
                found += _targets(option, value)
            except ValueError as error:
                raise UsageError(f"{option} {value!r}: {error}") from None
    lacking = [name for name in ("smtp_url", "email_from") if emails and not getattr(config, name)]
    if lacking:
        raise UsageError(f"--email needs {' and '.join(lacking)}: see docs/configuration.md")
    return tuple(dict.fromkeys(found))


def _targets(option: str, value: str) -> list[str]:
    if not value.strip():
        raise ValueError("is empty")
    if option == "--webhook":
        return [target(WEBHOOK, parse_webhook(value))]
    if option == "--email":
        return [target(EMAIL, address) for address in parse_addresses(value)]
    return [command_target(parse_command(value))]
