"""Words about names and addresses: roles, freemail domains, honorifics, short forms of given names."""

_ROLE_LOCAL_PARTS = """
    abuse account accounting accounts admin administration administrator admissions advertising alert
    alerts allstaff analytics anfrage announce announcements api apply assistance auto autoreply
    backoffice bestellung bewerbung billing booking bookings bounce bounces buchhaltung buero bugs
    business calendar callcenter career careers catering ceo-office clientservice clientservices
    comercial commercial community compliance compras comptabilite confirmation contabilidad contact
    contactenos contacto contactus contato customercare customerservice customersupport daemon
    datenschutz delivery design desk dev devnull digest direccion direction dispatch do-not-reply
    donotreply donotrespond dpo editor editors einkauf email empfang enquiries enquiry events everyone
    facebook facturacion faq fattura feedback finance forum fragen frontdesk ftp fundraising gdpr
    general geral git groups hallo hei hello help helpdesk hi hilfe home hostmaster hotline hr
    humanresources images imprint info informacion informatie informatik information informazioni
    inquiries inquiry insurance investors invitations invoice invoices invoicing it itsupport jira jobs
    karriere kontakt kundendienst kundenservice legal list list-request listserv listserver mail mailbot
    mailer mailer-daemon mailman majordomo management manager marketing media member members membership
    message messages moderator monitoring ne-pas-repondre nepasrepondre news newsletter newsletters
    nicht-antworten no-reply no-responder no.reply no_reply nobody noc noreplies noreply noreply-
    comments norespond noresponder noresponse notice notices notification notifications notify offers
    office office365 oficina order orders ordini owner paiement partner partners parts payment payments
    payroll personal personnel post postbox postmaster poststelle press presse privacy procurement
    production promo promotions publicity purchase purchasing quality questions quotes receipt receipts
    reception rechnung rechnungen recruiting recruitment register registrar registration reklamation
    remittance renewals replies reply request requests reservation reservations respuesta returns root
    rrhh safety sales salesteam secretariat secretary security sekretariat sender service servicedesk
    services servicio shipping shop site soporte spam sponsorship staff stage stats status store studio
    subscribe subscription subscriptions suggestions support survey surveys sysadmin system team tech
    technical technik techsupport test ticket tickets tickets-reply tips tracking training travel
    undisclosed undisclosed-recipients unsubscribe update updates usenet uucp vendas vendite ventas
    verify verkauf vertrieb voicemail volunteer web webadmin webmail webmaster website welcome wordpress
    www zakelijk zentrale
"""
ROLE_LOCAL_PARTS = frozenset(_ROLE_LOCAL_PARTS.split())
"""Local parts of addresses that stand for a function, not for one person."""

_ROLE_HEADS = """
    admin alerts automated autoreply billing bounce bounces confirm confirmation customerservice
    donotreply helpdesk info invoices listserv mailer newsletter newsletters noreply notification
    notifications notify orders postmaster reply sales support unsubscribe updates
"""
ROLE_HEADS = frozenset(_ROLE_HEADS.split())
"""A local part that starts or ends with one of these, set off by "." "-" "_" or "+", is a role too."""

