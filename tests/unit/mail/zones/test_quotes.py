"""Header blocks, separators and quote marks."""

import pytest

from fluffy_core.mail.zones import quotes, zones

BLOCKS = [
    "From: Jane Doe\nSent: Monday, April 2, 2012 5:44 PM\nTo: John Roe\nSubject: Test",
    "*From:* Jane Doe <jane@x.example>\n*Date:* Monday, 2 April 2012\n*To:* John\n*Subject:* Test",
    "Von: Jane Doe\nGesendet: Montag, 2. April 2012 17:44\nAn: John Roe\nBetreff: Test",
    "Gesendet: Montag, 2. April 2012 um 17:44 Uhr\nVon: Jane Doe\nAn: John Roe\nBetreff: Test",
    "De : Jane Doe\nEnvoyé : lundi 2 avril 2012 17:44\nÀ : John Roe\nObjet : Test",
    "De: Jane Doe\nEnviado el: lunes, 2 de abril de 2012 17:44\nPara: John Roe\nAsunto: Test",
    "Da: Jane Doe\nInviato: lunedì 2 aprile 2012 17:44\nA: John Roe\nOggetto: Test",
    "Van: Jane Doe\nVerzonden: maandag 2 april 2012 17:44\nAan: John Roe\nOnderwerp: Test",
    "De: Jane Doe\nEnviada em: segunda-feira, 2 de abril de 2012\nPara: John Roe\nAssunto: Test",
    "Od: Jane Doe\nWysłano: 2 kwietnia 2012 17:44\nDo: John Roe\nTemat: Test",
    "Från: Jane Doe\nSkickat: den 2 april 2012 17:44\nTill: John Roe\nÄmne: Test",
    "Fra: Jane Doe\nSendt: 2. april 2012 17:44\nTil: John Roe\nEmne: Test",
    "От: Jane Doe\nОтправлено: 2 апреля 2012 г. 17:44\nКому: John Roe\nТема: Test",
    "发件人: Jane Doe\n发送时间: 2012年4月2日 17:44\n收件人: John Roe\n主题: Test",
    "From: \tDoe, Jane  \nSent:\tMonday, April 02\nTo:\tRoe, John; Poe, Joan;\n\tMore, Max\nSubject:\tTest",
    "Date: Mon, 2 Apr 2012 17:44:22 +0400\nSubject: Test\nFrom: jane@x.example\nTo: john@x.example",
    "From: Jane Doe\n\nSent: Monday, April 2, 2012\n\nTo: John Roe\n\nSubject: Test",
    "Jane Doe on 05/02/2000 08:19 AM\nTo: John Roe\ncc:\nSubject: Test",
    "Jane Doe\n05/02/2000 08:19 AM\nTo: John Roe\ncc:\n\nSubject: Test",
]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("rule", ["", "-----Original Message-----\n", "________________________________\n"])
def test_header_blocks(block: str, rule: str) -> None:
    text = f"Hello\n\n{rule}{block}\n\nOld words"
    assert zones.new_text(text) == "Hello"
    (header,) = zones.quoted_headers(text)
    assert "ane" in header.from_text
    assert header.subject == "Test"
    assert "John" in header.to_text or "john" in header.to_text


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----",
        " -----Original Message-----",
        "----- Original Message -----",
        "-------- Original message --------",
        "---------- Forwarded message ---------",
        "------------- Forwarded by Jane Doe/X on 05/02/2000 08:19 AM --------------",
        "------------- Forwarded by Jane Doe/X on 05/02/2000\n08:19 AM --------------",
        "-----Ursprüngliche Nachricht-----",
        "-------- Weitergeleitete Nachricht --------",
        "-----Message d'origine-----",
        "---------- Mensaje reenviado ----------",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "-----Mensagem original-----",
        "-------- Пересылаемое сообщение --------",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
    ],
)
def test_separators(separator: str) -> None:
    assert zones.new_text(f"Hello\n\n{separator}\nOld words\nand more") == "Hello"


@pytest.mark.parametrize(
    "text",
    [
        "From: Paris\nTo: London\nBy train, please.",
        "To: all staff\nFrom: the management\nSubject: lunch\n\nLunch is at noon.",
        "Subject: to change",
        "-----\nnew section\n-----\ntext",
        "----- my original messages are lost -----\ntext",
        "Date: Friday\nPlace: here",
    ],
)
def test_memos_and_lists_stay(text: str) -> None:
    assert zones.new_text(text) == text


def test_a_reply_below_a_marked_quote_with_headers_stays() -> None:
    text = "----- Original Message -----\nFrom: Jane Doe\n\n> Old words\n> and more\n\nMy answer"
    assert zones.new_text(text) == "My answer"


@pytest.mark.parametrize("mark", ["> ", ">", "| ", "--]", "JD> ", "# "])
def test_marks(mark: str) -> None:
    text = f"On 3 Apr 2012, at 16:19, Jane Doe wrote:\n{mark}Old words\n{mark}and more\n\nMy answer"
    assert zones.new_text(text) == "My answer"


def test_header_role() -> None:
    assert quotes.header_role("Betreff: Angebot") == ("subject", "Angebot")
    assert quotes.header_role("*From:* Jane") == ("from", "Jane")
    assert quotes.header_role("Fromage: brie") == ("", "")
    assert quotes.header_role("no colon") == ("", "")


@pytest.mark.parametrize(
    ("line", "is_rule"), [("-----", True), ("_" * 40, True), ("----", False), ("--- x ---", False)]
)
def test_is_rule(line: str, is_rule: bool) -> None:
    assert quotes.is_rule(line) is is_rule
