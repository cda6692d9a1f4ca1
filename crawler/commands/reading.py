"""Print what was read of one page: as text, JSON or Markdown, with an explanation if one is wanted."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crawler.commands.rendering import jsonable, plain
from storage.errors import FailureError
from storage.types import Article, Drop

if TYPE_CHECKING:
    from pipelines.explain import Explanation

MARKS = {"head": "## ", "item": "- ", "quote": "> "}
TOLD = 12
"""Lines outside of the text that an explanation shows."""
WIDTH = 100


def record_of(article: Article) -> dict[str, Any]:
    """Return an extracted article under the names that the tables have."""
    published, modified = article.published, article.modified
    return {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "headline": article.headline,
        "authors": list(article.authors),
        "agency": article.agency,
        "date_published": jsonable(published.value) if published else None,
        "date_published_raw": published.raw if published else None,
        "date_source": published.source.value if published else None,
        "date_precision": published.precision.value if published else None,
        "date_modified": jsonable(modified.value) if modified else None,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "description": article.description,
        "main_image": article.main_image,
        "word_count": article.word_count,
        "access": article.access.value,
        "kind": article.kind,
        "extractor": article.extractor,
        "next_page": article.next_page,
        "body": article.body,
    }


def show(result: Article | Drop, explanation: Explanation, page: str, fmt: str, why: bool) -> None:
    """Print what a page holds. Raises FailureError for one without an article, after its explanation."""
    if isinstance(result, Drop):
        if why:
            sys.stdout.writelines(_reasons(explanation))
        raise FailureError(f"{page} gives no article: {result.reason}{': ' + result.detail if result.detail else ''}")
    if fmt in ("json", "jsonl"):
        record = record_of(result) | ({"explanation": _as_record(explanation)} if why else {})
        sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2 if fmt == "json" else None) + "\n")
        return
    sys.stdout.writelines(_markdown(result, explanation.marks) if fmt == "markdown" else _text(result))
    if why:
        sys.stdout.writelines(["\n", *_reasons(explanation)])


def _fields(article: Article) -> Iterator[tuple[str, str]]:
    for name, value in record_of(article).items():
        if name not in ("headline", "body") and value not in (None, [], ""):
            yield name, plain(value)


def _text(article: Article) -> Iterator[str]:
    title = plain(article.headline)
    yield f"{title}\n{'=' * min(len(title), 78)}\n"
    yield from (f"{name}: {value}\n" for name, value in _fields(article))
    yield "\n" + "\n".join(plain(line) for line in article.body.split("\n")) + "\n"


def _markdown(article: Article, marks: dict[str, str]) -> Iterator[str]:
    yield f"# {plain(article.headline)}\n\n"
    yield from (f"- **{name}**: {value}\n" for name, value in _fields(article))
    for line in article.body.split("\n\n"):
        yield f"\n{MARKS.get(marks.get(line, ''), '')}{plain(line)}\n"


def _as_record(explanation: Explanation) -> dict[str, Any]:
    return {
        "path": explanation.path,
        "removed": [{"rule": part.rule, "place": part.place, "text": part.text} for part in explanation.removed],
        "dropped": [{"rule": part.rule, "text": part.text} for part in explanation.dropped],
        "outside": list(explanation.outside),
    }


def _reasons(explanation: Explanation) -> Iterator[str]:
    """Yield the lines of an explanation, for people."""
    yield "How the page was read\n---------------------\n"
    if explanation.path is None:
        yield "nothing was read of it\n"
        return
    yield f"text from: {explanation.path}\n"
    if explanation.removed:
        yield "\nTaken out of the text:\n"
        yield from (f"  {part.rule}: {_short(part.text)}\n" for part in explanation.removed)
    if explanation.dropped:
        yield "\nTaken out of the page before:\n"
        counted = Counter((part.rule, part.text) for part in explanation.dropped)
        yield from (f"  {rule}: {_short(text) or '(no text)'}{_times(n)}\n" for (rule, text), n in counted.items())
    if explanation.outside:
        yield f"\nOutside of the text ({len(explanation.outside)} lines):\n"
        yield from (f"  {_short(line)}\n" for line in explanation.outside[:TOLD])
        if len(explanation.outside) > TOLD:
            yield f"  … and {len(explanation.outside) - TOLD} more (--format json has all)\n"


def _times(number: int) -> str:
    return f" ({number} times)" if number > 1 else ""


def _short(text: str) -> str:
    text = plain(text)
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
