"""Show what changed between two texts, word by word: paragraphs are aligned first, then the words inside them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from pipelines.fingerprint import plain
from storage.blocks import lines_of

MOST = 25_000_000
"""Pairs of lines, or of words, in one alignment: it takes a bit of memory for each. Longer texts are parted first."""
COMMON = 32
"""Paragraphs: what more of them hold does not tell which was made of which."""
CANDIDATES = 3
OF_BOTH, OF_SHORTER = 0.3, 0.5
"""Of two paragraphs' words, and of the shorter one's: shared by a paragraph and what it was changed into."""
SHORT_RUN, SHORT_WORD = 2, 4
BIG = 2
"""Words: so many changed on either side of a short run of unchanged words take it in."""
MOVED = 5
"""Words in a row that stand elsewhere in the other text, and are therefore not gone."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = "".join(chr(code) for code in range(0x300, 0x3100) if unicodedata.category(chr(code))[0] == "M")
_LETTER = rf"(?:(?![{_UNSPACED}])[\w{_MARKS}\u200c\u200d])"
_SYLLABLE = rf"[\u0e40-\u0e44\u0ec0-\u0ec4]?[{_UNSPACED}][{_MARKS}\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3]*"
_NUMBER = r"\d+(?:[.,:]\d+)+|"
_TOKEN = rf"(({_NUMBER}{{}}|[^\w\s]|^\s)(\s*))"
_WORD = r"\w+(?:['’]\w+)*"
_ANY_WORD = rf"{_SYLLABLE}|{_LETTER}+(?:['’]{_LETTER}+)*"
_SIMPLE, _ANY = re.compile(_TOKEN.format(_WORD)), re.compile(_TOKEN.format(_ANY_WORD))
_SIMPLE_WORDS, _ANY_WORDS = re.compile(_NUMBER + _WORD), re.compile(_NUMBER + _ANY_WORD)
_NEEDS_ANY = re.compile(f"[{_UNSPACED}{_MARKS}\u200c\u200d]")
_DENSE = 3
"""Characters a token: where there are fewer, tokens are syllables or less, and say little one by one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both versions have ("same"), or one of them ("removed", "added")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: "same", "changed" in its words, or as a whole "added" or "removed"."""

    kind: str
    pieces: tuple[Piece, ...]


class _Paragraph(NamedTuple):
    """A line in parts: words, signs and characters, the white space behind each, the number of words before each."""

    text: str
    parts: tuple[str, ...]
    tokens: tuple[str, ...]
    spaces: tuple[str, ...]
    sums: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of words."""
        return self.sums[-1]


class _Block(NamedTuple):
    """So many items are the same from these places on."""

    old: int
    new: int
    size: int


def diff_words(old: str, new: str) -> list[Line]:
    """Return the lines of both texts in order, blank ones left out.

    The pieces that are not "added" make up the old text's lines, those that are not "removed" the new text's.
    A paragraph that moved is removed and added, and so is one that was rewritten.
    """
    here, there = lines_of(old), lines_of(new)
    known, kept = set(here), set(there)
    gone = {place: _read(line) for place, line in enumerate(here) if line not in kept}
    came = {place: _read(line) for place, line in enumerate(there) if line not in known}
    partners = _partners(gone, came)
    paired = set(partners.values())
    names: list[Hashable] = [place if place in paired else line for place, line in enumerate(here)]
    keys: list[Hashable] = [partners.get(place, line) for place, line in enumerate(there)]
    lines: list[Line] = []
    at_old = at_new = 0
    for block in _blocks(names, keys):
        lines += [_whole("removed", line) for line in here[at_old : block.old]]
        lines += [_whole("added", line) for line in there[at_new : block.new]]
        at_old, at_new = block.old + block.size, block.new + block.size
        for one, other in zip(range(block.old, at_old), range(block.new, at_new), strict=True):
            lines += _compared(gone[one], came[other]) if one in gone else [_whole("same", here[one])]
    return lines


def changed_share(old: str, new: str) -> tuple[float, float]:
    """Return the share of the old text's words that are gone, and of the new text's words that are new.

    Blind to white space, paragraphs, punctuation and typographic quotes; a run of words that moved is not gone.
    """
    here, there = _words(plain(old)), _words(plain(new))
    blocks = [_Block(0, 0, 0), *_without_confetti(here, there, range(len(here) + 1), range(len(there) + 1))]
    gone = [here[one.old + one.size : two.old] for one, two in pairwise(blocks)]
    came = [there[one.new + one.size : two.new] for one, two in pairwise(blocks)]
    moved = set(_runs(gone)) & set(_runs(came))
    return _share(gone, moved, len(here)), _share(came, moved, len(there))


def _runs(parts: Iterable[list[str]]) -> Iterator[tuple[str, ...]]:
    """Yield every run of MOVED words within the parts of a text."""
    return (run for part in parts for run in zip(*(part[start:] for start in range(MOVED)), strict=False))


def _share(parts: Iterable[list[str]], moved: Set[tuple[str, ...]], size: int) -> float:
    """Return the share of a text's words that are in these parts, and not in runs that moved."""
    lost = 0
    for part in parts:
        elsewhere = [False] * len(part)
        for place, run in enumerate(_runs([part]) if moved else ()):
            if run in moved:
                elsewhere[place : place + MOVED] = [True] * MOVED
        lost += elsewhere.count(False)
    return lost / size if size else 0.0


