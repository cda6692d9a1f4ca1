"""Which addresses may be fetched, however they are spelled."""

from __future__ import annotations

import pytest

from crawler.addresses import is_forbidden, is_localhost, literal, resolve
from crawler.config import parse_networks
from storage.errors import FailureError

PRIVATE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "::1",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00::1",
    "ff02::1",
    "no address",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_forbidden(address: str) -> None:
    assert is_forbidden(address, ())


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_not(address: str) -> None:
    assert not is_forbidden(address, ())


def test_an_allowed_network_opens_itself_only() -> None:
    allowed = parse_networks("127.0.0.0/8, fd00::/8")
    assert not is_forbidden("127.0.0.1", allowed)
    assert not is_forbidden("::ffff:127.0.0.1", allowed)
    assert not is_forbidden("fd00::1", allowed)
    assert is_forbidden("10.0.0.1", allowed)
    assert is_forbidden("::1", allowed)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "127.0.0.1."]
)
def test_every_spelling_of_an_address_is_read(host: str) -> None:
    assert literal(host) == "127.0.0.1"
    with pytest.raises(FailureError, match="NEWSDESK_ALLOW_NETWORKS"):
        resolve(host, 80, ())


def test_names_are_no_literals() -> None:
    assert literal("example.org") is None
    assert literal("1.example") is None
    assert literal("") is None
    assert literal("[::1]") == "::1"


def test_localhost_is_this_machine_by_definition() -> None:
    assert is_localhost("localhost")
    assert is_localhost("Press.LOCALHOST.")
    assert not is_localhost("localhost.example.org")
    assert resolve("press.localhost", 80, parse_networks("127.0.0.0/8")) == ["127.0.0.1"]
    with pytest.raises(FailureError, match="not a public address"):
        resolve("press.localhost", 80, ())


def test_an_unknown_name_fails_with_a_line() -> None:
    with pytest.raises(FailureError, match=r"no\.such\.invalid: its name cannot be resolved"):
        resolve("no.such.invalid", 80, ())
