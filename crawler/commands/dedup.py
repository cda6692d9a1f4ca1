"""`newsdesk dedup-report`: what was taken for the same, why, and with which scores."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import reading
from crawler.commands.options import FormatOption, find_named
from crawler.commands.rendering import Format, as_json, plain, render
from crawler.commands.stories import check_outlets
from crawler.commands.times import parse_time
from crawler.commands.wording import number, percent, print_block, related, short
from storage.errors import UsageError

if TYPE_CHECKING:
    from storage.dossier import Dossier
    from storage.merges import Counts, Decision
    from storage.types import StoredArticle

COLUMNS = ("at", "what", "kind", "article_id", "headline", "other_id", "other_headline", "share", "other_share")


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("dedup-report")(dedup_report_command)


def dedup_report_command(
    article: Annotated[
        str | None, typer.Argument(help="All about one article: its id, or any URL that leads to it.")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", help="Decided since then: 2026-11-01, yesterday, 7d.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", "--outlet", help="Only of articles of this source or outlet.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Decisions to list: address, article, relation, story; or a reason (repeatable)."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The most decisions.")] = 20,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Report what was merged or linked, why, and with which scores: counts, then the latest decisions."""
    if article is not None:
        if since or source or kind:
            raise UsageError("--since, --source and --kind are for the report on all articles")
        _report_article(article, fmt)
        return
    from storage.merges import REASONS, MergeQuery, What, count_merges, read_decisions

    known = [*(what.value for what in What), *dict.fromkeys(REASONS)]
    for name in kind or []:
        if name not in known:
            raise UsageError(f"--kind {name!r}: write one of {', '.join(known)}")
    query = MergeQuery(parse_time(since, "--since"), source, tuple(kind or ()), limit)
    with reading() as connection:
        check_outlets(connection, [source] if source is not None else [])
        counts = count_merges(connection, query) if fmt in (Format.TABLE, Format.JSON) else None
        decisions = read_decisions(connection, query)
    if fmt is Format.TABLE and counts is not None:
        _print_report(counts, decisions)
    elif fmt is Format.JSON and counts is not None:
        record = {"counts": asdict(counts), "decisions": [asdict(one) for one in decisions]}
        sys.stdout.write(as_json(record, indent=2) + "\n")
    else:
        from storage.merges import Decision

        columns = COLUMNS if fmt is Format.MARKDOWN else list(Decision.__slots__)
        render([asdict(one) for one in decisions], columns, fmt)


def _print_report(counts: Counts, decisions: list[Decision]) -> None:
    from crawler.commands.terminal import Terminal

    console = Terminal()
    for name, value in _counted(counts).items():
        sys.stdout.write(f"{name + ':':<12} {value}\n")
    sys.stdout.write("\n" if decisions else "")
    for one in decisions:
        head, rest = _told(one)
        print_block(console, f"{plain(one.at)}  {one.what.value:<8} {one.kind:<9}  {head}", [(rest, "dim")])


def _counted(counts: Counts) -> dict[str, str]:
    share = f", {percent(counts.in_story / counts.articles)} of them in a story" if counts.articles else ""
    links = f"{counts.links_of_many} lead to articles with several addresses, {counts.spared} gave none of their own"
    merged = f"; {counts.merged_stories} merged into another" if counts.merged_stories else ""
    return {
        "articles": f"{counts.articles}{share}",
        "addresses": _total(counts.addresses),
        "links": f"{links}, {counts.respelt} are listed in other spellings too",
        "joined": _total(counts.joined),
        "relations": _total(counts.relations),
        "stories": f"{counts.stories}{merged}",
    }


def _total(counted: dict[str, int]) -> str:
    listed = ", ".join(f"{times} {name}" for name, times in counted.items())
    return f"{sum(counted.values())}{': ' if listed else ''}{listed}"


def _told(one: Decision) -> tuple[str, str]:
    """Return a decision in two lines: what it is about, and what it leads to."""
    from storage.merges import What
    from storage.story_views import Kin

    stays = f"{one.article_id} {plain(one.outlet)}: {short(one.headline or '')}"
    if one.what is What.ADDRESS:
        return plain(one.url), f"leads to {stays}"
    if one.what is What.ARTICLE:
        return f"{one.other_id} {plain(one.url)}: {short(one.other_headline or '')}", f"is {stays}"
    if one.what is What.STORY:
        by = f"by article {one.article_id}"
        return f"story {one.story_id} became part of story {one.into_story_id}", stays if one.outlet else by
    kin = Kin(one.other_id or 0, one.kind, one.share or 0.0, one.other_share or 0.0, one.at)
    return stays, f"{related(kin)}, {plain(one.other_outlet)}: {short(one.other_headline or '')}"


def _report_article(name: str, fmt: Format) -> None:
    from storage.dossier import read_dossier
    from storage.story_views import story_outlets

    if fmt not in (Format.TABLE, Format.JSON):
        raise UsageError(f"--format {fmt.value}: the report on one article is a table or json")
    with reading() as connection:
        found = find_named(connection, name)
        dossier = read_dossier(connection, found.id)
        outlets = story_outlets(connection, found.story_id) if found.story_id is not None else 0
    if fmt is Format.JSON:
        names = ("id", "url", "url_key", "canonical_url", "syndicated_from", "outlet", "source", "headline", "story_id")
        facts: dict[str, Any] = {one: getattr(found, one) for one in names}
        sys.stdout.write(as_json(facts | {"story_outlets": outlets} | asdict(dossier), indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _dossier(found, dossier, outlets))


def _dossier(found: StoredArticle, dossier: Dossier, outlets: int) -> Iterator[str]:
    """Yield the report on one article in lines."""
    headline = short(found.headline)
    yield from (headline, "=" * min(len(headline), 78))
    yield f"article {found.id} of {plain(found.outlet)}, known as {plain(found.url_key)}"
    yield "\nIts addresses:"
    yield f"  {plain(found.url)}  its own"
    for address in dossier.addresses:
        yield f"  {plain(address.url)}  {address.reason or 'unknown'}, since {plain(address.first_seen)}"
    if found.syndicated_from:
        yield f"  (its page names {plain(found.syndicated_from)} as the place of its text)"
    if dossier.joined:
        yield "\nArticles that turned out to be this one:"
    for one in dossier.joined:
        yield f"  {one.id} {plain(one.url)}  {one.reason}, {plain(one.merged_at)}: {short(one.headline)}"
    yield "\nIts relations (of it / of the other):" if dossier.kin else "\nIt is related to no other article."
    for kin in dossier.kin:
        story = f"story {kin.story_id}, " if kin.story_id is not None else ""
        yield f"  {related(kin.kin)}, {story}{plain(kin.outlet)}: {short(kin.headline)}"
    yield f"\n{_why_story(found, dossier, outlets)}"


def _why_story(found: StoredArticle, dossier: Dossier, outlets: int) -> str:
    if found.story_id is None:
        return "It is in no story."
    told = f"It is in story {found.story_id}, told by {number(outlets, 'outlet')}"
    by = dossier.united_by
    if by is None:
        return f"{told}; no relation that is kept unites it: an article that it took in, or that has changed, did."
    return f"{told}: {related(by)}, found {plain(by.found_at)}."
