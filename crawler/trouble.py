"""What an exception from the downloader means for a link."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawler.middlewares.decoding import BadEncoding
from crawler.middlewares.refusal import Refused
from crawler.verdicts import Verdict
from storage.types import LinkState, Outcome


def explain(error: BaseException) -> Verdict:
    """Return the verdict on a request that raised."""
    if isinstance(error, Refused):
        return error.verdict
    if isinstance(error, BadEncoding):
        if error.reason == "truncated":
            return Verdict(LinkState.PENDING, Outcome.FAILED, error.reason, error.detail, strains=True)
        return Verdict(LinkState.DROPPED, Outcome.DROPPED, error.reason, error.detail)
    detail = (str(error) or type(error).__name__).strip().splitlines()[0][:300]
    return _by_type(error, detail)


def _by_type(error: BaseException, detail: str) -> Verdict:
    match error:
        case DownloadCancelledError():
            return Verdict(LinkState.DROPPED, Outcome.DROPPED, "too-big", detail)
        case CannotResolveHostError():
            return _host_down("dns", detail)
        case DownloadConnectionRefusedError():
            return _host_down("no-connection", detail)
        case DownloadTimeoutError():
            return Verdict(LinkState.PENDING, Outcome.FAILED, "timeout", detail, rest_host=True)
        case ResponseDataLossError():
            return Verdict(LinkState.PENDING, Outcome.FAILED, "truncated", detail, strains=True)
        case UnsupportedURLSchemeError():
            return Verdict(LinkState.DROPPED, Outcome.DROPPED, "unsupported", detail)
        case DownloadFailedError():
            return Verdict(LinkState.PENDING, Outcome.FAILED, "connection-lost", detail, rest_host=True)
        case IgnoreRequest():
            reason = "too-many-redirects" if "redirection" in detail else "refused"
            return Verdict(LinkState.FAILED, Outcome.FAILED, reason, detail)
    return Verdict(LinkState.PENDING, Outcome.FAILED, "error", f"{type(error).__name__}: {detail}")


def _host_down(reason: str, detail: str) -> Verdict:
    """The host, not the link, is at fault: leave it alone for a while, and do not count the try."""
    return Verdict(LinkState.PENDING, Outcome.DEFERRED, reason, detail, rest_host=True, counted=False)
