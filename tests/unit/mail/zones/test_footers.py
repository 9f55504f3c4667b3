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
        "To change your subscription, write to us.",
        "This message was sent from the Example system.",
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


@pytest.mark.parametrize(
    "notice",
    [
        (
            "This message and any attachments are confidential and intended solely for the "
            "addressee. If you are not the addressee, please delete it."
        ),
        "CONFIDENTIALITY: This e-mail is for the named person only.",
        "This email may contain privileged information and is intended for the recipient only.",
        "The content of this email is confidential and intended for the recipient specified in message only.",
        "Please consider the environment before printing this email.",
        (
            "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn "
            "Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender und "
            "vernichten Sie diese Mail."
        ),
        "Diese Nachricht ist ausschließlich für den Adressaten bestimmt und vertraulich.",
        "Bitte prüfen Sie, ob diese Mail wirklich ausgedruckt werden muss!",
        (
            "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention "
            "exclusive de ses destinataires."
        ),
        "Pensez à l'environnement avant d'imprimer ce message.",
        (
            "Este mensaje y sus archivos adjuntos son confidenciales. Si usted no es el "
            "destinatario, le rogamos que lo elimine."
        ),
        (
            "Este correo electrónico contiene información confidencial dirigida exclusivamente a "
            "su destinatario."
        ),
        (
            "Antes de imprimir este mensaje, asegúrese de que es necesario. El medio ambiente "
            "está en nuestra mano."
        ),
        "Il presente messaggio e i suoi allegati sono riservati e destinati esclusivamente al destinatario.",
        "Le informazioni contenute in questa e-mail sono riservate.",
        (
            "Ai sensi del D.Lgs. 196/2003 si precisa che le informazioni contenute in questo "
            "messaggio sono riservate."
        ),
        "Esta mensagem e os seus anexos são confidenciais e destinam-se exclusivamente ao destinatário.",
        "Antes de imprimir, pense na sua responsabilidade com o meio ambiente.",
        "Dit bericht en de bijlagen zijn vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
        "De informatie in dit e-mailbericht is uitsluitend bestemd voor de geadresseerde.",
        "Denk aan het milieu voordat u deze e-mail afdrukt.",
        (
            "Detta meddelande är konfidentiellt och avsett endast för mottagaren. Om du har fått "
            "det av misstag, vänligen radera det."
        ),
        (
            "Denne e-mail er fortrolig og kun beregnet til modtageren. Hvis du har modtaget den "
            "ved en fejl, bedes du slette den."
        ),
        (
            "Denne e-posten er konfidensiell og kun ment for mottakeren. Har du mottatt den ved "
            "en feil, ber vi deg slette den."
        ),
        (
            "Tämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle. Jos olet "
            "saanut viestin vahingossa, poista se."
        ),
        "Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata.",
        (
            "Treść tej wiadomości zawiera informacje poufne przeznaczone tylko dla adresata. "
            "Jeżeli nie jesteście Państwo jej adresatem, prosimy o jej usunięcie."
        ),
        (
            "Tato zpráva je důvěrná a určená pouze adresátovi. Pokud nejste zamýšleným "
            "adresátem, prosím smažte ji."
        ),
        "Ez az üzenet bizalmas információkat tartalmaz és kizárólag a címzettnek szól.",
        "Acest mesaj este confidențial și este destinat exclusiv destinatarului.",
        "Bu e-posta gizli bilgiler içerebilir ve sadece alıcısına yöneliktir.",
        (
            "Данное сообщение и любые вложения являются конфиденциальными и предназначены "
            "исключительно для адресата."
        ),
        "Το παρόν μήνυμα είναι εμπιστευτικό και απευθύνεται αποκλειστικά στον παραλήπτη.",
    ],
)
def test_notices_of_many_languages_are_no_content(notice: str) -> None:
    assert zones.reply_text(LETTER + notice, sender="John Roe") == "Dear Jane,\n\nthe plan is fine."


def test_a_rule_sets_off_all_that_is_below_it() -> None:
    below = (
        "=====================\nYou have received this message because you like it.\n\nLog in to change that."
    )
    assert zones.reply_text(LETTER + below, sender="John Roe") == "Dear Jane,\n\nthe plan is fine."
    framed = "********\nDisclaimer\n\nThis message is confidential and for others.\n\nVisit us\n\n********"
    assert zones.reply_text(LETTER + framed, sender="John Roe") == "Dear Jane,\n\nthe plan is fine."
    section = "---------\nThe second part\n\nis about the budget."
    assert zones.reply_text(LETTER + section, sender="John Roe").endswith("budget.")


def test_the_footer_of_the_list_below_a_quote_without_marks_is_not_quoted() -> None:
    quoted = "From: Jane\nSent: Monday\nTo: John\nSubject: x\n\nOld words\n\n"
    rule = "_______________________________________________\n"
    text = f"Hello\n\n{quoted}{rule}things mailing list\nhttps://x.example/mailman/listinfo/things"
    found = zones.split(text)
    assert found[-1].kind is ZoneKind.DISCLAIMER
    assert text.split("\n")[found[-1].start] == rule.strip()
    assert zones.reply_text(text) == "Hello"


def test_names_of_files_below_a_quote_do_not_hide_the_signature() -> None:
    text = "Hello there, it is done.\n\nJohn Roe\n\n> Old words\n\n - plan.doc \n <<File: plan.doc>>"
    assert zones.signature_text(text, sender="John Roe") == "John Roe"
    assert footers.only_names_files(["(See attached file: plan.doc)", ""])
    assert not footers.only_names_files(["my answer: plan.doc"])


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
