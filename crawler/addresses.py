"""Which network addresses may be fetched: public ones, and private ones that the configuration names."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from storage.errors import FailureError

Network = IPv4Network | IPv6Network
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""IPv6 addresses that end in the IPv4 address which is meant: NAT64, and the old IPv4-compatible form."""


def is_forbidden(address: str, allowed: Sequence[Network]) -> bool:
    """Tell whether an IP address is not public and not in an allowed network. IPv4 within IPv6 is unwrapped."""
    try:
        ip = _unwrapped(ip_address(address.partition("%")[0]))
    except ValueError:
        return True
    if any(ip in network for network in allowed if network.version == ip.version):
        return False
    return not ip.is_global or ip.is_multicast or (isinstance(ip, IPv6Address) and ip.is_site_local)


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and int(ip) > 1 and any(ip in network for network in _CARRIERS):
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        return inner or ip
    return ip


def literal(host: str) -> str | None:
    """Return the address that a host spells as a literal (bracketed, or in any old IPv4 notation), None for a name."""
    bare = host.strip("[]").rstrip(".")
    try:
        return str(ip_address(bare))
    except ValueError:
        pass
    if bare and all(part and (part.isdigit() or part.lower().startswith("0x")) for part in bare.split(".")):
        try:
            return socket.inet_ntoa(socket.inet_aton(bare))
        except OSError:
            return None
    return None


def is_localhost(name: str) -> bool:
    """Tell whether a name is this machine by definition (RFC 6761): localhost and everything under it."""
    name = name.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def refusal(host: str, address: str) -> str:
    """Return the line that says why an address is not fetched, and how to allow it."""
    return f"{host} is at {address}, which is not a public address; allow it with NEWSDESK_ALLOW_NETWORKS={address}"


def resolve(host: str, port: int, allowed: Sequence[Network]) -> list[str]:
    """Return the addresses of a host, all of them allowed. Raises FailureError when it has none, or a forbidden one."""
    spelled = literal(host)
    if spelled is not None:
        found = [spelled]
    elif is_localhost(host):
        found = ["127.0.0.1"]
    else:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FailureError(f"{host}: its name cannot be resolved: {error}") from None
        found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for address in found:
        if is_forbidden(address, allowed):
            raise FailureError(refusal(host, address))
    return found
