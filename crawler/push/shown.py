"""What the schedule shows of pushes: which hub announces what a channel publishes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crawler.push.trust import is_believed
from pipelines.hosts import host_of
from storage.pushes import list_pushed


def pushing_hubs(connection: sa.Connection, now: datetime) -> dict[str, str]:
    """Return, for the address of each channel with a subscription that runs, what is to be said of its hub."""
    return {one.url: _said(host_of(one.held.hub), is_believed(one.held, now)) for one in list_pushed(connection, now)}


def pushed_row(row: Mapping[str, Any], hubs: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of the schedule that tells by which hub its channel is pushed."""
    said = hubs.get(row["channel"])
    return dict(row) if said is None else {**row, "why": f"{row['why']}; {said}"}


def _said(hub: str, believed: bool) -> str:
    return f"pushed by {hub}, so polled less often" if believed else f"pushed by {hub}"
