"""What the web app is told of where and for whom it serves."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from storage.errors import UsageError

LEAST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the app serves, and its limits.

    `token` opens it to whoever has it; None: to everybody who reaches it, on loopback only. `cors` are exact origins
    whose pages may read it. `rate` counts requests a minute and client, `query_seconds` limits one question to the
    database. `public` is the address under which a reverse proxy serves it, "" for none.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    token: str | None = None
    cors: tuple[str, ...] = ()
    rate: int = 600
    query_seconds: float = 10.0
    public: str = ""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)

    @property
    def host_names(self) -> frozenset[str] | None:
        """The names under which it may be asked for, in lower case; None: under any."""
        if not self.is_loopback:
            return None
        public = urlsplit(self.public).hostname
        return frozenset(
            {"localhost", "127.0.0.1", "::1", self.host.strip("[]").lower(), *([public] if public else ())}
        )

    @property
    def is_secure(self) -> bool:
        """Whether it is served over HTTPS."""
        return self.public.startswith("https://")


def is_loopback(host: str) -> bool:
    """Tell whether an address or name is this machine's own."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check(settings: WebSettings) -> None:
    """Raise UsageError when others than this machine could read what has no token."""
    if settings.token is not None and len(settings.token) < LEAST_TOKEN:
        raise UsageError(f"web_token is too short: it needs at least {LEAST_TOKEN} characters")
    if settings.token is None and not settings.is_loopback:
        raise UsageError(
            f"{settings.host} can be reached from other machines: set a token (NEWSDESK_WEB_TOKEN, or web_token in "
            "newsdesk.toml), or serve on 127.0.0.1"
        )
    if settings.token is None and settings.public:
        raise UsageError("web_public needs a token too: set NEWSDESK_WEB_TOKEN, or web_token in newsdesk.toml")
