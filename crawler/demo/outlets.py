"""Read the demo's outlets from the packaged content: what they have written, and where each article is listed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

OUTLETS = ("harbour-courier", "talblatt", "diario-sierra")
EVERYWHERE = ("feed", "sitemap", "front", "section")


class BlockKind(StrEnum):
    """What a block of an article is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"


MARKS = {"## ": BlockKind.HEADING, "- ": BlockKind.ITEM, "> ": BlockKind.QUOTE}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or quote."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a later pass corrects in an article: one phrase, and a note at the end that says so."""

    old: str
    new: str
    note: str


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """An article of an outlet.

    `hours` is its age when the web starts. `listed` says which documents list it, `variants` under which other
    addresses it is listed too (utm, www, amp, old). It exists from pass `arrives` on, and answers 410 from pass
    `gone` on.
    """

    slug: str
    headline: str
    deck: str
    author: str
    section: str
    language: str
    tags: tuple[str, ...]
    hours: int
    blocks: tuple[Block, ...]
    listed: tuple[str, ...] = EVERYWHERE
    variants: tuple[str, ...] = ()
    correction: Correction | None = None
    arrives: int = 1
    gone: int | None = None
    paywalled: bool = False
    broken_json_ld: bool = False

    @property
    def path(self) -> str:
        """The path of its canonical address."""
        return f"/news/{self.slug}"

    @property
    def text(self) -> str:
        """What a perfect extraction gives: a block a line, with a blank line between."""
        return "\n\n".join(block.text for block in self.blocks)

    def revised(self) -> DemoArticle:
        """Return the article as a later pass corrects it; itself when there is nothing to correct."""
        if self.correction is None:
            return self
        found = self.correction
        blocks = tuple(replace(block, text=block.text.replace(found.old, found.new)) for block in self.blocks)
        return replace(self, blocks=(*blocks, Block(BlockKind.PARAGRAPH, found.note)))


@dataclass(frozen=True, slots=True)
class Outlet:
    """A fictional outlet.

    `words` are its interface's texts, `comments` what its readers say (name, text), `corners` the titles under which
    it lists pages that give no article: withdrawn, retracted, wall, empty, draft.
    """

    name: str
    title: str
    language: str
    claim: str
    sections: dict[str, str]
    words: dict[str, str]
    comments: tuple[tuple[str, str], ...]
    corners: dict[str, str]
    articles: tuple[DemoArticle, ...]


@cache
def load_outlets() -> dict[str, Outlet]:
    """Return the outlets by name."""
    wire = _read("wire")
    return {name: _outlet(name, _read(name), wire) for name in OUTLETS}


def _read(name: str) -> dict[str, Any]:
    text = files("crawler.demo").joinpath(f"content/{name}.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _outlet(name: str, data: dict[str, Any], wire: dict[str, Any]) -> Outlet:
    return Outlet(
        name=name,
        title=data["title"],
        language=data["language"],
        claim=data["claim"],
        sections=data["sections"],
        words=data["words"],
        comments=tuple((comment["name"], comment["text"]) for comment in data["comments"]),
        corners=data["corners"],
        articles=tuple(_article(entry, data["language"], wire) for entry in data["articles"]),
    )


def _article(entry: dict[str, Any], language: str, wire: dict[str, Any]) -> DemoArticle:
    """Return an article. One with `wire` carries the agency's text, or its first `wire_paragraphs`."""
    values = dict(entry)
    story, most = values.pop("wire", None), values.pop("wire_paragraphs", None)
    lines = wire["stories"][story][:most] if story else values.pop("body")
    correction = values.pop("correction", None)
    return DemoArticle(
        blocks=tuple(_block(line) for line in lines),
        author=values.pop("author", wire["agency"]),
        language=values.pop("language", language),
        tags=tuple(values.pop("tags")),
        listed=tuple(values.pop("listed", EVERYWHERE)),
        variants=tuple(values.pop("variants", ())),
        correction=Correction(**correction) if correction else None,
        **values,
    )


def _block(line: str) -> Block:
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return Block(kind, line.removeprefix(mark))
    return Block(BlockKind.PARAGRAPH, line)
