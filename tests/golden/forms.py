"""Markups of an article with a comment form right after it, without a class, id or label that says so."""

from __future__ import annotations

from collections.abc import Callable

from tests.golden.languages import FormWords, Language

Form = Callable[[FormWords], str]
"""Writes the form."""
Frame = Callable[[Language, str, bool], str]
"""Writes the text with the form in its container, or after that."""

CHECK = '<input type="checkbox" name="save">'
AREA = '<textarea name="text" rows="8"></textarea>'
BOXES = (AREA, '<input name="a" type="text">', '<input name="b" type="email">', '<input name="c" type="url">')


def heading_and_note(w: FormWords) -> str:
    """Around the fields only there is a form; heading and note stand above it."""
    rows = "".join(f"<p><label>{label}</label> {box}</p>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f"<h3>{w.heading}</h3><p>{w.note}</p><form>{rows}<p>{CHECK} <label>{w.save}</label></p>"
        f"<p><button>{w.button}</button></p></form>"
    )


def second_level(w: FormWords) -> str:
    """The heading is of the same level as the article's own."""
    return heading_and_note(w).replace("h3>", "h2>")


def bare_divs(w: FormWords) -> str:
    """Nothing but divs, one inside of another."""
    rows = "".join(f"<div><div>{label}</div><div>{box}</div></div>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f"<div>{w.heading}</div><div>{w.note}</div><div><form>{rows}<div>{CHECK}<div>{w.save}</div></div>"
        f"<div><button>{w.button}</button></div></form></div>"
    )


def paragraphs(w: FormWords) -> str:
    """Nothing but paragraphs, and no form around the fields."""
    rows = "".join(f"<p>{label}</p><p>{box}</p>" for label, box in zip(w.labels, BOXES, strict=True))
    return f"<p>{w.heading}</p><p>{w.note}</p>{rows}<p>{CHECK} {w.save}</p><p><button>{w.button}</button></p>"


def strong_and_br(w: FormWords) -> str:
    """One paragraph with all of it."""
    rows = "".join(f"{label}<br>{box}<br>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f"<p><strong>{w.heading}</strong><br>{w.note}<br>{rows}{CHECK} {w.save}<br>"
        f'<input type="submit" value="{w.button}"></p>'
    )


def lines_with_br(w: FormWords) -> str:
    """Bare text between brs."""
    rows = "".join(f"{label}<br>{box}<br>" for label, box in zip(w.labels, BOXES, strict=True))
    return f"{w.heading}<br>{w.note}<br><br>{rows}{CHECK} {w.save}<br><button>{w.button}</button>"


def table(w: FormWords) -> str:
    """A table: labels on the left, fields on the right."""
    rows = "".join(f"<tr><td>{label}</td><td>{box}</td></tr>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f'<form><table><tr><td colspan="2"><b>{w.heading}</b></td></tr><tr><td colspan="2">{w.note}</td></tr>{rows}'
        f"<tr><td>{CHECK}</td><td>{w.save}</td></tr><tr><td></td><td><button>{w.button}</button></td></tr></table></form>"
    )


def definition_list(w: FormWords) -> str:
    """A definition list."""
    rows = "".join(f"<dt>{label}</dt><dd>{box}</dd>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f"<h4>{w.heading}</h4><form><dl><dt>{w.note}</dt>{rows}<dd>{CHECK} {w.save}</dd>"
        f"<dd><button>{w.button}</button></dd></dl></form>"
    )


def item_list(w: FormWords) -> str:
    """A list of fields."""
    rows = "".join(f"<li>{label} {box}</li>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f"<h3>{w.heading}</h3><form><p>{w.note}</p><ul>{rows}<li>{CHECK} {w.save}</li>"
        f"<li><button>{w.button}</button></li></ul></form>"
    )


def fieldset(w: FormWords) -> str:
    """A fieldset whose legend is the heading."""
    rows = "".join(f"<label>{label} {box}</label>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f"<form><fieldset><legend>{w.heading}</legend><p>{w.note}</p>{rows}<label>{CHECK} {w.save}</label>"
        f'<input type="submit" value="{w.button}"></fieldset></form>'
    )


def form_around_all(w: FormWords) -> str:
    """Heading and note stand in the form."""
    rows = "".join(f"<p>{label}<br>{box}</p>" for label, box in zip(w.labels, BOXES, strict=True))
    return f"<form><h3>{w.heading}</h3><p>{w.note}</p>{rows}<p>{CHECK} {w.save}</p><p><button>{w.button}</button></p></form>"


def labels_before_fields(w: FormWords) -> str:
    """The form holds the fields alone; their labels stand before it."""
    rows = "".join(f"<p>{label}</p>" for label in (*w.labels, w.save))
    return f"<h3>{w.heading}</h3><p>{w.note}</p>{rows}<form>{''.join(BOXES)}{CHECK}<button>{w.button}</button></form>"


