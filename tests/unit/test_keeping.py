"""How long things are kept, as people write it; and settings of the log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.config import load_config
from crawler.sources import load_sources, parse_keep
from crawler.sources_file import table_of
from storage.errors import UsageError


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("365d", timedelta(days=365)),
        ("1d", timedelta(days=1)),
        ("1w 12h", timedelta(days=7.5)),
        ("forever", timedelta.max),
        ("", None),
    ],
)
def test_a_time_to_keep_articles_is_read(written: str, kept: timedelta | None) -> None:
    assert parse_keep(written) == kept


@pytest.mark.parametrize("wrong", ["30m", "23h", "auto", "never", "12", 30, ["30d"]])
def test_what_would_delete_by_mistake_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_keep(wrong)


def test_mistakes_name_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "sources.toml"
    file.write_text('[a]\nhome = "https://a.example/"\nkeep = "30m"\n[b]\nhome = "https://b.example/"\nkept = "30d"\n')
    with pytest.raises(UsageError) as raised:
        load_sources(file)
    first, second = str(raised.value).splitlines()
    assert first.endswith(
        """[a] keep: '30m' is no time to keep articles for; write "forever", or e.g. "365d", at least "1d\""""
    )
    assert second.endswith("[b] kept: there is no such key; did you mean keep?")
    (tmp_path / "newsdesk.toml").write_text('keep_articles = "1h"\nlog_format = "xml"\nmetrics_port = 70000\n')
    with pytest.raises(UsageError) as raised:
        load_config()
    said = str(raised.value)
    assert "newsdesk.toml: keep_articles: '1h' is no time to keep" in said
    assert "newsdesk.toml: log_format: must be console or json (it is 'xml')" in said
    assert "newsdesk.toml: metrics_port: Input should be less than or equal to 65535" in said
    monkeypatch.setenv("NEWSDESK_KEEP_ARTICLES", "90d")
    (tmp_path / "newsdesk.toml").unlink()
    assert load_config().keep_articles == timedelta(days=90)


@pytest.mark.parametrize("keep", ["90d", "forever"])
def test_what_is_written_is_what_was_read(tmp_path: Path, keep: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(f'[a]\nhome = "https://a.example/"\nkeep = "{keep}"\n')
    assert f'keep = "{keep}"' in table_of(load_sources(file)["a"])
