"""Take the messages that are due, try each, and note what came of it. A kill leaves a message for the next try."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from crawler.delivery.command import run
from crawler.delivery.letter import DeliveryError, letter_of
from crawler.delivery.mail import send
from crawler.delivery.terms import COMMAND, EMAIL, WEBHOOK, Terms, name_of, parts_of
from crawler.delivery.webhook import post
from storage.deliveries import Delivery, arrived, not_arrived, take_due

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""Messages that are taken at a time: each must be tried before it counts as left behind."""
SENDERS = 8


def take(connection: sa.Connection, terms: Terms, now: datetime) -> list[Delivery]:
    """Take what is due for the targets that are configured here, in a write transaction."""
    return take_due(connection, terms.targets, now, AT_ONCE)


def try_all(deliveries: list[Delivery], terms: Terms) -> list[str | None]:
    """Try each message, several at a time; return why each has failed, None for those that arrived. Blocks."""
    if not deliveries:
        return []
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="newsdesk-courier") as senders:
        return list(senders.map(partial(_try, terms=terms), deliveries))


def _try(delivery: Delivery, terms: Terms) -> str | None:
    kind, address = parts_of(delivery.target)
    letter = letter_of(delivery, address, datetime.now(UTC))
    try:
        match kind:
            case str(known) if known == WEBHOOK:
                post(letter, terms.webhook_secret)
            case str(known) if known == EMAIL:
                send(letter, terms.smtp_url, terms.email_from)
            case str(known) if known == COMMAND:
                run(letter, json.loads(address))
            case _:
                return f"{kind} is no kind of target"
    except DeliveryError as error:
        return " ".join(str(error).split())[:300]
    except Exception as error:  # one message that cannot be sent must not keep the others
        logger.exception("telling %s failed", name_of(delivery.target))
        return f"{type(error).__name__}: {error}"[:300]
    return None


def note(connection: sa.Connection, tried: list[tuple[Delivery, str | None]], now: datetime) -> list[str]:
    """Keep what came of each try, in a write transaction; return a line for the log for each target that failed."""
    failed: dict[tuple[str, str], list[str]] = {}
    for delivery, error in tried:
        if error is None:
            arrived(connection, delivery.id, now)
        else:
            again = not_arrived(connection, delivery, error, now)
            what = (
                f"{delivery.about}, next try at {again:%Y-%m-%d %H:%M:%S} UTC"
                if again
                else f"{delivery.about}, given up"
            )
            failed.setdefault((delivery.target, error), []).append(what)
    return [f"{name_of(at)} was not reached: {error} ({'; '.join(what)})" for (at, error), what in failed.items()]
