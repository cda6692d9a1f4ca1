"""How the crawl's events read in the log: a page without an article is no error of the program."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class Formatter(LogFormatter):
    """Scrapy's log lines, with dropped items as plain information and without the page's bytes."""

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Return the line for a page that gave no article."""
        return {"level": logging.INFO, "msg": "dropped: %(reason)s", "args": {"reason": str(exception)}}
