"""Words that tell signature lines from prose; all are folded as lines are."""

from fluffy_core.mail.addresses.name_keys import fold

_SIGN_OFFS = (
    "thanks|thanks again|thanks in advance|thanks so much|thanks a lot|thanks very much|many thanks"
    "|thank you|thank you very much|thank you so much|thank you in advance|thanks and regards"
    "|thanks & regards|thx|tks|tia|cheers|regards|best regards|kind regards|warm regards"
    "|warmest regards|kindest regards|with regards|with best regards|with kind regards|best"
    "|all the best|best wishes|warmly|sincerely|sincerely yours|yours sincerely|yours truly"
    "|yours faithfully|yours|very truly yours|respectfully|respectfully yours|cordially|take care|love"
    "|lots of love|much love|xoxo|ciao|later|talk soon|talk to you soon|speak soon|see you|see you soon"
    "|see ya|bye|bye bye|have a nice day|have a great day|have a good day|have a great weekend"
    "|have a nice weekend|rgds|brgds|br|kr|hth|your friend|your pal|peace|namaste|in christ|blessings"
    "|god bless|later dude|cu|onwards|mit freundlichen grüßen|mit freundlichen grüssen"
    "|mit freundlichen gruessen|mit freundlichem gruß|mit besten grüßen|mit herzlichen grüßen"
    "|mit lieben grüßen|freundliche grüße|freundliche grüsse|viele grüße|viele grüsse|viele gruesse"
    "|beste grüße|beste grüsse|liebe grüße|liebe grüsse|herzliche grüße|herzliche grüsse|schöne grüße"
    "|schöne grüsse|grüße|grüsse|gruß|gruss|lg|vg|mfg|bg|hg|hochachtungsvoll|vielen dank|danke"
    "|besten dank|herzlichen dank|danke und gruß|vielen dank und viele grüße|tschüss|bis bald|bis dann"
    "|servus|cordialement|bien cordialement|très cordialement|bien à vous|bien à toi|salutations"
    "|meilleures salutations|sincères salutations|salutations distinguées|amicalement|amitiés|bises"
    "|bisous|à bientôt|merci|merci beaucoup|merci d'avance|merci par avance|bonne journée|bonne soirée"
    "|respectueusement|saludos|saludos cordiales|un saludo|un cordial saludo|cordialmente|atentamente"
    "|atte|muchas gracias|gracias|un abrazo|abrazos|besos|hasta pronto|cordiales saludos"
    "|saludos y gracias|cordiali saluti|distinti saluti|saluti|un saluto|un caro saluto|grazie"
    "|grazie mille|a presto|buona giornata|cordialità|tanti saluti|un abbraccio|met vriendelijke groet"
    "|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|groet|groeten|groetjes|mvg"
    "|hartelijke groet|hartelijke groeten|bedankt|alvast bedankt|dank je|dank u|met hartelijke groet"
    "|atenciosamente|att|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|obrigado"
    "|obrigada|abraço|abraços|muito obrigado|muito obrigada|beijos|um abraço|pozdrawiam|z poważaniem"
    "|pozdrowienia|dziękuję|dzięki|z wyrazami szacunku|serdecznie pozdrawiam|med vänliga hälsningar"
    "|med vänlig hälsning|vänliga hälsningar|hälsningar|mvh|med venlig hilsen|venlig hilsen|vh"
    "|med vennlig hilsen|vennlig hilsen|hilsen|tack|tak|takk|kh|kram|ystävällisin terveisin|terveisin|t"
    "|kiitos|s pozdravem|s přátelským pozdravem|s pozdravom|děkuji|díky|üdvözlettel|köszönettel"
    "|köszönöm|saygılarımla|iyi çalışmalar|teşekkürler|cu stimă|mulțumesc|с уважением"
    "|с наилучшими пожеланиями|спасибо|всего доброго|всего хорошего|з повагою|дякую|с благодарностью"
    "|με εκτίμηση|ευχαριστώ|谢谢|此致|敬礼|よろしくお願いします|감사합니다"
)
SIGN_OFFS = frozenset(fold(_SIGN_OFFS).split("|"))
"""Folded closing phrases, without their comma."""
LONGEST_SIGN_OFF = max(len(phrase.split()) for phrase in SIGN_OFFS)

MOBILE_PHRASES = (
    "sent from my",
    "sent from mail for windows",
    "sent from outlook",
    "sent from yahoo",
    "sent from a mobile",
    "sent via",
    "sent with",
    "sent on the go",
    "sent by",
    "sent using",
    "get outlook for",
    "typed on",
    "via mobile",
    "von meinem",
    "von unterwegs",
    "gesendet von",
    "gesendet mit",
    "diese nachricht wurde von meinem",
    "outlook für",
    "envoyé de mon",
    "envoyé depuis",
    "envoyé à partir",
    "télécharger outlook",
    "enviado desde",
    "enviado do meu",
    "enviado de meu",
    "enviado a partir",
    "enviado via",
    "obtener outlook",
    "obter o outlook",
    "inviato da",
    "inviato dal",
    "scarica outlook",
    "verzonden vanaf",
    "verstuurd vanaf",
    "outlook voor",
    "skickat från",
    "sendt fra",
    "lähetetty",
    "wysłane z",
    "odesláno z",
    "odoslané z",
    "отправлено с",
    "отправлено из",
    "надіслано з",
    "从我的",
    "发自我的",
    "iphoneから送信",
    "나의 iphone",
)

