"""The header of a teaser is no navigation: the default lists of WordPress have their links there."""

from __future__ import annotations

from crawler.discovery.sections import read_section
from storage.types import Found


def test_links_in_a_teasers_header_are_articles_and_in_the_pages_are_not() -> None:
    teaser = '<article><header><h2><a href="/news/mercado">El mercado cubierto abre tras dos años</a></h2></header></article>'
    page = f'<header><a href="/news/menu">El menú de toda la semana aquí</a></header><main>{teaser}</main>'
    found = read_section(f"<html><body>{page}</body></html>".encode(), "https://x.example/")
    assert isinstance(found, Found)
    assert [link.url for link in found.links] == ["https://x.example/news/mercado"]
