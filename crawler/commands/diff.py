"""`newsdesk diff`: what changed between two versions of an article, or between two articles, word by word."""

from __future__ import annotations

import html
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.comparing import MARKS, Comparison, Side, compare, current, joined, print_comparison, rows_of
from crawler.commands.database import reading
from crawler.commands.options import ArticleArgument, find_named
from crawler.commands.rendering import as_json, plain, write_csv, write_jsonl
from storage.errors import FailureError, UsageError
from storage.export.markdown import escaped, paragraph

if TYPE_CHECKING:
    from pipelines.worddiff import Piece
    from storage.types import Revision, StoredArticle

LINES = ("part", "kind", "text", "pieces")
MARKDOWN = {"same": "{}", "removed": "~~{}~~", "added": "**{}**"}
TAGS = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}


class DiffFormat(StrEnum):
    """How a comparison is printed; table is another name of text."""

    TEXT = "text"
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("diff")(diff_command)


def diff_command(
    article: ArticleArgument,
    revisions: Annotated[
        list[int] | None,
        typer.Argument(metavar="REV", help="Revisions: one with the one before it, or two; the last two by default."),
    ] = None,
    other: Annotated[str | None, typer.Option("--with", help="Compare with another article: its id or URL.")] = None,
    fmt: Annotated[DiffFormat, typer.Option("--format", help="How to print.")] = DiffFormat.TEXT,
    everything: Annotated[bool, typer.Option("--all", help="Show the paragraphs that are the same too.")] = False,
) -> None:
    """Show what changed between two versions of an article, or between two articles, word by word."""
    wanted = revisions or []
    if len(wanted) > 2 or (wanted and other is not None):
        raise UsageError(
            "name at most two revisions"
            if other is None
            else "--with compares texts as they are now, without revisions"
        )
    with reading() as connection:
        found = find_named(connection, article)
        sides = (
            current(found, find_named(connection, other)) if other is not None else _versions(connection, found, wanted)
        )
    if sides is None:
        _print_unchanged(found, fmt)
        return
    comparison = compare(f"article {found.id}  {found.url}", *sides)
    if fmt is DiffFormat.JSON:
        sys.stdout.write(as_json(_record(comparison), indent=2) + "\n")
    elif fmt is DiffFormat.JSONL:
        write_jsonl(_lines(comparison), sys.stdout)
    elif fmt is DiffFormat.CSV:
        flat = (row | {"pieces": None, "text": _marked(row["pieces"])} for row in _lines(comparison))
        write_csv(flat, LINES[:-1], sys.stdout)
    elif fmt is DiffFormat.MARKDOWN:
        sys.stdout.writelines(_markdown(comparison, everything))
    elif fmt is DiffFormat.HTML:
        sys.stdout.write(_fragment(comparison, everything))
    else:
        print_comparison(comparison, everything)


