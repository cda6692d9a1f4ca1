"""The house rules: style, types, the law of imports, and a document for every command, option and column."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer.main

from crawler.cli import app
from crawler.config import Config
from storage.schema import metadata
from storage.store import open_store

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"]], ids=" ".join
)
def test_checks_are_clean(command: list[str]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _commands(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    found = getattr(command, "commands", None)
    if not found:
        return [(path, command)]
    return [pair for name, child in found.items() for pair in _commands(child, f"{path} {name}".strip())]


def test_every_command_and_option_is_documented() -> None:
    text = (ROOT / "docs/cli.md").read_text("utf-8")
    sections = {
        part.splitlines()[0].split("`")[1]: part for part in text.split("\n## ")[1:] if "`" in part.splitlines()[0]
    }
    for path, command in _commands(typer.main.get_command(app), ""):
        assert f"newsdesk {path}" in sections, f"docs/cli.md has no section for `newsdesk {path}`"
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else []:
                assert option == "--help" or option in sections[f"newsdesk {path}"], f"newsdesk {path} {option}"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/configuration.md").read_text("utf-8")
    assert [name for name in Config.model_fields if f"`{name}`" not in text] == []


def test_every_table_and_column_is_documented() -> None:
    text = (ROOT / "docs/schema.md").read_text("utf-8")
    for table in metadata.sorted_tables:
        section = text.partition(f"\n## {table.name}\n")[2].partition("\n## ")[0]
        assert [column.name for column in table.columns if f"`{column.name}`" not in section] == [], table.name


def test_the_documented_sql_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs/schema.md").read_text("utf-8")
    statements = [one for one in text.partition("```sql")[2].partition("```")[0].split(";") if one.strip()]
    open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}").close()
    with sqlite3.connect(tmp_path / "newsdesk.db") as connection:
        assert len([connection.execute(statement).fetchall() for statement in statements]) >= 6
