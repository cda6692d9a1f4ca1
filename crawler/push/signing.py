"""Whether a push was signed with the secret that its hub was given (WebSub, 7.1)."""

from __future__ import annotations

import hmac

METHODS = ("sha1", "sha256", "sha384", "sha512")
"""Those that the recommendation lists. As a MAC sha1 is still sound, and the largest hubs know no other."""


def sign(secret: str, body: bytes, method: str) -> str:
    """Return the value of X-Hub-Signature for a body."""
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def is_signed(secret: str, body: bytes, header: str | None) -> bool:
    """Tell whether a header is the signature of a body, in a time that does not depend on where they differ."""
    method = (header or "").strip().partition("=")[0].lower()
    if header is None or method not in METHODS:
        return False
    return hmac.compare_digest(header.strip().lower().encode(), sign(secret, body, method).encode())
