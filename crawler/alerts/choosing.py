"""Which matches are told: each story once, a change where its article was told, and nothing twice. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from storage.alerts_told import KNOWN, TOLD, Match


@dataclass(frozen=True, slots=True)
class Choice:
    """`told` are the matches that a message tells, one an article; `with_them` those that it tells by another one.

    `known` need no telling any more; the articles of `gone` have been deleted.
    """

    told: tuple[Match, ...] = ()
    with_them: tuple[Match, ...] = ()
    known: tuple[Match, ...] = ()
    gone: tuple[Match, ...] = ()


@dataclass(slots=True)
class _Lines:
    """What is told so far: a match by its article, and which stories."""

    by_article: dict[int, Match] = field(default_factory=dict)
    stories: set[int] = field(default_factory=set)
    with_them: list[Match] = field(default_factory=list)
    known: list[Match] = field(default_factory=list)
    gone: list[Match] = field(default_factory=list)


def choose(matches: Iterable[Match], told_stories: Collection[int], per: str) -> Choice:
    """Choose among matches, in the order in which they were found.

    `told_stories` were told before. `per` is story: a reprint of what was told is not; or article: it is. Stories that
    are told by most outlets come first, then what was found last.
    """
    lines = _Lines()
    for match in matches:
        _place(lines, match, told_stories, per)
    ordered = sorted(lines.by_article.values(), key=lambda match: (-match.outlets, -match.id))
    return Choice(tuple(ordered), tuple(lines.with_them), tuple(lines.known), tuple(lines.gone))


def _place(lines: _Lines, match: Match, told_stories: Collection[int], per: str) -> None:
    if match.article_id is None:
        lines.gone.append(match)
    elif match.article_id in lines.by_article:
        earlier = lines.by_article[match.article_id]
        lines.by_article[match.article_id] = replace(match, changed=earlier.changed)
        lines.with_them.append(earlier)
    elif match.before is not None:
        if match.changed and match.before == TOLD:
            lines.by_article[match.article_id] = match
        else:
            lines.known.append(match)
    elif per == "story" and match.story_id is not None and match.story_id in told_stories:
        lines.known.append(match)
    elif per == "story" and match.story_id is not None and match.story_id in lines.stories:
        lines.with_them.append(match)
    else:
        lines.by_article[match.article_id] = match
        if match.story_id is not None:
            lines.stories.add(match.story_id)


def states(choice: Choice) -> dict[str, tuple[Match, ...]]:
    """Return what becomes of the matches."""
    return {TOLD: choice.told, KNOWN: (*choice.with_them, *choice.known), "gone": choice.gone}
