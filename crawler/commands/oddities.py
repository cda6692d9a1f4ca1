"""What is odd about a channel and worth a look: it has moved, says 304 falsely, or perhaps lost entries."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.commands.rendering import plain
from crawler.commands.wording import number

if TYPE_CHECKING:
    from storage.agenda_views import ChannelTime

RECENT = timedelta(days=7)
"""For so long an overflow is told of."""


def oddities(time: ChannelTime, now: datetime) -> list[str]:
    """Return what is odd about a channel, each as a clause."""
    from crawler.hints import hints_from

    hints = hints_from(time.hints)
    told = [moved(time)] if time.location is not None else []
    if hints.lies:
        told.append(f"answers 304 to {' and '.join(hints.lies)} although something is new; asked without")
    if hints.overflowed_at is not None and now - hints.overflowed_at <= RECENT:
        fate = "some may be lost" if hints.unmet else "older pages had what was missed"
        said = f"{number(hints.overflows, 'overflow')}, the last at {hints.overflowed_at:%Y-%m-%d %H:%M}"
        told.append(f"{said}, when every entry was new: {fate}")
    return told


def moved(time: ChannelTime) -> str:
    """Return where a channel has moved to, since when and why that is thought, with what to do about it."""
    since = f" since {time.moved_at:%Y-%m-%d}" if time.moved_at is not None else ""
    return f"moved to {time.location}{since} ({time.moved_because}); change it in sources.toml"


def print_moved() -> None:
    """Print the declared channels that have moved, when there is a database that knows of any."""
    from crawler.commands.database import reading
    from storage.agenda_views import channel_times
    from storage.errors import NewsdeskError

    try:
        with reading() as connection:
            times = [time for time in channel_times(connection) if time.location is not None and time.enabled]
    except NewsdeskError:  # no database yet, or none that answers: sources.toml can be read all the same
        return
    for time in times:
        sys.stdout.write(plain(f"[{time.source}] {time.url} {moved(time)}") + "\n")
