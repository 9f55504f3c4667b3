"""The paths of a loopback Graph that are about mail."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from urllib.parse import urlencode

from fluffy_core.connectors.imap.smtp import without_bcc
from tests.fakes.graph_answers import (
    Entity,
    Refused,
    Rounds,
    answer,
    check_options,
    chosen,
    immutable,
    not_found,
    removed,
)
from tests.fakes.graph_mail import Letter, Mailbox, Shelf, told
from tests.fakes.submission import Delivered, Outbox
from tests.fakes.web_server import Asked, Reply

_RECEIVED = re.compile(r"receivedDateTime (lt|le|gt|ge) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_MESSAGE_ID = re.compile(r"internetMessageId eq '((?:[^']|'')*)'")
_COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}
_EXPAND = "singleValueExtendedProperties($filter=id eq 'Integer 0x0E08')"
_LIST = ("$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$count")
_DELTA = ("$select", "$filter", "$orderby", "$top", "changeType")


class MailRoutes:
    """Answers about folders and messages; sent mail goes to `outbox`."""

    def __init__(self, mailbox: Mailbox, outbox: Outbox, rounds: Rounds) -> None:
        self._mail = mailbox
        self._outbox = outbox
        self._rounds = rounds
        self.address = "ann@example.com"

    def table(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        """(method, path as a pattern, what answers)."""
        folder, message = "me/mailFolders/([^/]+)", "messages/([^/]+)"
        return [
            ("GET", "me/mailFolders", self.folders),
            ("GET", f"{folder}/childFolders", self.folders),
            ("GET", folder, self.folder),
            ("GET", f"{folder}/messages/delta", self.delta),
            ("GET", f"{folder}/messages", self.messages),
            ("GET", rf"{folder}/{message}/\$value", self.content),
            ("GET", f"{folder}/{message}", self.message),
            ("GET", rf"me/{message}/\$value", lambda asked, one: self.content(asked, "", one)),
            ("GET", f"me/{message}", lambda asked, one: self.message(asked, "", one)),
            ("DELETE", f"me/{message}", self.delete),
            ("POST", "me/messages", self.draft),
            ("POST", "me/sendMail", self.send),
        ]

    def folders(self, asked: Asked, parent: str = "root") -> Reply:
        check_options(asked, ("$select", "$top", "$skip"))
        inside = self._mail.inside(parent if parent == "root" else self._mail.shelf(parent).id)
        return self._paged(asked, [self._folder(asked, one) for one in inside])

    def folder(self, asked: Asked, name: str) -> Reply:
        check_options(asked, ("$select",))
        return answer(self._folder(asked, self._mail.shelf(name)))

    def _folder(self, asked: Asked, shelf: Shelf) -> Entity:
        letters = self._mail.within(shelf.id)
        entity = {
            "id": shelf.id,
            "displayName": shelf.name,
            "parentFolderId": shelf.parent,
            "childFolderCount": len(self._mail.inside(shelf.id)),
            "unreadItemCount": sum(not one.read for one in letters),
            "totalItemCount": len(letters),
            "isHidden": False,
        }
        return chosen("mailFolder", asked.query.get("$select", ""), entity)

    def messages(self, asked: Asked, folder: str) -> Reply:
        check_options(asked, _LIST)
        letters = _filtered(self._mail.within(self._mail.shelf(folder).id), asked)
        options = {name: asked.query.get(name, "") for name in ("$select", "$expand")}
        entries = [_told(one, options, lasting=immutable(asked)) for one in letters]
        return self._paged(asked, entries)

    def _paged(self, asked: Asked, entries: list[Entity]) -> Reply:
        top, skip = int(asked.query.get("$top", "10")), int(asked.query.get("$skip", "0"))
        if not 0 < top <= 1000:
            raise Refused(400, "BadRequest", "The limit of '1000' for Top query has been exceeded.")
        content: Entity = {"value": entries[skip : skip + top]}
        if asked.query.get("$count") == "true":
            content["@odata.count"] = len(entries)
        if len(entries) > skip + top:
            options = urlencode({**asked.query, "$skip": skip + top})
            content["@odata.nextLink"] = f"{self._rounds.url()}{asked.path}?{options}"
        return answer(content)

    def delta(self, asked: Asked, folder: str) -> Reply:
        check_options(asked, _DELTA)
        shelf = self._mail.shelf(folder)
        state = self._rounds.state(asked, _DELTA)
        options, lasting = state["options"], immutable(asked)

        def tell(item: str, properties: frozenset[str] | None) -> Entity:
            letter = self._mail.letters.get(item)
            if letter is None or letter.folder != shelf.id:
                return removed(told(_ghost(item, shelf), lasting=lasting)["id"])
            whole = _told(letter, options, lasting=lasting)
            if properties is None:
                return whole
            return {key: one for key, one in whole.items() if key in properties | {"id"}}

        items = [one.item for one in self._mail.within(shelf.id)]
        return self._rounds.page(asked, state, track=shelf.track, everything=items, tell=tell)

    def content(self, asked: Asked, folder: str, name: str) -> Reply:
        check_options(asked, ())
        letter = self._letter(folder, name)
        return Reply(200, letter.content, {"Content-Type": "text/plain"})

    def message(self, asked: Asked, folder: str, name: str) -> Reply:
        check_options(asked, ("$select", "$expand"))
        _check_expand(asked.query)
        return answer(_told(self._letter(folder, name), asked.query, lasting=immutable(asked)))

    def _letter(self, folder: str, name: str) -> Letter:
        letter = self._mail.letter(name)
        if folder and self._mail.shelf(folder).id != letter.folder:
            raise not_found()
        return letter

    def delete(self, asked: Asked, name: str) -> Reply:
        check_options(asked, ())
        letter = self._mail.letter(name)
        trash = self._mail.shelf("deleteditems").id
        if letter.folder == trash:
            self._mail.remove(letter)
        else:
            self._mail.move(letter, trash)
        return Reply(204)

    def draft(self, asked: Asked) -> Reply:
        letter = self._mail.deliver("drafts", _mime(asked), flags=("draft", "seen"))
        return answer(told(letter, lasting=immutable(asked)), status=201)

    def send(self, asked: Asked) -> Reply:
        content = _mime(asked)
        recipients = tuple(_recipients(content))
        if not recipients:
            raise Refused(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
        for where in (*recipients, "data"):
            if words := self._outbox.refusals.get(where):
                status = 400 if words.startswith("5") else 503
                raise Refused(status, "ErrorInvalidRecipients", words[4:])
        self._outbox.delivered.append(Delivered(self.address, recipients, without_bcc(content)))
        self._mail.deliver("sentitems", content, flags=("seen",))
        return Reply(202)


def _mime(asked: Asked) -> bytes:
    if asked.headers.get("content-type") != "text/plain":
        raise Refused(400, "RequestBodyRead", "This server is used with MIME content alone.")
    try:
        return base64.b64decode(asked.content, validate=True)
    except binascii.Error:
        raise Refused(
            400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content."
        ) from None


def _recipients(content: bytes) -> Iterable[str]:
    found = BytesHeaderParser().parsebytes(content)
    fields = [str(one) for name in ("To", "Cc", "Bcc") for one in found.get_all(name, [])]
    return dict.fromkeys(address for _, address in getaddresses(fields) if address)


def _filtered(letters: list[Letter], asked: Asked) -> list[Letter]:
    """As $filter and $orderby say; only what Graph documents, and its rule for both together."""
    condition, order = asked.query.get("$filter", ""), asked.query.get("$orderby", "")
    if order not in ("", "receivedDateTime desc"):
        raise Refused(400, "BadRequest", "Unsupported order.")
    if order and condition and not condition.startswith("receivedDateTime"):
        raise Refused(400, "InefficientFilter", "The restriction or sort order is too complex.")
    _check_expand(asked.query)
    for part in condition.split(" and ") if condition else []:
        letters = _passing(letters, part)
    return letters


def _passing(letters: list[Letter], part: str) -> list[Letter]:
    if match := _RECEIVED.fullmatch(part):
        moment = datetime.strptime(match[2], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return [one for one in letters if _COMPARE[match[1]](one.received, moment)]
    if match := _MESSAGE_ID.fullmatch(part):
        wanted = match[1].replace("''", "'")
        return [one for one in letters if told(one, lasting=True)["internetMessageId"] == wanted]
    raise Refused(400, "BadRequest", f"Invalid filter clause: {part}.")


def _check_expand(options: "dict[str, str] | Asked | object") -> None:
    wanted = options.get("$expand", "") if isinstance(options, dict) else ""
    if wanted not in ("", _EXPAND):
        raise Refused(400, "BadRequest", f"Unsupported expansion {wanted}.")


def _told(letter: Letter, options: "dict[str, str] | object", *, lasting: bool) -> Entity:
    assert isinstance(options, dict)
    entity = chosen("message", options.get("$select", ""), told(letter, lasting=lasting))
    if options.get("$expand"):
        size = {"id": "Integer 0xe08", "value": str(letter.size)}
        entity["singleValueExtendedProperties"] = [size]
    return entity


def _ghost(item: str, shelf: Shelf) -> Letter:
    """A message that is not there, for its id."""
    return Letter(item, b"", shelf.id, datetime.now(UTC))
