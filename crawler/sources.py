"""Sources as sources.toml declares them: read, checked, each mistake named by file, table and key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pipelines.hosts import host_of
from storage.errors import UsageError

MOST_ERRORS = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet that a person follows.

    `interval` and `cron` say when its channels are polled; without both newsdesk decides. `allow` and `deny` are
    regular expressions that a link's URL is searched for. `delay` is seconds between requests to its hosts.
    Links that are dated older than `max_age` are not fetched. Articles are deleted that were first seen longer ago than
    `keep`; None leaves that to the configuration, timedelta.max keeps them for ever. `polls_a_day` is the most that its
    channels are polled together in any 24 hours, by newsdesk's own timing; `requests_a_day` is the most that is asked
    of it, pages included.
    """

    name: str
    title: str
    home: str | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    interval: timedelta | None = None
    cron: str | None = None
    timezone: str | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    delay: float | None = None
    enabled: bool = True
    language: str | None = None
    max_age: timedelta | None = None
    labels: tuple[str, ...] = ()
    polls_a_day: int | None = None
    requests_a_day: int | None = None
    keep: timedelta | None = None


def parse_interval(value: Any) -> timedelta | None:
    """Return an interval written as "15m", "2h" or "1d 12h"; None for "auto". Raises ValueError."""
    if value is None or value == "auto":
        return None
    found = _INTERVAL.findall(value) if isinstance(value, str) else []
    if not found or _INTERVAL.sub("", str(value)).strip():
        raise ValueError(f'{value!r} is not an interval; write e.g. "15m", "2h" or "1d"')
    try:
        return timedelta(seconds=sum(float(number) * _UNITS[unit.lower()] for number, unit in found))
    except OverflowError:
        raise ValueError(f"{value!r} is too long") from None


def format_interval(interval: timedelta) -> str:
    """Return an interval as parse_interval reads it, in the largest units: "1d 12h"."""
    seconds = interval.total_seconds()
    parts = []
    for unit in ("d", "h", "m"):
        whole, seconds = divmod(seconds, _UNITS[unit])
        parts += [f"{whole:.0f}{unit}"] if whole else []
    return " ".join(parts + ([f"{seconds:g}s"] if seconds or not parts else []))


def parse_keep(value: Any) -> timedelta | None:
    """Return how long articles are kept: "365d", or "forever" (timedelta.max); None for "". Raises ValueError."""
    if value in (None, ""):
        return None
    if value == "forever":
        return timedelta.max
    keep = parse_interval(value)
    if keep is None or keep < timedelta(days=1):
        raise ValueError(f'{value!r} is no time to keep articles for; write "forever", or e.g. "365d", at least "1d"')
    return keep


def _every(value: Any) -> timedelta | None:
    interval = parse_interval(value)
    if interval is not None and not timedelta(seconds=10) <= interval <= timedelta(days=366):
        raise ValueError(f"{value!r} is too short or too long; write something from 10s to 366d")
    return interval


def _url(value: str) -> str:
    if not host_of(value) or any(character.isspace() for character in value):
        raise ValueError(f"{value!r} is not a URL; write e.g. https://example.org/feed.xml")
    return value


def _pattern(value: str) -> str:
    if not value:
        raise ValueError("an empty regular expression matches every URL; remove it")
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression: {error}") from None
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f'{value!r} is not a language code; write e.g. "en" or "pt-BR"')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a time zone; write e.g. Europe/Vienna") from None
    return value


def _cron(value: str) -> str:
    from crawler.cron import firings

    try:
        next(firings(value, None, datetime.now(UTC)), None)
    except ValueError as error:
        raise ValueError(f'{value!r} is not a cron expression ({error}); write e.g. "*/15 6-22 * * *"') from None
    return value


