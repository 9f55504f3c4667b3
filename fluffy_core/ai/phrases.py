"""The wordings of requests, promises, decisions and courtesies in English and German, as data.

Each entry is a regular expression over one normalised sentence (one line, straight apostrophes), matched
without case. `HEAD` patterns must match where the sentence starts, the others anywhere.
"""

IMPERATIVES = (
    "add advise answer arrange ask attend book bring call cancel change check clarify come comment complete "
    "confirm consider contact coordinate copy correct create delete discuss draft drop email e-mail ensure explain "
    "fax file fill find finish fix follow forward get give go handle have help hold include inform invite join keep "
    "let look mail make meet move note open order pass pay phone pick plan post prepare print process provide pull "
    "put read register remind remove reply report reschedule reserve respond return review revise run save schedule "
    "see send set share show sign speak start stop submit suggest take talk tell try update upload use verify visit "
    "wait work write"
)
IMPERATIVES_DE = (
    "schick schicke schickt schicken sende senden sendet gib geben gebt sag sagen sagt ruf rufen ruft melde melden "
    "meldet prüf prüfe prüfen prüft schau schauen schaut bestätige bestätigen bestätigt überweise überweisen mach "
    "machen macht leite leiten leitet bring bringen komm kommen kommt denk denken denkt trag tragen lies lesen "
    "unterschreib unterschreiben nenn nennen nennt vergiss beachte beachten füll füllen buche buchen bestell "
    "bestellen reserviere reservieren teile teilen teilt antworte antworten antwortet"
)

COURTESY_HEAD = (
    r"(?:many |again,? |ok(?:ay)?,? |great,? |perfect,? )*(?:thanks|thank you|thx|ty)\b(?! to\b)(?:(?!\?).){0,90}$",
    r"(?:i |we )?hope (?:you|this|that|all|everyone|everything|your)\b",
    r"i trust (?:you|this)",
    r"how are (?:you|things)",
    r"(?:how(?:'s| is| are) (?:it going|life|everything)|what's up)\b",
    r"(?:i |we )?look(?:ing)? forward\b",
    r"(?:it was |it's been |so )?(?:a pleasure|nice|great|good|lovely) (?:to )?(?:meet|see|hear|speak|talk|catch)",
    r"have a (?:good|great|nice|lovely|wonderful|safe|pleasant)",
    r"(?:happy|merry) (?:new year|birthday|christmas|holidays|easter)",
    r"(?:congratulations|congrats|welcome|enjoy|take care|cheers|best wishes|best regards|kind regards|regards)\b",
    r"(?:please )?(?:do not|don't) hesitate",
    r"(?:please )?feel free to\b",
    r"you(?:'re| are) welcome",
    r"no (?:worries|problem)\b.{0,20}$",
    r"(?:viele[nr]?|herzliche[nr]?|besten|tausend|lieben)? ?dank(?:e)?\b(?:(?!\?).){0,90}$",
    r"(?:ich|wir) (?:hoffe|hoffen|freue|freuen)\b",
    r"(?:ich )?hoffe,? ",
    r"freue mich\b",
    r"wie geht(?:'s|s| es)",
    r"(?:schöne[sn]?|gute[sn]?) (?:wochenende|woche|tag|abend|urlaub|feiertage|start)",
    r"(?:frohe|schöne|alles gute|herzlichen glückwunsch|gratuliere|willkommen|bis (?:bald|dann|morgen)[.!]?$)",
    r"(?:keine ursache|gern geschehen|kein problem)\b.{0,20}$",
    r"(?:please )?(?:find|see) (?:the )?(?:attached|enclosed|below)",
    r"please (?:note|be advised|be aware|be informed|accept)\b",
    r"(?:anbei|im anhang) (?:finden|findest|erhalten|erhältst)",
)
COURTESY = (
    r"\b(?:if|should) you (?:have|need|should have) (?:any|further|more|other|additional)\b.{0,40}"
    r"(?:question|help|assistance|information|concern|quer)",
    r"\bany (?:further |other )?(?:questions|concerns)\b.{0,60}\b(?:call|contact|let|reach|ask|email)\b",
    r"\b(?:call|contact|ask|let (?:me|us) know|reach out|email|e-mail)\b.{0,40}\b(?:with|if)\b.{0,25}"
    r"\b(?:any|further) (?:questions|concerns|problems|issues)\b",
    r"\b(?:bei|für) (?:rück|weitere[nr]? )?fragen\b",
    r"\bfalls (?:du|sie|ihr|noch)\b.{0,30}\bfragen\b",
    r"\bzögern sie nicht\b",
    r"\bzur verfügung\b",
)
RHETORICAL = (
    r"(?:who (?:knows|cares)|why not|really|oh really|seriously|right|huh|eh|isn't it|you know|see|ok(?:ay)?|"
    r"guess what|so what|what else|remember|wer weiß|echt|wirklich|oder|nicht wahr|warum auch nicht|na und)\W*$",
    r"(?:did you know|ever wonder|have you ever|who wouldn't|isn't (?:that|this|it)|aren't (?:they|we)|"
    r"what could be|how (?:cool|great|nice) is|wussten sie|wusstest du)\b",
)

