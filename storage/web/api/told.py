"""What several routes tell in the same way."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from storage.web.problems import MEDIA_TYPE


class ProblemRecord(BaseModel):
    """An answer that is none (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="One line that says what to do.")
    errors: list[dict[str, Any]] = Field([], description="The parameters that are wrong.")


_MEANINGS = {
    400: "The question cannot be understood.",
    401: "A token is needed.",
    404: "There is no such thing.",
    413: "The request carries too much.",
    414: "The address is too long.",
    421: "newsdesk is not served under this host name.",
    422: "A parameter is wrong.",
    429: "Too many requests; Retry-After says when to ask again.",
    501: "This newsdesk was started without that.",
    503: "The database cannot be read now, or the question takes too long.",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": meaning, "content": {MEDIA_TYPE: {"schema": ProblemRecord.model_json_schema()}}}
    for status, meaning in _MEANINGS.items()
}
"""How routes describe their problems."""


def next_link(request: Request, response: Response, cursor: str | None) -> None:
    """Name the next page in a Link header (RFC 8288)."""
    if cursor is not None:
        url = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
