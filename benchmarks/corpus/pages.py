"""Read a corpus folder: pages with their address and truth."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

MOST_OPTIONAL = 6
"""The choices double with each optional paragraph; further ones are taken as given."""


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page as it was served, and what people say that it holds (None: not said).

    `optional` are paragraphs of the text that people say one may have or leave.
    """

    corpus: str
    url: str
    file: Path
    text: str
    title: str | None = None
    date: str | None = None
    authors: str | None = None
    optional: tuple[str, ...] = ()

    def body(self) -> bytes:
        """Return the page's bytes."""
        return gzip.decompress(self.file.read_bytes())

    def texts(self) -> Iterator[str]:
        """Yield every text that people accept: with and without each optional paragraph."""
        choices = product((False, True), repeat=min(len(self.optional), MOST_OPTIONAL))
        for choice in choices:
            text = self.text
            for paragraph, out in zip(self.optional, choice, strict=False):
                text = text.replace(paragraph, "", 1) if out else text
            yield text


def read_corpus(folder: Path) -> list[TruePage]:
    """Return the pages of the sets `articles`, `fundus` and `sites`, those that are there."""
    pages: list[TruePage] = []
    for name in ("articles", "fundus", "sites"):
        truth = folder / name / "ground-truth.json"
        if truth.exists():
            pages += [page for page in _read(name, truth) if page.file.exists()]
    return pages


def _read(name: str, path: Path) -> list[TruePage]:
    truth: Any = json.loads(path.read_text("utf-8"))
    folder = path.parent
    if name == "articles":
        return [TruePage(name, v["url"], folder / f"{k}.html.gz", v["articleBody"]) for k, v in truth.items()]
    if name == "fundus":
        return [_fundus(v, folder / k) for k, v in truth.items()]
    return [
        TruePage(name, v["link"], folder / f"{Path(v['html_file']).stem}.html.gz", v["text"], v.get("title"),
                 v.get("date"), v.get("authors"))
        for v in truth
    ]  # fmt: skip


def _fundus(truth: dict[str, Any], file: Path) -> TruePage:
    parts: list[str] = truth["body"]
    optional = tuple(part[1:-1] for part in parts if part.startswith("[") and part.endswith("]"))
    return TruePage("fundus", truth["url"], file, "\n".join(part.strip("[]") for part in parts), optional=optional)
