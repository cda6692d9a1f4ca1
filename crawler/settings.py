"""Scrapy settings, derived from newsdesk's configuration. `-s NAME=VALUE` overrides each of them."""

from __future__ import annotations

import sys

from crawler.config import load_config
from crawler.delivery.terms import health_terms
from storage.errors import NewsdeskError

try:
    _config = load_config()
except NewsdeskError as error:  # the door is `scrapy …`, which would print a traceback
    sys.stderr.write(f"Error: {error}\n")
    sys.exit(error.exit_code)

BOT_NAME = "newsdesk"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.scrapy_commands"

NEWSDESK_DATABASE_URL = _config.database_url
NEWSDESK_SOURCES = str(_config.sources)
NEWSDESK_ALLOW_NETWORKS = ",".join(str(network) for network in _config.allow_networks)
NEWSDESK_WORKERS = _config.workers
NEWSDESK_WORKER_TIMEOUT = _config.worker_timeout
NEWSDESK_WORKER_MEMORY_MB = _config.worker_memory_mb
NEWSDESK_MAX_CRAWL_DELAY = _config.max_crawl_delay
NEWSDESK_HOSTS = _config.hosts
NEWSDESK_POLITENESS = _config.politeness
NEWSDESK_ROBOTS_LEAST = 600.0
NEWSDESK_PATIENCE = _config.patience
NEWSDESK_POLLS_A_DAY = _config.polls_a_day
NEWSDESK_BUDGET = _config.budget
NEWSDESK_SITEMAP_FILES = _config.sitemap_files
NEWSDESK_MAX_ATTEMPTS = _config.max_attempts
NEWSDESK_STORY_WINDOW_DAYS = _config.story_window_days
NEWSDESK_RECHECK = _config.recheck
NEWSDESK_PUSH_CALLBACK = _config.push_callback
NEWSDESK_PUSH_ADDRESS = str(_config.push_address)
NEWSDESK_PUSH_PORT = _config.push_port
NEWSDESK_KEEP_ATTEMPTS_DAYS = _config.keep_attempts_days
NEWSDESK_HEALTH_MINUTES = _config.health_minutes
NEWSDESK_HEALTH_TERMS = health_terms(_config)
NEWSDESK_WATCH_ARTICLES = _config.watch_articles
NEWSDESK_KEEP_ARTICLES = _config.keep_articles
NEWSDESK_METRICS_PORT = _config.metrics_port
NEWSDESK_METRICS_ADDRESS = _config.metrics_address

USER_AGENT = _config.agent
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = _config.delay
DOWNLOAD_DELAY_JITTER = 0
DOWNLOAD_TIMEOUT = _config.timeout
DOWNLOAD_MAXSIZE = _config.max_bytes
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
CONCURRENT_REQUESTS = 64 + 8 * _config.hosts
CONCURRENT_REQUESTS_PER_DOMAIN = 8
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
COOKIES_ENABLED = False
COMPRESSION_ENABLED = False
HTTPERROR_ALLOW_ALL = False
TWISTED_DNS_RESOLVER = "crawler.middlewares.guard.CheckingResolver"
DOWNLOAD_HANDLERS = {
    "http": "crawler.downloading.PacedDownloadHandler",
    "https": "crawler.downloading.PacedDownloadHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.guard.GuardMiddleware": 40,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.decoding.DecodingMiddleware": 590,
    "crawler.middlewares.pace.PaceMiddleware": 950,
}
ITEM_PIPELINES = {
    "pipelines.item_pipelines.Extract": 100,
    "pipelines.item_pipelines.Clean": 200,
    "pipelines.item_pipelines.Identify": 300,
    "pipelines.item_pipelines.Store": 400,
}
EXTENSIONS = {
    "crawler.extensions.crawl_log.CrawlLog": 0,
    "crawler.extensions.accounting.Accounting": 0,
}
CONCURRENT_ITEMS = 4
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 10_000_000
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
WARN_ON_GENERATOR_RETURN_VALUE = False
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = _config.log_level
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
NEWSDESK_LOG_FORMAT = _config.log_format
LOG_FORMATTER = "crawler.logs.Formatter"
