"""Check saved searches and deliver what they found: for the daemon's ticks and for the end of a one-off crawl."""

from __future__ import annotations

import logging
from dataclasses import replace
from time import monotonic

from crawler.access import Access
from crawler.alerts.check import Report, check
from crawler.commands.wording import number
from crawler.delivery.terms import EMAIL, Terms, parts_of
from crawler.watch.tick import deliver
from storage.saved import saved_targets

logger = logging.getLogger(__name__)
AT_MOST = 60.0
"""Seconds in which further messages are taken."""


async def check_saved(access: Access, most: int) -> Report:
    """Check all saved searches, and log what was told and what is wrong with them, each trouble once."""
    report = await check(access, most)
    for line in wrong(report):
        logger.warning("%s", line)
    for name in report.mended:
        logger.info("the saved search %s can be asked again", name)
    for line in told(report):
        logger.info("%s", line)
    return report


def told(report: Report) -> list[str]:
    """Return what a check has told, a line for each saved search."""
    return [f"{name}: {number(count, 'article')} to tell" for name, count in sorted(report.told.items())]


def wrong(report: Report) -> list[str]:
    """Return which saved searches a check has found broken, a line each."""
    return [f"the saved search {name}: {reason}" for name, reason in report.broken]


async def deliver_saved(access: Access, terms: Terms) -> None:
    """Try the messages of saved searches that are due, for AT_MOST; what is left is for the next time."""
    own = saved_terms(terms, await access.read(saved_targets))
    until = monotonic() + AT_MOST
    while await deliver(access, own) and monotonic() < until:
        pass


def saved_terms(terms: Terms, targets: tuple[str, ...]) -> Terms:
    """Return the terms for these targets, without mailboxes where this process knows no mail server."""
    if terms.smtp_url and terms.email_from:
        return replace(terms, targets=targets)
    return replace(terms, targets=tuple(one for one in targets if parts_of(one)[0] != EMAIL))
