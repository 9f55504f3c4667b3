"""Google's Pub/Sub with one topic, which Gmail tells of news, and one subscription to it."""

import base64
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TOPIC, SUBSCRIPTION = "projects/p/topics/mail", "projects/p/subscriptions/mail"


@dataclass
class Topics:
    """What was told, and is not acknowledged yet."""

    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def publish(self, history_id: int) -> None:
        """Gmail tells of news."""
        text = json.dumps({"emailAddress": "ann@example.com", "historyId": history_id})
        number = str(next(self.numbers))
        message = {"data": base64.b64encode(text.encode()).decode(), "messageId": number}
        self.waiting[f"ack-{number}"] = message

    def methods(self) -> dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]]:
        """By the id of each method."""
        return {
            "pubsub.projects.subscriptions.get": self._get,
            "pubsub.projects.subscriptions.pull": self._pull,
            "pubsub.projects.subscriptions.acknowledge": self._acknowledge,
        }

    def _get(self, asked: dict[str, Any], _: Any) -> dict[str, Any]:
        assert asked["subscription"] == SUBSCRIPTION
        return {"name": SUBSCRIPTION, "topic": TOPIC, "state": "ACTIVE"}

    def _pull(self, asked: dict[str, Any], sent: Any) -> dict[str, Any]:
        assert asked["subscription"] == SUBSCRIPTION
        some = list(self.waiting.items())[: sent["maxMessages"]]
        told = [{"ackId": key, "message": message} for key, message in some]
        return {"receivedMessages": told} if told else {}

    def _acknowledge(self, asked: dict[str, Any], sent: Any) -> dict[str, Any]:
        assert asked["subscription"] == SUBSCRIPTION
        for key in sent["ackIds"]:
            self.waiting.pop(key, None)
        return {}
