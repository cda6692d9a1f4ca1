"""The stories and words of the golden pages in many languages, one file for each in languages/; all of it is fiction."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True)
class FormWords:
    """What WordPress writes on a comment form. `labels` are the comment's, name's, e-mail's and website's."""

    heading: str
    note: str
    labels: tuple[str, str, str, str]
    save: str
    button: str
    login: str
    comments: str
    readers: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chrome:
    """What stands around an article. `newsletter` is a heading, a sentence and a button."""

    nav: tuple[str, ...]
    cookie: str
    accept: str
    share: tuple[str, ...]
    newsletter: tuple[str, str, str]
    related: str
    teasers: tuple[str, ...]
    popular: str
    ad: str
    caption: str
    bio: str
    footer: str


@dataclass(frozen=True, slots=True)
class Language:
    """A story of five paragraphs, the last of them short, with two subheads, and the words of a form."""

    code: str
    headline: str
    author: str
    text: tuple[str, ...]
    subheads: tuple[str, str]
    form: FormWords
    chrome: Chrome | None
    unseen: bool
    """Whether phrases.txt is not to know the words: the form must be known by its form."""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The body in order, as (tag, line): h2 or p."""
        one, two = self.subheads
        texts = [("p", line) for line in self.text]
        return [*texts[:2], ("h2", one), texts[2], ("h2", two), *texts[3:]]


@cache
def languages() -> dict[str, Language]:
    """Return every language by its code."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> Language:
    told = tomllib.loads(path.read_text("utf-8"))
    one, two = told["subheads"]
    return Language(
        code=path.stem,
        headline=told["headline"],
        author=told["author"],
        text=tuple(told["text"]),
        subheads=(one, two),
        form=FormWords(**_frozen(told["form"])),
        chrome=Chrome(**_frozen(told["chrome"])) if "chrome" in told else None,
        unseen=told.get("unseen", False),
    )


def _frozen(words: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in words.items()}