def _lines(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Yield each line of the headline, the authors and the body, with what became of it."""
    parts = [("headline", line.kind, line.pieces) for line in comparison.headline]
    parts += [("author", piece.kind, (piece,)) for piece in comparison.authors]
    parts += [("body", line.kind, line.pieces) for line in comparison.lines]
    for part, kind, pieces in parts:
        text = "".join(piece.text for piece in pieces)
        yield {"part": part, "kind": kind, "text": text, "pieces": [asdict(piece) for piece in pieces]}


def _marked(pieces: Iterable[dict[str, str]]) -> str:
    return "".join(MARKS[piece["kind"]].format(piece["text"]) for piece in pieces)


def _markdown(comparison: Comparison, everything: bool) -> Iterator[str]:
    """Yield what differs as Markdown: what was removed struck out, what was added bold."""
    yield f"# {escaped(comparison.old.name)} → {escaped(comparison.new.name)}\n"
    rows = rows_of(comparison, everything)
    if not any(piece.kind != "same" for row in rows for piece in row.pieces):
        yield "\nnothing differs\n"
    for row in rows:
        inside = "".join(_as_markdown(piece) for piece in row.pieces) or "…"
        yield f"\n{f'*{row.label}:* ' if row.label else ''}{inside}\n"


def _as_markdown(piece: Piece) -> str:
    """Return a piece with the marks close to its words, as Markdown wants them."""
    text = piece.text.strip()
    if not text:
        return " "
    before, after = (" " if piece.text[place].isspace() else "" for place in (0, -1))
    return before + MARKDOWN[piece.kind].format(paragraph(text)) + after


def _versions(connection: Any, article: StoredArticle, wanted: Sequence[int]) -> tuple[Side, Side] | None:
    """Return the two versions that are asked for, None when none is and there is but one. Raises FailureError."""
    from storage.articles import read_revisions

    known = {version.revision: version for version in read_revisions(connection, article.id)}
    if not known and not wanted:
        return None
    for number in wanted:
        if number not in known:
            raise FailureError(f"article {article.id} has no revision {number}: {_listed(known)}")
    if len(wanted) == 2:
        return _version(known[wanted[0]]), _version(known[wanted[1]])
    last = wanted[0] if wanted else max(known)
    before = max((number for number in known if number < last), default=None)
    if before is None:
        raise FailureError(f"article {article.id} has no revision before {last}: {_listed(known)}")
    return _version(known[before]), _version(known[last])


def _listed(known: Iterable[int]) -> str:
    numbers = ", ".join(map(str, sorted(known)))
    return f"it has {numbers}" if numbers else "it has never changed"


def _version(revision: Revision) -> Side:
    facts = {"revision": revision.revision, "seen_at": revision.seen_at, "date_modified": revision.date_modified}
    name = f"revision {revision.revision}, seen {plain(revision.seen_at)}"
    return Side(name, facts, revision.headline, revision.authors, revision.body)


def _record(comparison: Comparison) -> dict[str, Any]:
    from pipelines.changes import Version, changes
    from pipelines.worddiff import changed_share

    old, new = comparison.old, comparison.new
    gone, added = changed_share(old.body, new.body)
    names = ("headline", "authors")
    return {
        "old": old.facts | {name: getattr(old, name) for name in names},
        "new": new.facts | {name: getattr(new, name) for name in names},
        "changes": changes(*(Version(one.headline, one.authors, one.body) for one in (old, new))),
        "share_removed": round(gone, 4),
        "share_added": round(added, 4),
        "headline": [asdict(piece) for piece in joined(comparison.headline)],
        "authors": [asdict(piece) for piece in comparison.authors],
        "lines": [asdict(line) for line in comparison.lines],
    }


def _fragment(comparison: Comparison, everything: bool) -> str:
    """Return a fragment of HTML: what was removed in <del>, what was added in <ins>."""
    rows = [f"<p>{html.escape(plain(comparison.old.name))} → {html.escape(plain(comparison.new.name))}</p>"]
    for row in rows_of(comparison, everything):
        name, inside = ("h1" if row.label == "headline" else "p"), _marked_html(row.pieces) or "…"
        kind = row.label or ("context" if row.context else "change" if row.pieces else "gap")
        rows.append(f'<{name} class="{kind}">{inside}</{name}>')
    return '<article class="diff">\n' + "\n".join(rows) + "\n</article>\n"


def _marked_html(pieces: Iterable[Piece]) -> str:
    return "".join(TAGS[piece.kind].format(html.escape(plain(piece.text))) for piece in pieces)


def _print_unchanged(article: StoredArticle, fmt: DiffFormat) -> None:
    sentence = f"article {article.id} has not changed since it was first seen, {plain(article.first_seen)}"
    if fmt is DiffFormat.JSON:
        record: dict[str, Any] = {"old": None, "new": None, "changes": [], "share_removed": 0.0, "share_added": 0.0}
        sys.stdout.write(as_json(record | {"headline": [], "authors": [], "lines": []}, indent=2) + "\n")
    elif fmt is DiffFormat.CSV:
        write_csv([], LINES[:-1], sys.stdout)
    elif fmt is DiffFormat.HTML:
        sys.stdout.write(f'<article class="diff">\n<p>{html.escape(sentence)}</p>\n</article>\n')
    elif fmt is not DiffFormat.JSONL:
        sys.stdout.write(f"{sentence}\n")
