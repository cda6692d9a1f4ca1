"""The daemon's ticks: what runs when it stops is no failure."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.schedule import Clock


class Session:
    """A session whose writer takes for ever."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def write(self, intent: Any) -> Any:
        self.asked.set()
        await asyncio.Event().wait()

    read = write


def test_a_tick_that_a_stop_ends_is_logged_as_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    given = {"KEEP_ATTEMPTS_DAYS": 90, "STORY_WINDOW_DAYS": 45, "POLLS_A_DAY": 24, "RECHECK": False}
    given |= {"SOURCES": str(tmp_path / "sources.toml"), "DATABASE_URL": "", "KEEP_ARTICLES": None}
    given |= {"HEALTH_MINUTES": 1 / 60, "HEALTH_TERMS": None, "WATCH_ARTICLES": 9}
    settings = Settings({f"NEWSDESK_{name}": value for name, value in given.items()})

    async def live() -> None:
        session = Session()
        desk: Any = SimpleNamespace(session=session, agenda=None, roster=None, scale=1.0)
        clock = Clock(desk, settings)
        clock.start()
        await asyncio.wait_for(session.asked.wait(), 10)
        clock.stop()
        await asyncio.sleep(0.05)

    asyncio.run(live())
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []
    assert any("executed successfully" in record.getMessage() for record in caplog.records)