def _is_simple(text: str) -> bool:
    return text.isascii() or not _NEEDS_ANY.search(text)


def _words(text: str) -> list[str]:
    return (_SIMPLE_WORDS if _is_simple(text) else _ANY_WORDS).findall(text)


def _read(line: str) -> _Paragraph:
    found = (_SIMPLE if _is_simple(line) else _ANY).findall(line)
    parts, tokens, spaces = zip(*found, strict=True) if found else ((), (), ())
    words = [len(token) > 1 or token.isalnum() for token in tokens]
    return _Paragraph(line, parts, tokens, spaces, tuple(accumulate(words, initial=0)))


def _partners(gone: dict[int, _Paragraph], came: dict[int, _Paragraph]) -> dict[int, int]:
    """Return for lines that only the new text has the place of the line of the old text that they were made of."""
    scores = sorted(_scores(gone, came), key=lambda one: (-one[0], abs(one[1] - one[2])))
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for _, old, new in scores:
        if old not in taken and new not in partners:
            partners[new] = old
            taken.add(old)
    return partners


def _scores(gone: dict[int, _Paragraph], came: dict[int, _Paragraph]) -> Iterator[tuple[float, int, int]]:
    """Yield how much pairs of lines share, and their places, for pairs that may be versions of one paragraph."""
    features = {place: _features(paragraph) for place, paragraph in gone.items()}
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for place, those in features.items():
        for feature in those:
            holders[feature].append(place)
    for new, paragraph in came.items():
        sought = _features(paragraph)
        found = (holders[feature] for feature in sought if feature in holders)
        votes = Counter(chain.from_iterable(places for places in found if len(places) <= COMMON))
        for old, _ in votes.most_common(CANDIDATES):
            one, other = len(features[old]), len(sought)
            shared = len(features[old] & sought)
            if _are_versions(shared, one, other):
                yield shared / (one + other), old, new


def _features(paragraph: _Paragraph) -> set[Hashable]:
    """Return the words and signs of a paragraph; where they are mere syllables, pairs of them too."""
    tokens: set[Hashable] = set(paragraph.tokens)
    return tokens.union(pairwise(paragraph.tokens)) if len(paragraph.text) < _DENSE * paragraph.size else tokens


def _are_versions(shared: int, one: int, other: int) -> bool:
    """Tell by what they share whether one paragraph is the other, changed."""
    return 0 < shared >= OF_SHORTER * min(one, other) and 2 * shared >= OF_BOTH * (one + other)


def _compared(old: _Paragraph, new: _Paragraph) -> list[Line]:
    """Return a paragraph with its changes, or removed and added when little of it is left."""
    blocks = _without_confetti(old.tokens, new.tokens, old.sums, new.sums)
    shared = sum(old.sums[block.old + block.size] - old.sums[block.old] for block in blocks)
    if _are_versions(shared, old.size, new.size):
        return [Line("changed", tuple(_pieces(old, new, blocks)))]
    return [_whole("removed", old.text), _whole("added", new.text)]


def _whole(kind: str, line: str) -> Line:
    return Line(kind, (Piece(kind, line),))


