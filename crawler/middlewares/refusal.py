"""Refused: a request that is not sent, and what that means for its link."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

from crawler.verdicts import Verdict


class Refused(IgnoreRequest):
    """Raised by a downloader middleware; `verdict` says what becomes of the link."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.reason}: {verdict.detail or ''}".rstrip(": "))
        self.verdict = verdict
