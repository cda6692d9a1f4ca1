"""An article as a document of its own: Markdown with YAML front matter, or plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from storage.export.fields import record
from storage.export.markdown import escaped, paragraph
from storage.export.rows import as_json, jsonable
from storage.types import StoredArticle

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NO_YAML = re.compile("[\ufeff\ufffe\uffff]")
"""JSON may hold these as they are, YAML may not; all other JSON is YAML."""


def as_markdown(article: StoredArticle) -> str:
    """Return an article as Markdown: every field but the body as front matter, the headline, the text."""
    return "".join(_markdown(article))


def _markdown(article: StoredArticle) -> Iterator[str]:
    yield "---\n"
    for name, value in record(article).items():
        if name != "body" and value not in (None, []):
            yield f"{name}: {_yaml(value)}\n"
    yield f"---\n\n# {escaped(article.headline)}\n"
    yield from (f"\n{paragraph(line)}\n" for line in article.body.split("\n") if line.strip())


def _yaml(value: Any) -> str:
    """Return a value in YAML: times bare, so that readers know them for such; all else as JSON."""
    if isinstance(value, datetime):
        return str(jsonable(value))
    return _NO_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", as_json(value))


def as_text(article: StoredArticle) -> str:
    """Return an article as plain text: the headline, a blank line, the body."""
    return _CONTROL.sub(" ", f"{article.headline}\n\n{article.body}\n".replace("\r\n", "\n"))