Url = Annotated[str, AfterValidator(_url)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class _Table(BaseModel):
    """One table of sources.toml."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: str | None = None
    home: Url | None = None
    feeds: list[Url] = Field(default_factory=list)
    sitemaps: list[Url] = Field(default_factory=list)
    sections: list[Url] = Field(default_factory=list)
    every: Annotated[timedelta | None, BeforeValidator(_every)] = None
    cron: Annotated[str, AfterValidator(_cron)] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    allow: list[Pattern] = Field(default_factory=list)
    deny: list[Pattern] = Field(default_factory=list)
    delay: Annotated[float, Field(ge=0, le=3600)] | None = None
    enabled: bool = True
    language: Annotated[str, AfterValidator(_language)] | None = None
    max_age: Annotated[timedelta | None, BeforeValidator(parse_interval)] = None
    labels: list[str] = Field(default_factory=list)
    polls_a_day: Annotated[int, Field(ge=1, le=100_000)] | None = None
    requests_a_day: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    keep: Annotated[timedelta | None, BeforeValidator(parse_keep)] = None

    @model_validator(mode="after")
    def _whole(self) -> _Table:
        if not (self.feeds or self.sitemaps or self.sections or self.home):
            raise ValueError("names nothing to read; give it feeds, sitemaps, sections or at least a home")
        if self.every is not None and self.cron is not None:
            raise ValueError("has both every and cron; keep one")
        if self.polls_a_day is not None and (self.every is not None or self.cron is not None):
            raise ValueError("has polls_a_day beside every or cron, which say when to poll; keep one")
        if self.timezone is not None and self.cron is None:
            raise ValueError("has a timezone but no cron that it would be for")
        return self


def load_sources(path: Path) -> dict[str, Source]:
    """Return the declared sources by name, in the file's order. Raises UsageError with a line per mistake."""
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; add a first source with `newsdesk add URL`") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    return check_tables(tables, path)


def check_tables(tables: dict[str, Any], path: Path) -> dict[str, Source]:
    """Return the sources of a parsed file. Raises UsageError with a line per mistake."""
    mistakes: list[str] = []
    sources: dict[str, Source] = {}
    for name, table in tables.items():
        try:
            sources[name] = _source(name, table)
        except ValidationError as error:
            mistakes += [f"{path}: [{name}] {_explain(problem)}" for problem in error.errors()]
        except ValueError as error:
            mistakes.append(f"{path}: [{name}] {error}")
    mistakes += [f"{path}: {mistake}" for mistake in _shared_channels(sources)]
    if mistakes:
        more = len(mistakes) - MOST_ERRORS
        raise UsageError("\n".join(mistakes[:MOST_ERRORS] + ([f"… and {more} more"] if more > 0 else [])))
    return sources


def _source(name: str, table: Any) -> Source:
    if not isinstance(table, dict):
        raise ValueError("is a value, not a table; settings belong into newsdesk.toml")
    if not _NAME.fullmatch(name):
        raise ValueError("is no name for a source; use lower-case letters, digits, '.', '-' and '_'")
    read = _Table.model_validate(table)
    named = bool(read.feeds or read.sitemaps or read.sections)
    return Source(
        name=name,
        title=read.title or name,
        home=read.home,
        feeds=tuple(dict.fromkeys(read.feeds)),
        sitemaps=tuple(dict.fromkeys(read.sitemaps)),
        sections=tuple(dict.fromkeys(read.sections)) if named else (str(read.home),),
        interval=read.every,
        cron=read.cron,
        timezone=read.timezone,
        allow=tuple(read.allow),
        deny=tuple(read.deny),
        delay=read.delay,
        enabled=read.enabled,
        language=read.language,
        max_age=read.max_age,
        labels=tuple(read.labels),
        polls_a_day=read.polls_a_day,
        requests_a_day=read.requests_a_day,
        keep=read.keep,
    )


def _shared_channels(sources: dict[str, Source]) -> list[str]:
    owner: dict[str, str] = {}
    mistakes = []
    for source in sources.values():
        for url in dict.fromkeys((*source.feeds, *source.sitemaps, *source.sections)):
            if url in owner:
                mistakes.append(f"[{source.name}] reads {url}, which [{owner[url]}] reads already")
            owner.setdefault(url, source.name)
    return mistakes


def _explain(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"] if not isinstance(part, int) and "function" not in str(part))
    key = problem["loc"][0] if problem["loc"] else ""
    if problem["type"] == "extra_forbidden":
        if isinstance(problem["input"], dict):
            return f"{key}: is a table within a table; a name with a dot stands in quotes"
        near = get_close_matches(str(key), _Table.model_fields, 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_Table.model_fields)}"
        return f"{key}: there is no such key; {hint}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"].startswith("value_error"):
        return f"{place}: {message}" if key else message
    return f"{place}: {message} (it is {problem.get('input')!r})"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def admits(source: Source, url: str) -> str | None:
    """Return None when the source wants this link, else the rule that keeps it out: deny | allow."""
    if any(_compiled(pattern).search(url) for pattern in source.deny):
        return "deny"
    if source.allow and not any(_compiled(pattern).search(url) for pattern in source.allow):
        return "allow"
    return None
