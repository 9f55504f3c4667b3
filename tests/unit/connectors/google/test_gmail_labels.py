"""Gmail's labels as folders, names and flags."""

import pytest

from fluffy_core.connectors.google import gmail_labels
from fluffy_core.connectors.google.gmail_labels import ALL_MAIL, flags, is_in, labels
from fluffy_core.domain.sync import FolderRole, MessageRef

ANSWER = {
    "labels": [
        {"id": "CHAT", "name": "CHAT", "type": "system"},
        {"id": "CATEGORY_PROMOTIONS", "name": "CATEGORY_PROMOTIONS", "type": "system"},
        {"id": "Label_7", "name": "zeta", "type": "user"},
        {"id": "Label_8", "name": "Clients/Öde\nand more", "type": "user"},
        {"id": "Label_9", "name": "", "type": "user"},
        {"id": "INBOX", "name": "INBOX", "type": "system"},
        {"id": "UNREAD", "name": "UNREAD", "type": "system"},
    ]
}


def test_folders_are_system_labels_first_then_the_users_by_name() -> None:
    folders = labels(ANSWER).folders()
    assert [one.name for one in folders] == [
        *("Inbox", "All Mail", "Sent", "Drafts", "Spam", "Trash", "Starred", "Important"),
        *("Clients/Öde and more", "Label_9", "zeta"),
    ]
    roles = {one.name: one.role for one in folders}
    assert roles["All Mail"] is FolderRole.ALL
    assert roles["Spam"] is FolderRole.JUNK
    assert roles["zeta"] is FolderRole.OTHER


def test_a_message_with_all_that_its_labels_say() -> None:
    message = {
        "id": "18c",
        "threadId": "18a",
        "labelIds": ["INBOX", "UNREAD", "STARRED", "Label_7", "CATEGORY_PROMOTIONS", "Label_404"],
        "sizeEstimate": 40,
    }
    found = labels(ANSWER).of(message, "INBOX")
    shown = ("Category Promotions", "Inbox", "Label_404", "Starred", "zeta")
    assert found == MessageRef("18c", "INBOX", ("flagged", "unseen"), 40, shown, "18a")
    assert labels(ANSWER).of({"id": "1"}, "INBOX", size=5) == MessageRef("1", "INBOX", ("seen",), 5)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([], ("seen",)),
        (["UNREAD"], ("unseen",)),
        (["DRAFT", "STARRED"], ("draft", "flagged", "seen")),
    ],
)
def test_flags(ids: list[str], words: tuple[str, ...]) -> None:
    assert flags(ids) == words


@pytest.mark.parametrize(
    ("folder", "ids", "inside"),
    [
        (ALL_MAIL.id, [], True),
        (ALL_MAIL.id, ["Label_7"], True),
        (ALL_MAIL.id, ["DRAFT"], False),
        (ALL_MAIL.id, ["SPAM"], False),
        (ALL_MAIL.id, ["TRASH", "Label_7"], False),
        (ALL_MAIL.id, ["CHAT"], False),
        ("Label_7", ["Label_7"], True),
        ("Label_7", ["Label_8"], False),
        ("Label_7", ["Label_7", "TRASH"], False),
        ("TRASH", ["Label_7", "TRASH"], True),
        ("SPAM", ["TRASH"], False),
        ("DRAFT", ["DRAFT"], True),
        ("INBOX", ["INBOX", "CHAT"], False),
    ],
)
def test_where_a_message_is(folder: str, ids: list[str], inside: bool) -> None:
    assert is_in(folder, ids) is inside


def test_all_mail_is_no_label() -> None:
    assert ALL_MAIL.id not in labels(ANSWER).names
    assert gmail_labels.labels({}).folders()[0].name == "Inbox"
