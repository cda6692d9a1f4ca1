"""What went wrong, as problem+json (RFC 9457): a status, a title and a sentence that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "A token is needed",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    413: "Too large",
    414: "The address is too long",
    415: "Unsupported media type",
    421: "Not served under this name",
    422: "Bad parameters",
    429: "Too many requests",
    500: "Internal error",
    501: "Not available here",
    503: "The database cannot be read now",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer that is none. `detail` is one line for a person; `errors` name the parameters that are wrong."""

    status: int
    detail: str
    title: str = ""
    errors: tuple[Mapping[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """Return the problem as RFC 9457 writes it."""
        title = self.title or TITLES.get(self.status, "Error")
        record: dict[str, Any] = {"type": "about:blank", "title": title, "status": self.status, "detail": self.detail}
        return record | ({"errors": [dict(error) for error in self.errors]} if self.errors else {})


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.problem = Problem(status, detail, **more)


Painter = Callable[[Request, Problem], Response]
"""Shows a problem to a person, as a page."""


def respond(request: Request, problem: Problem) -> Response:
    """Return a problem: as a page where a browser asks for one and pages are there, else as problem+json."""
    paint: Painter | None = getattr(request.app.state, "paint_problem", None)
    if paint is not None and wants_page(request):
        response = paint(request, problem)
        response.headers.update(problem.headers)
    else:
        body = json.dumps(problem.as_record(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        response = Response(body, problem.status, dict(problem.headers), MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_page(request: Request) -> bool:
    """Tell whether a browser shows the answer to a person."""
    return "text/html" in request.headers.get("accept", "") and not request.scope["path"].startswith("/api/")