def _blocks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[_Block]:
    """Return the longest common subsequence as runs, and an empty one at the end; nearly that for very long texts."""
    if len(old) * len(new) <= MOST:
        return [_Block(*block) for block in LCSseq.opcodes(old, new).as_matching_blocks()]
    found: list[_Block] = []
    at_old = at_new = 0
    for block in [*_anchors(old, new), _Block(len(old), len(new), 0)]:
        part, other = old[at_old : block.old], new[at_new : block.new]
        if 0 < len(part) * len(other) <= MOST:
            found += [_Block(one + at_old, two + at_new, size) for one, two, size in _blocks(part, other) if size]
        if found and found[-1].old + found[-1].size == block.old and found[-1].new + found[-1].size == block.new:
            block = _Block(found[-1].old, found[-1].new, found.pop().size + block.size)
        found.append(block)
        at_old, at_new = block.old + block.size, block.new + block.size
    return found


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[_Block]:
    """Return items that both have just once, as many as stand in the same order (patience sorting)."""
    once_old, once_new = Counter(old), Counter(new)
    places = {item: place for place, item in enumerate(old) if once_old[item] == 1}
    pairs = [_Block(places[item], at, 1) for at, item in enumerate(new) if once_new[item] == 1 and item in places]
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for number, pair in enumerate(pairs):
        length = bisect_left(ends, pair.old)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [pair.old]
        last[length : length + 1] = [number]
    chain: list[_Block] = []
    at = last[-1] if last else None
    while at is not None:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _without_confetti(
    old: Sequence[str], new: Sequence[str], sums_old: Sequence[int], sums_new: Sequence[int]
) -> list[_Block]:
    """Return what is the same, but for short words that stand alone between larger changes.

    The sums are the numbers of words before each token.
    """
    blocks = _blocks(old, new)
    short = [_is_short(block, old, sums_old) for block in blocks]
    if not any(short):
        return blocks

    def changed(one: _Block, other: _Block) -> int:
        """Return the words between two blocks."""
        here = sums_old[other.old] - sums_old[one.old + one.size]
        return max(here, sums_new[other.new] - sums_new[one.new + one.size])

    kept = [_Block(0, 0, 0)]
    for block, is_short, after in zip(blocks, short, _next_long(blocks, short), strict=True):
        if not is_short or changed(kept[-1], block) < BIG or changed(block, after) < BIG:
            kept.append(block)
    return kept


def _next_long(blocks: Sequence[_Block], short: Sequence[bool]) -> Iterable[_Block]:
    """Return for each block the next one that is not short."""
    found = []
    after = blocks[-1]
    for block, is_short in zip(reversed(blocks), reversed(short), strict=True):
        found.append(after)
        after = after if is_short else block
    return reversed(found)


def _is_short(block: _Block, tokens: Sequence[str], sums: Sequence[int]) -> bool:
    end = block.old + block.size
    if not block.size or sums[end] - sums[block.old] > SHORT_RUN:
        return False
    return all(len(token) <= SHORT_WORD for token in tokens[block.old : end])


def _pieces(old: _Paragraph, new: _Paragraph, blocks: Iterable[_Block]) -> Iterator[Piece]:
    """Yield the pieces of a changed paragraph; white space goes with the word before it."""
    same = removed = added = ""
    at_old = at_new = 0
    for block in _alike_in_space(old, new, blocks):
        removed += "".join(old.parts[at_old : block.old])
        added += "".join(new.parts[at_new : block.new])
        at_old, at_new = block.old + block.size, block.new + block.size
        if not block.size:
            continue
        if removed or added:
            removed, added, space = _without_common_space(removed, added)
            yield from _run(same, removed, added)
            same, removed, added = space, "", ""
        last_old, last_new = old.spaces[at_old - 1], new.spaces[at_new - 1]
        same += "".join(old.parts[block.old : at_old])
        if last_old != last_new:
            same = same.removesuffix(last_old)
            removed, added = last_old, last_new
    removed, added, space = _without_common_space(removed, added)
    yield from _run(same, removed, added)
    yield from _run(space, "", "")


def _alike_in_space(old: _Paragraph, new: _Paragraph, blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Yield the blocks, parted behind each word that has other white space behind it in the new text."""
    for block in blocks:
        start = 0
        here = old.spaces[block.old : block.old + block.size]
        there = new.spaces[block.new : block.new + block.size]
        for end in (step + 1 for step in range(block.size) if here != there and here[step] != there[step]):
            yield _Block(block.old + start, block.new + start, end - start)
            start = end
        yield _Block(block.old + start, block.new + start, block.size - start)


def _run(same: str, removed: str, added: str) -> Iterator[Piece]:
    for kind, text in (("same", same), ("removed", removed), ("added", added)):
        if text:
            yield Piece(kind, text)


def _without_common_space(removed: str, added: str) -> tuple[str, str, str]:
    """Return both texts without the white space that both end with, and that."""
    one, other = removed[len(removed.rstrip()) :], added[len(added.rstrip()) :]
    if not one or one != other:
        return removed, added, ""
    return removed[: -len(one)], added[: -len(one)], one
