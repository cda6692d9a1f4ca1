"""What holds for the key of any URL, however it is spelt."""

from __future__ import annotations

import re
from importlib.resources import files
from urllib.parse import quote, urlencode

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipelines.canonical import syndicated, trusted_canonical
from pipelines.hosts import host_of, registrable_domain
from pipelines.urls import LONGEST, LONGEST_KEY, url_key

QUICK = settings(max_examples=200, deadline=None)
LINES = files("pipelines").joinpath("trackers.txt").read_text("utf-8").splitlines()
TRACKERS = sorted(
    name.replace("*", "x")
    for line in LINES
    if line[:1] not in ("#", "@", "")
    for name in line.split()
    if "=" not in name
)
ID_NAMES = [
    "id", "p", "a", "n", "nr", "s", "t", "v", "aid", "nid", "cid", "sid", "artid", "story", "article", "item", "post",
    "ref", "source", "src", "from", "share", "doc", "page", "entry", "lang", "date", "q", "m", "mod", "code", "idx",
]  # fmt: skip
MARKS = [
    "amp", "amp.html", ".amp", "print", "index.html", "index.php", "m", "mobile", "amp_articleshow", "1.cms", "..", ".", "",
    "%2e%2e", "%2F", "%3B", ";jsessionid=a", ";sid=0123456789abcdef", "(S(abcdefghijklmnopqrstuvwx))", "comment-page-2",
    "&amp;amp;", "&utm_source=x", "%26amp;", "%3Futm_x=1", "%20", "%0A", "c", "s", "www.google.com", "cdn.ampproject.org",
    "a.example", "platform", "google-amp", "story-123456", "a-b-c-d-e", "2026", "11", "25", "é", "%c3%a9", "+", "tag", "@", ":",
]  # fmt: skip
HOSTS = [
    "a.example", "www.a.example", "amp.m.www.a.co.uk", "m.co.uk", "one.blogspot.com", "WWW.google.com", "m.google.com",
    "a-example.cdn.ampproject.org", "www.cdn.ampproject.org", "127.0.0.1", "[::1]", "bücher.example", "a.example.", "localhost",
    "harbour。example。", "www.amp.dev", "touch.a.example:8080", "a.example:443", "a.example:80", "u:p@a.example",
]  # fmt: skip
SLASHED = st.lists(st.sampled_from(MARKS) | st.text(max_size=4), max_size=6).map("/".join)
JOINED = st.lists(st.sampled_from(MARKS), max_size=5).map("".join)
PATHS = st.one_of(SLASHED, JOINED).map(lambda path: f"/{path}")
NAMES = st.sampled_from([*ID_NAMES, *TRACKERS[::7], "amp", "print", "session", "rss", "@", "?", ""]) | st.text(
    max_size=4
)
VALUES = st.sampled_from(
    ["", "1", "amp", "rss", "0123456789abcdef0123456789abcdef", "7?utm_source=x", "&amp;"]
) | st.text(max_size=6)
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(urlencode)
FRAGMENTS = st.sampled_from(["", "#", "#!/a", "#!", "#/a/1", "#a", "#:~:text=a", "#!&amp;#!"])
URLS = st.builds(
    lambda scheme, host, path, query, fragment: f"{scheme}://{host}{path}{query and '?' + query}{fragment}",
    st.sampled_from(["http", "https", "HTTPS"]), st.sampled_from(HOSTS), PATHS, QUERIES, FRAGMENTS,
)  # fmt: skip
TEXTS = st.text(st.characters(), max_size=60) | st.lists(
    st.sampled_from([*MARKS, *HOSTS, "://", "https://", "?", "#", "&", "[", "\ud800"]), max_size=9
).map("".join)
PLAIN_PATHS = st.sampled_from(
    [
        "",
        "/",
        "/show",
        "/story.php",
        "/n/ferry",
        "/news/the-ferry-runs-again-today",
        "/2026/11/25/ferry.html",
        "/a/12345678",
    ]
)


@QUICK
@given(URLS)
@example("https://m.google.com/amp/s/a.example/x")
@example("https://cdn.ampproject.org/c/s/cdn.ampproject.org/c/s/a.example/x")
@example("https://a.example/story-1234/amp/print")
@example("https://a.example/a%26amp;b")
@example("http://a.example:443/x")
@example("https://harbour。example。/x")
def test_a_key_is_the_address_of_that_key(url: str) -> None:
    assume(host_of(url))
    key = url_key(url)
    assert url_key(f"https://{key}") == key
    assert url_key(f"http://{key}") == key


