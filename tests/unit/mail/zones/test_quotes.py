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


LANGUAGES = [
    (
        "Von: Jane Doe <jane@x.example>\nGesendet: Montag, 3. April 2023 16:19\n"
        "An: John Roe\nCc: Ann Poe\nBetreff: Angebot"
    ),
    (
        "De : Jane Doe <jane@x.example>\nEnvoyé : lundi 3 avril 2023 16:19\nÀ : John Roe\n"
        "Cc : Ann Poe\nObjet : Offre"
    ),
    (
        "Da: Jane Doe <jane@x.example>\nInviato: lunedì 3 aprile 2023 16:19\nA: John Roe\n"
        "Cc: Ann Poe\nOggetto: Offerta"
    ),
    (
        "De: Jane Doe <jane@x.example>\nEnviado el: lunes, 3 de abril de 2023 16:19\n"
        "Para: John Roe\nCC: Ann Poe\nAsunto: Oferta"
    ),
    "De: Jane Doe\nEnviado: lunes, 3 de abril de 2023 16:19\nPara: John Roe\nAsunto: Oferta",
    "De: Jane Doe\nEnviada em: segunda-feira, 3 de abril de 2023 16:19\nPara: John Roe\nAssunto: Oferta",
    "Van: Jane Doe\nVerzonden: maandag 3 april 2023 16:19\nAan: John Roe\nCC: Ann\nOnderwerp: Offerte",
    "Från: Jane Doe\nSkickat: den 3 april 2023 16:19\nTill: John Roe\nKopia: Ann\nÄmne: Offert",
    "Fra: Jane Doe\nSendt: 3. april 2023 16:19\nTil: John Roe\nEmne: Tilbud",
    "Fra: Jane Doe\nSendt: mandag 3. april 2023 16:19\nTil: John Roe\nKopi: Ann\nEmne: Tilbud",
    (
        "Lähettäjä: Jane Doe\nLähetetty: maanantai 3. huhtikuuta 2023 16.19\n"
        "Vastaanottaja: John Roe\nAihe: Tarjous"
    ),
    "Od: Jane Doe\nWysłano: poniedziałek, 3 kwietnia 2023 16:19\nDo: John Roe\nDW: Ann\nTemat: Oferta",
    "Od: Jane Doe\nOdesláno: pondělí 3. dubna 2023 16:19\nKomu: John Roe\nKopie: Ann\nPředmět: Nabídka",
    "Od: Jane Doe\nOdoslané: pondelok 3. apríla 2023 16:19\nKomu: John Roe\nPredmet: Ponuka",
    "Feladó: Jane Doe\nElküldve: 2023. április 3., hétfő 16:19\nCímzett: John Roe\nTárgy: Ajánlat",
    "De la: Jane Doe\nTrimis: luni, 3 aprilie 2023 16:19\nCătre: John Roe\nSubiect: Ofertă",
    "От: Jane Doe\nОтправлено: 3 апреля 2023 г. 16:19\nКому: John Roe\nТема: Предложение",
    "Від: Jane Doe\nНадіслано: 3 квітня 2023 р. 16:19\nКому: John Roe\nТема: Пропозиція",
    "Kimden: Jane Doe\nGönderilen: 3 Nisan 2023 Pazartesi 16:19\nKime: John Roe\nKonu: Teklif",
    "Από: Jane Doe\nΣτάλθηκε: Δευτέρα, 3 Απριλίου 2023 16:19\nΠρος: John Roe\nΘέμα: Προσφορά",
    "Od: Jane Doe\nPoslano: ponedjeljak, 3. travnja 2023. 16:19\nPrima: John Roe\nPredmet: Ponuda",
    "Od: Jane Doe\nPoslano: ponedeljek, 03. april 2023 16:19\nZa: John Roe\nZadeva: Ponudba",
    "От: Jane Doe\nИзпратено: 3 април 2023 г. 16:19\nДо: John Roe\nОтносно: Оферта",
    "Saatja: Jane Doe\nSaadetud: esmaspäev, 3. aprill 2023 16:19\nAdressaat: John Roe\nTeema: Pakkumine",
    "No: Jane Doe\nNosūtīts: pirmdiena, 2023. gada 3. aprīlis 16:19\nKam: John Roe\nTēma: Piedāvājums",
    "Nuo: Jane Doe\nIšsiųsta: 2023 m. balandžio 3 d. 16:19\nKam: John Roe\nTema: Pasiūlymas",
    "De: Jane Doe\nEnviat: dilluns, 3 d’abril de 2023 16:19\nPer a: John Roe\nTema: Oferta",
    "发件人: Jane Doe\n发送时间: 2023年4月3日 16:19\n收件人: John Roe\n主题: 报价",
    "寄件者: Jane Doe\n寄件日期: 2023年4月3日 16:19\n收件者: John Roe\n主旨: 報價",
    "差出人: Jane Doe\n送信日時: 2023年4月3日 16:19\n宛先: John Roe\n件名: 見積",
    "보낸 사람: Jane Doe\n보낸 날짜: 2023년 4월 3일 월요일 오후 4:19\n받는 사람: John Roe\n제목: 견적",
    "מאת: Jane Doe\nנשלח: יום שני 03 אפריל 2023 16:19\nאל: John Roe\nנושא: הצעה",
    "من: Jane Doe\nتم الإرسال: الاثنين، 3 أبريل، 2023 16:19\nإلى: John Roe\nالموضوع: عرض",
    "Từ: Jane Doe\nĐã gửi: Thứ Hai, 3 tháng 4, 2023 4:19 CH\nĐến: John Roe\nChủ đề: Báo giá",
    "Dari: Jane Doe\nDikirim: 03 April 2023 16:19\nKepada: John Roe\nSubjek: Penawaran",
    (
        'Gesendet: Montag, 03. April 2023 um 16:19 Uhr\nVon: "Jane Doe" <jane@x.example>\n'
        'An: "John Roe" <john@x.example>\nBetreff: Angebot'
    ),
]


@pytest.mark.parametrize("block", LANGUAGES)
def test_header_blocks_of_many_languages(block: str) -> None:
    assert zones.new_text(f"Hello\n\n{block}\n\nOld words") == "Hello"
    (header,) = zones.quoted_headers(f"Hello\n\n{block}\n\nOld words")
    assert "Jane Doe" in header.from_text
    assert header.subject == block.rpartition(": ")[2].strip() or "件名" in block


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
        "Vidarebefordrat brev:",
        "Start på videresendt besked:",
        "Początek przekazywanej wiadomości:",
        "--- begin forwarded text",
        ">>> Jane Doe <jane@x.example> 3/04/2023 4:19 PM >>>",
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


def test_what_the_quoted_message_quotes_is_not_all_that_is_quoted() -> None:
    text = "Hello\n\n-----Original Message-----\nFrom: Jane\nTo: John\nSubject: x\n\n>>> first\n\nher answer"
    assert zones.new_text(text) == "Hello"


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
