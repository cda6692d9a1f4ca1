"""Outlets that print other people's texts: each has its way of writing headlines, and lines that it adds to a text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.dedup.edits import joined, paragraphs

OUTLETS = 40
_NAMES = ("Courier", "Beacon", "Ledger", "Tribune", "Echo", "Standard", "Mercury", "Argus")
_TOPS = (
    "{name} Online",
    "Listen to this story",
    "Share this article on Facebook, Twitter, WhatsApp or by email",
    "By {name} Staff | Updated {minutes} minutes ago",
)
_ENDS = (
    "Leave A Reply",
    "Your email address will not be published. Required fields are marked *",
    "Save my name, email, and website in this browser for the next time I comment.",
    "Share this story: Facebook Twitter Reddit LinkedIn Email",
    "Sign up for the {name} newsletter and get the day's most important stories in your inbox every morning.",
    "All content of the {name} is protected by copyright and may not be reproduced without our written consent.",
    "The {name} is funded by its readers: a monthly contribution keeps our reporting free for everyone.",
    "Follow the {name} on social media for breaking news and live coverage wherever you happen to be.",
    "Got a tip? Write to the newsroom.",
)
_HEADS = ("More from the {name}", "Related articles", "You may also like", "Read next")
_KICKERS = ("Latest: ", "Update: ", "Report: ", "")


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet's habits."""

    number: int
    domain: str
    name: str
    kicker: str
    top: str
    ends: tuple[str, ...]
    related: str


def outlets(draw: random.Random, number: int = OUTLETS) -> list[Outlet]:
    """Return outlets with habits of their own."""
    return [_outlet(one, draw) for one in range(number)]


def _outlet(number: int, draw: random.Random) -> Outlet:
    name = f"{draw.choice(_NAMES)} {number}"
    ends = tuple(line.format(name=name) for line in draw.sample(_ENDS, 5))
    top = draw.choice(_TOPS)
    return Outlet(number, f"paper{number}.example", name, draw.choice(_KICKERS), top, ends, draw.choice(_HEADS))


def new_headline(headline: str, outlet: Outlet, draw: random.Random) -> str:
    """Return an outlet's headline over a text that came with another: some of its words, others of its own."""
    words = headline.split()
    kept = [word for word in words if draw.random() < 0.7] or words
    return f"{outlet.kicker}{' '.join(kept)}"


def dress(text: str, outlet: Outlet, headlines: Sequence[str], draw: random.Random) -> str:
    """Return a text with what the outlet's page has around it: lines above, a form, links and service lines below."""
    top = outlet.top.format(name=outlet.name, minutes=draw.randint(2, 59))
    related = [outlet.related.format(name=outlet.name), *draw.sample(list(headlines), 3)]
    own = paragraphs(text)
    if len(own) > 6:
        own.insert(len(own) // 2, f"Read more: {draw.choice(list(headlines))}")
    return joined([top, *own, *related, *outlet.ends])
