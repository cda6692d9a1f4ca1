"""Live blogs, videos and galleries are told from articles; what is closed from what is there to be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.access import access_of
from pipelines.kinds import kind_of
from pipelines.metadata import Facts, read_metadata
from pipelines.tree import parse
from storage.types import Access

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEXT = "The tug has left the inner harbour with the first of the four pontoons, said the harbour master, and others follow. "


def facts(body: str, node: dict[str, Any] | None = None, og: str = "", path: str = "/news/bridge") -> Facts:
    script = f"<script type='application/ld+json'>{json.dumps(node)}</script>" if node else ""
    head = f"<meta property='og:type' content='{og}'>"
    return read_metadata(
        parse(f"<html><head>{head}{script}</head><body>{body}</body></html>"), f"https://c.example{path}", NOW
    )


def entries(many: int, inner: str = f"<p>{TEXT * 2}</p>", clock: str = "14:{:02}") -> str:
    return "".join(f"<div class=e><time class=t>{clock.format(i)}</time>{inner}</div>" for i in range(many))


FIGURES = "<figure><img src=a.jpg></figure>" * 9


@pytest.mark.parametrize(
    ("page", "words", "kind"),
    [
        (facts("<p>x</p>"), 400, "article"),
        (facts("<p>x</p>", {"@type": "LiveBlogPosting"}), 400, "live"),
        (facts(entries(8)), 800, "live"),
        (facts(entries(4)), 400, "article"),
        (facts(entries(4), path="/news/live/bridge"), 400, "live"),
        (facts(entries(8, "<a href=/x><p>Ferry to run at night</p></a>")), 400, "article"),
        (facts(entries(8, f"<a href=/x><p>{TEXT * 2}</p></a>")), 400, "article"),
        (facts(entries(8, clock="{} November")), 400, "article"),
        (facts("", og="video.other"), 40, "video"),
        (facts("", og="video.other"), 400, "article"),
        (facts("", {"@type": "VideoObject"}), 40, "video"),
        (facts("", [{"@type": "VideoObject"}, {"@type": "NewsArticle"}]), 40, "article"),  # type: ignore[arg-type]
        (facts("<video src=a></video>", path="/video/bridge"), 40, "video"),
        (facts("<iframe src=a></iframe>", path="/news/bridge"), 40, "article"),
        (facts("", {"@type": "ImageGallery"}), 40, "gallery"),
        (facts(FIGURES), 90, "gallery"),
        (facts(FIGURES), 900, "article"),
        (facts(FIGURES, path="/bilder/bruecke"), 300, "gallery"),
        (facts("", {"@type": "ImageGallery"}), 900, "article"),
    ],
)
def test_kinds(page: Facts, words: int, kind: str) -> None:
    assert kind_of(page, words) == kind


def closed(selector: str | None = ".paid", free: Any = False) -> dict[str, Any]:
    part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": selector}
    return {
        "@type": "NewsArticle",
        "headline": "x",
        "isAccessibleForFree": free,
        **({"hasPart": part} if selector else {}),
    }


@pytest.mark.parametrize(
    ("body", "node", "words", "text", "access"),
    [
        (
            f"<div class='a paid b'><p>{TEXT * 9}</p></div>",
            closed(),
            180,
            "Subscribe to continue reading",
            Access.METERED,
        ),
        ("<div class=paid></div>", closed(), 60, "", Access.PAYWALLED),
        ("<div class=paid></div>", closed(), 900, "", Access.METERED),
        ("<div class=paid></div>", closed(), 200, "Subscribe to continue reading", Access.PAYWALLED),
        (f"<div id=paid><p>{TEXT * 9}</p></div>", closed("article #paid"), 180, "", Access.METERED),
        ("<p>x</p>", closed(None, "False"), 60, "", Access.PAYWALLED),
        ("<p>x</p>", closed(None, "http://schema.org/False"), 60, "", Access.PAYWALLED),
        ("<p>x</p>", closed(None, "true"), 60, "", Access.FREE),
        ("<p>x</p>", {"hasPart": [{"isAccessibleForFree": "false"}], "@type": "Article"}, 60, "", Access.PAYWALLED),
        ("<p>x</p>", None, 60, "Already a subscriber? Subscribe to read on.", Access.PAYWALLED),
        ("<p>x</p>", None, 60, "Log in. Already a subscriber? Déjà abonné ?", Access.FREE),
        ("<p>x</p>", closed(None), 300, "Already a subscriber?", Access.PAYWALLED),
        ("<p>x</p>", None, 600, "Already a subscriber? Subscribe to read on.", Access.FREE),
    ],
)
def test_what_is_closed_and_what_is_there(
    body: str, node: dict[str, Any] | None, words: int, text: str, access: Access
) -> None:
    page = facts(body, node)
    assert access_of(page.node, page.meta, lambda: text, words, page.gated) is access


@pytest.mark.parametrize(
    ("meta", "words", "access"),
    [
        ({"article:content_tier": "metered"}, 60, Access.METERED),
        ({"article:content_tier": "locked"}, 60, Access.PAYWALLED),
        ({"article:content_tier": "locked"}, 600, Access.METERED),
        ({"article:content_tier": "free"}, 60, Access.FREE),
        ({"content_tier": "premium"}, 60, Access.PAYWALLED),
        ({"access": "public"}, 60, Access.FREE),
    ],
)
def test_tiers(meta: dict[str, str], words: int, access: Access) -> None:
    assert access_of(None, meta, lambda: "Words.", words) is access


@pytest.mark.parametrize(
    "text",
    ["Subscribe to continue reading", "Um weiterzulesen, schließen Sie ein Abo ab", "Abonnez-vous pour lire la suite", "Suscríbete para seguir leyendo",
     "Abbonati per continuare", "Assine para ler", "Alleen voor abonnees", "Bli prenumerant för att läsa", "Kjøp abonnement for å lese",
     "Tylko dla prenumeratorów", "Pouze pro předplatitele", "Csak előfizetőknek", "Sadece abonelere özel", "この記事は有料会員限定です", "구독자 전용",
     "仅限订阅用户", "للمشتركين فقط", "Доступно только подписчикам"],
)  # fmt: skip
def test_a_stub_that_asks_for_a_subscription(text: str) -> None:
    assert access_of(None, {}, lambda: text, 60) is Access.PAYWALLED
    assert access_of(None, {}, lambda: text, 600) is Access.FREE


@pytest.mark.parametrize(
    "text",
    ["The ferry's subscribers read on.", "Subscribe to our newsletter", "Abonnieren Sie unseren Newsletter", "Abonnés"],
)
def test_a_short_page_that_does_not(text: str) -> None:
    assert access_of(None, {}, lambda: text, 60) is Access.FREE