_FREEMAIL_DOMAINS = """
    126.com 139.com 163.com 163.net 189.cn 1and1.com abv.bg accountant.com aim.com alice.it aliceadsl.fr
    aliyun.com aol.co.uk aol.com aol.de arcor.de asia.com att.net attbi.com attglobal.net bell.net
    bellsouth.net berlin.de bigfoot.com bigpond.com bigpond.net.au bk.ru bluewin.ch blueyonder.co.uk
    bol.com.br btinternet.com btopenworld.com cableone.net caramail.com centrum.cz centurylink.net
    centurytel.net charter.net chello.nl club-internet.fr comcast.net compuserve.com consultant.com
    cox.net cs.com daum.net direct.nl dr.com duck.com earthlink.net eclipso.de eircom.net email.com
    email.cz email.de email.it engineer.com excite.com fastmail.com fastmail.fm fastwebnet.it flash.net
    foxmail.com free.fr freemail.hu freenet.de freeserve.co.uk freesurf.ch frontier.com frontiernet.net
    gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hispeed.ch
    home.com home.nl home.se hush.com hushmail.com icloud.com ig.com.br iinet.net.au inbox.com inbox.lv
    inbox.ru infonie.fr inode.at interia.pl iol.ie iol.it juno.com kabelmail.de kolumbus.fi kpnmail.nl
    laposte.net lavabit.com libero.it list.ru live.com luukku.com lycos.com mac.com mail.bg mail.com
    mail.de mail.ee mail.ru mailbox.org mailfence.com mailinator.com mchsi.com me.com mindspring.com
    mm.st msn.com mweb.co.za mynet.com myself.com nate.com naver.com neostrada.pl netcologne.de
    netcom.com netscape.net netzero.com netzero.net neuf.fr ntlworld.com numericable.fr o2.pl oi.com.br
    onet.eu onet.pl online.de online.no op.pl optonline.net optusnet.com.au orange.fr orange.net
    outlook.com ozemail.com.au pacbell.net planet.nl pm.me pobox.com poczta.onet.pl post.com post.cz
    posteo.de posteo.net prodigy.net prodigy.net.mx proton.me protonmail.ch protonmail.com qq.com
    quicknet.nl rambler.ru rediffmail.com roadrunner.com rocketmail.com rogers.com runbox.com safe-
    mail.net sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com skynet.be sohu.com
    spray.se sunrise.ch swbell.net swipnet.se sympatico.ca t-online.at t-online.de talktalk.net tds.net
    tele2.it tele2.nl tele2.se telefonica.net telenet.be teletu.it telia.com telus.net terra.com
    terra.com.br terra.es tin.it tiscali.co.uk tiscali.it tiscalinet.it tlen.pl tom.com tut.by tuta.com
    tuta.io tutanota.com tutanota.de ukr.net unitybox.de uol.com.br upcmail.nl usa.com usa.net
    user.fm verizon.net videotron.ca virgilio.it virgin.net virginmedia.com vodafone.de voila.fr
    volny.cz vp.pl walla.co.il walla.com wanadoo.es wanadoo.fr wanadoo.nl web.de webtv.net
    windstream.net worldnet.att.net wp.pl xs4all.nl xtra.co.nz ya.ru yandex.com yandex.ru yeah.net
    ymail.com zeelandnet.nl ziggo.nl zoho.com zonnet.nl
"""
FREEMAIL_DOMAINS = frozenset(_FREEMAIL_DOMAINS.split())
"""Domains whose addresses belong to private persons, so that they name no company."""

_FREEMAIL_BRANDS = "aol gmx hotmail live outlook tiscali wanadoo windowslive yahoo yandex ymail"
FREEMAIL_BRANDS = frozenset(_FREEMAIL_BRANDS.split())
"""Providers with one domain for each country: the label before the public suffix."""

_COMPANY_WORDS = """
    ab admin ag alerts announcements aps as association bank billing bv bvba careers club co college
    committee company consulting corp corporation council customer daemon department dept desk digest
    editor foundation gbr gesellschaft gmbh group gruppe help helpdesk holding holdings inc incorporated
    info institute international jobs kft kg kgaa limited list llc llp ltd ltda magazin magazine mailer
    marketing mbh media ministry news newsletter noreply notifications nv office online orders oy oyj
    partners plc postmaster press publishing sa sagl sales sarl sas school service services shipping
    shop sl society software solutions spa spzoo srl store studio studios support systems team
    technologies technology ug university updates verein verlag webmaster
"""
COMPANY_WORDS = frozenset(_COMPANY_WORDS.split())
"""A display name that holds one of these belongs to a company or a role."""

