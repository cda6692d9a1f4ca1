"""Forms that change something: only from a browser that has logged in, and only from newsdesk's own pages."""

from __future__ import annotations

from fastapi import Request

from storage.web.problems import ProblemError
from storage.web.security import COOKIE, Gate


def check_form(request: Request, gate: Gate, form_token: str) -> None:
    """Raise ProblemError for a form that no page of this newsdesk gave to this browser."""
    if getattr(request.state, "passed_by", None) != "cookie":
        raise ProblemError(403, "log in with the token first: /login")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") or not gate.is_form_token(form_token, request.cookies.get(COOKIE, "")):
        raise ProblemError(403, "this form has expired or comes from elsewhere: open its page again")
