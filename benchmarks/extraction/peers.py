"""Answer pages over a pipe with one extractor: stock Trafilatura, or a peer.

Stands alone: it needs the standard library and that one extractor, never newsdesk, so that it runs in any interpreter:
`python peers.py NAME`. A request is a line of JSON `{"url": …, "size": …}` and so many bytes of HTML; an answer is a
line of JSON. The first line, before any request, says which extractor it is or why there is none.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, BinaryIO, NamedTuple, NoReturn

SECONDS = 60.0
"""A page that takes longer counts as a failure."""
TEXT_ONLY = ("text", "title")
EVERYTHING = ("text", "title", "day", "authors")


class System(NamedTuple):
    """An extractor: what it is, which fields it can fill, the work that is timed, and the telling that is not."""

    version: str
    fields: tuple[str, ...]
    extract: Callable[[bytes, str], Any]
    tell: Callable[[Any], dict[str, Any]]


def stock() -> System:
    """Load Trafilatura with its defaults."""
    return _trafilatura(fast=False)


def stock_fast() -> System:
    """Load Trafilatura's fast mode."""
    return _trafilatura(fast=True)


def _trafilatura(fast: bool) -> System:
    from trafilatura import bare_extraction

    def extract(html: bytes, url: str) -> Any:
        options: Any = {"fast": True} if fast else {}
        return bare_extraction(html, url=url, with_metadata=True, include_comments=False, **options)

    def tell(got: Any) -> dict[str, Any]:
        if got is None:
            return {}
        authors = (got.author or "").split(";")
        return {"text": got.text, "title": got.title, "day": (got.date or "")[:10], "authors": authors}

    return System(f"trafilatura {version('trafilatura')}", EVERYTHING, extract, tell)


def newspaper4k() -> System:
    """Load newspaper4k, told to leave images and its memory of articles alone."""
    from newspaper import Article, Config

    config = Config()
    config.fetch_images = False
    config.memorize_articles = False

    def extract(html: bytes, url: str) -> Any:
        article = Article(url, config=config)
        article.download(input_html=html.decode("utf-8", "replace"))
        article.parse()
        return article

    def tell(got: Any) -> dict[str, Any]:
        return {"text": got.text, "title": got.title, "day": _day(got.publish_date), "authors": list(got.authors)}

    return System(f"newspaper4k {version('newspaper4k')}", EVERYTHING, extract, tell)


def readability() -> System:
    """Load readability-lxml; its answer is HTML, from which the text is taken."""
    import lxml.html
    from readability import Document

    def extract(html: bytes, url: str) -> Any:
        document = Document(html.decode("utf-8", "replace"), url=url)
        tree = lxml.html.fromstring(document.summary(html_partial=True))
        return " ".join(str(part) for part in tree.itertext()), document.short_title()

    def tell(got: Any) -> dict[str, Any]:
        return {"text": got[0], "title": got[1]}

    return System(f"readability-lxml {version('readability-lxml')}", TEXT_ONLY, extract, tell)


def resiliparse() -> System:
    """Load resiliparse's main-content extraction."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def extract(html: bytes, url: str) -> Any:
        tree = HTMLTree.parse_from_bytes(html, detect_encoding(html))
        return extract_plain_text(tree, main_content=True, alt_texts=False, comments=False), tree.title

    def tell(got: Any) -> dict[str, Any]:
        return {"text": got[0], "title": got[1]}

    return System(f"resiliparse {version('resiliparse')}", TEXT_ONLY, extract, tell)


def goose3() -> System:
    """Load goose3 without its fetching of images."""
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def extract(html: bytes, url: str) -> Any:
        return goose.extract(raw_html=html.decode("utf-8", "replace"))

    def tell(got: Any) -> dict[str, Any]:
        day = _day(got.publish_datetime_utc) or _day(got.publish_date)
        return {"text": got.cleaned_text, "title": got.title, "day": day, "authors": list(got.authors)}

    return System(f"goose3 {version('goose3')}", EVERYTHING, extract, tell)


SYSTEMS: dict[str, Callable[[], System]] = {
    "stock": stock,
    "stock-fast": stock_fast,
    "newspaper4k": newspaper4k,
    "readability": readability,
    "resiliparse": resiliparse,
    "goose3": goose3,
}


def _day(value: Any) -> str:
    return str(value or "")[:10]


def serve(load: Callable[[], System]) -> None:
    """Answer requests until the pipe ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what an extractor prints is no answer
    logging.disable(logging.CRITICAL)
    _stay_offline()
    try:
        system = load()
    except Exception as error:
        _send(answers, {"missing": f"{type(error).__name__}: {error}"})
        return
    signal.signal(signal.SIGALRM, _give_up)
    gc.collect()
    gc.freeze()  # as newsdesk's workers do: what was loaded is not looked at again while pages are timed
    _send(answers, {"version": system.version, "fields": system.fields})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _send(answers, _answer(system, sys.stdin.buffer.read(request["size"]), request["url"]))


def _answer(system: System, html: bytes, url: str) -> dict[str, Any]:
    began = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        got = system.extract(html, url)
        took = time.process_time() - began
        told = system.tell(got)
    except Exception as error:
        took = time.process_time() - began
        told = {"problem": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {**told, "ms": took * 1000}


def _send(pipe: BinaryIO, message: dict[str, Any]) -> None:
    pipe.write(json.dumps(message).encode("ascii") + b"\n")
    pipe.flush()


def _give_up(*_: object) -> NoReturn:
    raise TimeoutError(f"took longer than {SECONDS:g} s")


def _stay_offline() -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("the benchmark uses no network")

    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, refuse)
    socket.getaddrinfo = socket.create_connection = refuse


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(SYSTEMS[sys.argv[1]])
