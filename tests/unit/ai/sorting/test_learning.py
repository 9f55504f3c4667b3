"""What examples have in common is found, judged by how rare it is, explained, and forgotten exactly."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluffy_core.ai.sorting import learning
from fluffy_core.ai.sorting.learning import Learned, derive, overlay
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.domain.learning import (
    IMPORTANCE,
    NO,
    REPLY,
    YES,
    Correction,
    Rule,
    Scope,
    Sighting,
    Trait,
    Verdict,
)

ANN, SHOP = Trait(Scope.SENDER, "ann@firm.example"), Trait(Scope.SENDER, "shop@store.example")
LIST, FIRM = Trait(Scope.LIST, "boats.list.example"), Trait(Scope.DOMAIN, "firm.example")
INVOICE, BOATS = Trait(Scope.TOPIC, "invoice"), Trait(Scope.TOPIC, "boats")
RECEIPTS = "tag:1"
ASKED = Category(Importance.IMPORTANT, True, 3, "Ann asks you", "Can you?", "rules")
READ = Category(Importance.FYI, False, 0, "Ann asks nothing", "", "rules")


def said(
    number: int, *traits: tuple[Trait, float], question: str = RECEIPTS, answer: str = YES,
    scope: Scope = Scope.TOPIC, thread: int = 0, until: int = 100, paused: bool = False,
) -> Correction:  # fmt: skip
    place = ThreadId(thread or number)
    message = MessageId(int(place) * 10)
    return Correction(number, question, answer, scope, place, message, until, traits, (), paused)


def mail(*traits: Trait, thread: int = 99, number: int = 990, date: int = 50) -> Sighting:
    return Sighting(MessageId(number), ThreadId(thread), date, frozenset(traits))


def learned(*corrections: Correction, found: tuple[Rule, ...] = ()) -> Learned:
    return Learned(corrections, found=found, tags={1: "Receipts", 2: "Boats"})


def answers(known: Learned, one: Sighting) -> dict[str, str]:
    return known.answers(one)


def test_one_example_of_a_rare_sender_speaks_for_the_sender() -> None:
    known = learned(said(1, (SHOP, 0.01), (INVOICE, 0.001)))
    assert [rule.trait for rule in known.rules] == [SHOP]
    assert answers(known, mail(SHOP)) == {RECEIPTS: YES}
    assert answers(known, mail(INVOICE)) == {}


def test_what_most_examples_share_is_the_rule_and_of_that_the_rarest() -> None:
    senders = [Trait(Scope.SENDER, f"{n}@store.example") for n in range(5)]
    examples = [said(n + 1, (one, 0.001), (LIST, 0.4), (INVOICE, 0.01)) for n, one in enumerate(senders)]
    (rule,) = learned(*examples).rules
    assert (rule.trait, rule.corrections, rule.explicit) == (INVOICE, (1, 2, 3, 4, 5), False)


def test_words_of_one_sender_count_in_the_mail_of_that_sender_alone() -> None:
    one, other = Trait(Scope.SENDER, "a@store.example"), Trait(Scope.SENDER, "b@store.example")
    alike = [said(n, (one, 0.2), (INVOICE, 0.01)) for n in (1, 2, 3)]
    known = learned(*alike)
    (rule,) = known.rules
    assert (rule.trait, rule.only_from) == (INVOICE, "a@store.example")
    assert answers(known, mail(one, INVOICE)) == {RECEIPTS: YES}
    assert answers(known, mail(other, INVOICE)) == answers(known, mail(one)) == {}
    (verdict,) = known.verdicts(mail(one, INVOICE))
    assert verdict.reason == "You put 3 conversations from a@store.example with “invoice” in the subject here"
    both = learned(*alike, said(4, (other, 0.2), (INVOICE, 0.01)))
    assert [rule.only_from for rule in both.rules] == [""]
    assert answers(both, mail(ANN, INVOICE)) == {RECEIPTS: YES}


def test_one_message_that_is_none_of_them_tells_which_of_two_traits_was_meant() -> None:
    examples = [said(n, (SHOP, 0.01), (INVOICE, 0.011)) for n in (1, 2, 3)]
    wrong = said(9, (SHOP, 0.01), (BOATS, 0.01), answer=NO, scope=Scope.THREAD)
    assert [rule.trait for rule in learned(*examples).rules] == [SHOP]
    known = learned(*examples, wrong)
    assert [rule.trait for rule in known.rules] == [INVOICE, learning.thread_trait(9)]
    assert answers(known, mail(SHOP, BOATS)) == {}
    assert answers(known, mail(SHOP, INVOICE)) == {RECEIPTS: YES}
    assert learned(*examples, replace(wrong, paused=True)).rules[0].trait == SHOP
    other = replace(wrong, question="tag:2")
    assert learned(*examples, other).rules[0].trait == SHOP, "it is about another category"


def test_a_message_that_is_like_all_of_them_takes_nothing_away() -> None:
    examples = [said(n, (SHOP, 0.01), (INVOICE, 0.011)) for n in (1, 2, 3)]
    wrong = said(9, (SHOP, 0.01), (INVOICE, 0.011), answer=NO, scope=Scope.THREAD)
    known = learned(*examples, wrong)
    assert known.rules[0].trait == SHOP
    assert answers(known, mail(SHOP, thread=9)) == {RECEIPTS: NO}


def test_what_more_examples_share_outweighs_one_that_is_none_of_them() -> None:
    examples = [said(n, (SHOP, 0.01)) for n in (1, 2, 3)]
    wrong = said(9, (SHOP, 0.01), answer=NO, scope=Scope.THREAD)
    assert learned(*examples, wrong).rules[0].trait == SHOP


def test_what_is_shared_by_chance_is_no_rule() -> None:
    senders = [Trait(Scope.SENDER, f"{n}@store.example") for n in range(3)]
    weekly = Trait(Scope.TOPIC, "weekly")
    examples = [said(n + 1, (one, 0.001), (weekly, 0.3)) for n, one in enumerate(senders)]
    assert weekly not in {rule.trait for rule in learned(*examples).rules}
    rare = [replace(one, traits=(one.traits[0], (weekly, 0.001))) for one in examples]
    assert {rule.trait for rule in learned(*rare).rules} == {weekly}


def test_one_word_of_one_example_and_one_company_prove_nothing() -> None:
    known = learned(said(1, (FIRM, 0.001), (INVOICE, 0.0001)))
    assert [rule.trait for rule in known.rules] == [learning.thread_trait(1)]
    both = learned(said(1, (FIRM, 0.001)), said(2, (FIRM, 0.001)))
    assert [(rule.trait, rule.corrections) for rule in both.rules] == [(FIRM, (1, 2))]


def test_who_else_writes_in_a_conversation_counts_from_the_second_example_on() -> None:
    first = replace(said(1, (SHOP, 0.3)), beside=((ANN, 0.001),))
    assert [rule.trait for rule in learned(first).rules] == [learning.thread_trait(1)]
    second = replace(said(2, (FIRM, 0.3)), beside=((ANN, 0.001),))
    assert [rule.trait for rule in learned(first, second).rules] == [ANN]


def test_what_half_of_all_mail_has_needs_many_examples() -> None:
    assert [rule.trait for rule in learned(said(1, (LIST, 0.5))).rules] == [learning.thread_trait(1)]
    many = [said(n, (LIST, 0.5)) for n in range(1, 6)]
    assert LIST not in {rule.trait for rule in learned(*many[:4]).rules}
    assert {rule.trait for rule in learned(*many).rules} == {LIST}


def test_a_chosen_scope_is_taken_at_its_word() -> None:
    known = learned(said(1, (ANN, 0.5), (FIRM, 0.9), scope=Scope.DOMAIN))
    (rule,) = known.rules
    assert (rule.trait, rule.explicit) == (FIRM, True)
    only = learned(said(1, (ANN, 0.001), scope=Scope.THREAD))
    assert answers(only, mail(ANN)) == {}
    assert answers(only, mail(ANN, thread=1)) == {RECEIPTS: YES}


def test_mail_of_people_i_write_with_needs_three_examples() -> None:
    personal = replace(mail(ANN), acquainted=True, personal=True)
    some = [said(n, (ANN, 0.01), question=IMPORTANCE, answer=Importance.FYI) for n in (1, 2, 3)]
    for count, wanted in ((1, {}), (2, {}), (3, {IMPORTANCE: Importance.FYI})):
        assert answers(learned(*some[:count]), personal) == wanted
        assert answers(learned(*some[:count]), mail(ANN)) == {IMPORTANCE: Importance.FYI}


def test_what_such_people_write_to_a_list_is_judged_by_the_list_but_not_by_who_they_are() -> None:
    to_a_list = replace(mail(ANN, LIST), acquainted=True)
    assert answers(learned(said(1, (ANN, 0.01))), to_a_list) == {}
    assert answers(learned(said(1, (LIST, 0.01))), to_a_list) == {RECEIPTS: YES}
    assert answers(learned(*(said(n, (ANN, 0.01)) for n in (1, 2, 3))), to_a_list) == {RECEIPTS: YES}


def test_who_may_not_be_who_they_claim_is_judged_by_no_rule() -> None:
    strange = replace(mail(SHOP, thread=1, number=10), strange=True)
    known = learned(said(1, (SHOP, 0.01), thread=1), said(2, (SHOP, 0.01)))
    assert answers(known, replace(strange, thread_id=ThreadId(5))) == {}
    assert answers(known, strange) == {RECEIPTS: YES}
    forged = replace(strange, id=MessageId(11), date=-1)
    assert answers(known, forged) == {}, "it put itself into the conversation"


def test_the_most_specific_wins_then_what_was_chosen_then_most_examples_then_the_newest() -> None:
    by_list = said(9, (LIST, 0.1), scope=Scope.LIST, answer=NO)
    by_sender = said(1, (SHOP, 0.1), scope=Scope.SENDER)
    assert answers(learned(by_list, by_sender), mail(SHOP, LIST)) == {RECEIPTS: YES}
    found_out = [said(n, (SHOP, 0.01), answer=NO) for n in (2, 3)]
    assert answers(learned(by_sender, *found_out), mail(SHOP)) == {RECEIPTS: YES}
    once = said(4, (SHOP, 0.01))
    assert answers(learned(*found_out, once), mail(SHOP)) == {RECEIPTS: NO}
    newer = said(5, (SHOP, 0.1), scope=Scope.SENDER, answer=NO)
    assert answers(learned(by_sender, newer), mail(SHOP)) == {RECEIPTS: NO}
    here = said(6, (SHOP, 0.1), scope=Scope.THREAD, thread=99)
    assert answers(learned(by_sender, newer, here), mail(SHOP)) == {RECEIPTS: YES}


def test_what_was_paused_rests_and_is_still_listed() -> None:
    known = learned(said(1, (SHOP, 0.01), paused=True), said(2, (SHOP, 0.01), thread=7, paused=True))
    (rule,) = known.rules
    assert (rule.paused, rule.corrections) == (True, (1, 2))
    assert answers(known, mail(SHOP, thread=7)) == {}


def test_tags_that_were_found_hold_until_the_user_says_otherwise() -> None:
    boats = Rule("tag:2", YES, BOATS)
    assert answers(learned(found=(boats,)), mail(BOATS)) == {"tag:2": YES}
    (verdict,) = learned(found=(boats,)).verdicts(replace(mail(BOATS), personal=True, strange=True))
    assert verdict.reason == "Mail with “boats” in the subject"
    known = learned(said(1, (SHOP, 0.01), question="tag:2", answer=NO), found=(boats,))
    assert answers(known, mail(BOATS, SHOP)) == {"tag:2": NO}


def test_reply_is_said_of_the_mail_that_is_there() -> None:
    no = learned(said(1, question=REPLY, answer=NO, scope=Scope.THREAD, until=60))
    assert answers(no, mail(thread=1, date=60)) == {REPLY: NO}
    assert answers(no, mail(thread=1, date=61)) == {}
    yes = learned(said(1, question=REPLY, answer=YES, scope=Scope.THREAD))
    assert answers(yes, mail(thread=1, number=10)) == {REPLY: YES}
    assert answers(yes, mail(thread=1, number=11)) == {}
    rule = learned(said(1, (SHOP, 0.01), question=REPLY, answer=YES))
    assert answers(rule, replace(mail(SHOP), answered=True)) == {}


def test_reasons_and_sentences_say_what_was_said_of_which_mail() -> None:
    known = learned(
        said(1, (SHOP, 0.01)), said(2, (SHOP, 0.01)),
        said(3, (LIST, 0.01), question=IMPORTANCE, answer=Importance.BULK, scope=Scope.LIST),
        said(4, question=REPLY, answer=NO, scope=Scope.THREAD),
        said(5, question="tag:7", answer=NO, scope=Scope.THREAD),
    )  # fmt: skip
    assert [known.sentence(rule) for rule in known.rules] == [
        "You said “Receipts” of 2 conversations from shop@store.example",
        "You said “Bulk mail” of a conversation of the list boats.list.example",
        "You said “Needs no reply” of a conversation",
        "You said “Not ?” of a conversation",
    ]
    told = {one.question: one for one in known.verdicts(mail(SHOP, LIST, thread=4))}
    assert told[RECEIPTS].reason == "You put 2 conversations from shop@store.example here"
    assert (told[REPLY].reason, told[REPLY].by_user) == ("You said that it needs no reply", True)
    assert not told[IMPORTANCE].by_user


@pytest.mark.parametrize(
    ("question", "answer", "base", "now"),
    [
        (IMPORTANCE, "important", READ, (Importance.IMPORTANT, False, 1, "")),
        (IMPORTANCE, "important", ASKED, (Importance.IMPORTANT, True, 3, "Can you?")),
        (IMPORTANCE, "fyi", ASKED, (Importance.FYI, False, 0, "")),
        (IMPORTANCE, "bulk", READ, (Importance.BULK, False, 0, "")),
        (REPLY, YES, READ, (Importance.IMPORTANT, True, 1, "")),
        (REPLY, NO, ASKED, (Importance.IMPORTANT, False, 1, "")),
        (REPLY, NO, replace(ASKED, importance=Importance.FYI), (Importance.FYI, False, 0, "")),
    ],
)
def test_what_an_answer_makes_of_a_category(
    question: str, answer: str, base: Category, now: tuple[object, ...]
) -> None:
    for by_user, engine in ((True, "you"), (False, "learned")):
        made = overlay(base, [Verdict(question, answer, "Because", by_user)])
        assert (made.importance, made.requires_response, made.priority, made.ask) == now
        assert (made.reason, made.engine) == ("Because", engine)


def test_what_changes_nothing_leaves_the_reason_too() -> None:
    assert overlay(READ, [Verdict(REPLY, NO, "Because")]) == READ
    assert overlay(READ, [Verdict(RECEIPTS, YES, "Because")]) == READ
    both = [Verdict(IMPORTANCE, "fyi", "Muted"), Verdict(REPLY, YES, "But asked")]
    assert overlay(ASKED, both).requires_response


TRAITS = st.sampled_from([ANN, SHOP, LIST, FIRM, INVOICE, BOATS])
SHARES = st.sampled_from([0.0001, 0.01, 0.2, 0.9])
SAID = st.builds(
    said,
    st.integers(1, 400),
    st.tuples(TRAITS, SHARES), st.tuples(TRAITS, SHARES),
    question=st.sampled_from([IMPORTANCE, REPLY, RECEIPTS, "tag:2"]),
    answer=st.sampled_from([YES, NO]),
    scope=st.sampled_from(list(Scope)),
    thread=st.integers(1, 9),
    paused=st.booleans(),
)  # fmt: skip
MANY = st.lists(SAID, max_size=25, unique_by=lambda one: one.id)


@settings(deadline=None)
@given(MANY, st.randoms())
def test_each_correction_is_in_one_rule_whatever_the_order(many: list[Correction], dice: object) -> None:
    rules = derive(many)
    assert sorted(one for rule in rules for one in rule.corrections) == sorted(one.id for one in many)
    turned = list(many)
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert derive(turned) == rules


def test_ten_thousand_corrections_are_understood_in_linear_time() -> None:
    senders = [(Trait(Scope.SENDER, f"s{n}@x.example"), 0.0001) for n in range(5000)]
    many = [said(n + 1, senders[n % 5000], (INVOICE, 0.5)) for n in range(10_000)]
    rules = derive(many)
    assert len(rules) <= 5000
    assert sum(len(rule.corrections) for rule in rules) == 10_000
