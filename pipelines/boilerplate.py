"""Take service lines out of an extracted text: known phrases, what repeats the headline, tails, biographies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipelines.formwords import is_form_note
from pipelines.lines import SENTENCE
from pipelines.phrases import phrases
from storage.types import Removed

LONGEST = 300
QUOTE = (25, 250)
"""Characters of a quote that catches the eye."""
_QUOTES = " \"“”„«»‘’'…."
MOST_LINKS = 0.3
MOST_ABOVE = 0.3
WALL_LINE, WALL = 160, 600
"""Characters of an invitation to subscribe: of its first line, and of all of it."""
HIGHEST = 10
"""Lines that may stand above a headline: labels, an outlet's word on itself."""
MOST_SENTENCES = 0.6
"""Of the lines below "More from …": teasers alternate with titles, an article goes on in sentences."""
_BYLINE = re.compile(r"^(?:by|von|par|por|di|door|av|af|text|story)\b[:\s]", re.IGNORECASE)
_DATELINE = re.compile(
    r"^(?:(?:updated|published|posted|stand|mis à jour|publié|publicado|actualizado|aktualisiert)\b.{0,20})?"
    r"[\w.,:/ –-]{0,30}\b(?:19|20)\d{2}\b[\w.,:|/ ()–-]{0,30}$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[^.:!?]{2,40}:$")
"""What stands above links, as "Don't miss:"."""
_WORDS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a page: its headline and authors, and the lines that stand there as links alone, or headings."""

    headline: str = ""
    authors: tuple[str, ...] = ()
    links: AbstractSet[str] = frozenset()
    headings: AbstractSet[str] = frozenset()


def filter_lines(lines: list[str], known: Known) -> tuple[list[str], tuple[Removed, ...]]:
    """Return the lines of a body that are the article's, and those that are not, with the rule that each breaks."""
    rules = [""] * len(lines)
    steps: list[tuple[str, Callable[[list[str]], Iterable[int]]]] = [
        ("tail", _tail),  # first: what heads a tail is a service line too
        ("paywall", _wall),
        ("service line", lambda left: (place for place, line in enumerate(left) if is_service(line))),
        ("link", lambda left: _links(left, known.links - known.headings)),
        ("top", lambda left: _top(left, known.headline)),
        ("end", lambda left: _end(left, known.authors)),
        ("pull quote", lambda left: _pull_quotes(left, known.headings)),
    ]
    for rule, step in steps:
        left = [place for place in range(len(lines)) if not rules[place]]
        for number in step([lines[place] for place in left]):
            rules[left[number]] = rule
    return _parted(lines, rules)


def _parted(lines: list[str], rules: list[str]) -> tuple[list[str], tuple[Removed, ...]]:
    kept: list[str] = []
    removed: list[Removed] = []
    for line, rule in zip(lines, rules, strict=True):
        if rule:
            removed.append(Removed(len(kept), line, rule))
        else:
            kept.append(line)
    return kept, tuple(removed)


def is_service(line: str) -> bool:
    """Tell whether a line is a form's, a newsletter's, a sharing bar's, an advertisement's, or has no word in it."""
    if len(line) > LONGEST:
        return False
    if not _WORDS.search(line):
        return True
    return bool(
        phrases("comment form").search(line)
        or is_form_note(line)
        or phrases("service").search(line)
        or (phrases("read also").search(line) and (":" in line[:40] or not SENTENCE.search(line)))
        or phrases("whole line").search(line)
    )


def _links(lines: list[str], links: AbstractSet[str]) -> list[int]:
    """Return the lines that are links to elsewhere, unless they are much of the text: then it is a list of them."""
    found = [place for place, line in enumerate(lines) if line in links]
    found += [place - 1 for place in found if place and place - 1 not in found and _LABEL.match(lines[place - 1])]
    if sum(len(lines[place]) for place in found) > MOST_LINKS * sum(map(len, lines)):
        return []
    return found


def _top(lines: list[str], headline: str) -> Iterator[int]:
    """Yield the lines of the top that are no text, and what stands above the headline, if that is little."""
    title = next((n for n, line in enumerate(lines[:HIGHEST]) if _is_headline(line, headline)), 0)
    above = title if sum(map(len, lines[:title])) < MOST_ABOVE * sum(map(len, lines)) else 0
    yield from range(above)
    kept = 0
    for place, line in enumerate(lines[above : above + 6], above):
        if kept < 3 and _is_top_matter(line, headline):
            yield place
        else:
            kept += 1


def _is_headline(line: str, headline: str) -> bool:
    if not headline or not 0.8 * len(headline) - 2 <= len(line) <= 1.25 * len(headline) + 2:
        return False
    return _alike(line.casefold(), headline.casefold())


def _is_top_matter(line: str, headline: str) -> bool:
    if _is_headline(line, headline):
        return True
    if len(line) > 90 or SENTENCE.search(line):
        return False
    return bool(_BYLINE.match(line) or _DATELINE.match(line) or phrases("label").search(line))


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    matcher = SequenceMatcher(None, one, other)
    return len(other) > 15 and matcher.quick_ratio() > 0.9 and matcher.ratio() > 0.9


def _tail(lines: list[str]) -> range:
    """Return the lines of a tail ("Related", "More from …", "2 comments") when most of the text is above it."""
    total = sum(map(len, lines))
    above = 0
    for place, line in enumerate(lines):
        if above > 0.5 * total and len(line) < 80 and _ends_article(line, lines[place + 1 :], above / total):
            return range(place, len(lines))
        above += len(line)
    return range(0)


def _wall(lines: list[str]) -> range:
    """Return the lines of an invitation to subscribe that stands where the rest of an article would be."""
    for place, line in enumerate(lines):
        rest = lines[place:]
        if place and len(line) < WALL_LINE and sum(map(len, rest)) < WALL and phrases("paywall").search(line):
            return range(place, len(lines))
    return range(0)


def _ends_article(line: str, rest: list[str], above: float) -> bool:
    if above > 0.6 and phrases("comments").search(line):
        return True
    if phrases("related").search(line):
        sentences = sum(1 for text in rest if SENTENCE.search(text))
        return max(map(len, rest), default=0) < LONGEST and sentences <= MOST_SENTENCES * len(rest)
    if above <= 0.6 or not phrases("tail").search(line):
        return False
    prose = [text for text in rest if len(text) > 90 and SENTENCE.search(text)]
    return len(prose) < 2 and sum(map(len, prose)) < LONGEST


def _end(lines: list[str], authors: tuple[str, ...]) -> range:
    """Return the lines below the text: biographies, credits, ways to reach the author."""
    end = len(lines)
    while end > max(3, len(lines) - 5) and _is_end(lines[: end - 1], lines[end - 1], authors):
        end -= 1
    return range(end, len(lines))


def _is_end(above: list[str], line: str, authors: tuple[str, ...]) -> bool:
    """Tell whether a line is a credit, or speaks of an author whom the text above does not mention."""
    if len(line) >= 450:
        return False
    if phrases("end").search(line):
        return True
    return any(line.startswith(name) and not any(name in other for other in above) for name in authors)


def _pull_quotes(lines: list[str], headings: AbstractSet[str]) -> Iterator[int]:
    """Yield the lines that say again, as a quote to catch the eye, what a longer line says."""
    text = "\n".join(lines)
    for place, line in enumerate(lines):
        said = line.strip(_QUOTES)
        repeated = QUOTE[0] <= len(said) <= QUOTE[1] and line not in headings and text.count(said) > 1
        if repeated and any(said in other and len(other) > 1.2 * len(line) for other in lines):
            yield place
