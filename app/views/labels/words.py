"""How far the user's word reaches, in words."""

from app.widgets.text import shorten
from fluffy_core import Scope

REACH = {
    Scope.THREAD: "Only this conversation",
    Scope.SENDER: "Everything from {}",
    Scope.LIST: "The list {}",
    Scope.DOMAIN: "Everybody at {}",
    Scope.TOPIC: "Mail like this",
}
KINDS = {
    Scope.THREAD: "Only these conversations",
    Scope.SENDER: "Everything from the sender",
    Scope.LIST: "The whole list",
    Scope.DOMAIN: "Everybody at the company",
    Scope.TOPIC: "Mail like this",
}


def reach_words(scope: Scope, value: str) -> str:
    """As "Everything from ann@example.com"."""
    return REACH[scope].format(shorten(value, 36))
