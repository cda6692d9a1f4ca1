"""Who may ask: the token in a header, or a browser's signed cookie; compared in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

COOKIE = "newsdesk_login"
LASTS = timedelta(days=30)


class Gate:
    """Knows the token. Without one everybody may pass (the app is then on loopback only)."""

    def __init__(self, token: str | None, *, secure: bool = False) -> None:
        self._token = token
        self._key = hashlib.sha256(b"newsdesk login\0" + token.encode()).digest() if token else secrets.token_bytes(32)
        self._secure = secure

    @property
    def is_open(self) -> bool:
        """Whether no token is needed."""
        return self._token is None

    def knows(self, token: str) -> bool:
        """Tell whether this is the token."""
        return self._token is not None and _same(token, self._token)

    def passed_by(self, connection: HTTPConnection, now: datetime) -> str | None:
        """Return how a request shows that it may pass: open | bearer | basic | cookie; None: it may not.

        Basic authentication (any user, the token as password) is for feed readers, which know nothing else.
        """
        if self.is_open:
            return "open"
        scheme, _, value = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return "bearer" if self.knows(value.strip()) else None
        if scheme.lower() == "basic":
            return "basic" if self.knows(_password(value)) else None
        return "cookie" if self.is_login(connection.cookies.get(COOKIE, ""), now) else None

    def login(self, response: Response, now: datetime) -> None:
        """Give a browser that has shown the token its cookie."""
        until = str(int((now + LASTS).timestamp()))
        value = f"{until}.{self._sign('cookie', until)}"
        lasts = int(LASTS.total_seconds())
        response.set_cookie(COOKIE, value, lasts, httponly=True, samesite="strict", secure=self._secure, path="/")

    def logout(self, response: Response) -> None:
        """Take the cookie back."""
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=self._secure, path="/")

    def is_login(self, value: str, now: datetime) -> bool:
        """Tell whether a cookie's value was given out by `login` and still holds."""
        until, _, signature = value.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return False
        return _same(signature, self._sign("cookie", until)) and now < datetime.fromtimestamp(int(until), UTC)

    def form_token(self, cookie: str) -> str:
        """Return what a form that changes something has to carry, for a browser with this cookie."""
        return self._sign("form", cookie)

    def is_form_token(self, value: str, cookie: str) -> bool:
        """Tell whether a form carries what `form_token` gave it."""
        return _same(value, self.form_token(cookie))

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}\0{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _password(value: str) -> str:
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def now_utc() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
