"""Where undelimited signatures start."""

import pytest

from fluffy_core.mail.zones import signature_lines
from tests.fakes.effort import within

PROSE = "Could you have a look at the draft that I sent you on Monday?"


def signature(text: str, sender: str = "") -> list[str]:
    lines = text.split("\n")
    return [line for line in lines[signature_lines.start(lines, 0, len(lines), sender=sender) :] if line]


@pytest.mark.parametrize(
    "block",
    [
        "Jane",
        "Thanks,\nJane",
        "Thanks,\n\nJane Doe",
        "Best regards,\nJane Doe\nSales Manager\nExample Inc.\n+1 415 555 0100",
        "Mit freundlichen Grüßen\n\nErika Muster\nGeschäftsführerin\nBeispiel GmbH\nTel. 030 1234567",
        "Cordialement,\nJeanne Dupont",
        "Saludos,\nJuan",
        "Cordiali saluti\nMario Rossi",
        "Met vriendelijke groet,\nJan Jansen",
        "С уважением,\nИван Петров",
        "Jane Doe\nVendor Management\n713-555-0100\njane@x.example",
        "Sent from my phone",
        "Von meinem iPhone gesendet",
        "Cheers, Jane",
        "- Jane",
        "-Jane Doe\njane@x.example",
        "______________________\nJane Doe\nWeb Manager\nExample Corp\ntel: 202-555-0100",
    ],
)
def test_signatures(block: str) -> None:
    assert signature(f"Hi John,\n\n{PROSE}\n\n{block}") == [line for line in block.split("\n") if line]


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"{PROSE}\n\nThanks!",
        f"{PROSE}\n\nThank you.",
        f"{PROSE}\n\nPlease let me know by tomorrow.",
        "The number is 415 555 0100, so please call them before noon and tell them that I will be late.",
        f"{PROSE}\n\n1. Buy the milk and the bread\n2. Call the plumber about the sink",
        "",
    ],
)
def test_no_signature(text: str) -> None:
    assert signature(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from Outlook for Android",
        "Get Outlook for iOS",
        "Get Outlook for Android<https://aka.ms/ghei36>",
        "Sent from Yahoo Mail on Android",
        "Sent from Mail for Windows 10",
        "Sent from Proton Mail mobile",
        "Sent with Proton Mail secure email.",
        "Sent from a phone, please excuse typos.",
        "Sent from AOL on Android",
        "Von meinem iPhone gesendet",
        "Gesendet von meinem iPad",
        "Gesendet mit der GMX Mail App",
        "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.",
        "Holen Sie sich Outlook für iOS",
        "Von meinem Samsung Galaxy Smartphone gesendet.",
        "Gesendet von Outlook für Android",
        "Von unterwegs gesendet",
        "Outlook für iOS beziehen",
        "Gesendet von Mail für Windows",
        "Gesendet über die 1&1 Mail App",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon téléphone Orange",
        "Envoyé à partir de Outlook pour Android",
        "Obtenez Outlook pour iOS",
        "Télécharger Outlook pour iOS",
        "Envoyé avec la messagerie sécurisée Proton Mail.",
        "Envoyé de mon mobile",
        "Envoyé depuis Yahoo Mail pour iPhone",
        "Obtenir Outlook pour Android",
        "Enviado desde mi iPhone",
        "Obtener Outlook para iOS",
        "Enviado desde Yahoo Mail con Android",
        "Enviado desde Correo para Windows",
        "Obtenga Outlook para Android",
        "Descargar Outlook para iOS",
        "Inviato da iPhone",
        "Inviato dal mio iPad",
        "Scarica Outlook per Android",
        "Ottieni Outlook per iOS",
        "Inviato da Outlook per Android",
        "Inviato con Proton Mail",
        "Enviado do meu iPhone",
        "Enviado a partir do meu smartphone Samsung",
        "Obter o Outlook para iOS",
        "Baixe o Outlook para Android",
        "Obtenha o Outlook para iOS",
        "Enviado do Yahoo Mail no Android",
        "Enviado pelo meu telemóvel",
        "Verstuurd vanaf mijn iPhone",
        "Verzonden vanaf mijn Samsung",
        "Outlook voor Android downloaden",
        "Download Outlook voor iOS",
        "Verzonden vanuit Outlook",
        "Outlook voor iOS ophalen",
        "Verzonden met Proton Mail",
        "Skickat från min iPhone",
        "Skaffa Outlook för iOS",
        "Hämta Outlook för Android",
        "Skickades från Outlook",
        "Sendt fra min iPhone",
        "Hent Outlook til iOS",
        "Få Outlook til Android",
        "Skaff deg Outlook for iOS",
        "Sendt fra Outlook til Android",
        "Lähetetty iPhonesta",
        "Hanki Outlook for iOS",
        "Lähetetty laitteesta",
        "Wysłane z iPhone'a",
        "Pobierz aplikację Outlook dla systemu iOS",
        "Wysłane z telefonu",
        "Wysłano z mojego smartfona",
        "Pobierz program Outlook",
        "Odesláno z iPhonu",
        "Získat Outlook pro Android",
        "Stáhnout Outlook pro Android",
        "Odesláno ze Seznam.cz",
        "iPhone-omról küldve",
        "Küldve iPhone-ról",
        "Outlook beszerzése iOS-re",
        "Trimis de pe iPhone-ul meu",
        "Descărcați Outlook pentru iOS",
        "Obțineți Outlook pentru Android",
        "iPhone'umdan gönderildi",
        "iPhone cihazımdan gönderildi",
        "Android için Outlook'u edinin",
        "iOS için Outlook'u edinin",
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты",
        "Скачать Outlook для iOS",
        "Получить Outlook для iOS",
        "Отправлено с моего устройства",
        "Надіслано з iPhone",
        "Στάλθηκε από το iPhone μου",
        "Εστάλη από το iPhone μου",
        "Λήψη του Outlook για iOS",
        "发自我的iPhone",
        "从我的 iPhone 发送",
        "發自我的 iPhone",
        "從我的iPhone傳送",
        "获取 Outlook for iOS",
        "发自我的小米手机",
        "iPhoneから送信",
        "Outlook for iOS を入手",
        "私のiPhoneから送信",
        "나의 iPhone에서 보냄",
        "내 iPhone에서 보냄",
        "Android용 Outlook 다운로드",
        "나의 갤럭시에서 보냄",
        "נשלח מה-iPhone שלי",
        "أرسلت من الـ iPhone",
        "مرسل من الايفون",
        "Dikirim dari iPhone saya",
        "Đã gửi từ iPhone của tôi",
        "Enviat des del meu iPhone",
        "Poslano s mog iPhonea",
        "Odoslané z iPhonu",
        "Poslano iz moje naprave",
        "Изпратено от моя iPhone",
        "Saadetud minu iPhone'ist",
        "Išsiųsta iš mano „iPhone“",
        "Nosūtīts no mana iPhone",
    ],
)
def test_what_phones_and_programs_add(line: str) -> None:
    assert signature_lines.is_mobile_phrase(line)


