"""Parsing in a child process: the same outcome, and a crash costs one message."""

from collections.abc import Sequence

import pytest

from fluffy_core.domain.source import RawItem
from fluffy_core.services import prepare, prepare_process
from fluffy_core.services.prepare_process import PreparingProcess


def item(number: int, body: str = "Hello.") -> RawItem:
    raw = (
        f"From: ann@example.com\nTo: me@example.com\nSubject: n{number}\nMessage-ID: <{number}@x>\n\n{body}\n"
    )
    return RawItem(number, str(number), raw.encode())


def test_the_child_prepares_what_the_caller_would_have() -> None:
    items = [item(1), item(2, "Zweite Zeile: äöü"), RawItem(3, "3", b"", problem="It is empty.")]
    make = prepare.preparer(clock=lambda: 1_780_000_000)
    expected = [make(one) for one in items]
    with PreparingProcess() as child:
        found = child.prepare(items)
        again = child.prepare(items[:1])
    assert [(one.identity, one.content_key, one.preview, one.reason, one.raw) for one in found] == [
        (one.identity, one.content_key, one.preview, one.reason, one.raw) for one in expected
    ]
    assert [one.reason for one in found] == ["", "", "It is empty."]
    assert again[0].identity == found[0].identity


def test_nothing_to_prepare_starts_no_child() -> None:
    with PreparingProcess() as child:
        assert child.prepare([]) == []
        assert child._child is None


def test_a_message_that_crashes_the_parser_is_kept_unread_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crashing = prepare_process._START.replace(
        "; p.serve",
        "; import os; real = p.prepare.preparer; "
        "p.prepare.preparer = lambda: (lambda make: "
        "lambda one: os._exit(3) if one.position == 5 else make(one))(real())"
        "; p.serve",
    )
    assert crashing != prepare_process._START
    monkeypatch.setattr(prepare_process, "_START", crashing)
    with PreparingProcess() as child:
        found = child.prepare([item(number) for number in range(8)])
    assert [one.position for one in found] == list(range(8))
    assert [one.position for one in found if one.message is None] == [5]
    assert found[5].reason == "It crashed or stalled the program that reads messages."


def test_a_stalled_parser_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    stalling = prepare_process._START.replace("; p.serve", "; import time; time.sleep(60); p.serve")
    monkeypatch.setattr(prepare_process, "_START", stalling)
    monkeypatch.setattr(prepare_process, "PAGE_SECONDS", 0.3)
    with PreparingProcess() as child:
        found = child.prepare([item(1)])
    assert found[0].message is None


def test_the_child_ends_with_its_owner() -> None:
    with PreparingProcess() as child:
        child.prepare([item(1)])
        process = child._child
    assert process is not None
    assert process.poll() == 0


def test_pages_cut_by_count_and_size() -> None:
    def cut(items: Sequence[RawItem]) -> list[int]:
        return [len(page) for page in prepare.pages(items)]

    assert cut([item(number) for number in range(1201)]) == [500, 500, 201]
    assert cut([RawItem(n, str(n), bytes(5 << 20)) for n in range(3)]) == [2, 1]
    assert cut([]) == []
