"""Names and roles of IMAP folders, in the ways that servers tell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient import imap_utf7

from fluffy_core.connectors.imap.folders import Listed, folders, shown_name
from fluffy_core.domain.sync import FolderRole


def listed(name: str | bytes, *attributes: bytes, delimiter: bytes | None = b"/") -> Listed:
    return Listed(attributes, delimiter, name if isinstance(name, bytes) else imap_utf7.encode(name))


def roles(*lines: Listed, prefixes: tuple[bytes, ...] = ()) -> dict[str, FolderRole]:
    return {folder.name: folder.role for folder in folders(lines, prefixes)}


def test_gmail() -> None:
    found = roles(
        listed("INBOX"),
        listed("[Gmail]", rb"\Noselect"),
        listed("[Gmail]/Alle Nachrichten", rb"\All"),
        listed("[Gmail]/Entwürfe", rb"\Drafts"),
        listed("[Gmail]/Gesendet", rb"\Sent"),
        listed("[Gmail]/Markiert", rb"\Flagged"),
        listed("[Gmail]/Wichtig", rb"\Important"),
        listed("[Gmail]/Spam", rb"\Junk"),
        listed("[Gmail]/Papierkorb", rb"\Trash"),
        listed("Clients/Ånd"),
    )
    assert found == {
        "Inbox": FolderRole.INBOX,
        "Clients/Ånd": FolderRole.OTHER,
        "[Gmail]/Alle Nachrichten": FolderRole.ALL,
        "[Gmail]/Entwürfe": FolderRole.DRAFTS,
        "[Gmail]/Gesendet": FolderRole.SENT,
        "[Gmail]/Spam": FolderRole.JUNK,
        "[Gmail]/Papierkorb": FolderRole.TRASH,
    }


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sent Items", FolderRole.SENT),
        ("GESENDETE ELEMENTE", FolderRole.SENT),
        ("Éléments envoyés", FolderRole.SENT),
        ("Отправленные", FolderRole.SENT),
        ("送信済み", FolderRole.SENT),
        ("Brouillons", FolderRole.DRAFTS),
        ("Borradores", FolderRole.DRAFTS),
        ("Unerwünscht", FolderRole.JUNK),
        ("Posta indesiderata", FolderRole.JUNK),
        ("Papierkorb", FolderRole.TRASH),
        ("Prullenbak", FolderRole.TRASH),
        ("Archivio", FolderRole.ARCHIVE),
        ("Sent to printer", FolderRole.OTHER),
        ("Clients/Sent", FolderRole.OTHER),
        ("INBOX/Drafts", FolderRole.DRAFTS),
    ],
)
def test_roles_by_name(name: str, role: FolderRole) -> None:
    assert roles(listed("INBOX"), listed(name))[name.replace("INBOX", "Inbox")] is role


def test_what_the_server_says_is_stronger_than_a_name_and_each_role_is_given_once() -> None:
    found = roles(
        listed("INBOX"),
        listed("Sent"),
        listed("Gesendet", rb"\Sent"),
        listed("Drafts"),
        listed("Entwürfe"),
        listed("Archive", rb"\HasNoChildren", rb"\Junk"),
    )
    assert found["Gesendet"] is FolderRole.SENT
    assert found["Sent"] is FolderRole.OTHER
    assert [found["Drafts"], found["Entwürfe"]] == [FolderRole.DRAFTS, FolderRole.OTHER]
    assert found["Archive"] is FolderRole.JUNK


def test_the_prefix_of_the_namespace_is_not_shown() -> None:
    lines = (
        listed("INBOX", delimiter=b"."),
        listed("INBOX.Archiv.2019", delimiter=b"."),
        listed("INBOX.Archiv", delimiter=b"."),
    )
    found = folders(lines, (b"INBOX.", b""))
    assert [(one.id, one.name) for one in found] == [
        ("INBOX", "Inbox"),
        ("INBOX.Archiv", "Archiv"),
        ("INBOX.Archiv.2019", "Archiv/2019"),
    ]


def test_folders_that_hold_no_messages_are_left_out_and_each_comes_once() -> None:
    found = folders(
        [
            listed("inbox"),
            listed("inbox"),
            listed("Top", rb"\NOSELECT"),
            listed("Gone", rb"\NonExistent"),
            listed(b"two\r\nlines"),
            listed(b""),
        ]
    )
    assert [(one.id, one.role) for one in found] == [("inbox", FolderRole.INBOX)]


def test_a_server_that_sends_utf8_or_nonsense() -> None:
    assert shown_name(listed("Entwürfe".encode())) == "Entwürfe"
    assert shown_name(listed(b"Entw\xfcrfe")) == "Entwürfe"
    assert shown_name(listed(b"&broken")) == "&broken"
    assert shown_name(listed(b"a/b", delimiter=None)) == "a_b"


@given(st.binary(min_size=1, max_size=40), st.sampled_from([b"/", b".", b"\\", None]))
def test_any_name_can_be_shown_and_found_again(name: bytes, delimiter: bytes | None) -> None:
    found = folders([Listed((), delimiter, name)], [b"INBOX."])
    if any(byte in name for byte in b"\r\n\0"):
        assert found == ()
        return
    (one,) = found
    assert one.id.encode("latin-1") == name
    assert one.name
    assert one.name.isprintable()


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20))
def test_modified_utf7_there_and_back(name: str) -> None:
    wanted = name.replace("/", "").strip()
    if wanted and wanted.lower() != "inbox" and not wanted.endswith((".sbd", ".mbox", ".mbx", ".mbs")):
        assert shown_name(listed(wanted, delimiter=None)) == wanted
