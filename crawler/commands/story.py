"""`newsdesk story`: who told a story first, who told it when, and what each outlet changed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.comparing import compare, current, print_comparison
from crawler.commands.database import reading
from crawler.commands.options import TextFormatOption, find_named
from crawler.commands.rendering import Format, TextFormat, as_json, plain, render, write_csv, write_jsonl
from crawler.commands.stories import as_row
from crawler.commands.wording import changed, lagging, number, print_block, related, short, span
from storage.errors import FailureError, UsageError
from storage.export.markdown import escaped

if TYPE_CHECKING:
    import sqlalchemy as sa

    from storage.story_views import Kin, LinkedArticle, Merge, Story, Telling
    from storage.types import StoredArticle

SHOWN, SHOWN_LINKS = 50, 20
KNOWN_BY = {"date": "its own date", "day": "its date, which has no time", "seen": "when it was first seen"}
TIMELINE = ("appeared_at", "lag", "outlet", "article_id", "word_count", "headline", "url")
COMPARED = ("share_cut", "share_new", "new_headline")


@dataclass(frozen=True, slots=True)
class _Changes:
    """What an outlet made of the first publication: shares of the words that it cut and added, and its headline."""

    share_cut: float
    share_new: float
    new_headline: bool


@dataclass(frozen=True, slots=True)
class _View:
    """A story as it is shown: with the changes of the articles that were compared, and what leads to it."""

    story: Story
    asked: Merge | None
    merged: list[Merge]
    kin: Mapping[int, Kin]
    changes: Mapping[int, _Changes]
    linked: list[LinkedArticle]


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("story")(story_command)


def story_command(
    story: Annotated[str, typer.Argument(help="A story's id, or the URL of an article that tells it.")],
    article: Annotated[bool, typer.Option("--article", help="The number is an article's id.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="The most articles to show and compare: 50 as text, else all.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show the words that each changed in the first text.")] = False,
    fmt: TextFormatOption = TextFormat.TEXT,
) -> None:
    """Show one story: who told it first, who told it when, and what each outlet changed."""
    as_text = fmt in (TextFormat.TEXT, TextFormat.TABLE)
    if diff and not (as_text or fmt is TextFormat.JSON):
        raise UsageError("--diff is for text and json")
    most = limit or (SHOWN if as_text else None)
    with reading() as connection:
        view = _view(connection, *_find_story(connection, story, article), most)
        texts = list(_texts(connection, view)) if diff else []
    if as_text:
        _print_story(view)
        _print_diffs(texts)
    elif fmt is TextFormat.JSON:
        sys.stdout.write(as_json(_record(view, texts), indent=2) + "\n")
    elif fmt is TextFormat.JSONL:
        write_jsonl(_rows(view), sys.stdout)
    elif fmt is TextFormat.MARKDOWN:
        _print_markdown(view)
    else:
        rows = [_flat(row) for row in _rows(view)]
        write_csv(rows, list(rows[0]), sys.stdout)


def _print_markdown(view: _View) -> None:
    sys.stdout.write(f"# {escaped(view.story.first.headline)}\n\n")
    facts = [(name, value) for name, value in _facts(view).items() if value]
    sys.stdout.writelines(f"- **{name}**: {escaped(value)}\n" for name, value in facts)
    sys.stdout.write("\n")
    rows = [row | {"lag": lagging(timedelta(seconds=row["lag_seconds"]))} for row in _rows(view)]
    render(rows, TIMELINE, Format.MARKDOWN)


def _find_story(connection: sa.Connection, name: str, is_article: bool) -> tuple[Story, Merge | None]:
    """Return the story that is asked for, and the merge by which an id leads to it. Raises FailureError, UsageError."""
    from pipelines.hosts import host_of
    from storage.articles import get_article
    from storage.story_views import merge_of, read_story

    is_id = name.isdecimal() and len(name) < 19
    if not is_id and not host_of(name):
        raise UsageError(f"{name!r} is neither a story's id nor a URL")
    wanted = int(name) if is_id and not is_article else _story_of(connection, name)
    merge = merge_of(connection, wanted)
    found = read_story(connection, merge.into_id if merge else wanted)
    if found is not None:
        return found, merge
    hint = "; --article shows the story of the article with this id" if get_article(connection, wanted) else ""
    raise FailureError(f"no story {wanted} is stored{hint}")


def _story_of(connection: sa.Connection, name: str) -> int:
    found = find_named(connection, name)
    if found.story_id is None:
        raise FailureError(
            f"article {found.id} is in no story: no other article with its text is known; "
            f"`newsdesk dedup-report {found.id}` shows what else there is to it"
        )
    return found.story_id


def _view(connection: sa.Connection, story: Story, asked: Merge | None, limit: int | None) -> _View:
    from storage.story_views import merged_into, read_kin, read_linked

    compared = story.tellings[:limit]
    return _View(
        story=story,
        asked=asked,
        merged=merged_into(connection, story.id),
        kin=read_kin(connection, story),
        changes=_compare(connection, compared),
        linked=read_linked(connection, story.id),
    )


def _compare(connection: sa.Connection, tellings: tuple[Telling, ...]) -> dict[int, _Changes]:
    """Return what each of a story's articles changed in the first, which is the first of them."""
    from pipelines.worddiff import changed_share
    from storage.story_views import read_bodies

    bodies = read_bodies(connection, [one.article_id for one in tellings])
    first = tellings[0]
    found = {first.article_id: _Changes(0.0, 0.0, False)}
    for one in tellings[1:]:
        cut, new = changed_share(bodies[first.article_id], bodies[one.article_id])
        found[one.article_id] = _Changes(round(cut, 4), round(new, 4), _is_new(first.headline, one.headline))
    return found