def note_before_heading(w: FormWords) -> str:
    """The note comes first."""
    rows = "".join(f"<div>{label} {box}</div>" for label, box in zip(w.labels, BOXES, strict=True))
    return (
        f"<p>{w.note}</p><h3>{w.heading}</h3><form>{rows}<div>{CHECK} {w.save}</div><button>{w.button}</button></form>"
    )


def readers_above(w: FormWords) -> str:
    """Two readers have commented already."""
    said = "".join(
        f"<div><b>{name}</b><p>{text}</p></div>" for name, text in zip(("Ula", "Bo"), w.readers, strict=True)
    )
    return f"<h3>{w.comments}</h3>{said}{heading_and_note(w)}"


def log_in_first(w: FormWords) -> str:
    """No field at all: who wants to comment must log in."""
    return f'<h3>{w.heading}</h3><p><a href="/login">{w.login}</a></p>'


def hashed_classes(w: FormWords) -> str:
    """Spans and divs of a framework, with class names that mean nothing."""
    rows = "".join(
        f'<div class="css-9z1x{n}"><span class="css-k2j">{label}</span>{box}</div>'
        for n, (label, box) in enumerate(zip(w.labels, BOXES, strict=True))
    )
    return (
        f'<div class="css-1x2y3z"><div class="css-7h8g"><span class="css-q0">{w.heading}</span></div>'
        f'<span class="css-r5">{w.note}</span>{rows}<div class="css-s6">{CHECK}<span>{w.save}</span></div>'
        f'<button class="css-t7"><span>{w.button}</span></button></div>'
    )


def in_paragraphs(language: Language, form: str, inside: bool) -> str:
    """The text is a heading and paragraphs in a div."""
    return _in_div(language, "".join(f"<{tag}>{line}</{tag}>" for tag, line in language.lines), form, inside)


def in_divs(language: Language, form: str, inside: bool) -> str:
    """Every paragraph is a div, every subhead an h3."""
    tags = {"h2": "h3", "p": "div"}
    return _in_div(
        language, "".join(f"<{tags[tag]}>{line}</{tags[tag]}>" for tag, line in language.lines), form, inside
    )


def with_br(language: Language, form: str, inside: bool) -> str:
    """The text is lines between brs; subheads are bold."""
    lines = [f"<b>{line}</b>" if tag == "h2" else line for tag, line in language.lines]
    return _in_div(language, "<br><br>".join(lines) + "<br><br>", form, inside)


def in_article(language: Language, form: str, inside: bool) -> str:
    """The text stands in an article, the form in it or in a section after it."""
    text = "".join(f"<{tag}>{line}</{tag}>" for tag, line in language.lines)
    form = f"<section>{form}</section>"
    return f"<main><article><h1>{language.headline}</h1>{text}{form if inside else ''}</article>{'' if inside else form}</main>"


def in_page_form(language: Language, form: str, inside: bool) -> str:
    """One form around the whole page, as ASP.NET writes it."""
    form = form.replace("<form>", "<div>").replace("</form>", "</div>")
    page = in_paragraphs(language, form, inside)
    return (
        f'<form method="post" action="./page.aspx"><input type="hidden" name="__VIEWSTATE" value="dDw3">{page}</form>'
    )


def in_table(language: Language, form: str, inside: bool) -> str:
    """The page is a table, as before 2005; the form stands in the text's cell or in a row below."""
    text = "".join(f"<p><b>{line}</b></p>" if tag == "h2" else f"<p>{line}</p>" for tag, line in language.lines)
    after = "" if inside else f"<tr><td></td><td>{form}</td></tr>"
    return (
        f'<table width="760"><tr><td width="120"><a href="/">1</a><br><a href="/2">2</a></td><td><h1>{language.headline}'
        f"</h1>{text}{form if inside else ''}</td></tr>{after}</table>"
    )


def _in_div(language: Language, text: str, form: str, inside: bool) -> str:
    text = f"<h1>{language.headline}</h1>{text}"
    return f"<div>{text}{form}</div>" if inside else f"<div>{text}</div>{form}"


MARKUPS: dict[str, tuple[Frame, Form]] = {
    "heading and note": (in_paragraphs, heading_and_note),
    "heading of the second level": (in_paragraphs, second_level),
    "article and section": (in_article, heading_and_note),
    "bare divs": (in_paragraphs, bare_divs),
    "divs for text and form": (in_divs, bare_divs),
    "paragraphs": (in_paragraphs, paragraphs),
    "strong and br": (in_paragraphs, strong_and_br),
    "text with br": (with_br, lines_with_br),
    "table": (in_paragraphs, table),
    "page in a table": (in_table, table),
    "definition list": (in_paragraphs, definition_list),
    "item list": (in_paragraphs, item_list),
    "fieldset": (in_paragraphs, fieldset),
    "form around all": (in_paragraphs, form_around_all),
    "page in an ASP.NET form": (in_page_form, heading_and_note),
    "labels before fields": (in_paragraphs, labels_before_fields),
    "readers above": (in_paragraphs, readers_above),
    "note before heading": (in_article, note_before_heading),
    "log in first": (in_paragraphs, log_in_first),
    "hashed classes": (in_article, hashed_classes),
}
