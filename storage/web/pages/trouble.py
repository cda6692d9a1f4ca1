"""What went wrong, as a page for a person."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from storage.web.pages.links import Here
from storage.web.pages.rendering import here_of, render
from storage.web.problems import TITLES, Problem


def paint(request: Request, problem: Problem) -> Response:
    """Return a problem as a page; where a token is needed, the form for it."""
    if problem.status == 401:
        here = here_of(request)
        onwards = Here(here.path, here.pairs).to() if request.method == "GET" else "/"
        return render(request, "login.html", status=401, onwards=onwards, is_open=False)
    title = problem.title or TITLES.get(problem.status, "Error")
    return render(request, "problem.html", status=problem.status, problem=problem, title=title)
