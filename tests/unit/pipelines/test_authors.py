"""Bylines of many languages give the names alone."""

from __future__ import annotations

import pytest

from pipelines.authors import clean_authors, is_person, looks_like_name


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("Ada Byron Staff Writer", ("Ada Byron",)),
        ("Ada Byron Senior Political Correspondent", ("Ada Byron",)),
        ("Redakteurin Ada Byron", ("Ada Byron",)),
        ("By Ada Byron For the Courier", ("Ada Byron",)),
        ("Ada Byron, North Shore Harbour Courier", ("Ada Byron",)),
        ("Ada Byron | ada@courier.example | North Shore Harbour Courier", ("Ada Byron",)),
        ("Ada Byron and Karl Weiß Harbour Courier", ("Ada Byron", "Karl Weiß")),
        ("By Ada Byron Updated 12 November 2026", ("Ada Byron",)),
        ("By Ada Byron and Karl Weiß Monday, November 12, 2026", ("Ada Byron", "Karl Weiß")),
        ("Ada Byron • 12 November 2026", ("Ada Byron",)),
        ("Words by Ada Byron, Photographs by Karl Weiß", ("Ada Byron",)),
        ("Reported by Ada Byron; Edited by Karl Weiß", ("Ada Byron",)),
        ("Byron, Ada", ("Ada Byron",)),
        ("AFP, Harbourtown", ("AFP",)),
        ("John Smith, Jr.", ("John Smith Jr.",)),
        ("Ada Byron, Ph.D., and Karl Weiß, MD", ("Ada Byron", "Karl Weiß")),
        ("Ada Byron, MS, RD", ("Ada Byron",)),
        ("José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Por Ana Ruiz y Juan Gómez", ("Ana Ruiz", "Juan Gómez")),
        ("Di Maria Rossi e Luca Bianchi", ("Maria Rossi", "Luca Bianchi")),
        ("Di Leva", ("Di Leva",)),
        ("De La Cruz", ("De La Cruz",)),
        ("Par Jean Dupont avec AFP", ("Jean Dupont",)),
        ("Jean Dupont, envoyé spécial à Lyon", ("Jean Dupont",)),
        ("Von unserem Redakteur Karl Weiß", ("Karl Weiß",)),
        ("Jan Kowalski i Anna Nowak", ("Jan Kowalski", "Anna Nowak")),
        ("Автор: Иван Петров и Анна Сидорова", ("Иван Петров", "Анна Сидорова")),
        ("Ahmet Yılmaz ve Ayşe Kaya", ("Ahmet Yılmaz", "Ayşe Kaya")),
        ("Oleh Budi Santoso dan Siti Rahma", ("Budi Santoso", "Siti Rahma")),
        ("بقلم أحمد علي", ("أحمد علي",)),
        ("文/王小明", ("王小明",)),
        ("記者王小明", ("王小明",)),
        ("山田太郎、鈴木一郎", ("山田太郎", "鈴木一郎")),
        ("김철수 기자", ("김철수",)),
        ("VINCENT VAN GOGH", ("Vincent Van Gogh",)),
        ("Ludwig van Beethoven", ("Ludwig van Beethoven",)),
        ("Mary-Jane O'Brien-Smith", ("Mary-Jane O'Brien-Smith",)),
        ("J.K. Rowling", ("J.K. Rowling",)),
        ("Smith & Sons Media", ("Smith & Sons Media",)),
        ("Executive Content Editor", ("Executive Content Editor",)),
        ("By The Associated Press", ("The Associated Press",)),
        ("AP", ("AP",)),
        ("rbyrne", ()),
        ("Harbour Courier Staff", ()),
        ("Harbour Courier Staff Reports", ()),
        ("Special to the Harbour Courier", ()),
        ("Harbour Courier Editorial Board", ("Harbour Courier Editorial Board",)),
    ],
)  # fmt: skip
def test_names(raw: str, names: tuple[str, ...]) -> None:
    assert clean_authors([raw], ("Harbour Courier", "courier")) == names


def test_who_is_a_person() -> None:
    assert is_person("Ada Byron") and is_person("王小明")
    assert not any(
        map(
            is_person,
            ("Reuters", "The Jersey Journal", "Online-Redaktion", "Staff Writer", "Harbour Courier Editorial Board"),
        )
    )


@pytest.mark.parametrize(
    "name", ["Ada Byron", "Ludwig van Beethoven", "J. R. R. Tolkien", "Иван Петров", "王小明", "أحمد علي"]
)
def test_what_looks_like_a_name(name: str) -> None:
    assert looks_like_name(name)


@pytest.mark.parametrize(
    "text", ["the harbour", "Harbour", "now, nobody expects", "Ada Byron covers the harbour", "Bridge 12", "of the"]
)
def test_what_does_not(text: str) -> None:
    assert not looks_like_name(text)
