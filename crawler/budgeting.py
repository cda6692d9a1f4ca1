"""How the budget of polls is shared: the scale for all channels that newsdesk times by itself."""

from __future__ import annotations

import sqlalchemy as sa

from crawler.cadence import demand, solve_scale, total
from crawler.rates import from_json, tempo_of
from crawler.roster import Roster
from storage.channels import list_rhythms


def share_budget(connection: sa.Connection, roster: Roster, polls_a_day: float) -> float:
    """Return the scale with which the channels of which a rhythm is known take `polls_a_day` each on average."""
    known = [from_json(rhythm) for source, rhythm in list_rhythms(connection) if roster.schedule(source).is_automatic]
    return solve_scale([demand(tempo_of(rhythm)) for rhythm in known if rhythm is not None], polls_a_day)


def demanded(connection: sa.Connection, source_id: int, scale: float) -> float:
    """Return the polls a day that the channels of a source of which a rhythm is known would take."""
    known = [from_json(rhythm) for _, rhythm in list_rhythms(connection, source_id)]
    return total([demand(tempo_of(rhythm)) for rhythm in known if rhythm is not None], scale)
