"""Examples of every command, which stand under its --help; a test runs each."""

from __future__ import annotations

import typer

EXAMPLES: dict[str, tuple[str, ...]] = {
    "demo": ("demo", "demo --directory /tmp/news --serve"),
    "add": ("add https://www.example.org/", "add https://www.example.org/feed.xml --name example --yes"),
    "sources": ("sources", "sources --format json"),
    "remove": ("remove example",),
    "enable": ("enable example",),
    "disable": ("disable example",),
    "check": ("check", "--sources other.toml check"),
    "opml import": ("opml import subscriptions.opml",),
    "opml export": ("opml export subscriptions.opml",),
    "crawl": ("crawl", "crawl example other", "crawl --feed https://www.example.org/feed.xml -o new.jsonl"),
    "run": ("run", "run --once"),
    "serve": ("serve", "serve --port 9000"),
    "backup": ("backup newsdesk-copy.db",),
    "health": ("health", "health example --changes"),
    "housekeeping": ("housekeeping --dry-run", "housekeeping --vacuum"),
    "schedule": ("schedule --next 24h", "schedule --source example --format csv"),
    "search": (
        "search ferry pier",
        "search '\"night ferry\" -strike' --since 7d --source example",
        "search 'headline:ferr* OR author:lindqvist' --sort date --format json",
    ),
    "show": ("show 12", "show https://www.example.org/news/ferry --revisions --why", "show 12 --format markdown"),
    "export": (
        "export articles.jsonl",
        "export - --format csv --search ferry --since 7d",
        "export notes --format markdown --source example",
        "export new.jsonl --since-cursor cursor.txt --cursor-file cursor.txt",
    ),
    "trends": ("trends ferry bridge --by week --since 90d", "trends 'election OR vote' --split source --format csv"),
    "sql": (
        "sql 'SELECT outlet, count(*) FROM articles GROUP BY 1 ORDER BY 2 DESC'",
        "sql --schema",
        "sql - --format csv < question.sql",
    ),
    "diff": ("diff 12", "diff 12 1 3", "diff 12 --with 31 --format html"),
    "stories": ("stories --since 7d", "stories --agency --min-outlets 5 --format csv"),
    "story": ("story 5 --diff", "story https://www.example.org/news/ferry --format json"),
    "dedup-report": ("dedup-report --since 1d", "dedup-report 12"),
    "boilerplate": ("boilerplate example", "boilerplate example --keep a1b2c3"),
    "watch add": (
        "watch add ferries 'ferry OR pier' --webhook https://hooks.example.org/news",
        "watch add strikes 'strike -cricket' --email desk@example.org --every day --at 07:00 --timezone Europe/Vienna",
    ),
    "watch list": ("watch list", "watch list --format json"),
    "watch show": ("watch show ferries", "watch show ferries --limit 100 --format csv"),
    "watch remove": ("watch remove ferries",),
    "watch pause": ("watch pause ferries",),
    "watch resume": ("watch resume ferries", "watch resume ferries --since 2d"),
    "watch test": ("watch test ferries",),
    "watch check": ("watch check",),
    "why": ("why https://www.example.org/news/ferry",),
    "stats": ("stats", "stats --format json"),
    "crawls": ("crawls --limit 5", "crawls --format csv"),
    "extract": ("extract https://www.example.org/news/ferry --explain", "extract page.html --format markdown"),
    "links": ("links https://www.example.org/feed.xml --format table", "links news.xml --kind sitemap"),
}


def add_examples(app: typer.Typer, path: str = "") -> None:
    """Let each command of the app that has examples show them under its help."""
    for command in app.registered_commands:
        name = command.name or ""
        lines = EXAMPLES.get(f"{path}{name}", ())
        if lines:
            command.epilog = "\b\nExamples:\n" + "\n".join(f"  newsdesk {line}" for line in lines)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_examples(group.typer_instance, f"{path}{group.name} ")
