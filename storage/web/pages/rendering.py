"""Make a page of a template: everything escaped, under a strict content policy."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from storage.web.feeds.texts import web_address
from storage.web.pages import charts, texts, words
from storage.web.pages.links import Here, address
from storage.web.security import COOKIE, now_utc

ROOM = Path(__file__).parents[1]
STATIC = ROOM / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src {images}; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def render(
    request: Request, template: str, *, status: int = 200, with_images: bool = False, **context: Any
) -> HTMLResponse:
    """Return a page. `with_images` lets it load pictures from the outlets (over https), which no other page does."""
    shown = _common(request) | context
    html = _environment().get_template(template).render(shown).encode("utf-8", "replace")
    policy = POLICY.format(images="'self' https:" if with_images else "'self'")
    return HTMLResponse(html, status, {"Content-Security-Policy": policy})


def here_of(request: Request) -> Here:
    """Return the address that was asked for."""
    pairs = tuple(pair for pair in request.query_params.multi_items() if pair[1] != "")
    return Here(request.scope["path"], pairs)


def _common(request: Request) -> dict[str, Any]:
    is_login = getattr(request.state, "passed_by", None) == "cookie"
    gate = request.app.state.gate
    form = gate.form_token(request.cookies.get(COOKIE, "")) if is_login else ""
    passage = {"is_login": is_login, "is_open": gate.is_open, "form_token": form}
    return {"here": here_of(request), "now": now_utc(), "error": None} | passage


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    found.globals |= {"address": address, "static": static_address, "charts": charts, "timedelta_of": _between}
    names = ("moment", "machine", "ago", "span", "number", "count", "percent", "size", "minutes", "host", "language")
    found.filters |= {name: getattr(words, name) for name in (*names, "direction")}
    found.filters |= {"web_address": web_address, "marked": texts.marked, "authors": texts.authors}
    return found


def _between(one: datetime, other: datetime) -> str:
    return words.span(other - one)


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return words.clean(value)
    return value


@cache
def static_address(name: str) -> str:
    """Return the address of a static file; it changes with the file."""
    digest = hashlib.blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{name}?v={digest}"


class Static(StaticFiles):
    """Style, script and icon: a browser keeps each for as long as its address is the same."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Any:
        """Answer a request."""
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope.get("query_string", b""):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
