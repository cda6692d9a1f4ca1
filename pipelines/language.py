"""Which language a text is in: detection, with the page's own word as prior."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

SAMPLE = 600
FIRST_LOOK = 120
"""Characters that are enough to bear out what the page declares."""
SURE = 0.95
_CODE = re.compile(r"^\s*([A-Za-z]{2,3})(?:[-_,;\s].*)?$")
_ALIASES = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "nld": "nl",
    "dut": "nl", "swe": "sv", "dan": "da", "nor": "no", "nob": "nb", "fin": "fi", "pol": "pl", "ces": "cs", "cze": "cs",
    "rus": "ru", "ukr": "uk", "tur": "tr", "ell": "el", "gre": "el", "ara": "ar", "heb": "he", "hin": "hi", "jpn": "ja",
    "kor": "ko", "zho": "zh", "chi": "zh", "ind": "id", "vie": "vi", "hun": "hu", "ron": "ro", "rum": "ro",
    "iw": "he", "in": "id", "jp": "ja", "kr": "ko", "cn": "zh", "cz": "cs", "gr": "el", "dk": "da", "ua": "uk",
}  # fmt: skip
_KIN = (
    {"nb", "nn", "no", "da"},
    {"hr", "bs", "sr", "sh"},
    {"id", "ms"},
    {"cs", "sk"},
    {"pt", "gl"},
    {"hi", "mr", "ne"},
)
"""Languages that detection takes for one another: there the page's word counts."""


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
    code = found.group(1).lower() if found else ""
    code = _ALIASES.get(code, code)
    return code if len(code) == 2 else None


def detect(text: str, declared: str | None = None) -> str | None:
    """Return the ISO 639-1 code of a text. What the page declares wins unless detection is sure of another."""
    told = code_of(declared)
    sample = text[:SAMPLE]
    if sum(character.isalpha() for character in sample) < 20:
        return told
    if told is not None and _identifier().classify(sample[:FIRST_LOOK])[0] == told:
        return told
    found, probability = _identifier().classify(sample)
    if told is not None and (_same(found, told) or probability < SURE or len(sample) < 100):
        return told
    return str(found)


def _same(found: str, told: str) -> bool:
    return found == told or any({found, told} <= kin for kin in _KIN)
