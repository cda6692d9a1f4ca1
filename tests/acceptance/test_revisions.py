"""Real crawls look at stored articles again: what changed, what only seems to, what is walled off, and what is gone."""

from __future__ import annotations

import json

from storage.store import open_store
from tests.acceptance.desk import Desk
from tests.acceptance.site import Answer, Site, article
from tests.acceptance.test_boilerplate import page

CONSENT = (
    "<!doctype html><html><head><title>Before you continue</title></head><body><main><h1>We value your privacy</h1>"
    "<p>We and our partners store and access information on your device, such as cookies.</p>"
    "<button>Accept all</button><button>Reject all</button></main></body></html>"
)


def make_due(desk: Desk) -> None:
    """Let the time for the next look at every article come."""
    store = open_store(desk.database_url)
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE links SET recheck_at = first_seen WHERE recheck_at IS NOT NULL")
    store.close()


def look_again(desk: Desk, site: Site) -> list[str]:
    """Crawl with every article due; return which pages were asked for."""
    make_due(desk)
    asked = len(site.log)
    desk.crawl()
    return sorted(f"{seen.path} {seen.status}" for seen in site.log[asked:] if seen.path.startswith("/news/"))


def test_what_counts_becomes_a_revision_and_nothing_else_does(desk: Desk, site: Site) -> None:
    names = ["edited", "same", "noisy", "corrected"]
    site.pages |= {f"/news/{name}": Answer(body=page(seed, "The last line.")) for seed, name in enumerate(names)}
    site.feed(names)
    desk.crawl()
    assert desk.rows("SELECT count(*) FROM links WHERE recheck_at > settled_at") == [(4,)]
    assert look_again(desk, site) == [f"/news/{name} 304" for name in sorted(names)], "conditional requests"
    assert desk.rows("SELECT max(revision) FROM articles") == [(1,)]

    plain = page(2, "The last line.")
    site.pages["/news/edited"] = Answer(body=page(0, "The last line now says more than it said."))
    noisy = plain.replace("</h1>", "</h1>\n\n<p>124 comments</p><p>Updated 5 minutes ago</p>").replace(
        "The", "The\u00a0"
    )
    site.pages["/news/noisy"] = Answer(body=noisy)
    corrected = page(3, "The last line.</p><p>Correction: An earlier version of this article misstated the day.")
    site.pages["/news/corrected"] = Answer(body=corrected)
    assert look_again(desk, site) == [
        "/news/corrected 200",
        "/news/edited 200",
        "/news/noisy 200",
        "/news/same 304",
    ]
    changed = desk.rows("SELECT url, revision FROM articles WHERE revision > 1 ORDER BY url")
    assert [(str(url).rpartition("/")[2], number) for url, number in changed] == [("corrected", 2), ("edited", 2)]
    last = "SELECT changes FROM revisions WHERE revision = 2 ORDER BY article_id"
    told = {str(found) for (found,) in desk.rows(last)}
    assert any("correction" in one for one in told) and any("body" in one and "correction" not in one for one in told)
    assert desk.rows("SELECT count(*) FROM articles WHERE changed_at IS NOT NULL") == [(2,)]

    shown = desk.newsdesk("diff", f"{site.base}/news/edited")
    assert "now says more than it said" in shown and "last line" in shown
    record = json.loads(desk.newsdesk("diff", f"{site.base}/news/corrected", "--format", "json"))
    assert "correction" in record["changes"]
    soon = (
        "SELECT count(*) FROM links l JOIN articles a ON a.id = l.article_id WHERE a.revision = 2 AND l.recheck_at < "
    )
    half = (
        "a.changed_at + interval '31 minutes'"
        if desk.database_url.startswith("postgresql")
        else ("datetime(a.changed_at, '+31 minutes')")
    )
    assert desk.rows(soon + half) == [(2,)], "after a change it is looked at again soon"


