"""Gmail's side of a mailbox: messages with labels, a history of what happened, drafts, and what was sent."""

import base64
import itertools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any

from fluffy_core.connectors.files import headers
from fluffy_core.connectors.imap.saving import id_of
from fluffy_core.connectors.imap.smtp import without_bcc
from tests.fakes.submission import Delivered, Outbox

ADDRESS = "ann@example.com"
SYSTEM = (
    *("INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "STARRED", "IMPORTANT", "UNREAD", "CHAT"),
    *("CATEGORY_PERSONAL", "CATEGORY_PROMOTIONS"),
)
HIDDEN = {"SPAM", "TRASH"}
_FIELDS = {
    "messageAdded": "messagesAdded",
    "messageDeleted": "messagesDeleted",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}


class GoogleError(Exception):
    """An answer that is a failure."""

    def __init__(self, status: int, message: str, reason: str = "badRequest") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class Kept:
    """A message as Gmail keeps it. `at` is in Unix milliseconds."""

    id: str
    thread: str
    labels: set[str]
    raw: bytes
    at: int


@dataclass
class Mailbox:
    """One user's mail."""

    messages: dict[str, Kept] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=lambda: {one: one for one in SYSTEM})
    history: list[dict[str, Any]] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    """Id of the message of each draft."""
    outbox: Outbox = field(default_factory=Outbox)
    page: int = 500
    """The most that a page of messages or history holds, however many were asked for."""
    told: Callable[[int], None] = lambda _history_id: None
    topic: str = ""
    """Who is told of news; "" before somebody asked for that."""
    now: int = 1000
    """The history id."""
    forgotten: int = 0
    """History up to here is not told any more."""
    listing: int = 0
    """Part of every page token: tokens of another listing are refused."""
    numbers: Any = field(default_factory=lambda: itertools.count(0x18C2A0000000001))

    # --- what others do ---

    def deliver(
        self,
        raw: bytes,
        labels: Collection[str] = ("INBOX", "UNREAD"),
        *,
        at: datetime | None = None,
        thread: str = "",
    ) -> str:
        """A new message; its id."""
        number = f"{next(self.numbers):x}"
        when = at or datetime.now(UTC)
        kept = Kept(number, thread or number, set(labels), raw, int(when.timestamp() * 1000))
        self.messages[number] = kept
        self._happened("messagesAdded", {"message": self._short(kept)}, number)
        return number

    def label(self, number: str, *, add: Collection[str] = (), remove: Collection[str] = ()) -> None:
        """Another program changes the labels of a message."""
        kept = self.messages[number]
        for kind, some in (
            ("labelsAdded", set(add) - kept.labels),
            ("labelsRemoved", set(remove) & kept.labels),
        ):
            if some:
                kept.labels = kept.labels | some if kind == "labelsAdded" else kept.labels - some
                self._happened(kind, {"message": self._short(kept), "labelIds": sorted(some)}, number)

    def delete(self, number: str) -> None:
        """Another program deletes a message for good."""
        kept = self.messages.pop(number)
        self._happened("messagesDeleted", {"message": self._short(kept)}, number)

    def forget(self) -> None:
        """Nothing that happened until now is told any more; listings begin anew."""
        self.forgotten = self.now
        self.history.clear()
        self.listing += 1

    def make_label(self, name: str) -> str:
        """A new label; its id."""
        number = f"Label_{next(self.numbers)}"
        self.labels[number] = name
        return number

    def drop_label(self, number: str) -> None:
        """Delete a label."""
        del self.labels[number]
        for key, kept in list(self.messages.items()):
            if number in kept.labels:
                self.label(key, remove=[number])

    def with_id(self, message_id: str) -> list[str]:
        """Ids of the messages with a Message-ID."""
        return [key for key, kept in self.messages.items() if id_of(kept.raw) == message_id]

    def _happened(self, kind: str, what: dict[str, Any], number: str) -> None:
        self.now += 7
        bare = {"id": number, "threadId": what["message"]["threadId"]}
        self.history.append({"id": str(self.now), "messages": [bare], kind: [what]})
        if self.topic:
            self.told(self.now)

    @staticmethod
    def _short(kept: Kept) -> dict[str, Any]:
        return {"id": kept.id, "threadId": kept.thread, "labelIds": sorted(kept.labels)}

    # --- what is asked ---

    def methods(self) -> dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]]:
        """By the id of each method."""
        return {
            "gmail.users.getProfile": self._profile,
            "gmail.users.watch": self._watch,
            "gmail.users.labels.list": self._labels,
            "gmail.users.labels.get": self._label,
            "gmail.users.messages.list": self._list,
            "gmail.users.messages.get": self._get,
            "gmail.users.messages.send": self._send,
            "gmail.users.history.list": self._history,
            "gmail.users.drafts.create": self._draft_create,
            "gmail.users.drafts.update": self._draft_update,
            "gmail.users.drafts.list": self._draft_list,
            "gmail.users.drafts.get": self._draft_get,
        }

    def _profile(self, _: dict[str, Any], __: Any) -> dict[str, Any]:
        count = len(self.messages)
        return {
            "emailAddress": ADDRESS,
            "messagesTotal": count,
            "threadsTotal": count,
            "historyId": str(self.now),
        }

    def _watch(self, _: dict[str, Any], sent: Any) -> dict[str, Any]:
        self.topic = sent["topicName"]
        return {"historyId": str(self.now), "expiration": "1900000000000"}

    def _labels(self, _: dict[str, Any], __: Any) -> dict[str, Any]:
        return {
            "labels": [
                {"id": key, "name": name, "type": "system" if key in SYSTEM else "user"}
                for key, name in self.labels.items()
            ]
        }

    def _label(self, asked: dict[str, Any], __: Any) -> dict[str, Any]:
        key = asked["id"]
        if key not in self.labels:
            raise GoogleError(404, "Requested entity was not found.", "notFound")
        count = sum(key in one.labels for one in self.messages.values())
        return {"id": key, "name": self.labels[key], "messagesTotal": count}

    def _list(self, asked: dict[str, Any], __: Any) -> dict[str, Any]:
        wanted = set(asked.get("labelIds", ()))
        if unknown := wanted - self.labels.keys():
            raise GoogleError(400, f"Invalid label: {min(unknown)}", "invalidArgument")
        found = [
            one
            for one in self.messages.values()
            if wanted <= one.labels
            and (asked.get("includeSpamTrash") or not one.labels & HIDDEN)
            and self._matches(one, asked.get("q", ""))
        ]
        found.sort(key=lambda one: (one.at, one.id), reverse=True)
        some, token = self._cut(found, asked)
        answer: dict[str, Any] = {"resultSizeEstimate": min(len(found), 201)}
        if some:
            answer["messages"] = [{"id": one.id, "threadId": one.thread} for one in some]
        return answer | token

    def _cut(self, found: Sequence[Kept], asked: dict[str, Any]) -> tuple[Sequence[Kept], dict[str, Any]]:
        """A page: what comes after the message that its token names, whatever happened meanwhile."""
        if token := asked.get("pageToken", ""):
            match = re.fullmatch(r"(\d+)-(\d+)-(\w+)", token)
            if match is None or int(match[1]) != self.listing:
                raise GoogleError(400, "Invalid pageToken", "invalidArgument")
            found = [one for one in found if (one.at, one.id) < (int(match[2]), match[3])]
        limit = min(asked.get("maxResults", 100), self.page)
        some = found[:limit]
        more = len(found) > limit
        return some, {"nextPageToken": f"{self.listing}-{some[-1].at}-{some[-1].id}"} if more else {}

    @staticmethod
    def _matches(kept: Kept, query: str) -> bool:
        for word in query.split():
            name, _, value = word.partition(":")
            if name == "after":
                if kept.at <= int(value) * 1000:
                    return False
            elif name == "rfc822msgid":
                if value.strip("<>") not in id_of(kept.raw):  # finds what only resembles it, too
                    return False
            else:
                raise GoogleError(400, f"the fake knows no {word}")
        return True

    def _get(self, asked: dict[str, Any], __: Any) -> dict[str, Any]:
        kept = self.messages.get(asked["id"])
        if kept is None:
            raise GoogleError(404, "Requested entity was not found.", "notFound")
        answer = {
            **self._short(kept),
            "historyId": str(self.now),
            "internalDate": str(kept.at),
            "sizeEstimate": len(kept.raw) + 3,
            "snippet": "",
        }
        form = asked.get("format", "full")
        if form == "raw":
            answer["raw"] = base64.urlsafe_b64encode(kept.raw).decode()
        elif form == "metadata":
            answer["payload"] = {"headers": self._headers(kept, asked.get("metadataHeaders", ()))}
        elif form != "minimal":
            raise GoogleError(400, f"the fake knows no {form}")
        return answer

    @staticmethod
    def _headers(kept: Kept, names: Collection[str]) -> list[dict[str, str]]:
        assert {one.lower() for one in names} == {"message-id"}
        value = id_of(kept.raw)
        return [{"name": "Message-Id", "value": value}] if value else []

    def _history(self, asked: dict[str, Any], __: Any) -> dict[str, Any]:
        start = int(asked["startHistoryId"])
        if start < self.forgotten or start > self.now:
            raise GoogleError(404, "Requested entity was not found.", "notFound")
        fields = {_FIELDS[one] for one in asked.get("historyTypes") or _FIELDS}
        after = int(asked.get("pageToken", start))
        records = [
            one
            for one in self.history
            if int(one["id"]) > after
            and fields & one.keys()
            and ("labelId" not in asked or self._has(one, asked["labelId"]))
        ]
        limit = min(asked.get("maxResults", 100), self.page)
        answer: dict[str, Any] = {"historyId": str(self.now)}
        if records:
            answer["history"] = records[:limit]
        if len(records) > limit:
            answer["nextPageToken"] = records[limit - 1]["id"]
        return answer

    def _has(self, record: dict[str, Any], label: str) -> bool:
        return any(
            label in self.messages[one["id"]].labels
            for one in record["messages"]
            if one["id"] in self.messages
        )

    def _send(self, _: dict[str, Any], sent: Any) -> dict[str, Any]:
        raw = self._raw(sent)
        head = headers.head(raw).decode("utf-8", "replace")
        fields = re.findall(r"^(to|cc|bcc):((?:.|\n[ \t])*)", head, re.IGNORECASE | re.MULTILINE)
        fields.sort(key=lambda one: ("to", "cc", "bcc").index(one[0].lower()))
        recipients = tuple(email for _, email in getaddresses([" ".join(one.split()) for _, one in fields]))
        if not recipients:
            raise GoogleError(400, "Recipient address required", "invalidArgument")
        for where in (*recipients, "data"):
            if reply := self.outbox.refusals.get(where):
                raise GoogleError(400 if reply.startswith("5") else 503, reply[4:], "failed")
        self.outbox.delivered.append(Delivered(ADDRESS, recipients, without_bcc(raw)))
        number = self.deliver(raw, ["SENT"])
        return self._short(self.messages[number])

    @staticmethod
    def _raw(sent: Any) -> bytes:
        return sent if isinstance(sent, bytes) else base64.urlsafe_b64decode(sent["raw"])

    def _draft_create(self, _: dict[str, Any], sent: Any) -> dict[str, Any]:
        draft = f"r{next(self.numbers)}"
        self.drafts[draft] = self.deliver(
            self._raw(sent if isinstance(sent, bytes) else sent["message"]), ["DRAFT"]
        )
        return self._draft_get({"id": draft}, None)

    def _draft_update(self, asked: dict[str, Any], sent: Any) -> dict[str, Any]:
        old = self.drafts[asked["id"]]
        raw = self._raw(sent if isinstance(sent, bytes) else sent["message"])
        self.drafts[asked["id"]] = self.deliver(raw, ["DRAFT"], thread=self.messages[old].thread)
        self.delete(old)
        return self._draft_get(asked, None)

    def _draft_get(self, asked: dict[str, Any], __: Any) -> dict[str, Any]:
        return {"id": asked["id"], "message": self._short(self.messages[self.drafts[asked["id"]]])}

    def _draft_list(self, asked: dict[str, Any], __: Any) -> dict[str, Any]:
        found = [
            {"id": draft, "message": {"id": number, "threadId": self.messages[number].thread}}
            for draft, number in self.drafts.items()
            if self._matches(self.messages[number], asked.get("q", ""))
        ]
        return {"drafts": found, "resultSizeEstimate": len(found)} if found else {"resultSizeEstimate": 0}
