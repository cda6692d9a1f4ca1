"""Load the phrases that are never an article's text, kept by kind and language in phrases.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipelines.stems import split_pattern, stems_of

_FRAMES = {"tail": r"^(?:{})\s*[:.…>»]*$", "whole line": r"^(?:{})\s*[:.…>»]*$"}
"""Kinds whose phrases must make up a whole line; the phrases of the others say themselves where they stand."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one kind. Those that begin a text are only tried there, the others where a stem of theirs stands
    in the text: that is ten times as fast as one large pattern.
    """

    beginning: re.Pattern[str] | None
    anywhere: tuple[tuple[str, re.Pattern[str]], ...]

    def search(self, text: str) -> re.Match[str] | None:
        """Return where a phrase stands in a text, None if none does."""
        found = self.beginning.match(text) if self.beginning else None
        if found is not None or not self.anywhere:
            return found
        lower = text.lower()
        for stem, pattern in self.anywhere:
            if stem in lower and (found := pattern.search(text)):
                return found
        return None


@cache
def phrases(kind: str) -> Phrases:
    """Return the phrases of a kind. Raises KeyError for a kind that phrases.txt has not."""
    lines = _by_kind()[kind]
    if kind in _FRAMES:
        return Phrases(re.compile(_FRAMES[kind].format("|".join(lines)), re.IGNORECASE), ())
    beginning = [line for line in lines if all(part.startswith("^") for part in split_pattern(line))]
    anywhere = [part for line in lines if line not in beginning for part in split_pattern(line)]
    return Phrases(
        re.compile("|".join(beginning), re.IGNORECASE) if beginning else None,
        tuple((stem, re.compile(part, re.IGNORECASE)) for part in anywhere for stem in sorted(stems_of(part))),
    )


@cache
def stems(kind: str) -> frozenset[str]:
    """Return lower-case texts of which one at least stands in every text that a phrase of the kind is found in."""
    return frozenset(stem for line in _by_kind()[kind] for stem in stems_of(line))


@cache
def _by_kind() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    kind = ""
    for line in files(__package__).joinpath("phrases.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            kind = line[1:-1]
            found.setdefault(kind, [])
        elif line and not line.startswith("#"):
            found[kind].append(line)
    return found
