"""Ask a hub to begin or end a subscription: through the same guard, pace and lease as every request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import FormRequest, Response
from scrapy.http.request import NO_CALLBACK

from crawler.desk import Desk
from crawler.middlewares.refusal import Refused
from crawler.trouble import explain
from crawler.verdicts import Verdict, judge_status
from pipelines.hosts import host_of
from pipelines.items import header

PASSED_THROUGH = [*range(300, 307), *range(400, 600)]
"""Statuses that are answers to read; 307 and 308 send the same form elsewhere."""
LARGEST_ANSWER = 1_000_000
TOLD = 200
"""Characters that are kept of what a hub says."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking a hub: `problem` is None when it took the request, `sent` False when it was not asked at all.

    `rest` is how many seconds no other question is put to it, None when it may be asked on.
    """

    problem: str | None = None
    sent: bool = True
    rest: float | None = None


class Hubs:
    """Sends forms to hubs. A hub that asks to be left alone rests as any host does."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self._crawler = crawler
        self._desk = desk

    async def ask(self, hub: str, form: Mapping[str, str]) -> Heard:
        """Put a request to a hub. Never raises for an answer, nor for the lack of one."""
        engine: Any = self._crawler.engine
        try:
            answer = await engine.download_async(_request(hub, form))
        except Refused as refused:  # by the guard, or the host is another crawl's or rests
            verdict = refused.verdict
            return Heard(_say(verdict), sent=verdict.counted, rest=verdict.retry_after)
        except Exception as error:
            return await self._failed(hub, explain(error), None)
        now = datetime.now(UTC)
        verdict_ = judge_status(answer.status, header(answer, "Retry-After"), now)
        return Heard() if verdict_ is None else await self._failed(answer.url, verdict_, answer)

    async def _failed(self, hub: str, verdict: Verdict, answer: Response | None) -> Heard:
        told = _first_line(answer) if answer is not None else ""
        problem = f"{_say(verdict)}: {told}" if told else _say(verdict)
        if not verdict.rest_host:
            return Heard(problem)
        turns = self._desk.turns
        return Heard(problem, rest=turns.resting(turns.key_of(host_of(hub))))


def _request(hub: str, form: Mapping[str, str]) -> FormRequest:
    """Return the POST. A hub's address is made for programs, so robots.txt says nothing about it."""
    meta: dict[str, Any] = {
        "handle_httpstatus_list": PASSED_THROUGH,
        "dont_retry": True,
        "dont_obey_robotstxt": True,
        "download_maxsize": LARGEST_ANSWER,
        "newsdesk_work": None,  # it comes again: it need not wait for a host that another crawl has
    }
    return FormRequest(hub, formdata=dict(form), meta=meta, callback=NO_CALLBACK, dont_filter=True)


def _say(verdict: Verdict) -> str:
    return f"{verdict.reason}: {verdict.detail}" if verdict.detail else verdict.reason


def _first_line(answer: Response) -> str:
    if not (header(answer, "Content-Type") or "").startswith("text/plain"):
        return ""
    lines = answer.body[: 4 * TOLD].decode("utf-8", "replace").strip().splitlines()
    return "".join(character for character in (lines[0] if lines else "") if character.isprintable())[:TOLD]
