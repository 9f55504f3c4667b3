"""Whether somebody wrote that a file goes along."""

import pytest

from fluffy_core.mail.mime.attachment_words import promised


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The plan is attached.", "attached"),
        ("See the ATTACHMENTS", "ATTACHMENTS"),
        ("Anbei die Rechnung.", "Anbei"),
        ("Das Angebot finden Sie im Anhang.", "im Anhang"),
        ("Vous trouverez ci-joint le devis.", "ci-joint"),
        ("Je vous envoie la pièce jointe.", "pièce jointe"),
        ("Le adjunto la factura.", "adjunto"),
        ("In allegato il preventivo.", "In allegato"),
        ("Zie de bijlage.", "bijlage"),
        ("Segue em anexo a proposta.", "em anexo"),
        ("Jag bifogar offerten.", "bifogar"),
        ("W załączniku umowa.", "W załączniku"),
        ("Posílám v příloze.", "v příloze"),
        ("Договор во вложении.", "во вложении"),
        ("請看附件", "附件"),
        ("資料を添付します", "添付"),
        ("מצורף החוזה", "מצורף"),
    ],
)
def test_many_languages_say_so(text: str, word: str) -> None:
    assert promised(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you for the plan.",
        "Unattached people live longer.",
        "Der Vorhang fällt.",
        "Wir treffen uns am Montag.",
        "On 2025-03-10 12:00, Ann wrote:\n> the plan is attached",
        "Thanks.\n\n-- \nBen, attached to the board",
        "> attached\n> and more\n\nYes, I read it.",
    ],
)
def test_others_words_and_likenesses_do_not_count(text: str) -> None:
    assert promised(text) == ""


def test_it_takes_no_longer_for_anything() -> None:
    assert promised("anbe " * 400_000) == ""
