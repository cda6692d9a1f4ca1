"""What is delivered: a message with its stable id and the time of this try."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address: JSON `content`, `subject` and `text` for people. `id` is the same at each try."""

    id: str
    address: str
    content: bytes
    subject: str
    text: str
    at: datetime


def letter_of(delivery: Delivery, address: str, now: datetime) -> Letter:
    """Return a kept message as it is sent. What people read of it stands in its `subject` and `text`."""
    message: dict[str, Any] = dict(delivery.message)
    subject, text = str(message.pop("subject", delivery.about)), str(message.pop("text", ""))
    id_ = f"msg_{delivery.about}_{delivery.created_at:%Y%m%dT%H%M%S}"
    content = json.dumps(message | {"id": id_}, ensure_ascii=False).encode()
    return Letter(id_, address, content, subject, text or content.decode(), now)


class DeliveryError(Exception):
    """A try has failed; the text says why in one line."""
