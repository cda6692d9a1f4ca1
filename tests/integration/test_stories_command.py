"""`newsdesk stories | story | dedup-report` through the real command on a real database of a dozen outlets."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.cli import main
from crawler.commands.wording import changed, lagging, percent, span
from storage.store import open_store
from tests import zygote
from tests.integration.storage.fixtures import NOW
from tests.integration.storage.telling import paragraphs, sentences, tell
from tests.integration.stories_told import HEADLINE, RTL, fill

MANY = 300


class Desk:
    """A database and the real command on it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ids: dict[str, int] = {}
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("FORCE_COLOR", "NO_COLOR", "TERM", "COLUMNS")
        }
        self.environment = kept | {"NEWSDESK_DATABASE_URL": f"sqlite:///{directory / 'newsdesk.db'}"}

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run the command as its script does, in this process: an interpreter for each of so many takes too long."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.directory)
            patch.setattr(os, "environ", self.environment)
            patch.setattr(sys, "argv", ["newsdesk", *map(str, arguments)])
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    def printed(self, *arguments: object) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def read(self, *arguments: object) -> Any:
        return json.loads(self.printed(*arguments, "--format", "json"))

    def sheet(self, *arguments: object) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.printed(*arguments, "--format", "csv"))))

    def on_terminal(self, columns: int, *arguments: object) -> str:
        """Return what a terminal of so many columns gets."""
        leader, follower = pty.openpty()
        environment = self.environment | {"COLUMNS": str(columns), "TERM": "xterm-256color"}
        command = [sys.executable, "-m", "crawler", *map(str, arguments)]
        child = zygote.start(command, cwd=self.directory, env=environment, stdout=follower, stderr=follower)
        os.close(follower)
        found = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            found += part
        os.close(leader)
        assert child.wait() == 0, found
        return found.decode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    found = Desk(tmp_path_factory.mktemp("desk"))
    found.ids = fill(found.directory / "newsdesk.db")
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Desk:
    open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}").close()
    return Desk(tmp_path)


def is_harmless(printed: str) -> bool:
    """Tell whether nothing in what was printed acts on a terminal."""
    return not any(sign in printed for sign in ("\x1b", "\x07", "\u202e", "\r"))


def test_stories_are_listed_the_most_widely_told_first(desk: Desk) -> None:
    lines = [line for line in desk.printed("stories").splitlines() if line.strip()]
    assert lines[0].split() == [
        "id",
        "outlets",
        "articles",
        "first",
        "at",
        "first",
        "outlet",
        "last",
        "seen",
        "agency",
        "headline",
    ]
    first = lines[1].split()
    assert first[:6] == [str(desk.ids["story of daily"]), "8", "8", "2026-11-25", "11:00", "wire.example"]
    assert "AP, dpa" in lines[1] and HEADLINE in lines[1]
    assert lines[2].split()[:3] == [str(desk.ids["story of b"]), "5", "5"]
    assert len(lines) == 3, "what one outlet tells by itself is left out"


