"""Footers: legal notices, mailing lists, advertisements; and letters about such things."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.zones import ZoneKind
from fluffy_core.mail.zones import footers, zones

LETTER = "Dear Jane,\n\nthe plan is fine.\n\nJohn Roe\n\n"


@pytest.mark.parametrize(
    "footer",
    [
        "This e-mail is confidential. If you are not the intended recipient, delete it.",
        "This message contains information that is privileged and confidential.\nDisclosure is prohibited.",
        "CONFIDENTIALITY NOTICE: only for the addressee.",
        "Diese E-Mail enthält vertrauliche Informationen. Sind Sie nicht der Empfänger, löschen Sie sie.",
        "Ce message et ses pièces jointes sont confidentiels.",
        "Este mensaje contiene información confidencial.",
        "Questo messaggio contiene informazioni riservate.",
        "_______________________________________________\nthings mailing list\nthings@x.example",
        "To unsubscribe, visit https://x.example/bye",
        "---------------------------------\nDo You Yahoo!?\nGet it all.",
        "**********\nConfidential and privileged: disclosure to others is prohibited.\n**********",
        "Please consider the environment before printing this e-mail.",
        "Les informations de ce courrier sont confidentielles. Leur diffusion est interdite sans accord.",
        "Ce courriel s'adresse au destinataire et peut contenir des faits privilégiés. Usage interdit.",
        "Sind Sie nicht der Adressat und haben diese Mail irrtümlich, bitte den Inhalt vernichten.",
        "Este mensaje se dirige a su destinatario y es confidencial; queda notificado.",
        "Esta é confidencial, destina-se a outros; se chegou por engano, apague.",
        "Example GmbH, Sitz der Gesellschaft: Berlin, Handelsregister HRB 4711",
    ],
)
def test_footers(footer: str) -> None:
    text = LETTER + footer
    found = zones.split(text, sender="John Roe")
    assert found[-1].kind is ZoneKind.DISCLAIMER
    assert "\n".join(text.split("\n")[found[-1].start :]).strip() == footer.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Dear Jane,\n\nplease keep this confidential until Friday.",
        "Dear Jane,\n\nhow do people unsubscribe? The page is broken.",
        "Dear Jane,\n\nthe NDA says that disclosure to third parties is prohibited.",
        "Bonjour,\n\nla diffusion du film est interdite.",
        "Dear Jane,\n\nthis is it.\n\n- plan.xls",
        "Dear Jane,\n\nthis message is to say that we agree.",
        "",
        "\n\n",
    ],
)
def test_letters_about_such_things(text: str) -> None:
    lines = text.split("\n")
    assert footers.start(lines, 0, len(lines)) == len(lines)


def test_a_notice_of_two_paragraphs() -> None:
    first = "This e-mail is intended only for the addressee."
    second = "If you have received this in error, notify the sender. No liability for any virus."
    lines = (LETTER + first + "\n\n" + second).split("\n")
    assert lines[footers.start(lines, 0, len(lines))] == first


def test_a_list_footer_under_a_signature_mark_is_the_lists() -> None:
    text = LETTER + "-- \nThings group: things@x.example\nhttps://x.example/mailman/listinfo/things"
    assert zones.signature_text(text, sender="John Roe") == "John Roe"


def test_a_signature_right_above_the_notice_stays_a_signature() -> None:
    text = "Dear Jane,\n\nall is well.\n\nRegards,\nJohn Roe\nThis e-mail is confidential. Ask the addressee."
    assert zones.signature_text(text) == "Regards,\nJohn Roe"


@pytest.mark.parametrize(("part", "pattern"), footers._SURE, ids=lambda one: getattr(one, "pattern", ""))
def test_the_cheap_look_hides_no_phrase(part: str, pattern: re.Pattern[str]) -> None:
    @given(st.from_regex(pattern))
    def look(text: str) -> None:
        assert part in text

    look()


def test_the_names_of_files_below_a_notice_belong_to_it() -> None:
    notice = "This message is confidential. If you are not the intended recipient, delete it."
    assert zones.reply_text(f"{LETTER}{notice}\n\n - price list (2).xls\n", sender="John Roe") == (
        "Dear Jane,\n\nthe plan is fine."
    )
