"""`newsdesk boilerplate`: what was learned of a source's sites; a person's verdicts on it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import opened
from crawler.commands.options import FormatOption
from crawler.commands.rendering import Format, plain, render
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.boilerplate import SiteBlock
    from storage.store import Store

COLUMNS = ("id", "state", "stories", "words", "since", "removed_from", "text", "example")
SHOWN = 100
VERDICTS = {"keep": "keep", "ban": "ban", "forget": None}


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("boilerplate")(boilerplate_command)


def boilerplate_command(
    source: Annotated[str, typer.Argument(help="A source's name.")],
    everything: Annotated[bool, typer.Option("--all", help="List what is close to being learned too.")] = False,
    keep: Annotated[str | None, typer.Option(help="An id or line: leave it in, and put it back.")] = None,
    ban: Annotated[str | None, typer.Option(help="An id or line: take it out, of earlier articles too.")] = None,
    forget: Annotated[str | None, typer.Option(help="An id or line: undo --keep or --ban.")] = None,
    clean: Annotated[bool, typer.Option("--clean", help="Clean earlier articles now that wait for it.")] = False,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """List the lines that were learned as a source's boilerplate, or judge one: keep, ban, forget."""
    from storage.boilerplate import list_blocks, source_sites

    asked = [(name, what) for name, what in (("keep", keep), ("ban", ban), ("forget", forget)) if what is not None]
    if len(asked) > 1:
        raise UsageError("write one of --keep, --ban and --forget at a time")
    with opened() as store:
        with store.read() as connection:
            sites = source_sites(connection, source)
        if asked:
            _judge(store, sites, *asked[0])
            return
        if clean:
            sys.stdout.write(f"cleaned {sum(_clean(store, site) for site in sites)} articles\n")
            return
        with store.read() as connection:
            blocks = list_blocks(connection, sites, candidates=everything)
    table = fmt in (Format.TABLE, Format.MARKDOWN)
    rows = [_short(block) if table else _whole(block, fmt) for block in blocks]
    render(rows, COLUMNS, fmt, empty=f"nothing was learned of {', '.join(sites)}")


def _short(block: SiteBlock) -> dict[str, Any]:
    """Return a block as a row of the table."""
    text = block.text if len(block.text) <= SHOWN else block.text[: SHOWN - 1] + "…"
    example = f"{block.examples[0][0]} {block.examples[0][1]}"[:60] if block.examples else ""
    return asdict(block) | {"text": text, "example": example}


def _whole(block: SiteBlock, fmt: Format) -> dict[str, Any]:
    if fmt is Format.CSV:
        return asdict(block) | {"examples": [f"{number} {headline}" for number, headline in block.examples]}
    examples = [{"id": number, "headline": headline} for number, headline in block.examples]
    return asdict(block) | {"examples": examples}


def _judge(store: Store, sites: list[str], name: str, what: str) -> None:
    """Set a verdict, and bring the stored articles to it."""
    from pipelines.blocks import READING
    from storage.boilerplate import find_blocks, set_verdict

    if not READING.block(what).hash:
        raise UsageError(f"--{name} {what!r}: there is no word in it")
    with store.begin() as connection:
        found = find_blocks(connection, sites, what, READING)
        own = READING.block(what).hash
        named = [(row.site, row.block_hash, row.example or (what if row.block_hash == own else "")) for row in found]
        if not named and name != "ban":
            raise UsageError(f"--{name} {what!r}: no such line was counted at {', '.join(sites)}; --all lists lines")
        named = named or [(site, READING.block(what).hash, what) for site in sites]
        for site, number, line in named:
            set_verdict(connection, site, line, number, VERDICTS[name], READING, datetime.now(UTC))
    for site, number, line in named:
        changed = _put_back(store, site, number) + _clean(store, site)
        unseen = "" if found else "; no article had it yet"
        sys.stdout.write(f"{name}: {plain(line)}\n  {site}: {changed} stored articles changed{unseen}\n")


def _put_back(store: Store, site: str, number: int) -> int:
    """Bring the articles that a line is out of to the verdict, a few in a transaction; return how many have changed."""
    from pipelines.blocks import READING
    from storage.boilerplate import put_back_next
    from storage.cleaning import BATCH

    changed = last = 0
    while True:
        with store.begin() as connection:
            done = put_back_next(connection, site, number, READING, BATCH, last)
        if not done:
            return changed
        changed, last = changed + done[0], done[1]


def _clean(store: Store, site: str) -> int:
    """Clean the articles of a site that wait for it, a few in a transaction; return how many have changed."""
    from pipelines.blocks import READING
    from storage.cleaning import BATCH, clean_waiting

    changed = 0
    while True:
        with store.begin() as connection:
            number = clean_waiting(connection, READING, BATCH, site)
        if number is None:
            return changed
        changed += number
