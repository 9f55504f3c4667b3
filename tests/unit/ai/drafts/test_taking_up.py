"""Lines that take up what was asked, in every language that drafts are written in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.drafts import style_words, taking_up
from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.ai.grounding import placeholders
from fluffy_core.ai.sentences import asks
from fluffy_core.ai.sentences.asks import Ask
from fluffy_core.ai.sentences.sentences import Sentence
from fluffy_core.domain.intelligence import SpeechAct

REQUEST = "[erledigt / mache ich bis … / geht leider nicht]"


def words_of(language: str) -> Vocabulary:
    found = style_words.vocabulary(language)
    assert found is not None
    return found


def ask_of(text: str) -> Ask:
    (found,) = asks.find(text, 0)
    return found


def line(text: str, language: str = "en") -> str:
    return taking_up.line(ask_of(text), words_of(language))


@pytest.mark.parametrize(
    ("text", "taken_up"),
    [
        ("Could you send the contract by Friday?", "About the contract: [attached / to follow on …]"),
        ("How much is the second part?", "About the second part: [price]"),
        ("When can you pay our invoice of 3 March?", "About the invoice: [date]"),
        ("Did you see the report from the auditors yet?", "About the report from the auditors: [yes or no]"),
        ("Please call the agency today.", "About the agency: [done / I will do it by … / I cannot]"),
        ("Could you tell me when the meeting is?", "About the meeting: [date]"),
        ("Shall I send you the list?", "About the list: [yes or no]"),
        ("Please let me know if the price is fine.", "About the price: [yes or no]"),
        ("What do you think?", "> What do you think?\n[answer]"),
        ("Can I go with you when you see them?", "> Can I go with you when you see them?\n[yes or no]"),
        ("Do you have the time?", "> Do you have the time?\n[yes or no]"),
        (
            "It rings when I open it, but how can we stop it?",
            "> It rings when I open it, but how can we stop it?\n[answer]",
        ),
        ("Till when do you need it, and who pays?", "> Till when do you need it, and who pays?\n[date]"),
        ("I was wondering if anyone knows a list.", "> I was wondering if anyone knows a list.\n[answer]"),
        ("Was this done?", "> Was this done?\n[yes or no]"),
        ("I am here - can you arrange it?", "> I am here - can you arrange it?\n[yes or no]"),
        ("Please let me know your thoughts.", "> Please let me know your thoughts.\n[answer]"),
        ("Are these part of a set?", "> Are these part of a set?\n[yes or no]"),
        ("Do you mind if I join you there?", "> Do you mind if I join you there?\n[yes or no]"),
        ("Is the price list of the shop right?", "About the price list of the shop: [yes or no]"),
        (
            "Is the old price list of the shop right?",
            "> Is the old price list of the shop right?\n[yes or no]",
        ),
    ],
)  # fmt: skip
def test_in_english(text: str, taken_up: str) -> None:
    assert line(text) == taken_up


@pytest.mark.parametrize(
    ("text", "taken_up"),
    [
        ("Would Thursday at 3 pm work for you?", "Thursday at 3 pm [works / does not work] for me."),
        ("Are you free on Tuesday or Wednesday?", "[Tuesday / Wednesday] works for me."),
        ("Could we meet Monday, March 3rd?", "Monday, March 3rd [works / does not work] for me."),
        ("Passt Ihnen Donnerstag um 15 Uhr?", "Donnerstag um 15 Uhr [passt mir / passt mir leider nicht]."),
        ("Jeudi à 15 h vous convient ?", "Jeudi à 15 h [me convient / ne me convient pas]."),
        ("¿Le va bien el jueves a las 15:00?", "El Jueves a las 15:00 [me va bien / no me va bien]."),
        ("Giovedì alle 15 va bene?", "Giovedì alle 15 [mi va bene / non mi va bene]."),
        ("Schikt donderdag om 15 uur?", "Donderdag om 15 uur [schikt mij / schikt mij niet]."),
        ("Quinta-feira às 15h está bem?", "Quinta-feira às 15h [está bem / não está bem] para mim."),
    ],
)
def test_a_time_that_was_proposed_is_taken_or_not(text: str, taken_up: str) -> None:
    code = next(
        code for code in style_words.languages() if words_of(code).asks["meets"].search(text)
        and words_of(code).asks["when"].search(text)
    )  # fmt: skip
    assert line(text, code).casefold() == taken_up.casefold()


@pytest.mark.parametrize(
    "text",
    ["Did we meet on Tuesday?", "When can we meet, Tuesday?", "Can you come today?", "I am free Monday."],
)
def test_what_proposes_no_day_is_no_choice_of_days(text: str) -> None:
    ask = Ask(Sentence(text, 0, len(text)), SpeechAct.QUESTION)
    assert "works" not in taking_up.line(ask, words_of("en"))


@pytest.mark.parametrize(
    ("language", "text", "taken_up"),
    [
        ("de", "Wann kannst du mir den unterschriebenen Vertrag schicken?", "Zum Thema Vertrag: [Datum]"),
        ("de", "Können Sie mir bitte Bescheid geben?", "[ja oder nein]"),
        ("de", "Soll ich Ihnen das Angebot schicken?", "Zum Thema Angebot: [ja oder nein]"),
        ("de", "Bitte antworten Sie bis Montag, damit der Hausdienst plant.", "plant.\n" + REQUEST),
        ("fr", "Quand pouvez-vous nous envoyer le contrat ?", "Concernant le contrat : [date]"),
        ("fr", "Pouvez-vous les envoyer ?", "[ci-joint / suivra le …]"),
        ("es", "¿Puede enviarme el contrato?", "Sobre el contrato: [adjunto / lo envío el …]"),
        ("it", "Può inviarmi il contratto?", "riguarda il contratto: [in allegato / segue entro il …]"),
        ("nl", "Kunt u mij de offerte sturen?", "Over de offerte: [bijgevoegd / volgt op …]"),
        ("pt", "Pode enviar o contrato?", "Sobre o contrato: [em anexo / segue até …]"),
    ],
)  # fmt: skip
def test_in_other_languages(language: str, text: str, taken_up: str) -> None:
    assert line(text, language).endswith(taken_up)


@pytest.mark.parametrize(
    "text",
    [
        "If you need anything else, please e-mail Ann.",
        "Should you need more details let me know.",
        "In the event that you need copies, please contact Bob.",
        "For assistance with the calendar, please contact Bob.",
        "Please contact me if you need the other part.",
        "Please call, and if you have a wish, please let me know.",
        "Please see the history below.",
        "Please do not copy it onto disks.",
        "Keep up the great work!",
        "Go figure.",
        "Look at this first:",
        "Yes please...",
        "“Send the troops home now.”",
        "Falls Sie Hilfe brauchen, rufen Sie bitte an.",
    ],
)
def test_what_is_only_worded_like_an_ask(text: str) -> None:
    ask = Ask(Sentence(text, 0, len(text)), SpeechAct.REQUEST)
    assert taking_up.is_idle(ask)


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("If possible, please send it today.", True),
        ("Please send the contract.", True),
        ("Please send the following:", True),
        ("Let me know soon if you would like one of them.", True),
        ("Any thoughts on this are welcome.", True),
        ("Should we wait for the letter?", True),
        ("Please see the list and let me know your choice.", True),
        ("Take the road to the north.", False),
        ("Fill in the form within one hour.", False),
    ],
)
def test_what_certainly_wants_an_answer(text: str, firm: bool) -> None:
    ask = Ask(Sentence(text, 0, len(text)), SpeechAct.REQUEST)
    assert not taking_up.is_idle(ask)
    assert taking_up.is_firm(ask, words_of("en")) is firm


def test_the_reason_for_asking_is_not_what_is_asked() -> None:
    assert line("Please answer by Monday, so that the caretaker knows.").startswith("> ")
    assert line("Hi Ann, could you send the report?").startswith("About the report:")


def test_what_must_not_be_repeated_is_not_taken_up() -> None:
    for text in (
        "Could you open https://evil.example/x today?",
        "Can you pay to DE89 3704 0044 0532 0130 00?",
        "?",
    ):
        ask = Ask(Sentence(text, 0, len(text)), SpeechAct.QUESTION)
        assert taking_up.line(ask, words_of("en")) == ""


def test_a_long_sentence_is_quoted_and_cut() -> None:
    text = f"Could you send the contract {'and the other one ' * 30}?"
    assert line(text).startswith("> Could you send the contract and")
    assert len(line(text)) < 300
    assert "other … \n" not in line(text)
    assert line(text).split("\n")[0].endswith(" …")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please find attached the report."),
        ("en", "Here's the list."),
        ("de", "Anbei der Bericht."),
        ("fr", "Vous trouverez ci-joint le rapport."),
        ("es", "Adjunto el informe."),
        ("it", "In allegato il rapporto."),
        ("nl", "Hierbij de offerte."),
        ("pt", "Em anexo o relatório."),
    ],
)
def test_what_comes_with_a_mail_is_seen(language: str, text: str) -> None:
    assert taking_up.occasion(text, words_of(language)) == "received"
    assert not taking_up.occasion("OK", words_of(language))


def test_every_language_has_all_the_words() -> None:
    names = [set(words_of(code).asks) for code in style_words.languages()]
    marks = [set(words_of(code).placeholders) for code in style_words.languages()]
    assert all(one == names[0] for one in names)
    assert all(one == marks[0] for one in marks)
    for code in style_words.languages():
        words = words_of(code)
        assert all(
            words.line(name) for name in ("about", "slot", "slots", "received", "noted", "asked", "reply")
        )
        assert all(len(one) <= 82 for one in words.placeholders.values())
        for name, pattern in words.asks.items():
            assert pattern.flags & re.IGNORECASE or (code, name) == ("de", "topic"), (code, name)


@given(st.text(max_size=300), st.sampled_from(style_words.languages()))
def test_any_sentence_gives_words_of_its_own_only(text: str, language: str) -> None:
    sentence = " ".join(text.split()) or "x"
    ask = Ask(Sentence(sentence, 0, len(sentence)), SpeechAct.QUESTION)
    found = taking_up.line(ask, words_of(language))
    assert not found or placeholders.found(found) or "[" in sentence


@pytest.mark.parametrize("language", style_words.languages())
def test_no_sentence_takes_long(language: str) -> None:
    text = "the " * 2000 + "?"
    for pattern in words_of(language).asks.values():
        pattern.search(text[:400])
    ask = Ask(Sentence(text[:400], 0, 400), SpeechAct.QUESTION)
    assert taking_up.line(ask, words_of(language))


@pytest.mark.parametrize(
    ("language", "text", "line"),
    [
        (
            "en",
            "I suggest Thursday, June 12 at 2 pm.",
            "Thursday, June 12 at 2 pm [works / does not work] for me.",
        ),
        ("de", "Ich könnte am 14. Mai um 15 Uhr.", "14. Mai um 15 Uhr [passt mir / passt mir leider nicht]."),
        ("fr", "Je propose mardi à 10 h ou jeudi.", "[Mardi à 10 h / jeudi] me convient."),
        ("es", "Propongo el jueves a las 11.", "El jueves a las 11 [me va bien / no me va bien]."),
        ("it", "Proporrei giovedì alle 9.", "Giovedì alle 9 [mi va bene / non mi va bene]."),
        ("nl", "Ik kan maandag om 9 uur.", "Maandag om 9 uur [schikt mij / schikt mij niet]."),
        ("pt", "Posso na quinta-feira às 15h.", "Quinta-feira às 15h [está bem / não está bem] para mim."),
        ("en", "The lease ends on Thursday.", ""),
        ("en", "I can do it by Thursday.", ""),
        ("de", "Ich könnte das bis Freitag erledigen.", ""),
    ],
)
def test_times_that_are_proposed_without_a_question(language: str, text: str, line: str) -> None:
    assert taking_up.proposal([text], words_of(language)) == line


def test_a_question_is_about_the_times_said_before_it() -> None:
    asked = ask_of("Which of these suits you best?")
    before = ["I could do Tuesday at 10am.", "Or we could meet on Friday."]
    said = taking_up.line(asked, words_of("en"), before=before)
    assert said == "[Tuesday at 10am / Friday] works for me."
    told = taking_up.line(asked, words_of("en"), before=["The lease ends on Tuesday."])
    assert told.startswith("> Which of these")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Can you come before Friday?"),
        ("nl", "Kun je de offerte vrijdag sturen?"),
        ("pt", "Podes enviar o relatório na sexta-feira?"),
        ("en", "Where do we meet on Monday?"),
        ("es", "¿Dónde nos vemos el lunes?"),
    ],
)
def test_a_day_is_no_proposal_when_something_is_due_or_asked_of_it(language: str, text: str) -> None:
    template = words_of(language).line("slot").partition("{when}")[2]
    assert template not in line(text, language)


@pytest.mark.parametrize(
    ("language", "text", "mark"),
    [
        ("fr", "Faut-il prévoir une salle ?", "[oui ou non]"),
        ("pt", "O orçamento já foi aprovado?", "[sim ou não]"),
        ("en", "So you have no objections?", "[yes or no]"),
        ("en", "So what is left?", "[answer]"),
        ("es", "¿Qué opina del plano?", "[respuesta]"),
    ],
)
def test_a_question_without_a_word_that_asks_is_one_of_yes_or_no(language: str, text: str, mark: str) -> None:
    assert taking_up.asked_for(ask_of(text), words_of(language)) == mark


def test_a_matter_is_named_without_what_is_said_of_it() -> None:
    english = words_of("en")
    assert taking_up.line(ask_of("Is the deposit paid?"), english) == "> Is the deposit paid?\n[yes or no]"
    said = taking_up.line(ask_of("Is your program expecting you to supply a clock?"), english)
    assert said == "About the program: [yes or no]"
    said = taking_up.line(ask_of("O orçamento já foi aprovado?"), words_of("pt"))
    assert said == "Sobre o orçamento: [sim ou não]"


def test_a_quoted_question_may_be_shortened() -> None:
    asked = ask_of("Are you all happy with what we have found out about it so far, and with how we did it?")
    first = taking_up.line(asked, words_of("en"), longest=taking_up.SHORT_QUOTE).split("\n")[0]
    assert first.endswith("…")
    assert len(first) <= taking_up.SHORT_QUOTE + len("> ")


@pytest.mark.parametrize(
    ("language", "text", "line"),
    [
        ("en", "Hope to see you there!", "invited"),
        ("en", "Happy birthday!", "wished"),
        ("de", "Wir laden euch herzlich zum Fest ein.", "invited"),
        ("de", "Alles Gute zum Geburtstag!", "wished"),
        ("fr", "Nous vous invitons à la fête.", "invited"),
        ("fr", "Bonne année !", "wished"),
        ("es", "Le invitamos a la fiesta.", "invited"),
        ("it", "Tanti auguri!", "wished"),
        ("nl", "Je bent uitgenodigd.", "invited"),
        ("pt", "Parabéns!", "wished"),
        ("en", "It is here.", ""),
    ],
)
def test_what_there_is_to_thank_for(language: str, text: str, line: str) -> None:
    assert taking_up.occasion(text, words_of(language)) == line


def test_a_short_ask_is_quoted_with_what_it_is_about() -> None:
    before = ["They charge 10 a day.", "I wanted to be sure that you approve of it."]
    said = taking_up.line(ask_of("Please let me know."), words_of("en"), before=before)
    assert said == "> I wanted to be sure that you approve of it. Please let me know.\n[answer]"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Could you tell me what the charges should be?", "[answer]"),
        ("Could you tell me whether it is red?", "[yes or no]"),
        ("Do you know how it works?", "[answer]"),
    ],
)
def test_who_asks_to_be_told_something_wants_more_than_yes(text: str, mark: str) -> None:
    assert taking_up.asked_for(ask_of(text), words_of("en")) == mark
