"""What is delivered: a message with its stable id and the time of this try."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address: JSON `content`, `subject`, `text` and perhaps `html` for people.

    `id` is the same at each try; `list` names the mailing list that it is of.
    """

    id: str
    address: str
    content: bytes
    subject: str
    text: str
    at: datetime
    html: str = ""
    list: str = ""


def letter_of(delivery: Delivery, address: str, now: datetime) -> Letter:
    """Return a kept message as it is sent. What people read of it stands in `subject`, `text`, `html` and `list`."""
    message: dict[str, Any] = dict(delivery.message)
    subject, text, html, own = (str(message.pop(name, "")) for name in ("subject", "text", "html", "list"))
    id_ = f"msg_{delivery.about}_{delivery.created_at:%Y%m%dT%H%M%S}"
    content = json.dumps(message | {"id": id_}, ensure_ascii=False).encode()
    return Letter(id_, address, content, subject or delivery.about, text or content.decode(), now, html, own)


class DeliveryError(Exception):
    """A try has failed; the text says why in one line."""
