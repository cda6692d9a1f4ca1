"""`scrapy crawl`, which checks its arguments and its database before it starts, and works in an empty directory."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.settings import Settings
from scrapy.utils.conf import closest_scrapy_cfg
from scrapy.utils.project import inside_project

from crawler.errand import Errand, check
from crawler.logs import install
from storage.errors import NewsdeskError, UsageError
from storage.store import open_store

INSTALL = "LOG_INSTALL_ROOT_HANDLER"
ARGUMENTS = ("source", "feed", "sitemap", "section", "url", "once")


class Command(ScrapyCrawl):
    """Scrapy's command, in front of which a wrong argument is one clear line."""

    requires_project = False

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take newsdesk's settings where no project gives others."""
        if not inside_project() and not closest_scrapy_cfg():
            self._settings().setmodule("crawler.settings", priority="project")
        super().process_options(args, opts)
        self._own_log = self._settings()["BOT_NAME"] == "newsdesk" and self._settings().getbool(INSTALL)
        if self._own_log:
            self._settings().set(INSTALL, False, priority="cmdline")

    def _settings(self) -> Settings:
        assert self.settings is not None, "Scrapy sets them before it runs a command"
        return self.settings

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, then crawl."""
        if self._own_log:
            install(self._settings())
        if self._settings()["BOT_NAME"] == "newsdesk":
            try:
                self._check(args, opts)
            except NewsdeskError as error:
                sys.stderr.write(f"Error: {error}\n")
                sys.exit(error.exit_code)
        super().run(args, opts)

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        if args[:1] == ["news"]:
            unknown = [name for name in opts.spargs if name not in ARGUMENTS]
            if unknown:
                raise UsageError(f"-a {unknown[0]}=…: there is no such argument; known are {', '.join(ARGUMENTS)}")
            check(Errand(**opts.spargs), Path(self._settings()["NEWSDESK_SOURCES"]))
        open_store(self._settings()["NEWSDESK_DATABASE_URL"]).close()
