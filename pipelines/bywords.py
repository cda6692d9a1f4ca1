"""Load the words about authors, dates and sections that bywords.txt keeps by kind."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def words(kind: str) -> tuple[str, ...]:
    """Return the words of a kind. Raises KeyError for a kind that bywords.txt has not."""
    return tuple(word.replace("_", " ") for line in _by_kind()[kind] for word in line.split())


def any_of(kind: str) -> str:
    """Return one expression for any word of a kind."""
    return f"(?:{'|'.join(words(kind))})"


@cache
def _by_kind() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    kind = ""
    for line in files(__package__).joinpath("bywords.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and line[1:-1].replace(" ", "").isalpha():
            kind = line[1:-1]
            found.setdefault(kind, [])
        elif line and not line.startswith("#"):
            found[kind].append(line)
    return found
