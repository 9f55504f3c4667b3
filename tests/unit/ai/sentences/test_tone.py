"""Urgency and sentiment: plain words only, the newest side's mail, neutral when in doubt."""

import pytest

from fluffy_core.ai.sentences import tone
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.domain.intelligence import Sentiment, SummaryPoint, ThreadMessage, Tone, Urgency
from tests.fakes.effort import within
from tests.unit.ai.threads import mine, theirs

PLAIN = "The plan for the fair is in the folder. There are nine stands."


def of(*texts: str) -> Tone:
    return tone.of([theirs(number, text, day=number) for number, text in enumerate(texts)])


@pytest.mark.parametrize(
    "text",
    [
        "We need the signed contract urgently.",
        "Please call me back ASAP.",
        "Wir brauchen das dringend.",
        "Bitte melden Sie sich so schnell wie möglich.",
        "C'est urgent, merci de répondre.",
        "Il me faut la réponse dès que possible.",
        "Lo necesito lo antes posible.",
        "Mi serve il prima possibile.",
        "Dit is dringend nodig.",
        "至急ご連絡ください。",
    ],
)
def test_urgent_words_of_many_languages_with_their_sentence(text: str) -> None:
    found = of(f"{PLAIN} {text}")
    assert found.urgency is Urgency.URGENT
    assert found.urgency_shown == SummaryPoint(text, theirs(0, "").id)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "This is not urgent at all.",
        "It isn't urgent, take your time.",
        "No rush with the answer.",
        "Das ist nicht dringend, es hat Zeit.",
        "Ce n'est pas urgent.",
        "In case of an emergency call the number below.",
        "The emergency exit is on the left.",
        "The insurgent poet reads on Monday in two months.",
        "",
    ],
)
def test_what_is_not_urgent(text: str) -> None:
    assert of(text) == Tone()


def test_an_ask_that_is_due_within_two_days_is_wanted_soon() -> None:
    found = of("Could you send the quote by Thursday?")  # written on a Tuesday
    assert found.urgency is Urgency.SOON
    assert found.urgency_shown is not None
    assert found.urgency_shown.text == "Could you send the quote by Thursday?"
    assert of("Could you send the quote by 30 May?").urgency is Urgency.NORMAL


def test_an_answer_ends_the_urgency() -> None:
    urgent = theirs(1, "This is urgent: the printer waits.")
    assert tone.of([urgent]).urgency is Urgency.URGENT
    assert tone.of([urgent, theirs(2, "Any news?", day=1)]).urgency is Urgency.URGENT
    assert tone.of([urgent, mine(2, "I have sent it to them.", day=1)]).urgency is Urgency.NORMAL
    old = [urgent, *(theirs(number, "And another thing.", day=number) for number in range(2, 6))]
    assert tone.of(old).urgency is Urgency.NORMAL


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I am very disappointed with the print.", Sentiment.NEGATIVE),
        ("We're not happy with the delay.", Sentiment.NEGATIVE),
        ("This delay is completely unacceptable.", Sentiment.NEGATIVE),
        ("Wir sind sehr enttäuscht.", Sentiment.NEGATIVE),
        ("Je suis très déçue de votre réponse.", Sentiment.NEGATIVE),
        ("Excellent work, the stand looks as planned.", Sentiment.POSITIVE),
        ("We are delighted and want to order more.", Sentiment.POSITIVE),
        ("Ich bin wirklich begeistert.", Sentiment.POSITIVE),
        ("Thanks, that is nice.", Sentiment.NEUTRAL),
        ("There is a problem with the printer, sorry.", Sentiment.NEUTRAL),
        ("I'm not disappointed.", Sentiment.NEUTRAL),
        ("Ich bin nicht enttäuscht.", Sentiment.NEUTRAL),
        ("Great work. But I am very disappointed with the print.", Sentiment.NEUTRAL),
        (PLAIN, Sentiment.NEUTRAL),
    ],
)
def test_sentiment_is_neutral_unless_it_is_plain(text: str, wanted: Sentiment) -> None:
    found = of(f"{PLAIN} {text}")
    assert found.sentiment is wanted
    assert (found.sentiment_shown is None) == (wanted is Sentiment.NEUTRAL)
    if found.sentiment_shown:
        assert found.sentiment_shown.text in text


def test_sentiment_is_that_of_the_others_newest_mail() -> None:
    angry = theirs(0, "I am furious.")
    assert tone.of([angry]).sentiment is Sentiment.NEGATIVE
    assert tone.of([mine(0, "I am furious.")]) == Tone()
    later = [theirs(number, PLAIN, day=number) for number in (1, 2, 3)]
    assert tone.of([angry, *later]).sentiment is Sentiment.NEUTRAL


def test_machines_have_no_tone() -> None:
    notice: ThreadMessage = theirs(1, "Final notice: this is urgent. I am furious.", bulk="auto-generated")
    assert tone.of([notice]) == Tone()
    assert tone.of([]) == Tone()


def test_long_mail_takes_little_time() -> None:
    within(1, of, "nicht " * 50_000 + "urgent", "I was very " * 30_000, "not at all " * 30_000)


def test_every_expression_of_the_file_compiles_and_matches_no_plain_text() -> None:
    sections = wordings("tone")
    assert set(sections) == {"urgent", "calm", "positive", "negative", "soothed"}
    assert not any(each.matches(PLAIN) for each in sections.values())
