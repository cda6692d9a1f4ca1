"""What a block is, and when the blocks that a site repeats are its boilerplate: pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

from pipelines.fingerprint import content_hash
from pipelines.lines import count_words
from storage.blocks import Block, Reading, Tally

LONG = 8
"""Words from which a line is hardly repeated by chance."""
LONGEST = 2_000
"""Characters: a longer line is a whole text, and is not counted."""
STORIES_LONG = 3
STORIES_SHORT, SHARE_SHORT = 10, 0.02
SHARE_TOP = 0.3
"""Of the site's stories: datelines and rubrics stand on top of many of them, a masthead on top of most."""
AT_EDGE = 0.7
ARTICLES_MANY, SHARE_MANY = 12, 0.05
"""From so many articles a block counts although they look like one story: short notices of one form do."""
VARIED = 4
"""A line of which one article in so many has new numbers may be a report."""
_DIGITS = re.compile(r"\d+")
_NO_WORD = re.compile(r"[^\w\s]|_")
STEM = 6
LEAST_STEMS = 3
RELATED = 0.5
"""Of a headline's words: a text that has so many of them is about the same."""
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


def is_boilerplate(tally: Tally, stories: int, articles: int) -> bool:
    """Decide on a block of a site with so many stories and articles.

    A long line is boilerplate in the third story. A short one may be a subhead or a dateline, and a line whose numbers
    change may be a report (markets, weather, sport): these need many stories, and a place at the edge of the texts.
    """
    if tally.words >= LONG and tally.varied * VARIED < tally.articles:
        many = tally.articles >= ARTICLES_MANY and tally.articles >= SHARE_MANY * articles
        return tally.stories >= STORIES_LONG or many
    if tally.stories < STORIES_SHORT or tally.stories < SHARE_SHORT * stories:
        return False
    if tally.at_end >= AT_EDGE * tally.stories:
        return True
    return tally.at_top >= AT_EDGE * tally.stories and tally.stories >= SHARE_TOP * stories


def are_related(headline: str, text: str) -> bool:
    """Tell whether a text (in lower case) is about what an earlier headline says: most of its words come again.

    Words count by their beginning, whatever the inflection; in scripts without spaces there are none.
    """
    told = _stems(headline)
    shared = sum(stem in text for stem in told)
    return shared >= LEAST_STEMS and shared >= RELATED * len(told)


@lru_cache(maxsize=1024)
def _stems(headline: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in _LETTERS.findall(headline.casefold()))


READING = Reading(read_block, is_boilerplate, are_related, count_words, content_hash)
