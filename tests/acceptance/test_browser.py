"""The pages of a real `newsdesk serve` in a real headless Chromium: mouse, keyboard, phone, dark, no script, hostile texts."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crawler.sources import load_sources
from storage.store import open_store
from tests.acceptance.test_serve import serving
from tests.integration.storage.fixtures import put
from tests.integration.storage.telling import text
from tests.integration.test_probe import FEED, Site, _home, _rss, site  # noqa: F401 (a fixture)
from tests.integration.web.server import Newsroom, furnish

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install -e '.[dev]')")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 780}
TOKEN = "a-token-of-some-length"
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 30
ATTACK = (
    '"><script>window.hacked=1</script><img src=x onerror="window.hacked=2"><svg onload=window.hacked=3> =cmd|A1 \u202e'
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium. Skips when there is none, except under CI."""
    if CHROMIUM is None:
        assert os.environ.get("CI") != "true", "CI has to have a Chromium: apt-get install chromium"
        pytest.skip("no chromium on the path: apt-get install chromium")
    with api.sync_playwright() as play:
        # Containers have no user namespaces for Chromium's sandbox, and root needs it off; it only visits loopback here.
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Newsroom, Path]]:
    """The address of a `newsdesk serve`, what its database has, and its directory."""
    directory = tmp_path_factory.mktemp("browser")
    store = open_store(f"sqlite:///{directory / 'newsdesk.db'}")
    found = furnish(store)
    with store.begin() as connection:
        fields: dict[str, Any] = {
            "headline": ATTACK + LONG,
            "section": ATTACK,
            "tags": (ATTACK, LONG),
            "authors": (ATTACK, LONG),
        }
        fields |= {
            "description": ATTACK,
            "url": "javascript:window.hacked=4",
            "main_image": "javascript:window.hacked=5",
        }
        attack = put(
            connection, "attack", f"{ATTACK}\n\n{LONG}\n\nעברית ferries {LONG}\n\n{text(9, 4)}", language="he", **fields
        )
        found.ids["attack"] = attack.article_id
    store.close()
    (directory / "newsdesk.toml").write_text("web_port = 0\nweb_rate = 100000\n", "utf-8")
    with serving(directory) as (_, address):
        yield address, found, directory


@contextmanager
def visit(browser: Any, address: str, path: str = "/", **options: Any) -> Iterator[Any]:
    """Yield a page of a new visitor; fail for anything that the browser complains of, or asks elsewhere for."""
    complaints: list[str] = []
    with browser.new_context(base_url=address, **{"viewport": DESKTOP} | options) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(address) else None)
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(path)
        yield page
    assert complaints == []


def all_pages(ids: dict[str, int]) -> list[str]:
    return [
        "/", "/?q=ferries", "/?q=nothingatall", f"/articles/{ids['attack']}", f"/articles/{ids['changing']}/diff",
        "/stories", f"/stories/{ids['story of daily']}", "/sources", "/sources/wire", "/sources/add", "/crawls",
        f"/crawls/{ids['crawl1']}", f"/trends?q=ferries&q={LONG[:200]}&since=2026-11-20&split=source",
    ]  # fmt: skip


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_from_a_search_to_what_changed(browser: Any, newsroom: tuple[str, Newsroom, Path], with_script: bool) -> None:
    address, found, _ = newsroom
    with visit(browser, address, java_script_enabled=with_script) as page:
        assert page.is_visible("[data-help]") is with_script
        page.fill("#q", "ferries islands night")
        page.press("#q", "Enter")
        assert re.search(r"/\?q=ferries\+islands\+night$", page.url)
        page.click("ol.hits >> text=Ferries to the islands will run at night until spring >> nth=0")
        assert re.search(r"/articles/\d+$", page.url) and page.locator("article h1").inner_text().startswith(
            "Ferries to"
        )
        page.click("a[data-story]")
        assert page.url.endswith(f"/stories/{found.ids['story of daily']}")
        page.click("text=what it changed >> nth=0")
        assert "/diff?with=" in page.url and page.locator("del").count() > 0
        page.goto("/?q=ferries")
        page.click("aside >> text=daily")
        assert page.url == f"{address}/?q=ferries&source=daily"
        page.click("nav >> text=Stories")
        page.fill("#outlets", "6")
        page.click("text=Show")
        assert "outlets=6" in page.url and page.locator("ol.list > li").count() == 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_runs_and_nothing_sticks_out(
    browser: Any, newsroom: tuple[str, Newsroom, Path], size: dict[str, int]
) -> None:
    address, found, _ = newsroom
    with visit(browser, address, viewport=size) as page:
        for path in all_pages(found.ids):
            page.goto(path)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{path} is {width} wide"
            assert page.evaluate("window.hacked") is None, path
            assert page.locator("main a:not([href^='/']):not([href^='http']):not([href^='#'])").count() == 0, path
        page.goto(f"/articles/{found.ids['attack']}?images=true&original=true")
        assert page.evaluate("getComputedStyle(document.querySelector('article h1')).direction") == "rtl"
        assert page.locator("main img").count() == 0 and page.evaluate("window.hacked") is None


def test_the_policy_stops_a_script_that_got_in_all_the_same(browser: Any, newsroom: tuple[str, Newsroom, Path]) -> None:
    address, _, _ = newsroom
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked=1\">')")
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: 'window.hacked=2'}))"
        )
        page.wait_for_timeout(200)
        assert page.evaluate("window.hacked") is None


def test_dark_is_dark(browser: Any, newsroom: tuple[str, Newsroom, Path]) -> None:
    address, _, _ = newsroom
    light = {}
    for scheme in ("light", "dark"):
        with visit(browser, address, "/?q=ferries", color_scheme=scheme) as page:
            colours = page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))")
            light[scheme] = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours]
    assert light["light"][0] > 600 > 200 > light["light"][1] and light["dark"][1] > 600 > 200 > light["dark"][0]


