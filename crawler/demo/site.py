"""Decide what an outlet's site answers at a path, in the first pass and in later ones. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.demo import channels, pages
from crawler.demo.channels import Entry
from crawler.demo.outlets import DemoArticle, Outlet

HTML = "text/html; charset=utf-8"
FEEDS = {
    "harbour-courier": ("application/rss+xml", channels.rss, "rss"),
    "talblatt": ("application/atom+xml", channels.atom, "atom"),
    "diario-sierra": ("application/feed+json", channels.json_feed, "json"),
}
CRAWL_DELAYS = {"talblatt": 0.05}
"""Seconds; one outlet asks for a pace, and a small one, so that the demo stays quick."""
CORNERS = {
    "/news/withdrawn": 404,
    "/news/retracted": 410,
    "/news/wall": 200,
    "/news/empty": 200,
    "/private/draft": 200,
}
CORNER_AGE = timedelta(hours=25)
FRESH = timedelta(hours=48)
ON_THE_FRONT = 8
RELATED = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered. `changed` is when the document was last modified."""

    status: int
    body: str = ""
    kind: str = HTML
    changed: datetime | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """An outlet's site at `base`, up since `started`. `changed` is when a later pass began, None in the first."""

    outlet: Outlet
    base: str
    started: datetime
    number: int = 1
    changed: datetime | None = None

    def at_pass(self, number: int, now: datetime) -> Site:
        """Return the site as it is in a pass that begins now."""
        return replace(self, number=number, changed=now if number > 1 else None)

    def published(self) -> list[DemoArticle]:
        """Return the articles that exist in this pass, newest first, as they read now."""
        out = [article for article in self.outlet.articles if article.arrives <= self.number]
        out = [article.revised() if self.number > 1 else article for article in out]
        return sorted(out, key=self.date, reverse=True)

    def standing(self, place: str) -> list[DemoArticle]:
        """Return those that a document lists: feed, sitemap, front or section."""
        return [one for one in self.published() if place in one.listed and (place == "feed" or not self._gone(one))]

    def date(self, article: DemoArticle) -> datetime:
        """Return when an article was published."""
        late = self.changed is not None and article.arrives > 1
        return self.changed if late and self.changed else self.started - timedelta(hours=article.hours)

    def answer(self, path: str) -> Answer:
        """Return the answer to a GET of a path."""
        for found in (self._listing(path), self._corner(path), self._article(path)):
            if found is not None:
                return found
        return Answer(404, "not found")

    def _gone(self, article: DemoArticle) -> bool:
        return article.gone is not None and self.number >= article.gone

    def _updated(self, article: DemoArticle) -> datetime | None:
        """Return when an article was changed, or taken down, after its publication."""
        return self.changed if article.correction is not None or self._gone(article) else None

    def _entry(self, article: DemoArticle, path: str | None = None, query: str = "") -> Entry:
        url = f"{self.base}{path or article.path}{query}"
        return Entry(url, article.headline, self.date(article), self._updated(article))

    def _listing(self, path: str) -> Answer | None:
        if path == "/robots.txt":
            text = channels.robots(self.base, CRAWL_DELAYS.get(self.outlet.name))
            return Answer(200, text, "text/plain; charset=utf-8", self.started)
        if path == "/dead.xml":
            return Answer(500, "out of order")
        if path == "/feed.xml":
            return self._feed()
        if path == "/":
            return self._front()
        section = path.strip("/")
        if path == f"/{section}/" and section in self.outlet.sections:
            return self._section(section)
        return self._sitemap(path)

    def _feed(self) -> Answer:
        kind, render, source = FEEDS[self.outlet.name]
        entries = list(self._feed_entries(f"?utm_source={source}&utm_medium=feed"))
        entries.sort(key=lambda entry: entry.published, reverse=True)
        return Answer(200, render(self.outlet.title, self.base, entries), kind, channels.latest(entries))

    def _feed_entries(self, tracking: str) -> Iterator[Entry]:
        """Yield articles, some of them twice, and what is no article although it is listed as one."""
        for article in self.standing("feed"):
            yield self._entry(article, query=tracking)
            if "utm" in article.variants:
                yield self._entry(article, query="?utm_source=newsletter&utm_campaign=morning")
        for path in CORNERS:
            title = self.outlet.corners[path.rpartition("/")[2]]
            yield Entry(f"{self.base}{path}{tracking}", title, self.started - CORNER_AGE)

    def _front(self) -> Answer:
        listed = self.standing("front")
        entries = [(article.path, article) for article in listed[:ON_THE_FRONT]]
        www = self.base.replace("://", "://www.")
        for article in listed:
            if "www" in article.variants:
                entries.append((f"{www}{article.path}?fbclid=demo-{article.slug}", article))
            if "old" in article.variants:
                entries.append((f"/old/{article.slug}", article))
        return self._list(self.outlet.claim, "/", entries)

    def _section(self, section: str) -> Answer:
        entries = [(one.path, one) for one in self.standing("section") if one.section == section]
        return self._list(self.outlet.sections[section], f"/{section}/", entries)

    def _list(self, title: str, path: str, entries: list[tuple[str, DemoArticle]]) -> Answer:
        changed = max(self._updated(article) or self.date(article) for _, article in entries)
        return Answer(200, pages.list_page(self.outlet, title, f"{self.base}{path}", entries), changed=changed)

    def _sitemap(self, path: str) -> Answer | None:
        """Return the index or one of its two children: the news of two days, and everything older."""
        listed = self.standing("sitemap")
        edge = self.started - FRESH
        fresh = [self._entry(article) for article in listed if self.date(article) >= edge]
        old = [self._entry(article) for article in listed if self.date(article) < edge]
        old += [self._entry(article, f"/amp/{article.slug}") for article in listed if "amp" in article.variants]
        children = {"/news-sitemap.xml": fresh, "/archive-sitemap.xml": old}
        kind = "application/xml"
        if path == "/sitemap.xml":
            dated = [(f"{self.base}{child}", channels.latest(entries)) for child, entries in children.items()]
            return Answer(200, channels.sitemap_index(dated), kind, max(changed for _, changed in dated))
        if path not in children:
            return None
        news = path == "/news-sitemap.xml"
        title, language = self.outlet.title, self.outlet.language
        text = channels.news_sitemap(title, language, fresh) if news else channels.archive_sitemap(old)
        return Answer(200, text, kind, channels.latest(children[path]))

    def _corner(self, path: str) -> Answer | None:
        if path not in CORNERS:
            return None
        body = {"/news/wall": pages.wall_page, "/news/empty": pages.empty_page}.get(path)
        text = body(self.outlet) if body else "nothing for readers here"
        return Answer(CORNERS[path], text, changed=self.started - CORNER_AGE)

    def _article(self, path: str) -> Answer | None:
        """Return the article at its own path, its AMP page at /amp/, or a redirect to it from /old/."""
        place, _, slug = path.rpartition("/")
        articles = self.published()
        article = next((one for one in articles if one.slug == slug), None)
        if article is None or place not in ("/news", "/amp", "/old"):
            return None
        if place == "/old":
            return Answer(301, kind="text/plain; charset=utf-8", location=f"{self.base}{article.path}")
        if self._gone(article):
            return Answer(410, "gone")
        updated = self._updated(article)
        sheet = pages.Sheet(article, f"{self.base}{article.path}", self.date(article), updated)
        changed = updated or sheet.published
        if place == "/amp":
            return Answer(200, pages.amp_page(self.outlet, sheet), changed=changed)
        related = [one for one in articles if one is not article and one.section == article.section]
        related = [one for one in related if not self._gone(one) and one.arrives == 1][:RELATED]
        return Answer(200, pages.article_page(self.outlet, sheet, related), changed=changed)