def test_a_wall_a_missing_page_and_a_redirect_lose_no_text(sqlite_desk: Desk, site: Site) -> None:
    desk = sqlite_desk
    names = ["walled", "consent", "deleted", "home", "away", "other"]
    site.pages |= {f"/news/{name}": Answer(body=page(seed + 10, "The last line.")) for seed, name in enumerate(names)}
    site.feed(names)
    desk.crawl()
    texts = "SELECT url, body FROM articles ORDER BY id"
    before = desk.rows(texts)
    whole = page(10, "The last line.")
    teaser = whole.partition("</p>")[0]
    site.pages |= {
        "/news/walled": Answer(body=f"{teaser}</p><div class='paywall'>Subscribe to read on</div></article></main>"),
        "/news/consent": Answer(body=CONSENT),
        "/news/deleted": Answer(404),
        "/news/home": Answer(302, headers={"Location": "/"}),
        "/": Answer(body="<h1>front page</h1>"),
        "/news/away": Answer(301, headers={"Location": "/news/other"}),
    }
    look_again(desk, site)
    assert desk.rows(texts) == before, "every text stands"
    assert desk.rows("SELECT max(revision) FROM articles") == [(1,)]
    gone = desk.rows("SELECT url FROM articles WHERE gone_at IS NOT NULL ORDER BY id")
    assert {str(url).rpartition("/")[2] for (url,) in gone} == {"deleted", "home", "away"}
    reasons = dict(desk.rows("SELECT url, state || ' ' || reason FROM links"))
    reasons = {str(url).rpartition("/")[2]: reason for url, reason in reasons.items()}
    assert reasons["deleted"] == "gone http-404" and reasons["home"] == "gone redirected-home"
    assert reasons["away"] == "gone redirected-elsewhere" and reasons["consent"].startswith("done ")
    assert "leads to" in desk.newsdesk("why", f"{site.base}/news/away")

    site.pages["/news/deleted"] = Answer(body=page(12, "The last line."))
    site.pages["/news/consent"] = Answer(body=page(11, "The last line has changed."))
    look_again(desk, site)
    back = desk.rows("SELECT count(*) FROM articles WHERE gone_at IS NULL AND url LIKE '%deleted'")
    assert back == [(1,)], "a page that comes back is no longer gone"
    assert desk.rows("SELECT revision FROM articles WHERE url LIKE '%consent'") == [(2,)]


def test_a_redirect_to_an_article_that_is_not_known_yet_gets_it_as_well(sqlite_desk: Desk, site: Site) -> None:
    desk = sqlite_desk
    site.feed(["old"])
    desk.crawl()
    site.pages["/news/new-one"] = Answer(body=page(30, "Quite another story."))
    site.pages["/news/old"] = Answer(301, headers={"Location": "/news/new-one"})
    look_again(desk, site)
    rows = desk.rows("SELECT url, gone_at IS NOT NULL, revision FROM articles ORDER BY id")
    assert [(str(url).rpartition("/")[2], bool(gone), number) for url, gone, number in rows] == [
        ("old", True, 1),
        ("new-one", False, 1),
    ]


def test_a_redirect_to_a_wall_does_not_make_an_article_gone(sqlite_desk: Desk, site: Site) -> None:
    desk = sqlite_desk
    site.feed(["open"])
    desk.crawl()
    closed = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    site.pages["/offer"] = Answer(body=page(40, "Subscribe to read on.").replace("</head>", closed + "</head>"))
    site.pages["/news/open"] = Answer(302, headers={"Location": "/offer"})
    look_again(desk, site)
    assert desk.rows("SELECT count(*), count(gone_at) FROM articles") == [(1, 0)]
    assert desk.rows("SELECT state, reason, recheck_at IS NOT NULL FROM links") == [("done", "led-to-a-wall", 1)]


def test_rechecks_can_be_switched_off(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one"])
    sqlite_desk.crawl()
    make_due(sqlite_desk)
    asked = len(site.paths())
    sqlite_desk.crawl(NEWSDESK_RECHECK="false")
    assert len(site.paths()) == asked
    assert article("one")