REQUEST_HEAD = (
    r"(?:please|pls|plz|kindly|bitte)\b",
    rf"(?:can|could|would|will|might) (?:you|someone|somebody|anyone|one of you)\b",
    rf"(?:kannst du|könntest du|können sie|könnten sie|könnt ihr|könntet ihr|würdest du|würden sie|magst du|"
    r"darf ich (?:dich|sie) bitten|hättest du|hätten sie)\b",
    r"(?:do|would) you mind\b",
    r"let (?:me|us) (?:know|have)\b",
    r"(?:make sure|be sure|don't forget|remember to|try to)\b",
    r"need (?:you|your|the|to know|by|it|this|a|an)\b",
    r"looking for\b",
    rf"(?:{IMPERATIVES.replace(' ', '|')})\b(?! (?:is|are|was|were|has|will|can|should|would|of)\b)",
    rf"(?:{IMPERATIVES_DE.replace(' ', '|')})\b (?:mir|uns|mich|bitte|doch|mal|sie|dich|euch|kurz|gerne|noch|den|die|das)\b",
)
REQUEST = (
    r"\bplease\b(?! (?:find|see|note|be (?:advised|aware))\b)",
    r"\b(?:can|could|would|will) (?:you|someone|anyone)\b.{0,160}\?",
    r"\b(?:kannst du|könntest du|können sie|könnten sie|könnt ihr|könntet ihr|würdest du|würden sie)\b",
    r"\blet (?:me|us) know\b",
    r"\b(?:i|we)(?:'d| would)? (?:need|want|like|appreciate|prefer|love|require|ask|request|expect)\b.{0,40}\b(?:you|your)\b",
    r"\b(?:i|we)(?:'d| would| do)? (?:need|require) (?!to\b)",
    r"\b(?:i'd|we'd|i would|we would|would be|much|greatly) appreciate",
    r"\b(?:i|we) was wondering|\bwondering (?:if|whether) you\b",
    r"\byou (?:need|have|'ll need|will need|ought) to\b",
    r"\byou(?:'d)? (?:should|must|better)\b",
    r"\b(?:it )?would be (?:great|good|nice|helpful|ideal|wonderful|grand) if\b",
    r"\b(?:get|getting) back to (?:me|us)\b",
    r"\bgive (?:me|us|him|her|them) (?:a|the|your)\b",
    r"\b(?:your|any) (?:feedback|comments|thoughts|input|advice|help)\b.{0,50}\b(?:welcome|appreciated|needed|would)\b",
    r"\b(?:bitte|bitten wir|bitte ich)\b(?! (?:sehr|schön)\b)",
    r"\b(?:ich|wir) (?:brauche|bräuchte|brauchen|bräuchten|benötige|benötigen|erwarte|erwarten)\b",
    r"\b(?:wäre|wär) (?:super|toll|nett|schön|prima|gut|klasse|hilfreich),? (?:wenn|falls)\b",
    r"\b(?:bescheid|rückmeldung|rückruf|um antwort)\b.{0,30}$",
)
COMMITMENT = (
    r"\b(?:i|we)(?:'ll| will| shall| am going to| are going to|'m going to|'re going to)(?: \w+ly| also| then| just| "
    r"definitely| try to)? (?!not\b|never\b|be (?:out|in|on|at|away|unable|able|back|leaving|gone|sorry|late|there|here)\b|"
    r"have (?:been|had)\b|need\b|assume\b|see\b|miss\b|probably be\b|say\b)\w+",
    r"^(?:will|'ll) (?:do|send|call|check|get|let|try|forward|follow|revert|come back|keep|have|look)\b",
    r"^let me (?:check|see|look|find|get|ask|talk|send|follow|try|verify|confirm)\b",
    r"\b(?:i|we) (?:promise|commit|plan|intend)\b",
    r"\b(?:i|we)(?:'m| am| are|'re) (?:happy|glad|prepared|willing|working on|planning|sending|preparing)\b",
    r"\b(?:i|we) can (?:send|get|have|do|bring|call|give|provide|deliver|help|prepare|write|draft|make)\b",
    r"\byou(?:'ll| will|'ll) (?:have|get|receive|hear)\b.{0,40}\b(?:from (?:me|us)|by|tomorrow|today|on|next)\b",
    r"\b(?:ich|wir) (?:werde|werden)\b(?!.{0,60}\bnicht\b)",
    r"\b(?:ich|wir) (?:schicke|schicken|sende|senden|melde|melden|kümmere|kümmern|rufe|rufen|prüfe|prüfen|gebe|geben|"
    r"mache|machen|liefere|liefern|bringe|bringen|überweise|überweisen|erledige|erledigen|kläre|klären|leite|leiten|"
    r"bereite|bereiten|verspreche|versprechen|reiche|reichen)\b",
    r"^(?:schicke|sende|melde mich|kümmere mich|mache ich|wird gemacht|erledige ich|schaue ich|kläre ich|gebe)\b",
    r"\b(?:schicke|sende|melde|kümmere|gebe|mache|kläre|erledige|liefere|prüfe) (?:ich|mich)\b",
    r"\b(?:bekommst du|bekommen sie|erhalten sie|erhältst du|kriegst du)\b.{0,60}\b(?:bis|morgen|heute|am|von)\b",
)
PROPOSAL = (
    r"^(?:so |and |or |then |maybe |perhaps )*(?:shall|should) (?:we|i)\b",
    r"\b(?:how|what) about\b",
    r"^(?:let's|lets|let us)\b(?! know)",
    r"^why (?:don't|not)\b",
    r"\b(?:i|we)(?:'d| would)? (?:suggest|propose|recommend)\b",
    r"\b(?:my|one|another) (?:suggestion|proposal|idea)\b",
    r"\b(?:we|you) (?:could|might want|should)\b",
    r"\b(?:maybe|perhaps) (?:we|you|it)\b",
    r"\b(?:wollen|sollen|sollten|könnten) wir\b",
    r"\b(?:wie wäre|was hältst du|was halten sie)\b",
    r"^(?:lass|lasst|lassen sie) uns\b",
    r"\b(?:ich|wir) (?:schlage|schlagen|würde|würden) (?:vor|.{0,80}\bvor(?:schlagen)?\b)",
    r"\b(?:mein|unser) vorschlag\b|^vorschlag\b",
    r"\bwir (?:könnten|sollten)\b",
)
MEETING = (
    r"\b(?:meet|meeting|conference call|conf call|telecon|call|lunch|dinner|breakfast|coffee|appointment|get together|"
    r"catch up|visit|drinks|treffen|termin|besprechung|telefonat|telefonieren|mittagessen|meeting|videocall|kaffee)\b"
    r".{0,80}\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|fri|tomorrow|today|tonight|"
    r"next week|this week|at \d|\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m|p\.m|uhr)|noon|montag|dienstag|mittwoch|donnerstag|freitag|"
    r"samstag|sonntag|morgen|heute|nächste woche|um \d)\b",
    r"\b(?:are|r) (?:you|u|we) (?:still )?(?:free|available|around|able to meet)\b",
    r"\b(?:schedule|set up|arrange) (?:a|an|the|our|some) .{0,30}(?:call|meeting|time|interview|appointment)\b",
    r"\b(?:what|which) (?:time|day|date)s? (?:works?|suits?|would|is (?:good|best))\b",
    r"\b(?:hast du|haben sie|habt ihr) .{0,40}(?:zeit|termin)\b",
    r"\b(?:passt|würde|ginge) .{0,20}(?:dir|ihnen|euch)\b",
)
DECISION = (
    r"\b(?:we|i|they|it was|it is|has|have|been) (?:have |has |had |all |now |been )*(?:decided|agreed|resolved|approved|settled|"
    r"chosen|concluded)\b",
    r"\b(?:we|i)(?:'re| are| am|'m|'ll| will) (?:going|go) (?:with|ahead)\b",
    r"^(?:decision|resolved|agreed|approved|conclusion)\b",
    r"\b(?:the|our|my|final) (?:decision|consensus|conclusion)\b",
    r"\b(?:is|are|was|has been) (?:cancell?ed|confirmed|approved|rejected|postponed|rescheduled|off-topic)\b",
    r"\b(?:go ahead (?:and|with)|you have my (?:approval|ok|go))\b",
    r"\b(?:haben|habe|wurde|ist) (?:uns |mich |wir |ich |.{0,60}\b)?(?:entschieden|beschlossen|geeinigt|genehmigt|freigegeben|"
    r"vereinbart|abgesagt|bestätigt|verschoben)\b",
    r"^(?:abgemacht|beschlossen|genehmigt|entscheidung)\b",
    r"\bwir nehmen\b",
)
ANSWER = (
    r"(?:yes|yep|yeah|yup|no|nope|sure|ok|okay|agreed|exactly|correct|right|of course|absolutely|definitely|fine|"
    r"done|true|indeed|likewise|sounds good|works for me|that works|not yet|not really|no problem|ja|nein|doch|klar|"
    r"gern|gerne|natürlich|stimmt|genau|richtig|einverstanden|passt|in ordnung|geht klar|erledigt|jein|sicher)\b(?:[,.!;: -]|$)",
    r"i (?:(?:also|fully|totally|strongly|don't|do not|would) )?(?:agree|disagree|concur)\b",
    r"(?:that|this) (?:works|is (?:fine|ok|okay|correct|right|true))\b",
    r"(?:my|the) answer\b",
    r"+1\b".replace("+", r"\+"),
    r"(?:das passt|das geht|das stimmt|sehe ich auch so|bin dabei|ich bin (?:dafür|dagegen|einverstanden))\b",
)