def test_hands_stay_on_the_keyboard(browser: Any, newsroom: tuple[str, Newsroom, Path]) -> None:
    address, _, _ = newsroom
    with visit(browser, address, "/?q=ferries") as page:
        titles = page.locator("a[data-item]").all_inner_texts()
        focused = "document.activeElement.innerText"
        page.keyboard.press("j")
        assert page.evaluate(focused) == titles[0]
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.evaluate(focused) == titles[1]
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "what has the focus can be seen"
        page.keyboard.press("o")
        page.wait_for_url(re.compile(r"/articles/\d+$"))
        page.keyboard.press("/")
        page.wait_for_url(f"{address}/")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("j?/")
        assert page.input_value("#q") == "j?/", "keys are letters where one writes"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert page.locator("#help").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#help").is_visible()
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_empty_fields_are_left_out_of_the_address(browser: Any, newsroom: tuple[str, Newsroom, Path]) -> None:
    address, _, _ = newsroom
    with visit(browser, address) as page:
        page.click("text=Dates, authors, tags")
        page.fill("#since", "2026-11-01")
        page.click("text=Apply")
        assert page.url == f"{address}/?since=2026-11-01"
        page.go_back()
        page.click("text=Dates, authors, tags")
        page.fill("#author", "Mara")
        assert page.is_enabled("#since"), "after the way back the form can be used again"


def log_in(page: Any) -> None:
    page.fill("#token", TOKEN)
    page.click("main button")


def test_a_reader_logs_in_with_the_token(browser: Any, newsroom: tuple[str, Newsroom, Path]) -> None:
    with (
        serving(newsroom[2], NEWSDESK_WEB_TOKEN=TOKEN) as (_, address),
        browser.new_context(base_url=address) as context,
    ):
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto("/stories?outlets=6")
        page.fill("#token", "wrong")
        page.click("main button")
        assert "this is not the token" in page.inner_text("main")
        log_in(page)
        assert page.url == f"{address}/stories?outlets=6" and page.locator("ol.list > li").count() == 1
        page.goto("/sources/add")
        assert page.is_visible("text=Look at it")
        page.click("text=Log out")
        assert page.url == f"{address}/login"
        page.goto("/")
        assert page.is_visible("#token")


def reach(page: Any, selector: str) -> Any:
    """Go to an element with the keyboard alone, and return it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return page.locator(f"{selector}:focus")
    raise AssertionError(f"no way to {selector} on {page.url}")


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_a_search_is_saved_paused_and_removed(
    browser: Any, newsroom: tuple[str, Newsroom, Path], with_script: bool
) -> None:
    with (
        serving(newsroom[2], NEWSDESK_WEB_TOKEN=TOKEN) as (_, address),
        visit(browser, address, "/login?next=/?q=ferries", viewport=PHONE, java_script_enabled=with_script) as page,
    ):
        page.locator("#token:focus").fill(TOKEN)
        page.keyboard.press("Enter")
        page.wait_for_selector("ol.hits")
        reach(page, "a[href='/saved/add?q=ferries']").press("Enter")
        assert reach(page, "#name").input_value() == "ferries"
        page.keyboard.type("night-ferries")
        reach(page, "#per").press("ArrowDown")
        reach(page, "main button").press("Enter")
        page.wait_for_url("**/saved?done=saved&name=night-ferries")
        assert "feed only, per article" in page.inner_text("tbody tr")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        feed = page.context.request.get(reach(page, "td a[href='/saved/night-ferries.rss']").get_attribute("href"))
        assert feed.status == 200 and "Ferries to the islands" in feed.text()
        reach(page, "form[action='/saved/pause'] button").press("Enter")
        page.wait_for_url("**/saved?done=paused&name=night-ferries")
        assert page.locator(".state").inner_text() == "paused"
        reach(page, "form[action='/saved/resume'] button").press("Enter")
        page.wait_for_url("**/saved?done=resumed&name=night-ferries")
        reach(page, "a[href='/saved/remove?name=night-ferries']").press("Enter")
        reach(page, "form[action='/saved/remove'] button").press("Enter")
        page.wait_for_url("**/saved?done=removed&name=night-ferries")
        assert "is removed" in page.inner_text("main") and page.locator("tbody tr").count() == 0


def test_a_source_is_looked_at_and_followed(browser: Any, tmp_path: Path, site: Site) -> None:  # noqa: F811
    listed = site.articles(range(6))
    site.pages |= {"/": _home(listed, FEED.format("The Lantern", "/rss.xml")), "/rss.xml": _rss(listed)}
    open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}").close()
    (tmp_path / "newsdesk.toml").write_text("web_port = 0\n", "utf-8")
    settings = {"NEWSDESK_WEB_TOKEN": TOKEN, "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8"}
    with serving(tmp_path, **settings) as (_, address), browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto("/sources/add")
        log_in(page)
        page.fill("#q", f"{site.base}/")
        page.click("text=Look at it")
        assert "The Lantern" in page.inner_text("main h2") and page.locator(".preview .told").count() == 3
        assert not (tmp_path / "sources.toml").exists(), "nothing is written before it is confirmed"
        page.fill("#name", "lantern")
        page.click("text=Follow it")
        page.wait_for_url("**/sources/add?added=lantern")
        assert "is in sources.toml" in page.inner_text("main")
    (source,) = load_sources(tmp_path / "sources.toml").values()
    assert (source.name, source.feeds) == ("lantern", (f"{site.base}/rss.xml",))
