"""Which language a text is in: detection, with the page's own word as prior."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

SAMPLE = 600
FIRST_LOOK = 200
"""Characters that are enough to bear out what the page declares."""
_CODE = re.compile(r"^\s*([A-Za-z]{2})(?:[-_].*)?$")


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def load() -> None:
    """Load the model now, where processes are about to be forked that share it."""
    _identifier()


def code_of(declared: str | None) -> str | None:
    """Return the ISO 639-1 code of a declared language ("de-AT" → "de"), None for what is none."""
    found = _CODE.match(declared or "")
    return found.group(1).lower() if found else None


def detect(text: str, declared: str | None = None) -> str | None:
    """Return the ISO 639-1 code of a text. What the page declares wins unless detection is sure of another."""
    told = code_of(declared)
    sample = text[:SAMPLE]
    if sum(character.isalpha() for character in sample) < 20:
        return told
    if told is not None and _identifier().classify(sample[:FIRST_LOOK])[0] == told:
        return told
    found, probability = _identifier().classify(sample)
    if told is not None and (found == told or probability < 0.95 or len(sample) < 100):
        return told
    return str(found)
