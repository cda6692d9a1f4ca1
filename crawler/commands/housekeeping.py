"""`newsdesk housekeeping`: what the daemon does by itself, for those who only crawl now and then."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.commands.database import opened
from crawler.commands.wording import number

if TYPE_CHECKING:
    from crawler.config import Config
    from crawler.keeping import Keep
    from crawler.sources import Source
    from storage.housekeeping import Tidied
    from storage.store import Store


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("housekeeping")(housekeeping_command)


def housekeeping_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which articles would go.")] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Give freed space back to the system, too; writers wait for it.")
    ] = False,
) -> None:
    """Delete what has been kept as long as asked for, and keep the database in shape."""
    from crawler.config import load_config
    from storage.housekeeping import tidy

    config = load_config()
    keep, sources = _declared(config)
    with opened() as store:
        if dry_run:
            _foretell(store, keep, sources)
            return
        _work_off(store, keep, sources)
    for line in told(tidy(config.database_url, vacuum=vacuum)):
        sys.stdout.write(f"{line}\n")


def _declared(config: Config) -> tuple[Keep, list[Source]]:
    from datetime import timedelta

    from crawler.keeping import Keep
    from crawler.roster import read_roster

    keep = Keep(
        timedelta(days=config.keep_attempts_days), timedelta(days=config.story_window_days), config.keep_articles
    )
    return keep, list(read_roster(config.sources).values())


def _foretell(store: Store, keep: Keep, sources: list[Source]) -> None:
    from crawler.keeping import expiring
    from storage.retention import count_expired

    now = datetime.now(UTC)
    with store.read() as connection:
        found = [(term, count_expired(connection, term, now)) for term in expiring(connection, keep, sources, now)]
    for term, gone in found:
        if gone:
            sys.stdout.write(f"{term.source}: {number(gone, 'article')} first seen before {term.before:%Y-%m-%d} UTC\n")
    sys.stdout.write(f"{number(sum(gone for _, gone in found), 'article')} would be deleted\n")


def _work_off(store: Store, keep: Keep, sources: list[Source]) -> None:
    from contextlib import closing

    from crawler.keeping import chores
    from storage.writer import BatchWriter

    with store.read() as connection:
        found = chores(connection, keep, sources, datetime.now(UTC))
    with closing(BatchWriter(store)) as writer:  # which tries again where a crawl comes in between
        for chore in found:
            done = total = writer.submit(chore.batch).result()
            while chore.goes_on(done):
                done = writer.submit(chore.batch).result()
                total += done
            if total:
                sys.stdout.write(chore.said(total) + "\n")


def told(tidied: Tidied) -> list[str]:
    """Return what was done to the database, a line each."""
    lines = [f"analysed {number(len(tidied.analysed), 'table')}"] if tidied.analysed else []
    before, after = tidied.wal
    if after < before:
        lines.append(f"cut the write-ahead log from {before / 1e6:.1f} MB to {after / 1e6:.1f} MB")
    elif tidied.was_read:
        lines.append(f"the write-ahead log stays at {before / 1e6:.1f} MB: somebody is reading; next time")
    if tidied.vacuumed is not None:
        before, after = tidied.vacuumed
        lines.append(f"vacuumed: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after")
    return lines
