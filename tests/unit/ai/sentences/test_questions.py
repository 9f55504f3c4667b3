"""Questions in seven languages: what they ask for, what they are about, what a sentence tells of it."""

import pytest

from fluffy_core.ai.sentences import questions
from fluffy_core.ai.sentences.questions import Asked

KINDS = [
    ("When does the lease end?", Asked.WHEN), ("By when do you need it?", Asked.WHEN),
    ("How much is the rent?", Asked.COST), ("What does the stand cost?", Asked.COST),
    ("How many people come?", Asked.COUNT), ("Who signs the contract?", Asked.WHO),
    ("Where do we meet?", Asked.WHERE), ("What is the phone number of the practice?", Asked.CONTACT),
    ("Did Ann agree?", Asked.OTHER), ("Wann endet der Vertrag?", Asked.WHEN),
    ("Wie viele Gäste kommen?", Asked.COUNT), ("Was kostet der Aufbau?", Asked.COST),
    ("How much nitrate is in it?", Asked.COUNT), ("Who is the chairman?", Asked.IDENTITY),
    ("Wer ist unser Vermieter?", Asked.IDENTITY), ("Qui est le directeur ?", Asked.IDENTITY),
    ("Which hotel do we take?", Asked.WHICH), ("Welches Hotel nehmen wir?", Asked.WHICH),
    ("Which day suits you?", Asked.WHEN),
    ("Wer kommt mit?", Asked.WHO), ("Wie lautet die Telefonnummer?", Asked.CONTACT),
    ("Quand a lieu la réunion ?", Asked.WHEN), ("Combien de chaises ?", Asked.COUNT),
    ("Qui présente ?", Asked.WHO), ("¿Cuánto cuesta?", Asked.COST), ("¿Cuándo llegan?", Asked.WHEN),
    ("¿Quién viene?", Asked.WHO), ("Quanto costa lo stand?", Asked.COST), ("Chi viene?", Asked.WHO),
    ("Quanto custa a tradução?", Asked.COST), ("Wanneer verhuizen we?", Asked.WHEN),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked"), KINDS)
def test_the_kind_of_a_question(text: str, asked: Asked) -> None:
    assert questions.read(text).asked is asked


def test_what_a_question_is_about() -> None:
    found = questions.read("When does Ann Brook's lease for the workshop end?")
    assert found.words == ("ann", "brook", "lease", "workshop", "end")
    assert {questions.stem("ann"), questions.stem("brook")} <= found.names
    assert questions.read("How many people fit in?").counted == questions.stem("people")
    assert questions.read("Which hotel do we take?").counted == questions.stem("hotel")
    assert questions.read("the of and").words == ()


@pytest.mark.parametrize(
    ("question", "sentence", "told"),
    [
        ("When does it end?", "It ends on 31 March 2027.", True),
        ("When does it end?", "It ends tomorrow.", True),
        ("When does it end?", "It never ends.", False),
        ("Wann endet er?", "Er endet am Dienstag.", True),
        ("How much is the rent?", "The rent is 1,450 euros.", True),
        ("How much is the rent?", "The rent is due on the 3rd.", False),
        ("How many people come?", "24 people come.", True),
        ("How many people come?", "People come.", False),
        ("Who brings the cake?", "I will bring the cake.", True),
        ("Who brings the cake?", "Helen brings the cake.", True),
        ("Who is Helen Osei?", "this is about Helen Osei", False),
        ("How long does it take?", "It takes three weeks.", True),
        ("Hoe lang duurt het?", "Ongeveer drie uur.", True),
        ("Quante sedie ci sono?", "Ci sono quindici sedie.", True),
        ("Who is the chairman?", "our chairman has to go", False),
        ("Who is the chairman?", "our chairman is Otto Lind", True),
        ("Why is it late?", "It is late.", None),
    ],
)
def test_whether_a_sentence_tells_what_was_asked(question: str, sentence: str, told: bool | None) -> None:
    found = questions.read(question)
    assert questions.tells(found.asked, sentence, found) is told


def test_what_the_question_says_itself_is_no_answer() -> None:
    found = questions.read("How many chairs are on invoice 2041?")
    assert questions.tells(found.asked, "Invoice 2041 is about chairs.", found) is False
    assert questions.tells(found.asked, "Invoice 2041 is about 6 chairs.", found) is True


@pytest.mark.parametrize(
    "forms",
    [("end", "ends", "ended", "endet"), ("lease", "leases"), ("sign", "signed", "signs"), ("rent", "rents")],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len(set(map(questions.stem, forms))) == 1


def test_how_much_of_the_question_stands_somewhere_goes_by_rarity() -> None:
    plain = questions.read("Where is the blue elephant?")
    assert plain.share(frozenset({questions.stem("blue")})) == 0.5
    weighed = questions.Question(
        plain.text,
        plain.asked,
        plain.words,
        plain.names,
        rarity={questions.stem("blue"): 1, questions.stem("elephant"): 3},
    )
    assert weighed.share(frozenset({questions.stem("blue")})) == 0.25
    assert questions.read("?").share(frozenset()) == 0.0


@pytest.mark.parametrize("text", ["", "?", "\0" * 50, "x" * 100_000, "how much " * 10_000, "\ud800 when"])
def test_any_text_is_read(text: str) -> None:
    found = questions.read(text)
    assert len(found.text) <= questions.LONGEST
