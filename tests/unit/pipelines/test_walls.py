"""Walls are known by what they say, in many languages, and articles about them are none."""

from __future__ import annotations

import pytest

from pipelines.access import is_bot_wall, is_consent_wall


@pytest.mark.parametrize(
    "text",
    ["Please verify you are a human", "Bitte bestätigen Sie, dass Sie kein Roboter sind", "Vérifiez que vous êtes humain", "Confirme que es humano",
     "Verifica di non essere un robot", "Confirme que você não é um robô", "Potwierdź, że nie jesteś robotem", "Bekräfta att du inte är en robot",
     "Bekreft at du er et menneske", "Ověřte, že nejste robot", "Lütfen robot olmadığınızı doğrulayın", "请完成安全验证", "私はロボットではありません",
     "로봇이 아닙니다", "Подтвердите, что вы не робот", "Toegang geweigerd"],
)  # fmt: skip
def test_bot_walls(text: str) -> None:
    assert is_bot_wall("", text)
    assert is_bot_wall(text, "")


@pytest.mark.parametrize(
    "text",
    ["We and our 842 partners store and/or access information", "Wir und unsere 174 Partner", "Nous et nos 812 partenaires", "Noi e i nostri 90 partner",
     "Nós e os nossos 12 parceiros", "My i nasi partnerzy", "Vi och våra partner", "Vi og vores 12 partnere", "Biz ve ortaklarımız", "Hyväksy kaikki",
     "Přijmout vše", "Принять все", "すべて許可", "모두 동의", "接受所有"],
)  # fmt: skip
def test_consent_walls(text: str) -> None:
    assert is_consent_wall("", text, 20)
    assert not is_consent_wall("", text, 400)


@pytest.mark.parametrize(
    "text",
    [
        "Robots took over the harbour crane on Thursday, said the board.",
        "The partners of the ferry line agreed to all terms.",
    ],
)
def test_articles_are_no_walls(text: str) -> None:
    assert not is_bot_wall("", text) and not is_consent_wall("", text, 60)
