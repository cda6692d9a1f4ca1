"""What routes are given: the database, the abilities, the settings of the app that they run in."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from storage.web.abilities import Abilities, Address
from storage.web.database import Database
from storage.web.problems import ProblemError
from storage.web.security import Gate
from storage.web.settings import WebSettings


def the_database(request: Request) -> Database:
    """Return the database."""
    return cast(Database, request.app.state.database)


def the_abilities(request: Request) -> Abilities:
    """Return the abilities."""
    return cast(Abilities, request.app.state.abilities)


def the_settings(request: Request) -> WebSettings:
    """Return the settings."""
    return cast(WebSettings, request.app.state.settings)


def the_gate(request: Request) -> Gate:
    """Return the gate."""
    return cast(Gate, request.app.state.gate)


TheDatabase = Annotated[Database, Depends(the_database)]
TheAbilities = Annotated[Abilities, Depends(the_abilities)]
TheSettings = Annotated[WebSettings, Depends(the_settings)]
TheGate = Annotated[Gate, Depends(the_gate)]


def base_address(request: Request) -> str:
    """Return the address that everything is under, as the client knows it, without a slash at its end."""
    return the_settings(request).public or str(request.base_url).rstrip("/")


def read_address(abilities: Abilities, url: str) -> Address:
    """Return a URL that somebody typed, with its key. Raises ProblemError for what is none."""
    if abilities.address is None:
        raise ProblemError(501, "this newsdesk was started without the part that reads addresses")
    found = abilities.address(url)
    if found is None:
        raise ProblemError(400, f"{url[:200]!r} is not a URL; write e.g. https://example.org/news/1")
    return found
