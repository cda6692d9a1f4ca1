"""The news web: outlets on loopback that publish by the clock, some of them in trouble, and a log of requests.

Runs as a process of its own: `python -m benchmarks.newsday.web PLAN LOG`.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any, TextIO

HOUR = 3600.0
_SYLLABLES = [first + second for first, second in zip("bcdfghjklmnprstvwxyz", "aeiouaeieouaeiouaeio", strict=True)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent; None for `status` means that the connection is reset."""

    status: int | None
    body: bytes = b""
    headers: tuple[str, ...] = ()
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an outlet between two times (seconds since 1970): 503, 429, reset or slow."""

    kind: str
    since: float
    until: float

    def answer(self, now: float) -> Answer | None:
        """Return what it answers instead; None when it is well."""
        if not self.since <= now < self.until:
            return None
        match self.kind:
            case "503":
                return Answer(503, b"busy")
            case "429":
                return Answer(429, b"slow down", ("Retry-After: 120",))
            case "reset":
                return Answer(None)
        return None


class Outlet:
    """One host: its articles' times (sorted, seconds since 1970), its window, and what is wrong with it."""

    def __init__(self, place: int, address: str, port: int, plan: dict[str, Any]) -> None:
        self.place = place
        self.host = f"{address}:{port}"
        self._times: Sequence[float] = plan["times"]
        self._window: int = plan["window"]
        fault = plan.get("fault")
        self._fault = Fault(**fault) if fault else None

    def answer(self, path: str, etag: str | None, now: float) -> Answer:
        """Return the answer to a request at that time."""
        trouble = self._fault.answer(now) if self._fault else None
        if trouble is not None:
            return trouble
        out = bisect_right(self._times, now)
        wait = 3.0 if self._fault and self._fault.kind == "slow" else 0.0
        if path == "/feed.xml":
            tag = f'"{out}"'
            if etag == tag:
                return Answer(304, b"", (f"ETag: {tag}",), wait)
            return Answer(200, self._feed(out), (f"ETag: {tag}", "Content-Type: application/rss+xml"), wait)
        number = path.removeprefix("/news/")
        if path.startswith("/news/") and number.isdigit() and int(number) < out:
            return Answer(200, page(self.place, int(number)), ("Content-Type: text/html; charset=utf-8",), wait)
        return Answer(404, b"not found")

    def _feed(self, out: int) -> bytes:
        numbers = range(out - 1, max(-1, out - 1 - self._window), -1)
        items = "".join(
            f"<item><title>{headline(self.place, n)}</title><link>http://{self.host}/news/{n}</link>"
            f"<pubDate>{formatdate(self._times[n])}</pubDate></item>"
            for n in numbers
        )
        return f"<rss version='2.0'><channel><title>Outlet {self.place}</title>{items}</channel></rss>".encode()


def headline(outlet: int, number: int) -> str:
    """Return an article's headline."""
    return _sentence(random.Random(f"{outlet}/{number}"), 8)


def page(outlet: int, number: int) -> bytes:
    """Return an article's page: some two hundred words that no other article has in that order."""
    draw = random.Random(f"{outlet}/{number}")
    title = _sentence(draw, 8)
    paragraphs = "".join(f"<p>{' '.join(_sentence(draw, 14) + '.' for _ in range(4))}</p>" for _ in range(4))
    head = f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title></head>"
    body = f"<nav><a href='/'>Home</a></nav><main><article><h1>{title}</h1>{paragraphs}</article></main>"
    return f"{head}<body>{body}<footer>Imprint</footer></body></html>".encode()


def _sentence(draw: random.Random, words: int) -> str:
    return " ".join("".join(draw.choices(_SYLLABLES, k=draw.randint(1, 4))) for _ in range(words)).capitalize()


async def serve(plan: dict[str, Any], log: TextIO) -> None:
    """Answer for every outlet of the plan until the process is ended."""
    for place, one in enumerate(plan["outlets"]):
        outlet = Outlet(place, one["address"], plan["port"], one)
        await asyncio.start_server(_connection(outlet, log), one["address"], plan["port"], backlog=200)
    log.write(json.dumps({"ready": True}) + "\n")
    log.flush()
    await asyncio.Event().wait()


def _connection(outlet: Outlet, log: TextIO) -> Any:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) is not None:
                if not await _respond(outlet, head.decode("latin-1"), writer, log):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return talk


async def _respond(outlet: Outlet, head: str, writer: asyncio.StreamWriter, log: TextIO) -> bool:
    first, *lines = head.split("\r\n")
    path = first.split(" ")[1]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    now = time.time()
    answer = outlet.answer(path, headers.get("if-none-match"), now)
    log.write(json.dumps({"at": now, "host": outlet.host, "path": path, "status": answer.status}) + "\n")
    log.flush()
    if answer.status is None:
        writer.transport.abort()
        return False
    await asyncio.sleep(answer.wait)
    told = [f"HTTP/1.1 {answer.status} OK", f"Content-Length: {len(answer.body)}", *answer.headers]
    writer.write("\r\n".join(told).encode() + b"\r\n\r\n" + answer.body)
    await writer.drain()
    return True


def main() -> None:
    """Serve the plan of a file."""
    plan = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with Path(sys.argv[2]).open("w", encoding="utf-8") as log:
        asyncio.run(serve(plan, log))


if __name__ == "__main__":
    main()
