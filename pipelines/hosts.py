"""Hosts of addresses: where requests go to, and the outlet that a host belongs to."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import idna
import tldextract

LONGEST_HOST = 255
"""Characters; what is longer is no host, and gets no rule."""
DEFAULT_PORTS = {"http": 80, "https": 443}
_NO_HOST = re.compile(r"[\s\x00-\x20\x7f\"<>\[\\\]^`{|}\ud800-\udfff]|^[.。．｡]*$")
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of an http(s) URL; None for what is none."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
        if ":" in host:
            ip_address(host)
    except ValueError:
        return None
    return parts if parts.scheme in DEFAULT_PORTS and not _NO_HOST.search(host) else None


def host_of(url: str) -> str:
    """Return the authority that requests go to: the host in lower case and ASCII, with its port when not the default.

    An empty string means that this is no http(s) URL.
    """
    parts = parts_of(url)
    return "" if parts is None else authority(parts, DEFAULT_PORTS[parts.scheme])


def authority(parts: SplitResult, *unsaid: int) -> str:
    """Return the host of an address in lower case and ASCII, with its port unless that is one of `unsaid`."""
    host = _ascii(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, *unsaid) else f"{host}:{parts.port}"


def _ascii(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii() or len(host) > LONGEST_HOST:
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii").rstrip(".")
    except (idna.IDNAError, UnicodeError):
        return host


def registrable_domain(host_or_url: str) -> str:
    """Return the outlet that a host belongs to: its registrable domain, or the address of an IP host.

    A name under no known suffix (a local network's) gives its last two labels.
    """
    host = host_of(host_or_url) if "://" in host_or_url else host_or_url.lower()
    return host if len(host) > LONGEST_HOST else _outlet(host)


@lru_cache(maxsize=20_000)
def _outlet(host: str) -> str:
    try:
        bare = _ascii(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return ""
    try:
        return str(ip_address(bare))
    except ValueError:
        pass
    found = _SUFFIXES(bare, include_psl_private_domains=True)
    if found.domain and found.suffix:
        return f"{found.domain}.{found.suffix}"
    return ".".join(bare.split(".")[-2:])
