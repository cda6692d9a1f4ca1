"""Texts that must stand in whatever a phrase's pattern matches: a quick look for them spares most searches."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECE = re.compile(r"(\\.|\[(?:\\.|[^\]])*\]|.)", re.DOTALL)
_GROUP = re.compile(r"\((?:\?i?:|(?!\?))")
"""What a group begins with; what looks ahead stands in no text."""
_QUANTIFIER = re.compile(r"[?*+]\??|\{[^}]*\}")


def split_pattern(pattern: str) -> list[str]:
    """Return the outermost alternatives of a pattern."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def stems_of(pattern: str) -> frozenset[str]:
    """Return lower-case texts of which one at least stands in all that a pattern matches; the empty text if none does.

    The patterns are those of phrases.txt: literals, classes, groups `(?:…)`, quantifiers and anchors, in one case.
    """
    return frozenset(stem for part in split_pattern(pattern) for stem in _of_alternative(part))


def _of_alternative(part: str) -> frozenset[str]:
    choices: list[frozenset[str]] = []
    run = ""
    for piece, optional in _pieces(part):
        literal = piece[-1] if re.fullmatch(r"\\[^\w\s]|[^\\().^$\[\]|]", piece, re.DOTALL) else ""
        if literal and not optional:
            run += literal.lower()
            continue
        choices.append(frozenset({run}))
        run = ""
        group = _GROUP.match(piece)
        if group and not optional:
            choices.append(stems_of(piece[group.end() : -1]))
    return max((*choices, frozenset({run})), key=lambda choice: min(len(stem.strip()) for stem in choice))


def _pieces(part: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of an alternative, groups whole, and whether each may be missing."""
    at = 0
    while at < len(part):
        end = _end_of_group(part, at) if part[at] == "(" else _PIECE.match(part, at).end()  # type: ignore[union-attr]
        quantifier = _QUANTIFIER.match(part, end)
        text = quantifier.group() if quantifier else ""
        yield part[at:end], text[:1] in ("?", "*") or text.startswith(("{0", "{,"))
        at = quantifier.end() if quantifier else end


def _end_of_group(part: str, at: int) -> int:
    depth = 0
    for found in _PIECE.finditer(part, at):
        depth += (found.group() == "(") - (found.group() == ")")
        if depth == 0:
            return found.end()
    return len(part)
