"""Overflow: a document in which every entry is new has perhaps lost some since the poll before. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.hints import ChannelHints

LEAST_ENTRIES = 2
"""A document of one entry shows nothing: its window is always full, and its entry always new."""
FULL = 0.5
"""The share of the entries of the document before that makes a window count as full; those by age vary."""
MOST_PAGES = 5
"""Older pages that one poll reads."""
MOST_UNMET = 3
"""Overflows in a row of which older pages explained none, after which they are read no more: addresses that change
from poll to poll make every entry look new."""


def may_overflow(hints: ChannelHints, visible: int) -> bool:
    """Tell whether a document of so many entries would have overflowed if all of them are new."""
    return hints.window >= LEAST_ENTRIES and visible >= max(LEAST_ENTRIES, FULL * hints.window)


def reads_older(hints: ChannelHints) -> bool:
    """Tell whether older pages are worth reading after an overflow."""
    return hints.unmet < MOST_UNMET


def overflowed(hints: ChannelHints, is_met: bool, now: datetime) -> ChannelHints:
    """Return hints after an overflow; `is_met` tells that older pages led back to a known entry, so none is lost."""
    unmet = 0 if is_met else hints.unmet + 1
    return replace(hints, overflows=hints.overflows + 1, overflowed_at=now, unmet=unmet)
