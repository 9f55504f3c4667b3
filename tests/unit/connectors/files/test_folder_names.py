"""Folder names as mail programs show them."""

import pytest

from fluffy_core.connectors.files import folder_names


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("INBOX",), "Inbox"),
        (("inbox",), "Inbox"),
        (("Sent Items",), "Sent Items"),
        (("Gesendet",), "Gesendet"),
        (("INBOX.sbd", "Projekte.sbd", "2019"), "Inbox/Projekte/2019"),
        (("Archive.mbox",), "Archive"),
        (("Version 1.2",), "Version 1.2"),
        (("Entw&APw-rfe",), "Entwürfe"),
        (("&U,BTFw-",), "台北"),
        (("A&-B",), "A&B"),
        (("R&D",), "R&D"),
        (("broken &!!!-",), "broken &!!!-"),
        (("a\u202eb\x00c",), "abc"),
        ((), ""),
        ((" ",), ""),
    ],
)
def test_shown(parts: tuple[str, ...], name: str) -> None:
    assert folder_names.shown(parts) == name


@pytest.mark.parametrize(
    ("name", "parts"),
    [(".Sent", ("Sent",)), (".Archive.2019", ("Archive", "2019")), (".", ()), ("..a", ("a",))],
)
def test_maildir_child(name: str, parts: tuple[str, ...]) -> None:
    assert folder_names.maildir_child(name) == parts
