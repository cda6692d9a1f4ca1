"""A real crawl learns a site's boilerplate, cleans what it stored before, and a person may overrule it."""

from __future__ import annotations

import json
import random

from tests.acceptance.desk import Desk
from tests.acceptance.site import Answer, Site

SERVICE = "This report was first printed in the weekend edition of the Harbour Courier."
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "zo")


def page(seed: int, last: str) -> str:
    """Return a page whose sentences no other seed gives."""
    draw = random.Random(seed)
    word = lambda: "".join(draw.choices(SYLLABLES, k=3))  # noqa: E731
    lines = ["The " + " ".join(word() for _ in range(30)) + "." for _ in range(4)]
    body = "".join(f"<p>{line}</p>" for line in lines)
    title = f"The {word()} of {word()} and {word()}"
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title></head><body><main><article><h1>{title}</h1>"
        f"{body}<p>{last}</p></article></main></body></html>"
    )


def test_what_a_site_repeats_is_taken_out_listed_and_put_back(desk: Desk, site: Site) -> None:
    names = [chr(97 + number) * 3 for number in range(6)]
    site.pages |= {f"/news/{name}": Answer(body=page(seed, SERVICE)) for seed, name in enumerate(names)}
    site.feed(names)
    desk.crawl()
    held = "SELECT count(*) FROM articles WHERE body LIKE '%weekend edition%'"
    assert desk.rows(held) == [(0,)], "the two before the third are cleaned when the crawl ends"
    assert desk.rows("SELECT count(*), max(revision) FROM articles") == [(6, 1)]
    [block] = json.loads(desk.newsdesk("boilerplate", "harbour", "--format", "json"))
    assert (block["state"], block["text"], block["stories"], block["removed_from"]) == ("learned", SERVICE, 6, 6)
    shown = json.loads(desk.newsdesk("show", "1", "--format", "json", "--original"))
    assert {"place": 4, "text": SERVICE, "rule": "learned"} in shown["removed"]
    assert shown["original"].endswith(SERVICE) and SERVICE not in shown["body"]
    assert SERVICE in desk.newsdesk("show", "1", "--removed")
    assert "6 stored articles changed" in desk.newsdesk("boilerplate", "harbour", "--keep", "weekend edition")
    assert desk.rows(held) == [(6,)]
    assert "6 stored articles changed" in desk.newsdesk("boilerplate", "harbour", "--forget", block["id"])
    assert "no such line" in desk.newsdesk("boilerplate", "harbour", "--keep", "nothing of the kind", code=2)
    site.feed(names, "<atom:updated xmlns:atom='a'>2036-01-01T12:00:00Z</atom:updated>")
    site.pages["/news/aaa"] = Answer(body=page(0, SERVICE) + "<!-- changed -->")
    desk.crawl()
    assert desk.rows("SELECT count(*), max(revision) FROM articles") == [(6, 1)]
    assert desk.rows(held) == [(0,)]
