"""How Graph answers, whatever it is asked for: errors, query options, pages, delta rounds."""

import base64
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.fakes import graph_schema
from tests.fakes.web_server import Asked, Reply

Entity = dict[str, Any]
_LINKS = {"$deltatoken", "$skiptoken"}
_SIZE = re.compile(r"odata\.maxpagesize=(\d+)")


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str = "Refused.") -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def reply(self) -> Reply:
        """In Graph's words."""
        return answer({"error": {"code": self.code, "message": str(self)}}, status=self.status)


def not_found() -> Refused:
    """What is not there."""
    return Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def answer(content: Entity, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def immutable(asked: Asked) -> bool:
    """Whether ids are to last when an item is moved."""
    return 'IdType="ImmutableId"' in asked.headers.get("prefer", "")


def page_size(asked: Asked, usual: int = 10) -> int:
    """How many entries a page is to have."""
    found = _SIZE.search(asked.headers.get("prefer", ""))
    return int(found[1]) if found else usual


def check_options(asked: Asked, allowed: Collection[str]) -> None:
    """Refuse what Graph does not know; a link stands alone."""
    for name in asked.query:
        if name not in allowed and name not in _LINKS:
            raise Refused(400, "BadRequest", f"Unsupported query option {name}.")
    if _LINKS & asked.query.keys() and len(asked.query) > 1:
        raise Refused(400, "BadRequest", "A link was changed.")


def chosen(kind: str, asked_for: str, entity: Entity) -> Entity:
    """The properties that $select names, all without one. Raises Refused for one that there is not."""
    names = [one for one in asked_for.split(",") if one]
    for name in names:
        if name not in graph_schema.TYPES[kind]:
            message = f"Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
            raise Refused(400, "RequestBroker--ParseUri", message)
    wanted = {"id", *names}
    return {key: one for key, one in entity.items() if not names or key in wanted or key.startswith("@")}


@dataclass(slots=True)
class Track:
    """What happened to a collection: (item, properties that changed; all for a new one)."""

    history: list[tuple[str, frozenset[str] | None]] = field(default_factory=list)

    def note(self, item: str, *properties: str) -> None:
        """Something happened to an item: it came or went, or properties of it changed."""
        self.history.append((item, frozenset(properties) or None))

    def since(self, place: int) -> dict[str, frozenset[str] | None]:
        """What happened to each item after a place."""
        found: dict[str, frozenset[str] | None] = {}
        for item, properties in self.history[place:]:
            before = found.pop(item, frozenset())
            found[item] = None if before is None or properties is None else before | properties
        return found


@dataclass(slots=True)
class Rounds:
    """Delta rounds of all collections. A token is opaque to others: our state, in base64."""

    url: Callable[[], str]
    epoch: int = 0
    """Tokens of an earlier one are forgotten."""

    def forget(self) -> None:
        """Forget every token."""
        self.epoch += 1

    def state(self, asked: Asked, options: Sequence[str]) -> Entity:
        """Where a request is in its round; a new round for one without a token."""
        token = asked.query.get("$skiptoken") or asked.query.get("$deltatoken")
        if token is None:
            kept = {name: asked.query[name] for name in options if name in asked.query}
            return {"epoch": self.epoch, "options": kept, "place": None, "after": ""}
        try:
            found: Entity = json.loads(base64.b64decode(token, b"-_", validate=True))
        except ValueError:
            raise Refused(400, "BadRequest", "Badly formed token.") from None
        if found["epoch"] != self.epoch or found["path"] != asked.path:
            raise Refused(410, "SyncStateNotFound", "The sync state generation is not found.")
        return found

    def page(
        self,
        asked: Asked,
        state: Entity,
        *,
        track: Track,
        everything: Iterable[str],
        tell: Callable[[str, frozenset[str] | None], Entity],
        within: Callable[[str], Iterable[str]] = lambda item: [item],
    ) -> Reply:
        """A page of a round: of everything at first, of what happened since in later ones.

        `within` are the entries that tell of an item.
        """
        end = state.get("end", len(track.history))
        if state["place"] is None:
            todo: Mapping[str, frozenset[str] | None] = dict.fromkeys(everything)
        else:
            since = track.since(state["place"])
            todo = {name: since[item] for item in since for name in within(item)}
        names = sorted(todo)
        left = [name for name in names if name > state["after"]]
        size = page_size(asked)
        entries = [tell(name, todo[name]) for name in left[:size]]
        if len(left) > size:
            link = self._link(asked, "$skiptoken", state | {"after": left[size - 1], "end": end})
            return answer({"@odata.nextLink": link, "value": entries})
        fresh = {"epoch": state["epoch"], "options": state["options"], "place": end, "after": ""}
        return answer({"@odata.deltaLink": self._link(asked, "$deltatoken", fresh), "value": entries})

    def _link(self, asked: Asked, name: str, state: Entity) -> str:
        text = json.dumps(state | {"path": asked.path})
        token = base64.urlsafe_b64encode(text.encode()).decode()
        return f"{self.url()}{asked.path}?{urlencode({name: token})}"


def removed(identifier: str) -> Entity:
    """What is not in the collection any more."""
    return {"id": identifier, "@removed": {"reason": "deleted"}}
