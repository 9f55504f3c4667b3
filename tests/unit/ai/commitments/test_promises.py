"""What one message promises and asks for: on no condition, of me and nobody else, with its day."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.commitments.promises import (
    MAX_OF_MESSAGE,
    Heard,
    Mailbox,
    is_errand,
    is_promise,
    made,
    other_side,
)
from fluffy_core.domain.commitments import CommitmentKind, Debtor
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.message import Address
from tests.fakes.effort import within
from tests.unit.ai.threads import mine, theirs

ME = Mailbox(my_names=frozenset({"max", "doe"}))


def found(message: ThreadMessage, mailbox: Mailbox = ME) -> list[tuple[str, str, str, str]]:
    return [
        (one.debtor.value, one.kind.value, one.quote, one.due) for one in made(Heard.of(message), mailbox)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "I'll send you the draft tomorrow.",
        "We will get back to you next week.",
        "I will also forward the contract.",
        "Will do.",
        "Will call you later today.",
        "Let me check with the lawyers and get back to you.",
        "I am going to prepare the slides tonight.",
        "You will have the figures by Friday.",
        "I’ll make sure to include her.",
        "Ich schicke dir den Entwurf bis Freitag.",
        "Morgen melde ich mich bei Ihnen.",
        "Wir werden Ihnen die Unterlagen nachreichen.",
        "Ich werde das klären.",
        "Wird erledigt!",
    ],
)
def test_promises(sentence: str) -> None:
    assert is_promise(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "I will be in the office on Monday.",
        "We will have a great time.",
        "If you like, I'll send you the draft.",
        "I'll send it if you need it.",
        "Will you send it?",
        "He will send it tomorrow.",
        "I sent it yesterday.",
        "I won't send it.",
        "I will never give you up.",
        "I'll take care.",
        "This does not guarantee that we will get the whole sum.",
        "I hope we will send it in time.",
        "I am going to find it hard to come.",
        "Ich werde morgen nicht da sein.",
        "Falls nötig, schicke ich es dir.",
        "Upon shipment, we will send you an email.",
        "I am not sure where we will get the prices.",
        "Tell me when I will get it.",
        "",
    ],
)
def test_no_promises(sentence: str) -> None:
    assert not is_promise(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Could you send me the revised quote by Thursday?",
        "Please review the attached contract and sign it.",
        "I need you to call the customer tomorrow.",
        "Let me know when you have the figures.",
        "Würden Sie mir bitte den Vertrag schicken?",
        "Bitte schicken Sie mir den Vertrag zurück.",
        "Kannst du mir morgen die Zahlen geben?",
    ],
)
def test_errands(sentence: str) -> None:
    assert is_errand(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Please let me know.",
        "Please let me know if you have any questions.",
        "Please find attached the minutes of the meeting.",
        "Please visit our website for further details.",
        "If you need anything else, please call me tomorrow.",
        "Please note that the office is closed today.",
        "We had a good time at the lake.",
        "Can you believe that it is only a week?",
        "Click here to unsubscribe from these mails, please.",
        "Please refer to the map of the harbour below.",
        "Please know that this is not set in stone yet.",
        "Any problems with the contract, please call me.",
        "Well, how can you help the people there now?",
        "The team tests the price (would you pay so much for it?), and so on.",
    ],
)
def test_no_errands(sentence: str) -> None:
    assert not is_errand(sentence)


def test_what_is_quoted_in_a_sentence_is_somebody_elses() -> None:
    assert not is_promise('He told us: "I will send you the paper tomorrow."')
    assert not is_errand('The string asks: "could you please tie me up with the rope?"')
    assert is_promise('I will send you the "paper" tomorrow.')


def test_their_request_and_their_promise() -> None:
    body = "Hello,\n\ncould you send me the signed contract by Thursday? I'll prepare the invoice tomorrow.\n"
    assert found(theirs(1, body)) == [
        ("me", "asked", "could you send me the signed contract by Thursday?", "2025-05-08"),
        ("them", "promised", "I'll prepare the invoice tomorrow.", "2025-05-07"),
    ]


def test_my_request_and_my_promise() -> None:
    body = "Could you send me the signed contract by Thursday? I'll prepare the invoice tomorrow.\n"
    assert [(debtor, kind) for debtor, kind, *_ in found(mine(1, body))] == [
        (Debtor.THEM, CommitmentKind.ASKED),
        (Debtor.ME, CommitmentKind.PROMISED),
    ]


def test_the_other_side_is_the_writer_or_whom_i_wrote_to() -> None:
    assert other_side(theirs(1, "Hello")) == Address("jane@example.com", "Jane Roe")
    assert other_side(mine(1, "Hello", to=("a@x.example", "b@x.example"))) == Address("a@x.example")
    assert other_side(mine(1, "Hello", to=())) is None
    assert other_side(mine(1, "Hello", to=tuple(f"{n}@x.example" for n in range(9)))) is None
    assert other_side(replace(theirs(1, "Hello"), to_me=False)) is None


def test_a_day_begins_where_the_user_is() -> None:
    late = replace(theirs(1, "I'll send the contract tomorrow."), date=1_746_572_400)  # 23:00 UTC on the 6th
    berlin = replace(ME, zone=ZoneInfo("Europe/Berlin"))
    assert [due for *_, due in found(late)] == ["2025-05-07"]
    assert [due for *_, due in found(late, berlin)] == ["2025-05-08"]


@pytest.mark.parametrize("start", ["Bob, could", "Bob: Could", "Bob can"])
def test_what_is_asked_of_another_by_name_is_not_mine(start: str) -> None:
    asked = theirs(1, f"{start} you send me the signed contract today?")
    both = replace(asked, to=(Address("bob@example.com", "Bob Ode"),))
    assert found(both) == []


def test_whose_address_alone_tells_the_name_is_greeted_too() -> None:
    asked = theirs(1, "Carla,\n\nPlease show her the garden plan today.")
    assert len(found(replace(asked, to=(Address("a.roe@example.com"),)))) == 1
    assert found(replace(asked, to=(Address("carla.roe@example.com"),))) == []


@pytest.mark.parametrize(
    ("sentence", "due"),
    [
        ("Could you send me the signed contract by Friday?", "2025-05-09"),
        ("I'll send you the notice on Friday because the room is free.", "2025-05-09"),
        ("Which train could you take next Friday to get there?", ""),
        ("I'll send you the notice as soon as we know the time--probably Friday.", ""),
        ("I'll send you the list per our talk on Friday.", ""),
        ("What could you give me by Friday, do you think?", "2025-05-09"),
    ],
)
def test_a_day_of_something_else_is_no_due_date(sentence: str, due: str) -> None:
    (one,) = made(Heard.of(theirs(1, sentence)), ME)
    assert one.due == due


@pytest.mark.parametrize("start", ["Nancy, could", "Melissa - can", "Stephanie: Could", "Jay, can"])
def test_a_name_that_is_not_mine_is_somebody_elses(start: str) -> None:
    asked = theirs(1, f"{start} you send me the signed contract today?")
    assert found(asked) == []
    assert len(found(asked, Mailbox())) == 1


@pytest.mark.parametrize(
    "start",
    ["Also, could", "Max and Nancy, could", "Nancy and Max, could", "All, can", "Max - can", "Please can"],
)
def test_what_only_looks_like_a_name_or_names_me_too_is_mine(start: str) -> None:
    assert len(found(theirs(1, f"{start} you send me the signed contract today?"))) == 1


def test_whom_i_speak_to_does_not_matter() -> None:
    assert len(found(mine(1, "Nancy, could you send me the signed contract today?"))) == 1


def test_what_is_asked_of_me_by_name_is_mine() -> None:
    asked = theirs(1, "Max, could you send me the signed contract today?")
    both = replace(asked, to=(Address("bob@example.com", "Bob Ode"),))
    assert len(found(both)) == 1


def test_a_message_that_greets_another_is_not_for_me() -> None:
    asked = theirs(1, "Dear Bob,\n\ncould you send me the signed contract today?")
    both = replace(asked, to=(Address("bob@example.com", "Bob Ode"),))
    assert found(both) == []
    assert len(found(asked)) == 1


@pytest.mark.parametrize(
    "footer",
    [
        "To unsubscribe from this list, answer with stop.",
        "Click here to change your settings.",
        "Hier können Sie den Newsletter abbestellen.",
        "Do not respond to this e-mail.",
        "This account is not monitored.",
    ],
)
def test_mass_mail_owes_nothing(footer: str) -> None:
    assert found(theirs(1, f"We will send you our best offers tomorrow.\n\n{footer}\n")) == []


def test_only_the_first_few_of_a_message_count() -> None:
    body = "\n\n".join(f"I'll send you part {number} tomorrow." for number in range(9))
    assert len(found(theirs(1, body))) == MAX_OF_MESSAGE


def test_the_same_sentence_twice_is_one() -> None:
    assert len(found(theirs(1, "I'll send you the part.\n\nI'll send you the part.\n"))) == 1


def test_very_long_sentences_are_not_quoted() -> None:
    assert found(theirs(1, "I'll send you the part " + "and so on " * 60)) == []


@given(st.text(max_size=400))
def test_any_text_is_read(body: str) -> None:
    for one in made(Heard.of(theirs(1, body)), ME):
        assert one.quote in " ".join(body.split())


@pytest.mark.parametrize(
    "piece", ["I'll really ", "I will then also ", "ich werde ", "please ", "if if ", "Bob: ", "unsubscribe "]
)
def test_hostile_text_is_read_at_once(piece: str) -> None:
    message = theirs(1, piece * 2_000)
    within(0.5, lambda: made(Heard.of(message), ME))
    within(0.2, is_promise, piece * 30)
    within(0.2, is_errand, piece * 30)
