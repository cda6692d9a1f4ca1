"""Signatures of pushes."""

from __future__ import annotations

import pytest

from crawler.push.signing import is_signed, sign


def test_known_signature() -> None:
    # RFC 2202, test case 2; RFC 4231, test case 2
    body = b"what do ya want for nothing?"
    assert sign("Jefe", body, "sha1") == "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign("Jefe", body, "sha256") == expected and is_signed("Jefe", body, expected)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_recommendation(method: str) -> None:
    header = sign("secret", b"body", method)
    assert is_signed("secret", b"body", header)
    assert is_signed("secret", b"body", header.upper())
    assert not is_signed("secret", b"bodY", header)
    assert not is_signed("other", b"body", header)
    assert not is_signed("secret", b"body", header[:-1])


@pytest.mark.parametrize(
    "header", [None, "", "sha256", "sha256=", "=abc", "md5=841a2d689ad86bd1611447453c22c6fc", "sha256=é"]
)
def test_what_is_no_signature(header: str | None) -> None:
    assert not is_signed("secret", b"body", header)
