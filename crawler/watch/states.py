"""What a source can be: its state, and a finding with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a source is, from well to worst."""

    HEALTHY = "healthy"
    SLOW = "slow"
    DRIFTING = "drifting"
    SILENT = "silent"
    FAILING = "failing"
    BLOCKED = "blocked"


RANK = {state: place for place, state in enumerate(State)}
"""How bad each state is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A state and why, in one plain sentence with numbers."""

    state: State
    reason: str
