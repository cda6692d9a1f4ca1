"""Read a corpus folder: pages with their address and truth."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page as it was served, and what people say that it holds (None: not said)."""

    corpus: str
    url: str
    file: Path
    text: str
    title: str | None = None
    date: str | None = None
    authors: str | None = None

    def body(self) -> bytes:
        """Return the page's bytes."""
        return gzip.decompress(self.file.read_bytes())


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
        return [
            TruePage(name, v["url"], folder / k, "\n".join(part.strip("[]") for part in v["body"]))
            for k, v in truth.items()
        ]
    return [
        TruePage(name, v["link"], folder / f"{Path(v['html_file']).stem}.html.gz", v["text"], v.get("title"),
                 v.get("date"), v.get("authors"))
        for v in truth
    ]  # fmt: skip
