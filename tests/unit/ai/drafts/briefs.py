"""Briefs for tests of drafts: a mail to me, and what I want to answer."""

from fluffy_core.ai.drafts import drafting
from fluffy_core.ai.drafts.drafting import Brief
from fluffy_core.ai.grounding.placeholders import Facts
from fluffy_core.domain.drafting import DraftRequest
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.styles import Manner, Named

ANN, MAX = Named("Ann", "Ode"), Named("Max", "Roe")
ENGLISH = Manner("en", "Hi {first},", "Best,\n{first}", lengths=(20, 40, 60))
GERMAN = Manner("de", "Hallo {first},", "Viele Grüße\n{first}", "du")
FRENCH = Manner("fr", "Bonjour {first},", "Cordialement,\n{first} {last}", "vous")
ASK = "Hello Max,\n\ncould you send me the signed contract by Friday? How much is the second part?\n"


def mail(body: str, *, from_me: bool = False, number: int = 1, subject: str = "Contract") -> ThreadMessage:
    """A message of Ann's to me, or of mine to her."""
    name, email = ("Max Roe", "me@example.com") if from_me else ("Ann Ode", "ann@firm.example")
    return ThreadMessage(
        MessageId(number), 1_741_000_000 + number, name, email, from_me, not from_me, subject, body
    )


def brief(
    *bodies: str, points: tuple[str, ...] = (), purpose: str = "", hint: str = "", tone: str = "",
    manner: Manner = ENGLISH,
) -> Brief:  # fmt: skip
    """A request about a thread of Ann's mails."""
    request = DraftRequest("r", ThreadId(1), "", purpose, points, tone, hint)
    return Brief(request, manner, ANN, MAX, tuple(mail(body, number=at) for at, body in enumerate(bodies, 1)))


def facts_of(case: Brief) -> Facts:
    """What a draft for this brief may state."""
    return Facts(drafting.sources(case), case.words)
