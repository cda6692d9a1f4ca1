"""How the budget of polls is shared: the scale for all channels that newsdesk times by itself."""

from __future__ import annotations

import sqlalchemy as sa

from crawler.cadence import demand, solve_scale
from crawler.rates import from_json, tempo_of
from crawler.roster import Roster
from storage.channels import list_rhythms


def share_budget(connection: sa.Connection, roster: Roster, polls_a_day: float) -> float:
    """Return the scale with which the channels of which a rhythm is known take `polls_a_day` each on average."""
    known = [from_json(rhythm) for source, rhythm in list_rhythms(connection) if roster.schedule(source).is_automatic]
    return solve_scale([demand(tempo_of(rhythm)) for rhythm in known if rhythm is not None], polls_a_day)
