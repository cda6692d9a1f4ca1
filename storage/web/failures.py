"""Which problem an exception of a route is told as."""

from __future__ import annotations

import logging
import re
from difflib import get_close_matches
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from storage.errors import NewsdeskError, UsageError
from storage.web.moved import MovedError
from storage.web.problems import Problem, ProblemError, respond

LONGEST_INPUT = 80
_VARIABLE = re.compile(r"\{\w+\}")
logger = logging.getLogger(__name__)


def tell_problems(app: FastAPI) -> None:
    """Let the app answer expected exceptions with problems."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(NewsdeskError, _expected)
    app.add_exception_handler(RequestValidationError, _parameters)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(MovedError, lambda _, error: cast(MovedError, error).response())


def _problem(request: Request, error: Exception) -> Response:
    problem = cast(ProblemError, error).problem
    if problem.status == 503:
        logger.warning("%s: %s (%s)", request.scope["path"], problem.detail, error.__cause__)
    return respond(request, problem)


def _expected(request: Request, error: Exception) -> Response:
    return respond(request, Problem(400 if isinstance(error, UsageError) else 503, str(error)))


def _http(request: Request, error: Exception) -> Response:
    found = cast(HTTPException, error)
    details = {404: "there is nothing at this address", 405: "this address can only be read (GET)"}
    return respond(request, Problem(found.status_code, details.get(found.status_code, found.detail),
                                    headers=found.headers or {}))  # fmt: skip


def _parameters(request: Request, error: Exception) -> Response:
    found = cast(RequestValidationError, error).errors()
    errors = tuple(_parameter(request, one) for one in found)
    first = errors[0]
    detail = f"{first['name']}: {first['message']}" if first["name"] else first["message"]
    return respond(request, Problem(422, detail, errors=errors))


def _parameter(request: Request, error: Any) -> dict[str, Any]:
    place, *name = [str(part) for part in error["loc"]]
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        near = get_close_matches(name[0], _known(request), 1)
        message = "there is no such parameter" + (f"; did you mean {near[0]}?" if near else "")
    shown = str(error.get("input", ""))
    return {"in": place, "name": ".".join(name), "message": message, "value": shown[:LONGEST_INPUT]}


def _known(request: Request) -> list[str]:
    """Return the names of the parameters that the address takes."""
    for path, described in request.app.openapi()["paths"].items():
        if re.fullmatch(_VARIABLE.sub("[^/]+", path), request.scope["path"]):
            return [one["name"] for one in described.get("get", {}).get("parameters", [])]
    return []
