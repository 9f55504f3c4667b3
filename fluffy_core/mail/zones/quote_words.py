"""How mail programs of many languages announce a quoted or forwarded message."""

FROM, SENT, DATE, TO, CC, SUBJECT, OTHER = "from", "sent", "date", "to", "cc", "subject", "other"

_KEYS = {
    FROM: (
        "from|von|de|da|van|od|från|fra|lähettäjä|expéditeur|mittente|remitente|feladó|kimden|от"
        "|від|发件人|寄件者|寄件人|差出人|보낸사람|보낸 사람|מאת|afzender|nadawca|avsender"
        "|avsändare|odesílatel|absender|di|από|из|de la|από|saatja|no|nuo|من|từ|dari"
    ),
    SENT: (
        "sent|gesendet|gesendet am|envoyé|envoye|enviado|enviada|enviado el|enviado em|inviato"
        "|verzonden|wysłano|skickat|sendt|lähetetty|odesláno|elküldve|gönderilen|отправлено"
        "|надіслано|发送时间|寄件日期|送信日時|보낸 날짜|trimis|enviat|odoslané|στάλθηκε|poslano|изпратено"
        "|saadetud|nosūtīts|išsiųsta|נשלח|تم الإرسال|đã gửi|dikirim"
    ),
    DATE: (
        "date|datum|fecha|data|dato|dátum|päivämäärä|päiväys|tarih|дата|日期|日時|날짜"
        "|datum/uhrzeit|date/time"
    ),
    TO: (
        "to|an|à|a|para|aan|do|til|till|komu|vastaanottaja|címzett|kime|кому|收件人|收件者|宛先"
        "|받는사람|받는 사람|אל|destinataire|destinatario|empfänger|către|προς|prima|za|до|adressaat|kam"
        "|per a|إلى|đến|kepada"
    ),
    CC: (
        "cc|kopie|kopie an|copie|copia|kopia|kopi|kopio|másolat|bilgi|копия|копія|抄送|副本|참조"
        "|bcc|dw|uw|kopija|cópia"
    ),
    SUBJECT: (
        "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat|ämne|emne|aihe|předmět"
        "|predmet|tárgy|konu|тема|主题|主旨|件名|제목|נושא|subiect|assumpte|sujet|θέμα|zadeva|относно"
        "|teema|tēma|tema|الموضوع|chủ đề|subjek|thema"
    ),
    OTHER: (
        "reply-to|reply to|antwort an|répondre à|importance|priority|attachments|attachment|anlagen"
        "|pièces jointes|allegati|adjuntos|bijlagen|organization|organisation|message-id|newsgroups"
        "|mailing-list|sensitivity|wichtigkeit|priorität|x-mailer|return-path|received|delivered-to|mime-version"
        "|content-type|content-transfer-encoding"
    ),
}
HEADER_ROLES = {name: role for role, names in _KEYS.items() for name in names.split("|")}
"""Folded name of a quoted header line -> what it says."""
LONGEST_HEADER_NAME = max(map(len, HEADER_ROLES))

_VERBS = """
        wrote writes schrieb schrieb: geschrieben écrit ecrit escribió escribio escribía escreveu
        scritto scrive schreef schrijft napisał napisał(a) napisała napisal(a) napisal pisze skrev
        skriver kirjoitti kirjutas napsal napsal(a) napísal napsala írta yazdı scris έγραψε написал
        написал(а) написала пишет писал пише написав написа 写道 寫道 작성 viết menulis escriure
        napisao napisala је כתב כתבה كتب said spake typed quoting zitat citando citiert writes: rašė
        rakstīja skrifaði pisał scribis написа schrijven geschreven napísal(a) kirjutab yazmış بواسطة
    """
ATTRIBUTION_VERBS = frozenset(_VERBS.split())

_OPENERS = """
    on at am um le el il op em w den dne dnia dana den: em: in på quoting zitat selon citando
    quote el: pe la  в за 在 於 vào pada ngày il: mon tue wed thu fri sat sun lun mar mer gio
    ven sab dom mo di mi do fr sa so  man tir ons tor fre lør søn mån tis lör sön pon wt śr
    czw pt sob niedz ma ti ke to pe la su po út st čt pá so ne  пн вт ср чт пт сб вс hal hétf
    --- понедельник вторник среда четверг пятница суббота воскресенье în στις na на kuupäev no
    dia wiadomość missatge vào
"""
OPENERS = frozenset(_OPENERS.split())

_GREETINGS = """
    dear hi hello hey good hallo liebe lieber guten sehr moin bonjour cher chère salut hola buenos buenas
    estimado estimada querido ciao caro cara buongiorno gentile olá prezado beste geachte hej kära cześć
    drogi szanowny dobrý
"""
GREETING_WORDS = frozenset(_GREETINGS.split())
"""First words of lines that greet: such a line above marked ones is no sender's name."""

SEPARATOR_PHRASES = (
    "original message",
    "forwarded message",
    "forwarded by",
    "begin forwarded text",
    "begin forwarded message",
    "original appointment",
    "reply message",
    "forward message",
    "ursprüngliche nachricht",
    "originalnachricht",
    "original-nachricht",
    "original nachricht",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten",
    "ursprünglicher termin",
    "weitergeleitet von",
    "message d'origine",
    "message d’origine",
    "message original",
    "message initial",
    "message transféré",
    "message transmis",
    "début du message",
    "messaggio originale",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "inoltrato da",
    "mensaje original",
    "mensaje reenviado",
    "mensaje enviado",
    "inicio del mensaje reenviado",
    "mensagem original",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "início da mensagem",
    "oorspronkelijk bericht",
    "oorspronkelijke bericht",
    "origineel bericht",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "wiadomość przekazana",
    "przekazana wiadomość",
    "ursprungligt meddelande",
    "originalmeddelande",
    "vidarebefordrat meddelande",
    "vidarebefordrat brev",
    "oprindelig meddelelse",
    "original besked",
    "videresendt besked",
    "videresendt meddelelse",
    "opprinnelig melding",
    "videresendt melding",
    "alkuperäinen viesti",
    "välitetty viesti",
    "původní zpráva",
    "přeposlaná zpráva",
    "pôvodná správa",
    "eredeti üzenet",
    "továbbított üzenet",
    "mesaj original",
    "orijinal ileti",
    "özgün ileti",
    "iletilen mesaj",
    "исходное сообщение",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "перенаправленное сообщение",
    "начало переадресованного сообщения",
    "оригинальное сообщение",
    "вихідне повідомлення",
    "原始邮件",
    "原始郵件",
    "转发的邮件",
    "轉寄的郵件",
    "元のメッセージ",
    "転送されたメッセージ",
    "원본 메시지",
    "전달된 메시지",
)
BARE_SEPARATORS = (
    "begin forwarded message",
    "start på videresendt",
    "vidarebefordrat brev",
    "vidarebefordrat meddelande",
    "początek przekazywanej",
    "välitetty viesti alkaa",
    "začátek přeposílané",
    "továbbított levél kezdete",
    "başlangıç: iletilen",
    "以下は転送されたメッセージ",
    "下面是被转发的邮件",
    "anfang der weitergeleiteten",
    "début du message",
    "inizio messaggio",
    "inicio del mensaje reenviado",
    "início da mensagem",
    "begin doorgestuurd bericht",
    "начало переадресованного",
)
"""Separators that need no dashes around them (Apple Mail)."""
