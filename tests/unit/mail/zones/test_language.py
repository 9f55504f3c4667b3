"""Languages of short and long texts; silence where nobody can tell."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.zones import language
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Dear Jane, please find attached the report for your review.", "en"),
        ("Guten Tag, anbei die Rechnung für den Monat Mai.", "de"),
        ("Merci pour votre message, je reviens vers vous la semaine prochaine.", "fr"),
        ("Hola, le envío el informe y los datos que usted pidió para la reunión, gracias.", "es"),
        ("Ciao, ti mando il documento che mi hai chiesto per la riunione.", "it"),
        ("Beste Jan, ik stuur je het verslag van de vergadering.", "nl"),
        ("Olá, segue em anexo o relatório que você pediu para a reunião.", "pt"),
        ("明日の会議についてご連絡いたします", "ja"),
        ("내일 회의에 대해 연락드립니다 감사합니다", "ko"),
    ],
)
def test_common_words_and_scripts_decide(text: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_by_model", lambda head, words: "model asked")
    assert language.detect(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mange tak for hjælpen, jeg vender tilbage i næste uge, når vi har fået svar fra kunden.", "da"),
        ("Dzień dobry, przesyłam w załączniku fakturę za maj i proszę o potwierdzenie.", "pl"),
    ],
)
def test_the_model_knows_more(text: str, code: str) -> None:
    assert language.detect(text) == code


@pytest.mark.parametrize(
    "text", ["", "Hello", "ok", "12345 67890 " * 10, "https://x.example/a/b/c " * 5, "\n\n\n"]
)
def test_too_short_or_no_words(text: str) -> None:
    assert language.detect(text) == ""


@pytest.mark.parametrize(
    "noise",
    [
        "https://the.and.example/of/to/in/you ",
        "the@and.example ",
        "<the and of to in> ",
        "www.the-and.example/of ",
        "<the and>of@the.example ",
        "(the:and@of) ",
    ],
)
def test_links_and_addresses_are_no_words(noise: str) -> None:
    text = "Guten Tag, anbei die Rechnung für den Monat Mai."
    assert language.detect(noise * 4 + text) == language.detect(text + noise * 4) == "de"


@pytest.mark.parametrize("unit", ["w", "www", ":", "<", "a@", "<a>", "://", "a b", "'"])
def test_a_hostile_megabyte_takes_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    within(3, lambda: [language.detect(text) for _ in range(10)])


def test_only_the_beginning_counts() -> None:
    text = (
        "Dear Jane, please find attached the report for your review. " * 12
        + "Guten Tag, anbei die Rechnung. " * 500
    )
    assert language.detect(text) == "en"


@given(st.text(max_size=60))
def test_any_text_gives_a_code_or_nothing(text: str) -> None:
    assert len(language.detect(text)) in (0, 2)


def test_the_model_is_not_loaded_on_import() -> None:
    code = "import sys, fluffy_core.mail.zones.language; raise SystemExit('py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


AVIS = (
    "Le présent courriel s'adresse uniquement au destinataire et peut contenir des renseignements qui sont "
    "privilégiés. Toute utilisation est interdite."
)
SIGNED = "Cléa Petit\nDirectrice commerciale\nTél : 01 23 45 67 89"


IMPRINT = (
    "Atelier Petit SARL au capital de 10 000 euros - RCS Paris 123 456 789\n"
    "Siège social : 3 rue des Fleurs, 75001 Paris - Directrice de la publication : Cléa Petit"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"Could you send me the plan by Friday?\n\n{SIGNED}\n\n{AVIS}", "en"),
        (f"Hi Max,\n\nCan you call me?\n\n{SIGNED}\n\n{AVIS}", "en"),
        (f"Hi Max,\n\nOk.\n\n{AVIS}", ""),
        (f"Ok.\n\n{IMPRINT}", ""),
        (f"Bonjour Max,\n\n{AVIS}", "fr"),
        (f"Kommst du?\n \n{AVIS}", ""),
        (f"Bist du da und ist das so?\n\n{AVIS}", "de"),
        ("Kurze Frage\n\nKann ich am Montag kommen und das Bild mitbringen?", "de"),
        ("FYI\n\nDer Vertrag liegt anbei und ist unterschrieben, bitte prüfen.", "de"),
        ("Projet 12\n\nLe plan est dans le dossier et je passe à la suite demain.", "fr"),
        ("Ok.", ""),
        ("", ""),
    ],
)
def test_what_stands_on_top_tells_the_language(text: str, code: str) -> None:
    assert language.written(text) == code


def test_the_clock_is_not_german() -> None:
    where = "Pacific Time (US & Canada); Tijuana. Where: 101 Calif. via Teleconference"
    assert language.detect(f"When: Thursday, November 01, 2001 8:30 AM-9:30 AM (GMT-08:00) {where}") == ""


@pytest.mark.parametrize("unit", ["\n\n", "a\n\n", "\n \t", "Hi,\n\n"])
def test_paragraphs_without_end_take_no_time(unit: str) -> None:
    within(1.0, language.written, unit * (1_000_000 // len(unit)))
