"""Targets as people write them, signatures as Standard Webhooks has them, letters that keep their id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import load_config
from crawler.delivery.letter import letter_of
from crawler.delivery.mail import message_of
from crawler.delivery.parsing import parse_addresses, parse_command, parse_secret, parse_smtp, parse_webhook
from crawler.delivery.terms import health_terms, name_of
from crawler.delivery.webhook import key_of, sign
from storage.deliveries import WAITS, Delivery
from storage.errors import UsageError

NOW = datetime(2026, 7, 1, 20, tzinfo=UTC)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert key_of("plain") == b"plain"


def test_a_repeat_has_the_same_id_and_text_stays_out_of_the_json() -> None:
    message = {"type": "t", "subject": "s", "text": "for people"}
    letters = [letter_of(Delivery(1, "webhook u", "health-3-4", message, NOW, tries), "u", NOW) for tries in (1, 2)]
    assert letters[0].id == letters[1].id == "msg_health-3-4_20260701T200000"
    assert letters[0].content == b'{"type": "t", "id": "msg_health-3-4_20260701T200000"}'
    mail = message_of(letters[0], "desk@example.org")
    assert (mail["Message-ID"], mail["Subject"]) == (f"<{letters[0].id}@example.org>", "s")
    assert mail.get_content() == "for people\n"


@pytest.mark.parametrize(
    "call",
    [
        lambda: parse_webhook("ftp://x"),
        lambda: parse_webhook("hook"),
        lambda: parse_secret("whsec_#"),
        lambda: parse_smtp("mail.example.org"),
        lambda: parse_smtp("smtp://host:port"),
        lambda: parse_addresses("desk"),
        lambda: parse_addresses("a@b\nBcc: c@d, a@b, x"),
        lambda: parse_command("echo 'x"),
        lambda: parse_command([1]),
    ],
)
def test_mistakes_are_errors(call: object) -> None:
    with pytest.raises(ValueError):
        call()  # type: ignore[operator]


def test_targets_are_read_as_they_are_written() -> None:
    assert (
        parse_addresses("a@x.org, b@y.org,a@x.org") == ("a@x.org", "b@y.org") == parse_addresses(["a@x.org", "b@y.org"])
    )
    assert parse_command("tell --loudly 'two words'") == ("tell", "--loudly", "two words")
    assert parse_command(["a b", "c"]) == ("a b", "c")


def test_the_configuration_gives_the_terms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSDESK_HEALTH_WEBHOOK", "https://hooks.example.org/s3cret?key=1")
    monkeypatch.setenv("NEWSDESK_HEALTH_COMMAND", "tell --token abc")
    monkeypatch.setenv("NEWSDESK_HEALTH_EMAIL", "a@x.org")
    with pytest.raises(UsageError, match="NEWSDESK_HEALTH_EMAIL: needs smtp_url and email_from"):
        load_config()
    monkeypatch.setenv("NEWSDESK_SMTP_URL", "smtp://u:hush@mail.example.org")
    monkeypatch.setenv("NEWSDESK_EMAIL_FROM", "desk@x.org")
    terms = health_terms(load_config())
    assert [name_of(target) for target in terms.targets] == [
        "webhook https://hooks.example.org", "e-mail to a@x.org", "command tell",
    ]  # fmt: skip
    assert "hush" not in repr(terms)
    monkeypatch.setenv("NEWSDESK_SMTP_URL", "http://u:hush@mail.example.org")
    with pytest.raises(UsageError) as caught:
        load_config()
    assert "NEWSDESK_SMTP_URL" in str(caught.value) and "hush" not in str(caught.value)


def test_a_message_is_tried_for_two_days() -> None:
    assert timedelta(days=1.9) < sum(WAITS, timedelta()) < timedelta(days=2.1)
