"""What is known under another id now: an article that was joined into another, a story that was merged."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse


class MovedError(Exception):
    """Ends a request with a permanent redirect to the same address with the other id."""

    def __init__(self, request: Request, old_id: int, new_id: int) -> None:
        super().__init__(f"{old_id} is {new_id} now")
        parts = request.scope["path"].split("/")
        path = "/".join(part.replace(str(old_id), str(new_id)) if _is_id(part, old_id) else part for part in parts)
        query = request.scope.get("query_string", b"").decode("latin-1")
        self._location = f"{path}?{query}" if query else path

    def response(self) -> RedirectResponse:
        """Return the redirect."""
        return RedirectResponse(self._location, 308)


def _is_id(part: str, number: int) -> bool:
    """Tell whether a part of a path is an id, as it is or with an ending (`12.json`)."""
    return part.partition(".")[0] == str(number)