def _is_new(headline: str, other: str) -> bool:
    from pipelines.changes import Version, changes

    return "headline" in changes(Version(headline, (), ""), Version(other, (), ""))


def _record(view: _View, texts: Iterable[tuple[StoredArticle, StoredArticle]]) -> dict[str, Any]:
    """Return a story for JSON; with texts, also what each has of the first."""
    from pipelines.worddiff import diff_words

    story = view.story
    diffs = {
        other.id: {"diff": [asdict(line) for line in diff_words(first.body, other.body)]} for first, other in texts
    }
    return as_row(story) | {
        "outlets_by_agency": dict(story.agencies),
        "articles_by_language": dict(story.languages),
        "last_at": max(one.appeared.at for one in story.tellings),
        "asked_for": view.asked.story_id if view.asked else story.id,
        "took_in": [asdict(merge) for merge in view.merged],
        "timeline": [row | diffs.get(row["article_id"], {}) for row in _rows(view)],
        "linked": [asdict(linked) for linked in view.linked],
    }


def _rows(view: _View) -> list[dict[str, Any]]:
    """Return the articles of a story for JSON, in the order in which they appeared."""
    from storage.appearance import copied_from

    first, outlets = view.story.first, set(view.story.outlets)
    rows = []
    for one in view.story.tellings:
        kin, changes = view.kin.get(one.article_id), view.changes.get(one.article_id)
        row = {name: getattr(one, name) for name in one.__slots__ if name not in ("appeared", "addresses", "address")}
        row |= {
            "appeared_at": one.appeared.at,
            "known_by": one.appeared.known_by.value,
            "lag_seconds": int((one.appeared.at - first.appeared.at).total_seconds()),
            "is_first": one is first,
            "copied_from": copied_from(one, outlets),
            "relation": asdict(kin) if kin else None,
            "changes": asdict(changes) if changes else None,
        }
        rows.append(row)
    return rows


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return an article of a story as a row of CSV."""
    kin, changes = row.pop("relation") or {}, row.pop("changes") or {}
    relation = {f"relation_{name}": kin.get(name) for name in ("kind", "other_id", "share", "other_share")}
    return row | relation | {name: changes.get(name) for name in COMPARED}


def _print_story(view: _View) -> None:
    from crawler.commands.terminal import Terminal

    console = Terminal()
    headline = plain(view.story.first.headline)
    sys.stdout.write(f"{headline}\n{'=' * min(len(headline), 78)}\n")
    for name, value in _facts(view).items():
        if value:
            sys.stdout.write(f"{name + ':':<12} {plain(value)}\n")
    sys.stdout.write("\n")
    for one in view.story.tellings:
        if one.article_id in view.changes:
            print_block(console, _headed(view, one), _said(view, one), "cyan")
    left = len(view.story.tellings) - len(view.changes)
    if left:
        sys.stdout.write(f"… and {left} more articles; --limit shows more\n")
    if view.linked:
        sys.stdout.write("\nLinked, and not in the story:\n")
        sys.stdout.writelines(f"  {_linked(one)}\n" for one in view.linked[:SHOWN_LINKS])
    if len(view.linked) > SHOWN_LINKS:
        sys.stdout.write(f"  … and {len(view.linked) - SHOWN_LINKS} more; --format json has all\n")


def _facts(view: _View) -> dict[str, str]:
    story = view.story
    first, last = story.first.appeared, max(one.appeared.at for one in story.tellings)
    outlets, total = len(story.outlets), len(story.tellings)
    wire = ", ".join(f"{name} (named by {times} of {number(outlets, 'outlet')})" for name, times in story.agencies)
    return {
        "story": str(story.id) + (f" (it took in {view.asked.story_id}, which you asked for)" if view.asked else ""),
        "first": f"{story.first.outlet}, {plain(first.at)} UTC ({KNOWN_BY[first.known_by]})",
        "url": story.first.address,
        "wire": wire,
        "told by": f"{number(outlets, 'outlet')}, {number(total, 'article')}",
        "span": f"{plain(first.at)} to {plain(last)} ({span(last - first.at)})" if last > first.at else "",
        "languages": ", ".join(f"{code} {times}" for code, times in story.languages),
        "took in": "; ".join(map(_merged, view.merged)),
    }


def _merged(merge: Merge) -> str:
    by = f" by article {merge.by_article}" if merge.by_article else ""
    return f"story {merge.story_id}, {plain(merge.at)}{by}"


def _headed(view: _View, one: Telling) -> str:
    """Return the first line of an article in the timeline."""
    first = view.story.first
    lag = "first" if one is first else lagging(one.appeared.at - first.appeared.at)
    known_by = "" if one.appeared.known_by.value == "date" else one.appeared.known_by.value
    where = f"{one.article_id:>6}  {plain(one.outlet)}  {one.word_count} words"
    return f"{plain(one.appeared.at)} {known_by:<4} {lag:>10}  {where}"


def _said(view: _View, one: Telling) -> Iterator[tuple[str, str]]:
    """Yield what is told of an article below its first line, each with its style."""
    changes, first = view.changes[one.article_id], view.story.first
    if one is first:
        parts = ["first publication"]
    else:
        if changes.new_headline:
            yield short(one.headline), ""
        parts = [changed(changes.share_cut, changes.share_new, changes.new_headline)]
    parts += _notes(view, one)
    yield " · ".join(parts), "dim"


def _notes(view: _View, one: Telling) -> Iterator[str]:
    from storage.appearance import copied_from

    kin = view.kin.get(one.article_id)
    if kin is not None:
        yield related(kin)
    source = copied_from(one, set(view.story.outlets))
    if source is not None:
        yield f"names {plain(source)} as its source"
    if one.agency:
        yield plain(one.agency)
    if one.revision > 1:
        yield f"{one.revision} versions"
    if one.gone_at is not None:
        yield f"gone since {plain(one.gone_at)}"


def _linked(one: LinkedArticle) -> str:
    story = f"story {one.story_id}, " if one.story_id is not None else ""
    return f"{one.article_id:>6}  {related(one.kin)}, {story}{plain(one.outlet)}: {short(one.headline)}"


def _texts(connection: sa.Connection, view: _View) -> Iterator[tuple[StoredArticle, StoredArticle]]:
    """Yield the first article and each other one that is shown, with their texts."""
    from storage.articles import get_article

    first, *others = (get_article(connection, article_id) for article_id in view.changes)
    yield from ((first, other) for other in others if first and other)


def _print_diffs(texts: Iterable[tuple[StoredArticle, StoredArticle]]) -> None:
    for first, other in texts:
        sys.stdout.write("\n" + "-" * 78 + "\n")
        print_comparison(compare(f"article {other.id}  {other.url}", *current(first, other)), False)
