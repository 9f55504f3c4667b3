"""What Graph tells of a message, in our words."""

import pytest

from fluffy_core.connectors.microsoft import messages as outlook_messages
from fluffy_core.connectors.microsoft.graph import Entry

WHOLE: Entry = {"id": "a", "isRead": False, "isDraft": False, "flag": {"flagStatus": "notFlagged"}}


def properties(*pairs: tuple[str, object]) -> list[dict[str, object]]:
    return [{"id": name, "value": value} for name, value in pairs]


@pytest.mark.parametrize(
    ("told", "flags"),
    [
        ({}, ("unseen",)),
        ({"isRead": True}, ("seen",)),
        ({"isDraft": True, "isRead": True}, ("draft", "seen")),
        ({"flag": {"flagStatus": "flagged"}}, ("flagged", "unseen")),
        ({"flag": {"flagStatus": "complete"}}, ("unseen",)),
        ({"flag": None}, ("unseen",)),
        ({"singleValueExtendedProperties": "none"}, ("unseen",)),
        ({"singleValueExtendedProperties": [5, {"id": 5}, {"id": "x y", "value": "1"}]}, ("unseen",)),
    ],
)
def test_flags(told: Entry, flags: tuple[str, ...]) -> None:
    assert outlook_messages.ref(WHOLE | told, "f").flags == flags


@pytest.mark.parametrize(
    ("told", "flags"),
    [
        ({"isRead": True}, ("flagged", "seen")),
        ({"flag": {"flagStatus": "notFlagged"}}, ("unseen",)),
        ({}, ("flagged", "unseen")),
        ({"isDraft": True}, ("draft", "flagged", "unseen")),
    ],
)
def test_what_is_not_told_is_as_before(told: Entry, flags: tuple[str, ...]) -> None:
    before = ("flagged", "unseen")
    assert outlook_messages.ref({"id": "a", **told}, "f", before=before).flags == flags
    assert not outlook_messages.is_whole({"id": "a", **told})


def test_a_whole_entry_knows_better_than_before() -> None:
    assert outlook_messages.is_whole(WHOLE)
    assert outlook_messages.ref(WHOLE, "f", before=("flagged", "seen")).flags == ("unseen",)


@pytest.mark.parametrize(
    ("value", "size"),
    [("1234", 1234), ("0", 0), ("-5", 0), ("1e9", 0), ("9" * 40, 0), (5, 0), (None, 0), ("٣", 0)],
)
def test_sizes_are_numbers_that_can_be(value: object, size: int) -> None:
    told = {"singleValueExtendedProperties": properties(("Integer 0xe08", value))}
    assert outlook_messages.ref(WHOLE | told, "f").size == size


def test_where_it_is_and_in_which_conversation() -> None:
    found = outlook_messages.ref(WHOLE | {"conversationId": "c"}, "f")
    assert (found.id, found.folder_id, found.thread_id) == ("a", "f", "c")
    assert outlook_messages.ref(WHOLE | {"conversationId": 5}, "f").thread_id == ""


def test_when_it_arrived() -> None:
    moment = outlook_messages.received({"receivedDateTime": "2026-03-02T10:00:00.9999999+01:00"})
    assert moment.isoformat() == "2026-03-02T09:00:00+00:00"
    assert outlook_messages.received({"receivedDateTime": "2026-03-02T09:00:00"}) == moment


@pytest.mark.parametrize(
    ("value", "wanted"), [("<a@b>", "<a@b>"), (" <a@\r\n b> ", "<a@b>"), (None, ""), (5, ""), ("", "")]
)
def test_message_ids(value: object, wanted: str) -> None:
    assert outlook_messages.message_id({"internetMessageId": value}) == wanted
