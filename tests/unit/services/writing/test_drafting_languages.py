"""Which language a draft is written in."""

import pytest

from fluffy_core.domain.drafting import Confidence
from fluffy_core.services.sorting import categories
from fluffy_core.store import messages
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import BOB, Letter
from tests.unit.services.writing.drafts import CLEA, HI, ME, habits, suggested, thread_of

WANN = (
    "Lieber Max,\n\nwann kannst du mir den Vertrag schicken? Ich freue mich auf deine Antwort.\n\n"
    "Viele Grüße\nBob"
)
SIE = WANN.replace("kannst du", "können Sie").replace("deine", "Ihre")
QUAND = (
    "Bonjour Max,\n\nquand pouvez-vous nous envoyer le contrat ? Nous en avons besoin.\n\nCordialement,\nCléa"
)
HI_BOB = "Hallo Bob,\n\nich habe den Plan gelesen und finde ihn gut.\n\nViele Grüße\nMax"


@pytest.mark.parametrize(
    ("body", "sender", "language", "start", "end"),
    [
        (WANN, BOB, "de", "Hallo Bob,\n\nZum Thema Vertrag: [Datum]", "Viele Grüße\nMax"),
        (SIE, BOB, "de", "Guten Tag Bob Roe,", "Max Roe"),
        (QUAND, CLEA, "fr", "Bonjour Cléa,", "Cordialement,\nMax Roe"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_thread(
    store: Database, body: str, sender: str, language: str, start: str, end: str
) -> None:
    thread_id = thread_of(store, *habits(), Letter("Vertrag", body, sender, day=9, id="ask"))
    found = suggested(store, thread_id, key_points=("x",))
    assert found.language == language
    assert suggested(store, thread_id).text.startswith(start)
    assert found.text.endswith(end)


AVIS = (
    "\n\nLe présent courriel s'adresse uniquement au destinataire et peut contenir des renseignements qui "
    "sont privilégiés. Toute utilisation est interdite."
)


def test_a_notice_in_another_language_does_not_change_the_drafts(store: Database) -> None:
    asked = Letter("Plan", f"Hi Max,\n\nCould you send me the plan by Friday?\n\nCléa{AVIS}", CLEA, id="a")
    assert suggested(store, thread_of(store, asked)).language == "en"


def test_a_word_is_answered_in_the_language_of_the_others(store: Database) -> None:
    before = [
        Letter(f"Plan {n}", "I have read it and it is good.", CLEA, day=n, id=f"p{n}") for n in range(3)
    ]
    ids = stored.keep(store, before)
    sorted_ = categories.sort(store, ids)
    with store.transaction() as tx:
        categories.write(tx, sorted_)
    thread_id = thread_of(store, Letter("Print", f"Ok.{AVIS}", CLEA, day=9, id="ok"), name="later")
    assert suggested(store, thread_id, purpose="x").language == "en"
    assert messages.usual_language(store, "clea@atelier.example") == "en"


IMPRINT = (
    "\n\nAtelier Petit SARL au capital de 10 000 euros - RCS Paris 123 456 789\n"
    "Siège social : 3 rue des Fleurs, 75001 Paris - Directrice de la publication : Cléa Petit"
)


def test_an_imprint_below_one_word_tells_no_language(store: Database) -> None:
    asked = Letter("Re: Druck", f"Ok.{IMPRINT}", CLEA, id="ok")
    thread_id = thread_of(store, asked)
    assert suggested(store, thread_id, purpose="x").language == "en"  # nothing tells
    stored.keep(store, [Letter(f"Plan {n}", HI_BOB, ME, BOB, n, id=f"b{n}") for n in range(3)], name="mine")
    assert suggested(store, thread_id, purpose="x").language == "de"  # what I mostly write
    english = [Letter(f"Print {n}", HI, ME, CLEA, n, id=f"c{n}") for n in range(2)]
    stored.keep(store, english, name="to Cléa")
    assert suggested(store, thread_id, purpose="x").language == "en"  # what I write to her
    before = Letter("Druck", "Liebe Cléa,\n\nkannst du das bis Montag drucken?", ME, CLEA, 20, id="first")
    thread_id = thread_of(
        store,
        before,
        Letter("Re: Druck", f"Ok.{IMPRINT}", CLEA, day=21, id="ok2", answers="first"),
        name="thread",
    )
    assert suggested(store, thread_id, purpose="x").language == "de"  # the thread


def test_points_in_another_language_are_said_to_be(store: Database) -> None:
    thread_id = thread_of(store, Letter("Vertrag", WANN, BOB, id="ask"))
    found = suggested(store, thread_id, key_points=("the contract will be in the mail on Monday",))
    assert found.confidence is Confidence.LOW
    assert "another language" in found.reason
