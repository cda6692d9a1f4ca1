"""How the log reads: for people on a console, or as one JSON object a line; a page without an article is no error."""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter
from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

WORDY = ("scrapy.addons", "scrapy.crawler", "scrapy.middleware", "apscheduler", "alembic.runtime.plugins")
"""Loggers that tell on many lines what is configured, and each tick: of interest to whoever asks for DEBUG."""
_NAMES = {"levelname": "level", "name": "logger", "exc_info": "exception", "stack_info": "stack"}


class Formatter(LogFormatter):
    """Scrapy's log lines, with dropped items as plain information and without the page's bytes."""

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Return the line for a page that gave no article."""
        return {"level": logging.INFO, "msg": "dropped: %(reason)s", "args": {"reason": str(exception)}}


def install(settings: BaseSettings) -> None:
    """Send what is logged to standard error, or LOG_FILE, in the format that is configured; in place of Scrapy's own.

    Call it once Scrapy's process is there, with LOG_INSTALL_ROOT_HANDLER off: Scrapy would put its own format back.
    """
    handler = _handler(settings)
    handler.setFormatter(_formatter(settings))
    handler.setLevel(settings["LOG_LEVEL"])
    logging.root.setLevel(logging.NOTSET)
    logging.root.addHandler(handler)
    if handler.level > logging.DEBUG:
        for name in WORDY:
            logging.getLogger(name).setLevel(logging.WARNING)


def _handler(settings: BaseSettings) -> logging.Handler:
    if settings["LOG_FILE"]:
        mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
        return logging.FileHandler(settings["LOG_FILE"], mode, settings["LOG_ENCODING"])
    return logging.StreamHandler() if settings.getbool("LOG_ENABLED") else logging.NullHandler()


def _formatter(settings: BaseSettings) -> logging.Formatter:
    if settings.get("NEWSDESK_LOG_FORMAT") != "json":
        return logging.Formatter(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"])
    return JsonFormatter(
        ["levelname", "name", "message"],
        rename_fields=_NAMES,
        reserved_attrs=[*RESERVED_ATTRS, "spider", "crawler"],  # objects of Scrapy's that are the same on each line
        timestamp="time",
        json_ensure_ascii=False,
    )
