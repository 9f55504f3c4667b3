"""The evaluation of learning: kinds are drawn, taught, judged on other mail, and forgotten."""

import json
from pathlib import Path

import pytest

from benchmarks import eval_learning, kinds_of_mail
from benchmarks.kinds_of_mail import Kind
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.learning import Scope, Sighting, Trait
from tests.fakes.mailboxes import mbox, write
from tests.unit.services.homes import letter

SHOP, BOATS = Trait(Scope.SENDER, "s@x.example"), Trait(Scope.TOPIC, "boats")


def mail(count: int, *traits: Trait, start: int = 0) -> list[Sighting]:
    return [
        Sighting(MessageId(n), ThreadId(n), n, frozenset(traits)) for n in range(start + 1, start + count + 1)
    ]


def test_kinds_have_enough_conversations_and_topics_are_rare() -> None:
    some = [*mail(20, SHOP), *mail(20, BOATS, start=100), *mail(5, Trait(Scope.LIST, "l"), start=200)]
    found = kinds_of_mail.kinds(some, most=5, seed=1)
    assert [one.trait for one in found] == [SHOP]
    rare = [*some, *mail(900, start=1000)]
    assert [one.trait for one in kinds_of_mail.kinds(rare, most=5, seed=1)] == [SHOP, BOATS]
    assert kinds_of_mail.kinds([], most=5, seed=1) == []


def test_examples_are_of_different_conversations_and_the_same_for_a_seed() -> None:
    some = {int(one.id): one for one in mail(20, SHOP)}
    kind = Kind(SHOP, frozenset(some))
    first = kinds_of_mail.taught(kind, some, count=5, seed=3)
    assert len({one.thread_id for one in first}) == 5
    assert kinds_of_mail.taught(kind, some, count=5, seed=3) == first
    assert kinds_of_mail.taught(kind, some, count=5, seed=4) != first


def test_recall_and_harm_are_counted_on_other_conversations() -> None:
    shop, boats = mail(10, SHOP), mail(10, BOATS, start=50)
    some = {int(one.id): one for one in (*shop, *boats)}
    kinds = [
        Kind(SHOP, frozenset(int(one.id) for one in shop)),
        Kind(BOATS, frozenset(int(one.id) for one in boats)),
    ]
    all_right = kinds_of_mail.outcome(
        kinds[0], lambda one: SHOP in one.traits, shop[:5], mail=some, others=kinds
    )
    assert (all_right.recall, all_right.harm) == (1.0, 0.0)
    everything = kinds_of_mail.outcome(kinds[0], lambda _one: True, shop[:5], mail=some, others=kinds)
    assert (everything.recall, everything.harm) == (1.0, 1.0)
    nothing = kinds_of_mail.outcome(kinds[0], lambda _one: False, shop[:5], mail=some, others=kinds)
    assert (nothing.recall, nothing.harm) == (0.0, 0.0)


def test_the_late_are_told_of_not_the_usual() -> None:
    assert eval_learning.late([]) == 0.0
    assert eval_learning.late([float(n) for n in range(101)]) == 95.0


def test_baselines_learn_what_they_can() -> None:
    shop, rest = mail(20, SHOP), mail(3000, BOATS, start=100)
    some = {int(one.id): one for one in (*shop, *rest)}
    for learner in (eval_learning.sender_rule, eval_learning.naive_bayes):
        judge = learner(shop[:5], some)
        assert judge(shop[9])
        assert not judge(rest[0])


def test_the_whole_evaluation_on_a_small_mailbox(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letters = [
        letter(f"Parcel {n}", sender="Shop <s@shop.example>", hour=n, mid=f"s{n}@x") for n in range(14)
    ]
    letters += [
        letter(f"Word{n} of mine", sender=f"P <p{n}@x{n}.example>", hour=n, mid=f"p{n}@x") for n in range(40)
    ]
    path = write(tmp_path / "Inbox.mbox", mbox(*letters))
    assert eval_learning.main([str(path), "--json", "--kinds", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ours"]["recall"] == told["ours"]["restored"] == 1.0
    assert told["ours"]["harm"] == 0.0
    assert set(told["baselines"]) == {"no learning", "sender rule", "naive Bayes"}
    assert told["baselines"]["no learning"]["recall"] == 0.0


def test_mail_without_any_kind_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "Inbox.mbox", mbox(letter("One")))
    assert eval_learning.main([str(path)]) == 1
    assert "kinds 0" in capsys.readouterr().out