def test_stories_as_json_lines_and_csv(desk: Desk) -> None:
    rows = desk.read("stories")
    assert [row["outlets"] for row in rows] == [8, 5]
    assert rows[0] | {
        "id": desk.ids["story of daily"], "articles": 8, "first_at": "2026-11-25T11:00:00Z", "first_known_by": "date",
        "first_outlet": "wire.example", "first_article": desk.ids["wire"], "first_seen": "2026-11-25T12:00:00Z",
        "last_seen": "2026-11-26T14:00:00Z", "agency": "AP, dpa", "headline": HEADLINE, "url": "https://wire.example/wire",
    } == rows[0]  # fmt: skip
    assert set(rows[0]["languages"]) == {"en", "de"}
    assert [json.loads(line) for line in desk.printed("stories", "--format", "jsonl").splitlines()] == rows
    assert [row["headline"] for row in desk.sheet("stories")] == [row["headline"] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--min-outlets", "6"], ["daily"]),
        (["--min-outlets", "1", "--sort", "first"], ["b", "daily", "joined"]),
        (["--sort", "latest"], ["b", "daily"]),
        (["--since", "2026-11-26T15:00"], ["b"]),
        (["--until", "2026-11-25"], ["daily"]),
        (["--outlet", "e.example"], ["b"]),
        (["--source", "daily", "--outlet", "own.example"], ["daily"]),
        (["--agency"], ["daily"]),
        (["--language", "de"], ["daily"]),
        (["--language", "fr"], []),
        (["--limit", "1"], ["daily"]),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_asked_for(desk: Desk, arguments: list[str], named: list[str]) -> None:
    assert [row["id"] for row in desk.read("stories", *arguments)] == [desk.ids[f"story of {name}"] for name in named]


def test_more_than_is_shown_is_said(desk: Desk) -> None:
    assert desk.printed("stories", "--limit", "1").endswith("1 of 2 stories shown; --limit shows more\n")


def test_a_narrow_terminal_gets_a_list_and_a_wide_one_a_table(desk: Desk) -> None:
    narrow, wide = (desk.on_terminal(columns, "stories") for columns in (80, 160))
    assert "8 outlets · 8 articles · AP, dpa" in narrow and "first outlet" not in narrow
    assert "outlets · " not in wide and "first outlet" in wide and HEADLINE.split()[0] in wide


def test_the_timeline_tells_what_each_outlet_changed(desk: Desk) -> None:
    printed = desk.printed("story", desk.ids["story of daily"])
    head, _, rest = printed.partition("\n\n")
    assert head.splitlines()[0] == HEADLINE
    assert "first:       wire.example, 2026-11-25 11:00 UTC (its own date)" in head
    assert "wire:        AP (named by 2 of 8 outlets), dpa (named by 1 of 8 outlets)" in head
    assert "told by:     8 outlets, 8 articles" in head
    assert "span:        2026-11-25 11:00 to 2026-11-26 14:00 (1 d 3 h)" in head
    timeline, _, linked = rest.partition("\n\nLinked, and not in the story:\n")
    blocks = {}
    for line in timeline.splitlines():
        if line.startswith("2026"):
            current = line.split("  ")[-2].strip()
            blocks[current] = [line]
        else:
            blocks[current].append(line.strip())
    order = ["wire", "daily", "weekly", "hostile", "formula", "own", "gone", "rtl"]
    assert list(blocks) == [f"{name}.example" for name in order]
    wire = desk.ids["wire"]
    assert blocks["wire.example"][1] == "first publication"
    assert "+1 h 30 m" in blocks["daily.example"][0] and "seen" not in blocks["daily.example"][0]
    assert blocks["daily.example"][1] == "Night ferries stay"
    told = rf"cut 3\d %, \d % new, new headline · reprint of {wire} \(100 % / 6\d %\) · AP · 2 versions"
    assert re.fullmatch(told, blocks["daily.example"][2])
    assert blocks["weekly.example"][1:] == [f"text unchanged · same text as {wire} (100 % / 100 %) · AP, dpa"]
    assert "2026-11-25 14:00 seen" in blocks["weekly.example"][0], "a date without a time makes nobody first"
    assert blocks["gone.example"][-1].endswith("gone since 2026-11-25 18:00")
    assert "names wire.example as its source" in blocks["rtl.example"][-1] and RTL in blocks["rtl.example"]
    assert linked.split()[0] == str(desk.ids["round"]) and "round.example: The day in short" in linked


def test_a_date_before_the_copied_ones_makes_no_copy_first(desk: Desk) -> None:
    rows = desk.read("story", desk.ids["story of daily"])["timeline"]
    assert [row["copied_from"] for row in rows if row["outlet"] == "rtl.example"] == ["wire.example"]


def test_json_has_everything(desk: Desk) -> None:
    told = desk.read("story", desk.ids["story of daily"])
    assert told["outlets_by_agency"] == {"AP": 2, "dpa": 1} and told["articles_by_language"] == {"en": 3, "de": 1}
    assert (told["asked_for"], told["took_in"]) == (told["id"], [])
    first, daily = told["timeline"][:2]
    assert first["is_first"] and first["relation"] is None and first["lag_seconds"] == 0
    assert daily["lag_seconds"] == 5400 and daily["known_by"] == "date" and daily["revision"] == 2
    assert (daily["relation"]["kind"], daily["relation"]["other_id"]) == ("reprint", desk.ids["wire"])
    assert 0.3 < daily["changes"]["share_cut"] < 0.45 and daily["changes"]["new_headline"] is True
    assert 0 < daily["changes"]["share_new"] < 0.1
    assert [one["article_id"] for one in told["linked"]] == [desk.ids["round"]]
    assert told["linked"][0]["kin"]["kind"] in ("overlap", "contains", "excerpt")
    assert "diff" not in daily
    compared = desk.read("story", told["id"], "--diff", "--limit", 2)["timeline"]
    assert {line["kind"] for line in compared[1]["diff"]} >= {"same", "removed"}
    assert compared[2]["changes"] is None and "diff" not in compared[2] and len(compared) == 8


def test_a_timeline_as_csv_runs_no_formula(desk: Desk) -> None:
    rows = desk.sheet("story", desk.ids["story of daily"])
    assert [row["outlet"] for row in rows][:2] == ["wire.example", "daily.example"]
    assert rows[1]["relation_kind"] == "reprint" and float(rows[1]["share_cut"]) > 0.3
    assert [row["headline"] for row in rows if row["outlet"] == "formula.example"] == ["'=cmd|'/c calc'!A1"]


def test_the_words_of_each_difference(desk: Desk) -> None:
    printed = desk.printed("story", desk.ids["story of daily"], "--diff", "--limit", 2)
    assert f"article {desk.ids['wire']} of wire → article {desk.ids['daily']} of daily" in printed
    assert "[-" in printed and "{+" in printed and "… and 6 more articles; --limit shows more" in printed


def test_a_story_is_found_by_an_article_and_by_a_url(desk: Desk) -> None:
    number = desk.ids["story of daily"]
    assert desk.read("story", "--article", desk.ids["weekly"])["id"] == number
    assert desk.read("story", "https://weekly.example/weekly?utm_source=x")["id"] == number


def test_a_merged_story_leads_to_the_one_that_is_left(desk: Desk) -> None:
    kept, gone = desk.ids["story of b"], desk.ids["story of d"]
    assert kept != gone
    printed = desk.printed("story", gone)
    assert f"story:       {kept} (it took in {gone}, which you asked for)" in printed
    assert f"took in:     story {gone}, 2026-11-26 20:00 by article {desk.ids['e']}" in printed
    told = desk.read("story", gone)
    assert (told["id"], told["asked_for"], told["took_in"][0]["story_id"]) == (kept, gone, gone)


def test_a_story_that_one_article_is_left_of(desk: Desk) -> None:
    printed = desk.printed("story", "--article", desk.ids["joined"])
    assert "told by:     1 outlet, 1 article" in printed and "first publication · 2 versions" in printed
    assert "span:" not in printed and "Linked" not in printed


@pytest.mark.parametrize("command", [["stories", "--min-outlets", "1"], ["story", "1"], ["dedup-report", "--limit", "500"], ["story", "1", "--diff"]], ids=" ".join)  # fmt: skip
def test_headlines_do_not_act_on_the_terminal(desk: Desk, command: list[str]) -> None:
    command = [str(desk.ids["story of daily"]) if word == "1" and command[0] == "story" else word for word in command]
    printed = desk.printed(*command)
    assert is_harmless(printed) and ("--diff" in command or len(max(printed.splitlines(), key=len)) < 500)
    if command[0] != "stories" and "--diff" not in command:
        assert "[31mRed [bold]ferries[/bold]  gnp.exe  :warning: and so on" in printed, "as it was written, and cut"
    assert is_harmless(desk.printed(*command, "--format", "json"))


def test_a_terminal_gets_no_escape_of_a_headline(desk: Desk) -> None:
    printed = desk.on_terminal(80, "story", desk.ids["story of daily"])
    assert "\x1b[31m" not in printed and "[31mRed [bold]ferries[/bold]" in printed


def test_the_report_counts_and_tells_the_latest_decisions(desk: Desk) -> None:
    printed = desk.printed("dedup-report", "--limit", 400)
    head, _, rest = printed.partition("\n\n")
    facts = {line.partition(":")[0]: line.partition(":")[2].strip() for line in head.splitlines()}
    assert facts["addresses"] == "1: 1 canonical" and facts["joined"] == "1: 1 canonical"
    assert facts["stories"] == "3; 1 merged into another" and facts["articles"].endswith("of them in a story")
    assert "same-text" in facts["relations"] and "reprint" in facts["relations"]
    times = [line[:16] for line in rest.splitlines() if line.startswith("2026")]
    assert times == sorted(times, reverse=True) and len(times) > 20
    assert f"story {desk.ids['story of d']} became part of story {desk.ids['story of b']}" in rest
    assert f"leads to {desk.ids['joined']} paper.example: Same thing" in rest
    assert f"{desk.ids['two']} https://paper.example/two: Same thing" in rest
    daily = f"{desk.ids['daily']} daily.example: Night ferries stay"
    assert re.search(rf"{daily}\n +reprint of {desk.ids['wire']} \(100 % / 6\d %\), wire.example: {HEADLINE}\n", rest)
    told = desk.read("dedup-report", "--limit", 400)
    assert set(told) == {"counts", "decisions"} and len(told["decisions"]) == len(times)
    assert told["counts"]["relations"]["same-text"] > 5 and told["counts"]["merged_stories"] == 1
    assert desk.sheet("dedup-report", "--limit", 400)[0]["what"] == told["decisions"][0]["what"]
    assert len(desk.printed("dedup-report", "--format", "jsonl", "--limit", 3).splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "whats", "kinds"),
    [
        (["--kind", "story"], {"story"}, {"merged"}),
        (["--kind", "address", "--kind", "article"], {"address", "article"}, {"canonical"}),
        (["--kind", "reprint", "--kind", "story"], {"relation", "story"}, {"reprint", "merged"}),
        (["--since", "2026-11-26T19:30", "--limit", "100"], {"relation", "story"}, {"reprint", "merged"}),
        (["--source", "lone"], set(), set()),
        (["--outlet", "paper.example", "--kind", "canonical"], {"address", "article"}, {"canonical"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_decisions_that_are_asked_for(desk: Desk, arguments: list[str], whats: set[str], kinds: set[str]) -> None:
    decisions = desk.read("dedup-report", *arguments)["decisions"]
    assert {one["what"] for one in decisions} == whats and {one["kind"] for one in decisions} == kinds


def test_the_report_on_one_article(desk: Desk) -> None:
    wire, kept = desk.ids["wire"], desk.ids["joined"]
    printed = desk.printed("dedup-report", "https://wire.example/wire")
    assert printed.startswith(f"{HEADLINE}\n") and "https://wire.example/wire  its own" in printed
    assert (
        f"same text as {desk.ids['weekly']} (100 % / 100 %), story {desk.ids['story of daily']}, weekly.example"
        in printed
    )
    assert (
        f"It is in story {desk.ids['story of daily']}, told by 8 outlets: reprint of {desk.ids['daily']} (" in printed
    )
    assert "round.example: The day in short" in printed
    joined = desk.printed("dedup-report", desk.ids["two"])
    assert f"article {kept} of paper.example" in joined and "https://paper.example/two  canonical, since" in joined
    assert f"{desk.ids['two']} https://paper.example/two  canonical, 2026-11-25 14:00: Same thing" in joined
    assert "no relation that is kept unites it" in joined
    lone = desk.printed("dedup-report", desk.ids["lone"])
    assert "It is related to no other article." in lone and lone.endswith("It is in no story.\n")
    told = desk.read("dedup-report", wire)
    assert told["id"] == wire and told["united_by"]["other_id"] == desk.ids["daily"] and told["story_outlets"] == 8
    assert {one["kin"]["kind"] for one in told["kin"]} >= {"same-text", "reprint"}
    assert desk.read("dedup-report", kept)["addresses"][0]["reason"] == "canonical"


def test_a_story_leads_where_readers_open_its_first_article(tmp_path: Path) -> None:
    ids = fill(tmp_path / "newsdesk.db")
    with closing(sqlite3.connect(tmp_path / "newsdesk.db")) as connection:
        connection.execute("UPDATE articles SET canonical_url = 'https://wire.example/canonical/' || id")
        connection.commit()
    assert "https://wire.example/canonical/" in Desk(tmp_path).printed("story", ids["story of daily"])


def test_show_names_the_story(desk: Desk) -> None:
    number = desk.ids["story of daily"]
    gone = desk.printed("show", desk.ids["gone"])
    assert f"story:       {number} (8 outlets; newsdesk story {number})\n" in gone
    assert "gone since:  2026-11-25 18:00\n" in gone
    assert "agency:      AP, dpa\n" in desk.printed("show", desk.ids["weekly"])
    lone = desk.printed("show", desk.ids["lone"])
    assert not any(name in lone for name in ("story:", "gone since:", "agency:"))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["story", "999"], 1, "no story 999 is stored"),
        (["story", "0"], 1, "no story 0 is stored"),
        (["story", "{lone}"], 1, "no story {lone} is stored; --article shows the story of the article with this id"),
        (["story", "--article", "{lone}"], 1, "article {lone} is in no story"),
        (["story", "--article", "999"], 1, "no article 999 is stored"),
        (["story", "ferries"], 2, "'ferries' is neither a story's id nor a URL"),
        (["story", "²"], 2, "'²' is neither a story's id nor a URL"),
        (["story", "9" * 30], 2, "is neither a story's id nor a URL"),
        (["story", "https://nowhere.example/x"], 1, "no article https://nowhere.example/x is stored"),
        (["story", "1", "--diff", "--format", "csv"], 2, "--diff is for text and json"),
        (["stories", "--sort", "size"], 2, "--sort 'size': write outlets, latest or first"),
        (["stories", "--outlet", "nobody"], 2, "'nobody' is no source, and no article is of an outlet with this name"),
        (["stories", "--since", "soon"], 2, "--since 'soon' is not a time"),
        (["dedup-report", "--kind", "copy"], 2, "--kind 'copy': write one of address, article, relation, story, canonical"),
        (["dedup-report", "--source", "nobody"], 2, "'nobody' is no source"),
        (["dedup-report", "{lone}", "--kind", "story"], 2, "--since, --source and --kind are for the report on all articles"),
        (["dedup-report", "{lone}", "--format", "csv"], 2, "--format csv: the report on one article is a table or json"),
        (["dedup-report", "999"], 1, "no article 999 is stored"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)  # fmt: skip
def test_what_cannot_be_told_is_one_clear_line(desk: Desk, arguments: list[str], code: int, message: str) -> None:
    done = desk.run(*(word.replace("{lone}", str(desk.ids["lone"])) for word in arguments))
    assert (done.returncode, done.stdout) == (code, "")
    assert message.replace("{lone}", str(desk.ids["lone"])) in done.stderr and done.stderr.count("\n") == 1


def test_an_empty_database(empty: Desk) -> None:
    assert empty.printed("stories") == "no stories found\n"
    assert empty.read("stories") == [] and empty.printed("stories", "--format", "jsonl") == ""
    assert empty.printed("stories", "--format", "csv").startswith("id,outlets,articles,first_at,")
    assert empty.printed("dedup-report").splitlines()[0] == "articles:    0"
    told = empty.read("dedup-report")
    assert told["decisions"] == [] and told["counts"]["relations"] == {}
    assert empty.printed("dedup-report", "--format", "csv").startswith("at,what,kind,article_id,")
    assert empty.run("story", "1").stderr == "Error: no story 1 is stored\n"


def test_a_story_of_many_outlets_is_shown_in_part_and_told_whole(empty: Desk) -> None:
    store, told = open_store(empty.environment["NEWSDESK_DATABASE_URL"]), sentences(80, 12)
    with store.begin() as connection:
        for number in range(MANY):
            own = paragraphs([*told[number % 3 : 12 - number % 2], *sentences(1000 + number, 1)])
            tell(
                connection,
                f"o{number}",
                "x",
                own,
                now=NOW + timedelta(minutes=number),
                agency="AP" if number % 3 else None,
            )
    store.close()
    printed = empty.printed("story", 1)
    assert (
        f"told by:     {MANY} outlets, {MANY} articles" in printed and f"AP (named by 200 of {MANY} outlets)" in printed
    )
    assert printed.count(" words\n") == 50 and "… and 250 more articles; --limit shows more\n" in printed
    rows = empty.read("story", 1)["timeline"]
    assert len(rows) == MANY and all(row["changes"] for row in rows)
    assert empty.read("stories")[0]["outlets"] == MANY


@pytest.mark.parametrize(
    ("share", "told"), [(0.0, "0 %"), (0.004, "<1 %"), (0.014, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1.0, "100 %")]
)
def test_a_share_in_words(share: float, told: str) -> None:
    assert percent(share) == told


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "+0 m"), (0.5, "+0 m"), (10, "+10 m"), (130, "+2 h 10 m"), (180, "+3 h"), (1500, "+1 d 1 h"), (1441, "+1 d"), (-5, "-5 m")],
)  # fmt: skip
def test_a_lag_in_words(minutes: float, told: str) -> None:
    assert lagging(timedelta(minutes=minutes)) == told
    assert span(timedelta(minutes=abs(minutes))) == told[1:]


def test_changes_in_words() -> None:
    assert changed(0.38, 0.02, True) == "cut 38 %, 2 % new, new headline"
    assert changed(0.0, 0.0, False) == "text unchanged" and changed(0.0, 0.0, True) == "text unchanged, new headline"
