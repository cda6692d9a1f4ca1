"""Post a message to a webhook, signed as Standard Webhooks says (webhook-id, webhook-timestamp, webhook-signature)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from crawler.delivery.letter import DeliveryError, Letter

SECONDS = 15.0
PREFIX = "whsec_"


class _Stay(HTTPRedirectHandler):
    """A redirected POST would become a GET without the message: whoever moved says so instead."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for: Base64 after `whsec_`, or its own bytes. Raises ValueError."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"must be Base64 after {PREFIX}") from None


def sign(key: bytes, id_: str, timestamp: int, content: bytes) -> str:
    """Return the signature header: HMAC-SHA256 over id, time (seconds since 1970) and content."""
    digest = hmac.new(key, f"{id_}.{timestamp}.".encode() + content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def post(letter: Letter, secret: str) -> None:
    """Post the message. Raises DeliveryError for any answer but 2xx, and for none."""
    timestamp = int(letter.at.timestamp())
    headers = {"Content-Type": "application/json", "User-Agent": "newsdesk", "webhook-id": letter.id}
    headers |= {"webhook-timestamp": str(timestamp)}
    if secret:
        headers["webhook-signature"] = sign(key_of(secret), letter.id, timestamp, letter.content)
    request = Request(letter.address, data=letter.content, headers=headers, method="POST")
    try:
        with build_opener(_Stay).open(request, timeout=SECONDS):
            pass
    except HTTPError as error:
        error.close()
        moved = ", a redirect, which is not followed: configure the new address" if 300 <= error.code < 400 else ""
        raise DeliveryError(f"it answered {error.code}{moved}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise DeliveryError(str(getattr(error, "reason", None) or error) or type(error).__name__) from None
