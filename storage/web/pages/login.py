"""The page on which a browser shows the token, and the end of that."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from storage.web.deps import TheGate
from storage.web.limits import Allowance
from storage.web.pages.forms import check_form
from storage.web.pages.links import local
from storage.web.pages.rendering import render
from storage.web.security import now_utc

router = APIRouter(include_in_schema=False)
LONGEST_TOKEN = 1_000


@router.get("/login")
def login_page(gate: TheGate, request: Request) -> Response:
    """Return the form."""
    onwards = local(request.query_params.get("next", "/"))
    return render(request, "login.html", onwards=onwards, is_open=gate.is_open)


@router.post("/login")
def login(
    gate: TheGate, request: Request, token: Annotated[str, Form()] = "", onwards: Annotated[str, Form()] = "/"
) -> Response:
    """Give a browser that has the token its cookie, and send it on."""
    misses: Allowance = request.app.state.misses
    client = request.client.host if request.client else ""
    where = local(onwards)
    wait = misses.is_spent(client)
    if not wait and gate.knows(token.strip()[:LONGEST_TOKEN]):
        response: Response = RedirectResponse(where, 303)
        gate.login(response, now_utc())
        return response
    misses.take(client)
    told = f"too many wrong tokens; try again in {wait:.0f} s" if wait else "this is not the token"
    if gate.is_open:
        told = "this newsdesk asks for no token"
    status = 429 if wait else 403
    return render(request, "login.html", status=status, error=told, onwards=where, is_open=gate.is_open)


@router.post("/logout")
def logout(gate: TheGate, request: Request, form_token: Annotated[str, Form()] = "") -> Response:
    """Take the cookie back."""
    check_form(request, gate, form_token)
    response = RedirectResponse("/login", 303)
    gate.logout(response)
    return response
