"""Take from a byline what is no name: "By", roles, employers, dates, photographers, degrees."""

from __future__ import annotations

import re

from pipelines.bywords import any_of

_KINDS = rf"(?:{any_of('job kind')}[\s-]+)"
_JOB = any_of("job")
_BY = re.compile(rf"^{any_of('by')}(?:\s*[:：·]\s*|\s+)(?=\S)", re.IGNORECASE)
_BY_CJK = re.compile(
    r"^(?:[(\[【（]?(?:作者|記者|记者|撰文|文|编辑|編輯|责任编辑)\s*[:：/／]?\s*)|\s*(?:記者|记者|기자|특파원|特派员|特派員)$"
)
_OUR = re.compile(rf"^{any_of('our')}\s+", re.IGNORECASE)
_EMAIL = re.compile(r"[(<\[]?\b[\w.+-]+@[\w-]+\.[\w.-]+[)>\]]?")
_HANDLE = re.compile(r"(?:^|\s)\(?@\w+\)?")
_PLACE = re.compile(r"\s*[(（][^()（）]*[)）](?=\s*(?:$|[,;|&]|(?:and|und|et|y|e|og|och|en|i|и)\s))")
_HELPED = re.compile(
    rf"\s*[,;|(]?\s*\b{any_of('helped')}(?:\s+and\s+\w+)?\s*(?:by\b|von\b|par\b|de\b|di\b|:).*$", re.IGNORECASE
)
_AFTERWARDS = re.compile(rf"(?:^|[\s,|•·–—-]+)(?:last )?{any_of('afterwards')}.*$", re.IGNORECASE)
_ROLE = re.compile(
    rf"\s*(?:[,|(–—/•·]|\s-)\s*{_KINDS}*(?:{_JOB}|{any_of('employer')}).*$"
    rf"|\s+{_KINDS}+{_JOB}\b.*$|(?<=\w)\s+(?:for|at) (?:the )?\w.*$",
    re.IGNORECASE,
)
_ROLE_END = re.compile(rf"^(\S+\s+\S.*?)\s+{_JOB}(?:,? (?:at|for|of|in)\b.*)?$", re.IGNORECASE)
_ROLE_FRONT = re.compile(rf"^{_KINDS}*{_JOB}\s*[:,]?\s+(?=\w+\s+\w+)", re.IGNORECASE)
_DESK = re.compile(rf"^{_KINDS}*{_JOB}$", re.IGNORECASE)
_SUFFIX = re.compile(r",\s*(jr|sr|ii|iii|iv)\b\.?", re.IGNORECASE)
_DEGREE = re.compile(
    r",?\s+(?:Ph\.?\s?D\.?|M\.?D\.?|MBA|R\.?N\.?|MPH|J\.?D\.?|Esq\.?|D\.?O\.?|MSc?|RDN?|CPA|CFP®?|LCSW|DDS|DVM)"
    r"(?=\s*(?:,|;|$|\band\b))"
)
_PARTICLE = re.compile(
    r"^(?:d[aeiou]s?|del|della|dello|der|den|dem|van|von|vom|zu|zur|zum|ter|ten|te|la|le|les|el|al|bin|bint|ibn|ben|abu"
    r"|st|san|af|av|y|e|i|mac|mc|o|d|l|du|’t|'t|in|op|und|of|the|jr|sr|ii|iii|iv)\.?$",
    re.IGNORECASE,
)


def is_particle(word: str) -> bool:
    """Tell whether a word in a name may be written small ("van", "de", "bin")."""
    return _PARTICLE.match(word) is not None


def is_desk(name: str) -> bool:
    """Tell whether a name is only a role ("Executive Content Editor")."""
    return _DESK.match(name) is not None


def bare_line(text: str) -> str:
    """Return a byline without what stands before and after its names, and what is no part of them."""
    text = _PLACE.sub("", _HANDLE.sub(" ", _EMAIL.sub(" ", text))).strip()
    text = _HELPED.sub("", _AFTERWARDS.sub("", without_by(text)))
    return _SUFFIX.sub(r" \1.", _DEGREE.sub("", text))


def without_by(text: str) -> str:
    """Return a text without "By" before it, but with a "De" or "Di" that belongs to the name."""
    found = _BY.match(text)
    if found and not (is_particle(found.group().strip()) and not _is_whole(text[found.end() :])):
        text = text[found.end() :]
    return _OUR.sub("", _BY_CJK.sub("", text))


def _is_whole(name: str) -> bool:
    parts = name.split()
    return len(parts) > 1 and not is_particle(parts[0])


def without_role(text: str) -> str:
    """Return a name without the role before or after it. A role alone stays as it is."""
    if is_desk(text):
        return text
    return _ROLE_END.sub(r"\1", _ROLE_FRONT.sub("", _ROLE.sub("", text)))
