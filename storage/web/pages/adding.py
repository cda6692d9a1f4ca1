"""The page that adds a source: look at a site, see what it offers, then follow it."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from storage.errors import NewsdeskError, UsageError
from storage.web.abilities import Abilities, Offer
from storage.web.asking import Parameters
from storage.web.deps import TheAbilities, TheGate
from storage.web.pages.counts import Kept
from storage.web.pages.forms import check_form
from storage.web.pages.links import address
from storage.web.pages.rendering import render
from storage.web.security import Gate

OFFERED_SECONDS = 1_800.0
"""How long what was found at a site is kept for its confirmation."""
LONGEST_URL, LONGEST_NAME = 2_000, 100
router = APIRouter(include_in_schema=False)


class AddingParameters(Parameters):
    """What is filled in already, and which source was added just now."""

    url: str | None = Field(None, max_length=LONGEST_URL)
    added: str | None = Field(None, max_length=LONGEST_NAME)


@router.get("/sources/add")
def adding_page(
    asked: Annotated[AddingParameters, Query()], gate: TheGate, abilities: TheAbilities, request: Request
) -> Response:
    """Return the form, or what has to be done so that there is one."""
    return _page(request, gate, abilities, url=asked.url or "", added=asked.added)


@router.post("/sources/add")
def look(
    gate: TheGate,
    abilities: TheAbilities,
    request: Request,
    url: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
) -> Response:
    """Look at a site and return what it offers."""
    check_form(request, gate, form_token)
    wanted = url.strip()
    if abilities.probe is None or not wanted or len(wanted) > LONGEST_URL:
        return _page(request, gate, abilities, status=400, url=wanted[:200], error="write the address of a news site")
    try:
        offer = abilities.probe(wanted)
    except NewsdeskError as error:
        status = 400 if isinstance(error, UsageError) else 502
        return _page(request, gate, abilities, status=status, url=wanted, error=str(error))
    key = token_urlsafe(16)
    _offers(request).keep(key, offer)
    return _page(request, gate, abilities, url=wanted, offer=offer, key=key, name=offer.name)


@router.post("/sources/add/confirm")
def follow(
    gate: TheGate,
    abilities: TheAbilities,
    request: Request,
    key: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
) -> Response:
    """Write what was offered into sources.toml under a name."""
    check_form(request, gate, form_token)
    offer = _offers(request).find(key)
    if offer is None or abilities.declare is None:
        told = "what was found is not kept any more: look at the site again"
        return _page(request, gate, abilities, status=400, error=told)
    wanted = name.strip()
    again: dict[str, Any] = {"url": offer.home, "offer": offer, "key": key, "name": wanted[:LONGEST_NAME]}
    if not wanted or len(wanted) > LONGEST_NAME:
        return _page(request, gate, abilities, status=400, error="write a short name", **again)
    try:
        abilities.declare(offer, wanted)
    except NewsdeskError as error:
        return _page(request, gate, abilities, status=400, error=str(error), **again)
    return RedirectResponse(address("/sources/add", [("added", wanted)]), 303)


def _offers(request: Request) -> Kept[str, Offer]:
    found: Kept[str, Offer] = request.app.state.offers
    return found


def _page(request: Request, gate: Gate, abilities: Abilities, *, status: int = 200, **shown: Any) -> Response:
    can = abilities.probe is not None and abilities.declare is not None
    passed = getattr(request.state, "passed_by", None)
    names = {"url": "", "added": None, "offer": None, "key": "", "name": "", "is_open": gate.is_open, "can": can}
    return render(request, "adding.html", status=status, **(names | {"may": passed == "cookie"} | shown))
