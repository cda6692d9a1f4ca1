"""The page that saves a search: what is asked, under which name, and whether a story counts once."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Request
from fastapi import Query as Parameter
from starlette.responses import RedirectResponse, Response

from storage.errors import UsageError
from storage.querytext import MAX_CHARACTERS
from storage.saved import Saved, add_saved, list_saved
from storage.saved_names import parse_name, propose_name
from storage.search import Query, matches
from storage.web.asking import Asked
from storage.web.database import Database
from storage.web.deps import TheDatabase, TheGate
from storage.web.pages.forms import check_form
from storage.web.pages.links import address
from storage.web.pages.rendering import render
from storage.web.pages.saved import parameters
from storage.web.pages.search import may_save, watched
from storage.web.security import now_utc

router = APIRouter(include_in_schema=False)


class SavingForm(Asked):
    """A search and how it is to be saved. Its dates are not: what comes is of later."""

    name: str = ""
    per: Literal["story", "article"] = "story"
    form_token: str = ""


@router.get("/saved/add")
def saving_page(asked: Annotated[Asked, Parameter()], database: TheDatabase, request: Request) -> Response:
    """Return the form with a name that can be had, or what has to be done so that there is one."""
    form, query = SavingForm(**asked.model_dump(exclude_defaults=True)), asked_for(asked)
    with database.read() as connection:
        name = propose_name(query, {one.name for one in list_saved(connection)}) if may_save(asked) else ""
        error = _fault(connection, query)
    return _page(request, form.model_copy(update={"name": name}), error)


@router.post("/saved/add")
def save(form: Annotated[SavingForm, Form()], gate: TheGate, database: TheDatabase, request: Request) -> Response:
    """Save the search, and lead to the list that it stands in then."""
    check_form(request, gate, form.form_token)
    try:
        name = _keep(form, database)
    except UsageError as error:
        return _page(request, form, str(error))
    return RedirectResponse(address("/saved", [("done", "saved"), ("name", name)]), 303)


def asked_for(asked: Asked) -> Query:
    """Return what of a search is saved."""
    query = asked.model_copy(update={"since": None, "until": None}).narrowed(now_utc())
    return replace(query, text=(asked.q or "").strip() or None, sort="date", limit=None, now=None)


def _keep(form: SavingForm, database: Database) -> str:
    """Save what a form asks for, and return its name. Raises UsageError, and has saved nothing then."""
    name, query, now = parse_name(form.name.strip()), asked_for(form), now_utc()
    if not may_save(form):
        raise UsageError("write words to look for, or begin with a search that has filters")
    saved = Saved(name, query, per=form.per)
    with database.write() as connection:
        if add_saved(connection, saved, now) is None:
            raise UsageError(f"there is a saved search {name} already: write another name")
    return name


def _fault(connection: sa.Connection, query: Query) -> str | None:
    try:
        matches(connection, query, ())
    except UsageError as error:
        return str(error)
    return None


def _page(request: Request, form: SavingForm, error: str | None) -> Response:
    dates = [f"{name} {value}" for name, value in (("since", form.since), ("until", form.until)) if value]
    undated = form.model_copy(update={"since": None, "until": None})
    pairs = parameters(asked_for(form))
    shown: dict[str, Any] = {
        "form": form,
        "filters": [pair for pair in pairs if pair[0] != "q"],
        "dates": dates,
        "search": address("/", [*pairs, ("sort", "date")]),
        "watched": watched(undated) if len(form.q or "") <= MAX_CHARACTERS else "",
    }
    return render(request, "saving.html", status=400 if error else 200, error=error, **shown)
