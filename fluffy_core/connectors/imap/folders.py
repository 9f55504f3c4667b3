"""Folders of an IMAP account: names as a user knows them, and what each is for (RFC 6154, or its name)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from fluffy_core.connectors.files import folder_names
from fluffy_core.domain.sync import Folder, FolderRole

_USES = {
    rb"\inbox": FolderRole.INBOX,
    rb"\sent": FolderRole.SENT,
    rb"\drafts": FolderRole.DRAFTS,
    rb"\archive": FolderRole.ARCHIVE,
    rb"\junk": FolderRole.JUNK,
    rb"\spam": FolderRole.JUNK,
    rb"\trash": FolderRole.TRASH,
    rb"\all": FolderRole.ALL,
    rb"\allmail": FolderRole.ALL,
}
_VIEWS = {rb"\flagged", rb"\important", rb"\starred"}
"""Folders that show messages of other folders once more."""
_CLOSED = {rb"\noselect", rb"\nonexistent"}

_NAMES = {
    FolderRole.SENT: (
        "sent|sent items|sent messages|sent mail|sent-mail|outbox sent|gesendet|gesendete objekte"
        "|gesendete elemente|gesendete nachrichten|envoyés|éléments envoyés|messages envoyés|objets envoyés"
        "|enviados|elementos enviados|mensajes enviados|itens enviados|inviati|posta inviata|inviata"
        "|elementi inviati|verzonden|verzonden items|verzonden berichten|wysłane|elementy wysłane|skickat"
        "|skickade|sendt|sendte elementer|lähetetyt|odeslané|odeslaná pošta|elküldött|отправленные|送信済み"
        "|送信済みアイテム|已发送|已发送邮件|寄件備份|보낸 편지함|보낸편지함|gönderilmiş öğeler|gönderilenler"
    ),
    FolderRole.DRAFTS: (
        "drafts|draft|entwürfe|entwurf|brouillons|brouillon|borradores|rascunhos|bozze|concepten|szkice"
        "|wersje robocze|kopie robocze|utkast|kladder|luonnokset|koncepty|piszkozatok|черновики|下書き|草稿"
        "|草稿箱|임시 보관함|임시보관함|taslaklar"
    ),
    FolderRole.ARCHIVE: (
        "archive|archives|archiv|archivé|archivio|archivo|arquivo|archief|archiwum|arkiv|arkisto|archív"
        "|архив|アーカイブ|归档|封存|보관함|arşiv"
    ),
    FolderRole.JUNK: (
        "junk|spam|junk e-mail|junk email|junk mail|bulk mail|bulk|unerwünscht|spamverdacht|junk-e-mail"
        "|indésirables|courrier indésirable|pourriel|correo no deseado|no deseado|lixo eletrônico"
        "|lixo eletrónico|posta indesiderata|indesiderata|ongewenst|ongewenste e-mail|wiadomości-śmieci"
        "|skräppost|søppelpost|uønsket post|roskaposti|nevyžádaná pošta|levélszemét|спам|迷惑メール|垃圾邮件"
        "|垃圾郵件|스팸|스팸메일함|gereksiz"
    ),
    FolderRole.TRASH: (
        "trash|deleted|deleted items|deleted messages|bin|wastebasket|papierkorb|gelöscht|gelöschte objekte"
        "|gelöschte elemente|corbeille|éléments supprimés|supprimés|papelera|eliminados|elementos eliminados"
        "|lixeira|itens excluídos|cestino|posta eliminata|elementi eliminati|prullenbak|verwijderd"
        "|verwijderde items|kosz|elementy usunięte|papperskorg|papperskorgen|borttagna objekt|papirkurv"
        "|slettede elementer|slettet|roskakori|poistetut|koš|odstraněná pošta|kuka|törölt elemek|корзина"
        "|удаленные|удалённые|ゴミ箱|已删除|已删除邮件|垃圾桶|휴지통|지운편지함|çöp kutusu|silinmiş öğeler"
    ),
}
_BY_NAME = {name: role for role, names in _NAMES.items() for name in names.split("|")}
_GUESSED_DEPTH = 2
"""Names below that ("Clients/Sent/2019") are the user's own."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of LIST: attributes, delimiter, and the name in the server's own bytes."""

    attributes: tuple[bytes, ...]
    delimiter: bytes | None
    name: bytes


def folders(listed: Iterable[Listed], prefixes: Sequence[bytes] = ()) -> tuple[Folder, ...]:
    """The folders that hold messages, each once: INBOX first, then by name.

    `prefixes` are those of the personal namespace ("INBOX."), which users do not see.
    """
    seen = {one.name: one for one in listed if _holds_messages(one)}
    known = {name: role for name, one in seen.items() for role in _told(one)}
    taken = set(known.values())
    found: list[Folder] = []
    for name, one in sorted(seen.items()):
        shown = shown_name(one, prefixes)
        role = known.get(name, FolderRole.OTHER)
        guess = _guessed(shown)
        if role is FolderRole.OTHER and guess not in taken:
            role = guess
            taken.add(guess)
        taken.discard(FolderRole.OTHER)
        found.append(Folder(name.decode("latin-1"), shown, role))
    return tuple(sorted(found, key=lambda folder: (folder.role is not FolderRole.INBOX, folder.name)))


def shown_name(one: Listed, prefixes: Sequence[bytes] = ()) -> str:
    """The path that a user knows: "INBOX.Archiv.2019" -> "Archiv/2019" with "INBOX." as prefix."""
    name = one.name
    longest = max((p for p in prefixes if p and name.startswith(p) and name != p), key=len, default=b"")
    name = name[len(longest) :]
    parts = name.split(one.delimiter) if one.delimiter else [name]
    shown = folder_names.shown(tuple(_text(part) for part in parts))
    return shown or quote_from_bytes(one.name)  # nothing in it can be shown as it is


def _text(part: bytes) -> str:
    """Modified UTF-7 is ASCII; servers that send UTF-8 all the same mean UTF-8."""
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return part.decode("latin-1")


def _holds_messages(one: Listed) -> bool:
    attributes = {attribute.lower() for attribute in one.attributes}
    whole = one.name and not any(byte in one.name for byte in b"\r\n\0")
    return bool(whole) and not attributes & (_CLOSED | _VIEWS)


def _told(one: Listed) -> Iterator[FolderRole]:
    if one.name.upper() == b"INBOX":
        yield FolderRole.INBOX
        return
    for attribute in one.attributes:
        if attribute.lower() in _USES:
            yield _USES[attribute.lower()]
            return


def _guessed(shown: str) -> FolderRole:
    parts = shown.split("/")
    if len(parts) > _GUESSED_DEPTH or (len(parts) == _GUESSED_DEPTH and not _is_root(parts[0])):
        return FolderRole.OTHER
    return _BY_NAME.get(parts[-1].casefold(), FolderRole.OTHER)


def _is_root(name: str) -> bool:
    """Whether a top folder is where a server hangs all others."""
    return name.casefold() in {"inbox", "[gmail]", "[google mail]", "mail"}