@pytest.mark.parametrize(
    "line",
    [
        "Mobile: +49 170 1234567",
        "I sent it from my iPhone",
        "Sent the Outlook file to Bob",
        "Download the Android app first",
        "Outlook crashes on my mobile",
        "Envoyé le contrat à Paul",
        "Gesendet habe ich es gestern",
    ],
)
def test_prose_about_phones(line: str) -> None:
    assert not signature_lines.is_mobile_phrase(line)


@pytest.mark.parametrize("name", ["sg", "-jane", "--j.", "-J", "--Jane Doe (home page: https://x.example)"])
def test_names_of_few_letters(name: str) -> None:
    sender = "sheila.gray@x.example" if name == "sg" else "Jane Doe"
    assert signature(f"{PROSE}\n\n{name}", sender=sender) == [name]


def test_two_closing_phrases_in_one_line() -> None:
    assert signature_lines.is_sign_off(["med", "venlig", "hilsen", "kind", "regards"])
    assert not signature_lines.is_sign_off(["kind", "regards", "of", "mine"])


def test_a_closing_phrase_alone_is_a_signature_only_above_more_of_it() -> None:
    lines = [PROSE, "", "Regards,"]
    assert signature_lines.start(lines, 0, 3) == 3
    assert signature_lines.start(lines, 0, 3, more_below=True) == 2


def test_closes() -> None:
    assert signature_lines.closes("Thanks, Jane")
    assert signature_lines.closes("Viele Grüße,")
    assert not signature_lines.closes("Thanks for the plan.")


def test_a_list_of_names_is_no_signature() -> None:
    people = "\n".join(
        f"{given} {family}"
        for given in ("Ann", "Bob", "Cid", "Dan")
        for family in ("Fox", "Lee", "Ray", "Sun")
    )
    assert signature(f"These people come:\n\n{people}") == []


def test_the_sender_settles_what_else_is_unclear() -> None:
    assert signature(f"{PROSE}\n\njane", sender="Jane Doe") == ["jane"]
    assert signature(f"{PROSE}\n\nJD", sender='"Doe, Jane" <jd@x.example>') == ["JD"]


def test_sender_words() -> None:
    assert signature_lines.sender_words("Doe, Jane") == {"doe", "jane", "dj", "jd"}
    assert signature_lines.sender_words("jane@x.example") == {"jane"}
    assert signature_lines.sender_words("") == frozenset()


def test_delimiter() -> None:
    lines = ["Hello", "-- ", "Jane", ""]
    assert signature_lines.delimiter(lines, 0, 4) == 1
    assert signature_lines.delimiter(lines, 2, 4) == 4
    assert signature_lines.delimiter(["Hello", "--", "", " "], 0, 4) == 4


def test_a_rule_above_the_senders_name_is_a_delimiter() -> None:
    lines = ["Hello", "---------------", "Jane Doe          Gardener", "ICQ 5119262"]
    assert signature_lines.delimiter(lines, 0, 4, sender="Jane Doe") == 1
    assert signature_lines.delimiter(lines, 0, 4, sender="John Roe") == 4
    assert signature_lines.delimiter(lines, 0, 4) == 4


@pytest.mark.parametrize("unit", ["1", "1-", "(", "a.", "www.", "x@", "A ", "Thanks ", "-", "+1 "])
def test_lines_of_any_make_take_no_time(unit: str) -> None:
    lines = [(unit * 110)[:110] for _ in range(5_000)]
    within(1, lambda: [signature_lines.start(lines, 0, len(lines), sender="Jane Doe") for _ in range(20)])
