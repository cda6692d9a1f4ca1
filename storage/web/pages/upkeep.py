"""Pause, resume and remove saved searches: forms behind the token, the last one after a page that asks once more."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from storage.saved import Saved, find_saved, pause_saved, read_told, remove_saved, resume_saved
from storage.web.asking import Parameters
from storage.web.deps import TheAbilities, TheDatabase, TheGate
from storage.web.pages.forms import check_form
from storage.web.pages.links import address
from storage.web.pages.rendering import render
from storage.web.pages.words import count
from storage.web.problems import ProblemError
from storage.web.security import now_utc

KINDS = {"webhook": "webhook", "email": "mailbox", "command": "command"}
"""What a target is by the first word that it is kept with; the second has secrets in it."""
router = APIRouter(include_in_schema=False)


class NamedParameters(Parameters):
    """Which saved search."""

    name: str = Field("", max_length=200)


class NamedForm(NamedParameters):
    """Which saved search, from one of newsdesk's own pages."""

    form_token: str = ""


@router.post("/saved/pause")
def pause(form: Annotated[NamedForm, Form()], gate: TheGate, database: TheDatabase, request: Request) -> Response:
    """Neither check nor tell a saved search from now on."""
    check_form(request, gate, form.form_token)
    with database.write() as connection:
        pause_saved(connection, _found(connection, form.name).name, now_utc())
    return _done("paused", form.name)


@router.post("/saved/resume")
def resume(
    form: Annotated[NamedForm, Form()], gate: TheGate, abilities: TheAbilities, database: TheDatabase, request: Request
) -> Response:
    """Go on with a saved search; what was stored meanwhile is passed over."""
    check_form(request, gate, form.form_token)
    if abilities.next_digest is None:
        raise ProblemError(501, "this newsdesk was started without the part that times digests")
    with database.write() as connection:
        saved = _found(connection, form.name)
        resume_saved(connection, saved.name, abilities.next_digest(saved, now_utc()))
    return _done("resumed", form.name)


@router.get("/saved/remove")
def removal_page(asked: Annotated[NamedParameters, Query()], database: TheDatabase, request: Request) -> Response:
    """Return what goes with a saved search, whom it tells among that, and ask whether to remove it."""
    with database.read() as connection:
        saved = _found(connection, asked.name)
        told = read_told(connection, saved)
    return render(request, "removing.html", saved=saved, told=told, tells=kinds(saved.targets))


@router.post("/saved/remove")
def remove(form: Annotated[NamedForm, Form()], gate: TheGate, database: TheDatabase, request: Request) -> Response:
    """Forget a saved search, with what it has found and not delivered yet."""
    check_form(request, gate, form.form_token)
    with database.write() as connection:
        remove_saved(connection, _found(connection, form.name).name)
    return _done("removed", form.name)


def kinds(targets: tuple[str, ...]) -> list[str]:
    """Return how many targets there are of each kind, in words, without the targets."""
    counted = Counter(KINDS.get(target.partition(" ")[0], "other target") for target in targets)
    return [count(number, kind, "mailboxes" if kind == "mailbox" else None) for kind, number in counted.items()]


def _found(connection: sa.Connection, name: str) -> Saved:
    saved = find_saved(connection, name)
    if saved is None:
        raise ProblemError(404, f"there is no saved search {name!r} (any more)")
    return saved


def _done(what: Literal["paused", "resumed", "removed"], name: str) -> Response:
    return RedirectResponse(address("/saved", [("done", what), ("name", name)]), 303)
