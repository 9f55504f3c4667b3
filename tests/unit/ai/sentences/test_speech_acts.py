"""What a sentence does, in English and German."""

import pytest

from fluffy_core.ai.sentences.speech_acts import acts, addressee, asking, is_question, speech_act
from fluffy_core.domain.intelligence import SpeechAct
from tests.fakes.effort import within

CASES = {
    SpeechAct.REQUEST: (
        "Could you send the quote by Thursday?",
        "Please forward this to the printer.",
        "Hi Jane, please call me.",
        "Also, let me know which colour you prefer.",
        "If you can, send me the draft tonight.",
        "I need the signed copy by Monday.",
        "It would be great if you could join us.",
        "I was wondering if you had time to look at it.",
        "Kannst du mir die Rechnung schicken?",
        "Bitte überweisen Sie den Betrag bis Freitag.",
        "Jana, könntest du das heute noch prüfen?",
        "Ich bräuchte noch die Zugangsdaten.",
        "Gib mir bitte Bescheid.",
        "I'd be grateful if you took a look.",
        "Please note that the office moved, and let us know when you arrive.",
    ),
    SpeechAct.QUESTION: (
        "What does the second page mean?",
        "Did the parcel arrive?",
        "Welche Farbe gefällt dir besser?",
        "¿Cuándo llega el pedido?",
        "Have they answered by now.",
        "Is there anything left in the box",
    ),
    SpeechAct.COMMITMENT: (
        "I'll send you the draft tomorrow.",
        "We will get back to you next week.",
        "Let me check with the printer.",
        "I'd be happy to write the first page.",
        "We still plan to send a sample.",
        "Ich schicke dir den Entwurf morgen.",
        "Wir werden das bis Freitag erledigen.",
        "Ich melde mich am Montag.",
    ),
    SpeechAct.PROPOSAL: (
        "Shall we use the blue one?",
        "Let's keep the old logo.",
        "How about a smaller format?",
        "I suggest we wait a week.",
        "Wollen wir das verschieben?",
        "Lass uns das einfach halten.",
    ),
    SpeechAct.MEETING: (
        "Are you free on Tuesday?",
        "Could we meet on Thursday at 10?",
        "Passt dir ein Treffen am Montag um 9 Uhr?",
        "The telecon is half an hour shorter.",
        "That makes it 15:00 UTC in winter.",
        "Die Besprechung dauert zwei Stunden.",
    ),
    SpeechAct.DECISION: (
        "We have decided to take the second design.",
        "The launch is postponed.",
        "Wir haben uns für Variante B entschieden.",
    ),
    SpeechAct.ANSWER: (
        "Yes, that date is good.",
        "No, the old one.",
        "I agree with the plan.",
        "Ja, gerne.",
        "Genau, so machen wir es.",
    ),
    SpeechAct.COURTESY: (
        "Thanks a lot!",
        "Thank you for your quick reply.",
        "Hope you are well.",
        "How are you?",
        "Please let me know if you have any questions.",
        "If you have any questions, please call me.",
        "Don't hesitate to contact me.",
        "Have a nice weekend!",
        "Vielen Dank für deine Hilfe!",
        "Wie geht es dir?",
        "Bei Fragen stehe ich gerne zur Verfügung.",
        "Please find attached the invoice.",
        "Please excuse my late reply.",
    ),
    SpeechAct.STATEMENT: (
        "The parcel arrived yesterday.",
        "Who knows?",
        "This is the plan which we will follow.",
        "We'll have to live with it.",
        "The draft is far from meeting our requirements.",
        "If you are not the intended addressee, please delete it.",
        "Das Wetter war gut.",
        "Please click here to unsubscribe.",
        "If you no longer wish to receive these mails, update your preferences.",
    ),
}


@pytest.mark.parametrize(("act", "sentence"), [(act, each) for act, many in CASES.items() for each in many])
def test_speech_act(act: SpeechAct, sentence: str) -> None:
    assert speech_act(sentence) is act


@pytest.mark.parametrize("sentence", CASES[SpeechAct.REQUEST] + CASES[SpeechAct.QUESTION])
def test_requests_and_questions_ask(sentence: str) -> None:
    assert asking(sentence) in {SpeechAct.REQUEST, SpeechAct.QUESTION}


@pytest.mark.parametrize(
    "sentence", CASES[SpeechAct.COURTESY] + CASES[SpeechAct.STATEMENT] + CASES[SpeechAct.DECISION]
)
def test_politeness_and_statements_ask_nothing(sentence: str) -> None:
    assert asking(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("Could you come to the meeting?", [SpeechAct.REQUEST, SpeechAct.QUESTION, SpeechAct.MEETING]),
        ("How about a smaller format?", [SpeechAct.PROPOSAL, SpeechAct.QUESTION]),
        ("Yes, please send two copies.", [SpeechAct.ANSWER, SpeechAct.REQUEST]),
        ("Thanks for the agenda!", [SpeechAct.COURTESY, SpeechAct.MEETING]),
        ("I'll bring the slides to the meeting.", [SpeechAct.COMMITMENT, SpeechAct.MEETING]),
        ("The parcel arrived yesterday.", []),
        ("Who knows?", []),
        ("Click here for the agenda of the meeting.", []),
    ],
)
def test_a_sentence_does_several_things(sentence: str, does: list[SpeechAct]) -> None:
    assert list(acts(sentence)) == does


def test_each_act_is_told_once() -> None:
    assert acts("Please do let me know when we meet on Monday for the meeting.") == (
        SpeechAct.REQUEST,
        SpeechAct.MEETING,
    )


def test_typographic_apostrophes_count_as_straight_ones() -> None:
    assert speech_act("I’ll send it.") is SpeechAct.COMMITMENT


def test_a_negated_promise_is_none() -> None:
    assert speech_act("I will not be there.") is SpeechAct.STATEMENT
    assert speech_act("Ich werde leider nicht kommen.") is SpeechAct.STATEMENT


def test_who_is_spoken_to() -> None:
    assert addressee("Jane, could you look?") == "Jane"
    assert addressee("Hi Bob, please call.") == ""
    assert addressee("could you look?") == ""


def test_question_marks_of_other_scripts() -> None:
    assert is_question("明日会えますか？")
    assert is_question("هل وصلت الرسالة؟")
    assert not is_question("No.")


@pytest.mark.parametrize(
    "unit", ["please ", "if ", "a, ", "I will ", "we have ", "Aa ", "meet ", "ich würde "]
)
def test_a_hostile_sentence_takes_no_time(unit: str) -> None:
    within(1, speech_act, unit * (1_000_000 // len(unit)))