_SOCIAL_TITLES = "fr frau herr hr madame miss mlle mme monsieur mr mrs ms mx señor señora sig signor sr sra"
SOCIAL_TITLES = frozenset(_SOCIAL_TITLES.split())
"""Taken off a display name."""

_ACADEMIC_TITLES = "dame dipl-ing doctor don dr drs fr ing lady lord mag prof professor père rev sir"
ACADEMIC_TITLES = frozenset(_ACADEMIC_TITLES.split())
"""Kept on show, ignored when names are compared."""

_CREDENTIALS = """
    b.a. b.sc. bsc cbe cfa cissp cpa dds dvm esq esq. frcs jd ll.m. llm m.a. m.d m.d. m.sc. mba mbe md
    msc obe ph.d ph.d. phd pmi-acp pmp
"""
CREDENTIALS = frozenset(_CREDENTIALS.split())
_GENERATIONS = "ii iii iv jr jr. sr sr."
GENERATIONS = frozenset(_GENERATIONS.split())
_PARTICLES = (
    "af al av bin da das de del della den der des di dos du el ibn la le ten ter van von y zu zum zur"
)
PARTICLES = frozenset(_PARTICLES.split())

SHORT_FORMS = {
    short: long
    for long, shorts in {
        "alexander": "alex sasha sascha xander",
        "alexandra": "sandra",
        "andrew": "andy drew",
        "anthony": "tony",
        "barbara": "barb babs",
        "benjamin": "ben benny benji",
        "bernard": "bernie",
        "catherine": "cathy kate katie kathy katherine kathryn",
        "charles": "charlie chuck",
        "christina": "tina",
        "christopher": "chris kris topher",
        "cynthia": "cindy",
        "daniel": "dan danny",
        "david": "dave davey",
        "deborah": "deb debbie debra",
        "donald": "don donny",
        "dorothy": "dot dottie",
        "douglas": "doug",
        "edward": "ed eddie ted ned",
        "elizabeth": "liz beth lizzie betsy betty eliza elisabeth lisbeth",
        "eugene": "gene",
        "francis": "frank francisco",
        "frederick": "fred freddie fritz",
        "gerald": "gerry jerry",
        "gregory": "greg gregg",
        "harold": "harry hal",
        "henry": "hank",
        "jacob": "jake",
        "james": "jim jimmy jamie",
        "jeffrey": "jeff geoff geoffrey",
        "jennifer": "jen jenny jenn",
        "jessica": "jess jessie",
        "johannes": "hannes hans",
        "john": "jack johnny",
        "jonathan": "jon jonny",
        "joseph": "joe joey josef sepp",
        "joshua": "josh",
        "kenneth": "ken kenny",
        "kimberly": "kim",
        "lawrence": "larry laurence",
        "leonard": "len lenny leo",
        "margaret": "maggie meg peggy marge greta gretchen",
        "matthew": "matt",
        "maximilian": "max",
        "michael": "mike mick micky michi mikey",
        "nathaniel": "nathan nate",
        "nicholas": "nick nicky nico niklas",
        "pamela": "pam",
        "patricia": "pat patty trish",
        "patrick": "paddy",
        "peter": "pete",
        "philip": "phil phillip",
        "rebecca": "becky becca",
        "richard": "rick rich dick ricky",
        "robert": "bob bobby rob robbie bert",
        "ronald": "ron ronnie",
        "samuel": "sam sammy",
        "stephanie": "steph steffi",
        "stephen": "steve steven stefan stephan",
        "susan": "sue susie suzanne",
        "theodore": "theo teddy",
        "theresa": "terry tess teresa",
        "thomas": "tom tommy",
        "timothy": "tim timmy",
        "valerie": "val",
        "victoria": "vicky vicki tori",
        "vincent": "vince vinny",
        "walter": "walt",
        "wilhelm": "willi",
        "william": "bill billy will willy liam",
        "zachary": "zach zack",
    }.items()
    for short in shorts.split()
}
"""Short form of a given name -> the name it is compared as."""
