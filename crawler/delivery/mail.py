"""Send a message by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from crawler.delivery.letter import DeliveryError, Letter
from storage.export.rows import plain

SECONDS = 20.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def send(letter: Letter, smtp_url: str, sender: str) -> None:
    """Send the message. Raises DeliveryError when the server does not take it."""
    try:
        with _connect(urlsplit(smtp_url)) as server:
            server.send_message(message_of(letter, sender), sender, [letter.address])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise DeliveryError(_explain(error)) from None


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Return the mail. Its Message-ID is the same at each try, so that a repeat can be told."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.address, _one_line(letter.subject)
    domain = sender.rpartition("@")[2].strip("<> ") or "newsdesk"
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.list:
        message["List-Id"] = f"newsdesk {letter.list} <{letter.list}.newsdesk.{domain}>"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


def _one_line(text: str) -> str:
    """Return a text as the value of a header. An encoded word in it (RFC 2047) would be decoded, line ends and all."""
    return plain(text).replace("=?", "= ?")


def _connect(url: SplitResult) -> smtplib.SMTP:
    host, trusted = url.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, timeout=SECONDS, context=trusted)
    else:
        server = smtplib.SMTP(host, url.port or (587 if url.username else 25), timeout=SECONDS)
    try:
        _secure(server, url, trusted)
    except BaseException:
        server.close()
        raise
    return server


def _secure(server: smtplib.SMTP, url: SplitResult, trusted: ssl.SSLContext) -> None:
    """Encrypt where the server can, and log in. A password goes out in clear to this machine alone."""
    server.ehlo()
    if url.scheme == "smtp" and server.has_extn("starttls"):
        server.starttls(context=trusted)
        server.ehlo()
    elif url.scheme == "smtp" and url.username and url.hostname not in LOOPBACK:
        raise DeliveryError(f"{url.hostname} offers no encryption (STARTTLS); the password was not sent")
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))


def _explain(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, refusal = next(iter(error.recipients.values()))
        return f"the server refuses the address: {code} {refusal.decode('utf-8', 'replace')}"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__