@QUICK
@given(
    PLAIN_PATHS,
    QUERIES,
    st.lists(st.tuples(st.sampled_from(TRACKERS), st.text(max_size=8)), min_size=1, max_size=3),
    st.booleans(),
)
def test_a_tracking_parameter_changes_nothing(
    path: str, query: str, trackers: list[tuple[str, str]], first: bool
) -> None:
    parts = [query, urlencode(trackers)] if query else [urlencode(trackers)]
    tracked = "&".join(reversed(parts) if first else parts)
    assert url_key(f"https://a.example{path}?{tracked}") == url_key(f"https://a.example{path}?{query}")


@QUICK
@given(PLAIN_PATHS, QUERIES, st.text(max_size=20))
def test_a_fragment_changes_nothing(path: str, query: str, fragment: str) -> None:
    assume(not fragment.startswith(("!", "/")))
    url = f"https://a.example{path}?{query}"
    assert url_key(f"{url}#{quote(fragment)}") == url_key(url)


@QUICK
@given(
    st.sampled_from(["/", "/show", "/story.php", "/n/ferry"]),
    st.sampled_from(ID_NAMES),
    st.lists(
        st.integers(2, 10**9).map(str) | st.from_regex(r"[A-Za-z]\d{2,8}", fullmatch=True),
        min_size=2,
        max_size=2,
        unique=True,
    ),
    st.sampled_from(["", "&utm_source=rss", "&lang=en", "&b=1&a=2"]),
)
def test_other_ids_are_other_keys(path: str, name: str, ids: list[str], rest: str) -> None:
    one, other = (f"https://a.example{path}?{name}={value}{rest}" for value in ids)
    assert len({url_key(one), url_key(other), url_key(f"https://a.example{path}?{rest}")}) == 3


@QUICK
@given(
    st.from_regex(re.compile(r"[a-z]{3,8}(-[a-z]{3,8}){1,3}-\d{1,8}", re.ASCII), fullmatch=True),
    st.sampled_from(["", "/", "/amp", ".amp.html", "/index.html"]),
)
def test_other_paths_are_other_keys(slug: str, ending: str) -> None:
    keys = {url_key(f"https://a.example/news/{one}{ending}") for one in (slug, f"{slug}1", slug.upper(), f"a-{slug}")}
    assert len(keys) == 4


@QUICK
@given(TEXTS)
@example("https://a.example/\ud800?\ud800=\ud800#!\ud800")
@example("https://\ud800.example/")
@example("https://a.example/?" + "a" * LONGEST)
def test_no_text_raises(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.example/{text}", f"https://a.example/?{text}"):
        url_key(url), host_of(url), registrable_domain(url), registrable_domain(text)
        trusted_canonical(url, "https://a.example/x"), syndicated(url, "https://a.example/x")
        trusted_canonical("/a", url), syndicated("https://a.example/x", url)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["www.", "m.", "é.", "a.", "xn--"]),
    st.sampled_from(
        ["/amp", "/index.html", ".amp", "/../", ";sid=", "&amp;", "%", "%2e/", "/(S(", "-", "/c/s/cdn.ampproject.org"]
    ),
    st.sampled_from(["a=1&", "&", "?utm_", ";jsessionid=", "sid=", "%26", "é"]),
    st.sampled_from([LONGEST // 10, 100_000]),
)
def test_a_hostile_address_comes_to_an_end(host: str, path: str, query: str, size: int) -> None:
    for url in (
        f"https://{host * (size // len(host))}example/a",
        f"https://a.example/{path * (size // len(path))}",
        f"https://www.google.com/amp{path * (size // len(path))}x",
        f"https://a.example/a?{query * (size // len(query))}#!{path * 9}",
    ):
        key = url_key(url)
        assert not host_of(url) or url_key(f"https://{key}") == key
        trusted_canonical(url, "https://a.example/a-b-c"), syndicated(url, url[:-1]), registrable_domain(url)


@QUICK
@given(
    st.sampled_from(["", "é", "🐟", "%C3%A9", "\udc80", "a b"]),
    st.sampled_from(["/", "/a?id=", "/#!/", "/c/amp/"]),
    st.integers(LONGEST_KEY - 40, LONGEST_KEY + 40) | st.integers(LONGEST - 40, LONGEST + 40),
    st.sampled_from(["", "&utm_source=rss", "/amp", "#top"]),
)
def test_a_long_key_fits_an_index_and_is_its_own(odd: str, start: str, size: int, end: str) -> None:
    long = "0a1b2c3d4e" * (size // 10) + "f" * (size % 10)
    keys = [url_key(f"https://www.a.example{start}{odd}{long}{last}{end}") for last in ("7", "8", "7")]
    assert keys[0] == keys[2] != keys[1]
    for key in keys:
        assert len(key.encode()) <= LONGEST_KEY
        assert url_key(f"https://{key}") == url_key(f"http://{key}") == url_key(key) == key
