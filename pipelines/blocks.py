"""What a block is, and when the blocks that a site repeats are its boilerplate: pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

from pipelines.changes import changes, is_truncated
from pipelines.fingerprint import content_hash
from pipelines.identify import same_number
from pipelines.lines import count_words
from pipelines.stories import JUDGEMENT
from storage.blocks import Block, Reading, Tally
from storage.likeness import Comparing

LONG = 8
"""Words from which a line is hardly repeated by chance."""
LONGEST = 2_000
"""Characters: a longer line is a whole text, and is not counted."""
STORIES_END, STORIES_WITHIN = 3, 5
STORIES_TOP, SHARE_LONG_TOP = 6, 0.1
STORIES_SHORT, SHARE_SHORT = 10, 0.02
SHARE_TOP = 0.3
"""Of the site's stories: datelines and rubrics stand on top of many of them, a masthead on top of most."""
AT_EDGE = 0.7
OFTEN = ((3, 0.9), (5, 0.6), (12, 0.1))
"""So many stories, if they are this share of the site's: what is repeated like this is boilerplate in any case."""
VARIED = 4
"""A line of which one story in so many has new numbers may be a report."""
_DIGITS = re.compile(r"\d+")
_NO_WORD = re.compile(r"[^\w\s]|_")
STEM = 6
LEAST_STEMS = 3
RELATED_HEADLINE, RELATED_TEXT = 0.5, 0.06
"""Of a headline's words, and of all words of two texts: those who share them are about the same."""
_LETTERS = re.compile(r"[^\W\d_]{5,}")
_NO_BLOCK = Block(0, 0, 0)


def normalise(line: str) -> str:
    """Return a line in lower case, each number as 0, without punctuation, white space single."""
    text = line if line.isascii() else unicodedata.normalize("NFKC", line)
    return " ".join(_NO_WORD.sub("", _DIGITS.sub("0", text.casefold())).split())


@lru_cache(maxsize=4096)
def read_block(line: str) -> Block:
    """Return a line as a block; hash 0 when it is not one."""
    text = normalise(line) if len(line) <= LONGEST else ""
    if not text:
        return _NO_BLOCK
    spaced = text.count(" ") + 1
    number = spaced if text.isascii() or spaced >= LONG else max(spaced, count_words(line))
    digits = "".join(_DIGITS.findall(line)) if "0" in text else ""
    return Block(_hash(text) or 1, number, _hash(digits) if digits else 0)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def is_boilerplate(tally: Tally, stories: int) -> bool:
    """Decide on a block of a site with so many stories.

    A long line is boilerplate when stories of different matters have it (what reports on one matter repeat is
    background), at the end of texts sooner than within them, and on top (where columns begin alike) later; or when much
    of the site has it. A short line may be a subhead or a dateline, and a line whose numbers change may be a report
    (markets, weather, sport): these need many stories, and a place at the edge of the texts.
    """
    if tally.words >= LONG and tally.varied * VARIED < tally.stories:
        return _is_repeated(tally, stories)
    if tally.stories < STORIES_SHORT or tally.stories < SHARE_SHORT * stories:
        return False
    if tally.at_end >= AT_EDGE * tally.stories:
        return True
    return tally.at_top >= AT_EDGE * tally.stories and tally.stories >= SHARE_TOP * stories


def _is_repeated(tally: Tally, stories: int) -> bool:
    if any(tally.stories >= least and tally.stories >= share * stories for least, share in OFTEN):
        return True
    if 2 * tally.at_end >= tally.stories:
        return tally.apart >= STORIES_END
    if 2 * tally.at_top >= tally.stories:
        return tally.apart >= STORIES_TOP and tally.stories >= SHARE_LONG_TOP * stories
    return tally.apart >= STORIES_WITHIN


def are_related(headline: str, body: str, text: str) -> bool:
    """Tell whether a text is about the same as an earlier article: its headline's words come again, or many of all.

    Words count by their beginning, whatever the inflection; in scripts without spaces there are none.
    """
    here, told = _stems(text), _stems(headline)
    shared = len(told & here)
    if shared >= LEAST_STEMS and shared >= RELATED_HEADLINE * len(told):
        return True
    there = _stems(body)
    return len(here & there) > RELATED_TEXT * len(here | there)


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in _LETTERS.findall(text.casefold())}


READING = Reading(
    block=read_block,
    is_boilerplate=is_boilerplate,
    are_related=are_related,
    count_words=count_words,
    content_hash=content_hash,
    changes=changes,
    is_truncated=is_truncated,
    same_number=same_number,
    comparing=Comparing(JUDGEMENT),
)
