"""Every form or box × place × language, and what extraction leaves of it or takes of the text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pipelines.extract import extract
from storage.types import Article, Page
from tests.golden import furniture
from tests.golden.forms import MARKUPS
from tests.golden.languages import FormWords, Language, languages

PLACES = {"inside": True, "after": False}
CASES = [f"{markup}, {place}" for markup in MARKUPS for place in PLACES]
BOX_CASES = [f"{box}, {place}" for box, (_, places) in furniture.BOXES.items() for place in places]
WITHOUT_FIELDS = {"log in first"}
"""Markups that nothing but their words can give away."""

ODD = {
    "en": FormWords(
        "Say something back",
        "We keep your address to ourselves. A star means that we cannot do without it.",
        ("Your words *", "What shall we call you? *", "Where can we write to you? *", "Your own page"),
        "Keep these details on this machine until I come back.",
        "Off it goes",
        "",
        "Two voices so far",
        ("I was there and it was colder than that.", "Thank you for writing about our harbour."),
    ),
    "de": FormWords(
        "Was sagst du dazu?",
        "Deine Adresse bleibt bei uns. Mit Stern markierte Angaben brauchen wir unbedingt.",
        ("Deine Meinung *", "Wie heißt du? *", "Wohin dürfen wir schreiben? *", "Deine Seite"),
        "Angaben auf diesem Gerät behalten, bis ich wiederkomme.",
        "Ab damit",
        "",
        "Zwei Stimmen",
        ("Ich war dabei, und es war kälter als das.", "Danke für diesen Bericht über unser Bad."),
    ),
    "fr": FormWords(
        "À vous la parole",
        "Votre adresse reste entre nous. Une étoile signale ce qu’il nous faut absolument.",
        ("Votre mot *", "Comment vous appeler ? *", "Où vous écrire ? *", "Votre page"),
        "Garder tout cela sur cet appareil jusqu’à mon retour.",
        "C’est parti",
        "",
        "Deux voix",
        ("J’y étais, il faisait plus froid que ça.", "Merci d’avoir parlé de notre vallée."),
    ),
    "es": FormWords(
        "¿Y tú qué opinas?",
        "No enseñamos tu correo a nadie. Rellena por favor todas las casillas.",
        ("Escribe aquí", "¿Cómo te llamas?", "¿Dónde te escribimos?", "Tu página"),
        "Recuérdame en este ordenador.",
        "Mandar",
        "",
        "Dos voces",
        ("Yo estuve allí y hacía más frío que eso.", "Gracias por hablar de nuestro mercado."),
    ),
    "pl": FormWords(
        "A ty co o tym myślisz?",
        "Adresu nikomu nie pokazujemy. Gwiazdka znaczy, że bez tego ani rusz.",
        ("Twoje zdanie *", "Jak się nazywasz? *", "Gdzie ci odpisać? *", "Twoja strona"),
        "Pamiętaj mnie na tym urządzeniu.",
        "Ślij",
        "",
        "Dwa głosy",
        ("Byłem tam i było zimniej.", "Dziękuję za ten tekst o naszej kolejce."),
    ),
    "ru": FormWords(
        "А что думаете вы?",
        "Мы никому не покажем ваш адрес. Заполните, пожалуйста, все строки.",
        ("Ваше слово", "Как вас зовут?", "Куда вам написать?", "Ваша страница"),
        "Запомнить меня на этом устройстве.",
        "Готово",
        "",
        "Два голоса",
        ("Я там был, и было холоднее.", "Спасибо, что написали о нашем вокзале."),
    ),
    "ja": FormWords(
        "あなたの声を聞かせてください",
        "連絡先がほかの人に知られることはありません。印のある欄は必ずご記入ください。",
        ("ひとこと *", "お名前 *", "ご連絡先 *", "ご自分のページ"),
        "この端末に記入内容を残しておく。",
        "送る",
        "",
        "ふたりの声",
        ("私もそこにいましたが、もっと寒かったです。", "町のことを書いてくれてありがとう。"),
    ),
    "ar": FormWords(
        "ما رأيك أنت؟",
        "عنوانك يبقى بيننا. نرجو ملء جميع الخانات.",
        ("كلمتك", "ما اسمك؟", "إلى أين نكتب لك؟", "صفحتك"),
        "تذكرني على هذا الجهاز.",
        "أرسل",
        "",
        "صوتان",
        ("كنت هناك وكان الجو أبرد.", "شكرا على الكتابة عن قريتنا."),
    ),
}
"""Forms in words of an outlet's own."""


@cache
def stories() -> dict[str, Language]:
    """Return the languages by code, and the odd forms as `xx-odd`."""
    told = languages()
    odd = {f"{code}-odd": replace(told[code], form=words, unseen=True) for code, words in ODD.items()}
    return {**told, **odd}


def failures(case: str) -> dict[str, str]:
    """Return what is wrong, by language, in one case of CASES."""
    markup, _, place = case.rpartition(", ")
    frame, form = MARKUPS[markup]
    found = {
        code: problem(story, frame(story, form(story.form), PLACES[place]))
        for code, story in stories().items()
        if not (story.unseen and markup in WITHOUT_FIELDS)
    }
    return {code: text for code, text in found.items() if text}


def box_failures(case: str) -> dict[str, str]:
    """Return what is wrong, by language, in one case of BOX_CASES."""
    name, _, place = case.rpartition(", ")
    box, frame = furniture.BOXES[name][0], furniture.PLACES[place]
    told = {code: (story, story.chrome) for code, story in languages().items()}
    found = {code: problem(story, frame(story, box(words))) for code, (story, words) in told.items() if words}
    return {code: text for code, text in found.items() if text}


def problem(story: Language, markup: str) -> str:
    """Return how the text of a page differs from the story, an empty text when it does not."""
    head = f'<head><meta charset="utf-8"><title>{story.headline}</title></head>'
    html = f'<!doctype html><html lang="{story.code}">{head}<body>{markup}</body></html>'
    result = extract(Page("https://www.courier.example/news/2026/story", html.encode()))
    if not isinstance(result, Article):
        return f"dropped: {result}"
    wanted, got = [line for _, line in story.lines], result.body.split("\n\n")
    if got == wanted:
        return ""
    extra, missing = ([line[:70] for line in a if line not in b] for a, b in ((got, wanted), (wanted, got)))
    return f"leaks {extra}, lacks {missing}" if extra or missing else "not in order"
