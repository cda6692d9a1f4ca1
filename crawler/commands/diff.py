"""`newsdesk diff`: what changed between two versions of an article, or between two articles, word by word."""

from __future__ import annotations

import html
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.commands.database import reading
from crawler.commands.query import _find
from crawler.commands.rendering import as_json, plain
from storage.errors import FailureError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.worddiff import Line, Piece
    from storage.types import Revision, StoredArticle

MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
STYLES = {"same": "", "removed": "red strike", "added": "green"}
TAGS = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
CONTEXT = 100
"""Characters that are shown of an unchanged paragraph next to a change."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two texts that are compared."""

    name: str
    facts: dict[str, Any]
    headline: str
    authors: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two texts and what lies between them."""

    title: str
    old: _Side
    new: _Side
    headline: list[Line]
    authors: list[Piece]
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class _Row:
    """What is printed as one paragraph: with a label before it, as context of a change, or (no pieces) as a gap."""

    pieces: Sequence[Piece]
    label: str = ""
    context: bool = False


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("diff")(diff_command)


def diff_command(
    article: Annotated[str, typer.Argument(help="An article's id, or any URL that leads to it.")],
    revisions: Annotated[
        list[int] | None,
        typer.Argument(metavar="REV", help="Revisions: one with the one before it, or two; the last two by default."),
    ] = None,
    other: Annotated[str | None, typer.Option("--with", help="Compare with another article: its id or URL.")] = None,
    fmt: Annotated[str, typer.Option("--format", help="text | json | html")] = "text",
    everything: Annotated[bool, typer.Option("--all", help="Show the paragraphs that are the same too.")] = False,
) -> None:
    """Show what changed between two versions of an article, or between two articles, word by word."""
    if fmt not in ("text", "json", "html"):
        raise UsageError(f"--format {fmt!r}: write text, json or html")
    wanted = revisions or []
    if len(wanted) > 2 or (wanted and other is not None):
        raise UsageError(
            "name at most two revisions"
            if other is None
            else "--with compares texts as they are now, without revisions"
        )
    with reading() as connection:
        found = _find(connection, article)
        sides = (
            _articles(found, _find(connection, other)) if other is not None else _versions(connection, found, wanted)
        )
    if sides is None:
        _print_unchanged(found, fmt)
        return
    comparison = _compare(f"article {found.id}  {found.url}", *sides)
    if fmt == "json":
        sys.stdout.write(as_json(_record(comparison), indent=2) + "\n")
    elif fmt == "html":
        sys.stdout.write(_fragment(comparison, everything))
    else:
        _print(comparison, everything)


def _versions(connection: Any, article: StoredArticle, wanted: Sequence[int]) -> tuple[_Side, _Side] | None:
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


def _version(revision: Revision) -> _Side:
    facts = {"revision": revision.revision, "seen_at": revision.seen_at, "date_modified": revision.date_modified}
    name = f"revision {revision.revision}, seen {plain(revision.seen_at)}"
    return _Side(name, facts, revision.headline, revision.authors, revision.body)


def _articles(article: StoredArticle, other: StoredArticle) -> tuple[_Side, _Side]:
    if article.id == other.id:
        raise UsageError(f"--with: that is article {article.id} itself")
    return _current(article), _current(other)


def _current(article: StoredArticle) -> _Side:
    facts = {"article": article.id, "source": article.source, "url": article.url, "revision": article.revision}
    return _Side(f"article {article.id} of {article.source}", facts, article.headline, article.authors, article.body)


def _compare(title: str, old: _Side, new: _Side) -> _Comparison:
    from pipelines.worddiff import diff_words

    authors = list(_authors(old.authors, new.authors)) if set(old.authors) != set(new.authors) else []
    return _Comparison(title, old, new, diff_words(old.headline, new.headline), authors, diff_words(old.body, new.body))


def _authors(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    from pipelines.worddiff import Piece

    yield from (Piece("same" if name in new else "removed", name) for name in old)
    yield from (Piece("added", name) for name in new if name not in old)


def _record(comparison: _Comparison) -> dict[str, Any]:
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
        "headline": [asdict(piece) for piece in _joined(comparison.headline)],
        "authors": [asdict(piece) for piece in comparison.authors],
        "lines": [asdict(line) for line in comparison.lines],
    }


def _joined(lines: Iterable[Line]) -> list[Piece]:
    return [piece for line in lines for piece in line.pieces]


def _rows(comparison: _Comparison, everything: bool) -> list[_Row]:
    """Return the paragraphs to print: changes of headline and authors, then of the text."""
    headline = _joined(comparison.headline)
    rows = [_Row(headline, "headline")] if everything or any(piece.kind != "same" for piece in headline) else []
    rows += [_Row(_listing(comparison.authors), "authors")] if comparison.authors else []
    changed = [line.kind != "same" for line in comparison.lines]
    last = -1
    for place, line in enumerate(comparison.lines):
        if not everything and not any(changed[max(place - 1, 0) : place + 2]):
            continue
        if place > last + 1:
            rows.append(_Row(()))
        rows.append(_Row(line.pieces if everything else _shortened(line), context=not changed[place]))
        last = place
    return [*rows, _Row(())] if any(changed) and last + 1 < len(changed) else rows


def _listing(names: Sequence[Piece]) -> list[Piece]:
    from pipelines.worddiff import Piece

    parts = [part for piece in names for part in (Piece("same", ", "), piece)]
    return parts[1:]


def _shortened(line: Line) -> Sequence[Piece]:
    from pipelines.worddiff import Piece

    text = line.pieces[0].text
    if line.kind != "same" or len(text) <= CONTEXT:
        return line.pieces
    return (Piece("same", text[:CONTEXT].rsplit(" ", 1)[0] + " …"),)


def _print(comparison: _Comparison, everything: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    styled = console.is_terminal and bool(console.color_system) and not console.no_color
    head = f"{plain(comparison.title)}\n{plain(comparison.old.name)} → {plain(comparison.new.name)}\n"
    rows = _rows(comparison, everything)
    if not any(piece.kind != "same" for row in rows for piece in row.pieces):
        head += "\nnothing differs\n"
    sys.stdout.write(head)
    for row in rows:
        sys.stdout.write("\n")
        if styled:
            _print_styled(console, row)
        else:
            sys.stdout.write(_label(row) + (_marked(row.pieces, MARKS) if row.pieces else "…") + "\n")


def _label(row: _Row) -> str:
    return f"{row.label}: " if row.label else ""


def _marked(pieces: Iterable[Piece], marks: dict[str, str]) -> str:
    return "".join(marks[piece.kind].format(plain(piece.text)) for piece in pieces)


def _print_styled(console: Console, row: _Row) -> None:
    from rich.text import Text

    text = Text(_label(row), style="dim" if row.context or not row.pieces else "")
    for piece in row.pieces:
        text.append(plain(piece.text), style=STYLES[piece.kind])
    console.print(text if row.pieces else Text("…", style="dim"), soft_wrap=True)


def _fragment(comparison: _Comparison, everything: bool) -> str:
    """Return a fragment of HTML: what was removed in <del>, what was added in <ins>."""
    rows = [f"<p>{html.escape(plain(comparison.old.name))} → {html.escape(plain(comparison.new.name))}</p>"]
    for row in _rows(comparison, everything):
        name, inside = ("h1" if row.label == "headline" else "p"), _marked_html(row.pieces) or "…"
        kind = row.label or ("context" if row.context else "change" if row.pieces else "gap")
        rows.append(f'<{name} class="{kind}">{inside}</{name}>')
    return '<article class="diff">\n' + "\n".join(rows) + "\n</article>\n"


def _marked_html(pieces: Iterable[Piece]) -> str:
    return "".join(TAGS[piece.kind].format(html.escape(plain(piece.text))) for piece in pieces)


def _print_unchanged(article: StoredArticle, fmt: str) -> None:
    sentence = f"article {article.id} has not changed since it was first seen, {plain(article.first_seen)}"
    if fmt == "json":
        record: dict[str, Any] = {"old": None, "new": None, "changes": [], "share_removed": 0.0, "share_added": 0.0}
        sys.stdout.write(as_json(record | {"headline": [], "authors": [], "lines": []}, indent=2) + "\n")
    elif fmt == "html":
        sys.stdout.write(f'<article class="diff">\n<p>{html.escape(sentence)}</p>\n</article>\n')
    else:
        sys.stdout.write(f"{sentence}\n")