_SENT = (
    "sent from|von meinem|von meiner|gesendet|holen sie sich|envoyé|obten|télécharg|provenance|enviad|descarg"
    "|baixe|inviat|ottieni|scarica|verzonden|verstuurd|download outlook|skick|skaff|hämta|sendt|hent|få"
    "|last ned|lähetetty|hanki|wysłan|pobierz|odesl|získ|stáhn|küldve|trimis|descărc|obțin|отправлен|скачать"
    "|получить|надіслан|изпратен|στάλθηκε|εστάλη|λήψη|发自|發自|从我|從我|获取|下载|私の|나의|내|נשלח|أرسل|مرسل"
    "|dikirim|đã gửi|enviat|poslano|odoslan|saadetud|išsiųst|nosūtīt"
)
_DEVICES = (
    "iphone|ipad|ios|android|outlook|samsung|galaxy|huawei|xiaomi|smartphone|smartfon|blackberry|手机|갤럭시"
    "|a phone|mobile|mobil|telem|téléphone|teléfono|telefon|laitteesta|naprave|устройств|yahoo|gmx|web.de"
    "|proton|aol|libero|icloud|mail app|mail für|courrier|الايفون"
)
SENT_WORDS = tuple(_SENT.split("|"))
"""How the line begins that a phone or a mail program adds, in many languages …"""
SENT_LATER_WORDS = (
    *("gesendet", "beziehen", "downloaden", "ophalen", "küldve", "beszerz", "gönderildi", "edinin"),
    *("送信", "入手", "다운로드", "보냄"),
)
"""… or says behind the name of the device, …"""
DEVICE_WORDS = tuple(_DEVICES.split("|"))
"""… and what it names."""

_TITLES = """
    manager director president vice vp svp evp ceo cfo cto coo cio cmo chair chairman chairwoman
    founder cofounder co-founder partner associate analyst engineer developer consultant counsel
    attorney lawyer paralegal accountant administrator admin assistant secretary coordinator
    specialist supervisor lead leader head officer executive representative rep agent broker trader
    scheduler advisor adviser architect designer editor writer journalist scientist researcher
    professor lecturer student principal senior junior sr jr managing marketing sales operations
    technical technology department dept division group team desk office staff programmer sysadmin
    technician buyer geschäftsführer geschäftsführerin leiter leiterin berater beraterin entwickler
    vertrieb abteilung inhaber prokurist assistentin assistenz leitung rechtsanwalt rechtsanwältin
    steuerberater projektleiter projektmanager directeur directrice responsable gérant ingénieur
    consultante chef président chargé chargée avocat avocate directora gerente jefe jefa ingeniero
    abogado abogada responsabile direttore direttrice titolare amministratore consulente ingegnere
    avvocato adviseur medewerker hoofd eigenaar dyrektor kierownik specjalista prezes diretor
    diretora sócio engenheiro vd säljare konsult toimitusjohtaja johtaja
"""
TITLE_WORDS = frozenset(fold(_TITLES).split())

_COMPANY = """
    inc inc. llc llc. ltd ltd. limited corp corp. corporation company co. gmbh ag kg kgaa ohg gbr ug
    e.v. se sa s.a. sas sarl srl s.r.l. spa s.p.a. bv b.v. nv n.v. ab as a/s oy oyj plc pty pte llp
    lp university universität université università universidad universidade institute institut
    istituto instituto college school hochschule bank group gruppe holding association foundation
    stiftung society verein laboratory laboratories labs department ministry agency agentur studio
    studios verlag partners consulting services systems solutions technologies software networks
    media international
"""
COMPANY_WORDS = frozenset(fold(_COMPANY).split())

_STREETS = """
    street st st. avenue ave ave. road rd rd. drive dr. boulevard blvd blvd. lane ln suite ste floor
    fl. square sq plaza parkway pkwy highway hwy court ct building bldg tower room box p.o. po
    straße strasse str. str platz allee weg rue chemin route via viale piazza corso calle avenida
    paseo rua praça laan straat plein ulica ul. gatan vägen gate vej katu tie ulice náměstí utca
    улица ул. houston tx ca ny
"""
STREET_WORDS = frozenset(fold(_STREETS).split())

_PROSE = """
    i you we he she it they this that is are was were be been have has had do does did will would
    can could should may might must not but if when what which who there here to for from with about
    as than then so just get got let know think please see need want like your our my me us them him
    any some all more it's i'm don't i'll i've we're ich du wir sie er es ist sind war haben hat
    wird werden kann können nicht aber wenn dass das ein eine für mit auf auch bitte noch nur je tu
    nous vous il elle est sont avons avez être pas mais que qui une les des pour avec sur yo no son
    está pero para con por una los las se lo non che è sono ma per gli ik wij zijn niet maar het een
    voor met op não é são mas com uma os
"""
PROSE_WORDS = frozenset(fold(_PROSE).split())
"""Words that make sentences; names, titles and addresses hardly hold them."""

_SUFFIXES = """
    inc inc. llc llc. ltd ltd. limited corp corp. corporation gmbh ag kg kgaa ohg gbr ug e.v. s.a.
    sas sarl srl s.r.l. spa s.p.a. bv b.v. nv n.v. a/s oy oyj plc pty llp company university
    universität université università universidad
"""
COMPANY_SUFFIXES = frozenset(fold(_SUFFIXES).split())
"""Legal forms and the like that make a line a company's name."""
