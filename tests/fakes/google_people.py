"""Google's side of an address book: people as JSON."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.google_mailbox import GoogleError

Person = dict[str, Any]


@dataclass
class People:
    """The address book of one user, with the number of the change that each was touched by last."""

    people: dict[str, Person] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    page: int = 1000
    now: int = 1
    forgotten: int = 0

    def put(self, person: Person) -> None:
        """Write a person under the resource name."""
        self.now += 1
        name = person["resourceName"]
        self.people[name] = person
        self.touched.pop(name, None)
        self.touched[name] = self.now

    def remove(self, name: str) -> None:
        """Delete a person."""
        self.put({"resourceName": name, "metadata": {"deleted": True}})

    def expire(self) -> None:
        """No sync token is good any more."""
        self.now += 1
        self.forgotten = self.now

    def methods(self) -> dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]]:
        """By the id of each method."""
        return {"people.people.connections.list": self._list}

    def _list(self, asked: dict[str, Any], _: Any) -> dict[str, Any]:
        if not asked.get("personFields"):
            raise GoogleError(400, 'Request must set "personFields".')
        assert asked["resourceName"] == "people/me"
        base = int(asked.get("syncToken", "0"))
        if "syncToken" in asked and base < self.forgotten:
            words = "Sync token is expired. Clear local cache and retry call without the sync token."
            raise GoogleError(400, words, "EXPIRED_SYNC_TOKEN")
        top, last = self.now, 0
        if "pageToken" in asked:
            match = re.fullmatch(r"(\d+)-(\d+)-(\d+)", asked["pageToken"])
            if match is None or int(match[1]) != base:
                raise GoogleError(400, "Invalid page token.")
            top, last = int(match[2]), int(match[3])
        names = [name for name, number in self.touched.items() if max(base, last) < number <= top]
        if not base:
            names = [name for name in names if "deleted" not in self.people[name].get("metadata", {})]
        limit = min(asked.get("pageSize", 100), self.page)
        some = names[:limit]
        answer: dict[str, Any] = {"totalPeople": len(names), "totalItems": len(names)}
        if some:
            answer["connections"] = [self.people[name] for name in some]
        if len(names) > limit:
            answer["nextPageToken"] = f"{base}-{top}-{self.touched[some[-1]]}"
        elif asked.get("requestSyncToken"):
            answer["nextSyncToken"] = str(top)
        return answer
