"""What Gmail's interface costs: quota units of each method.

Source: "Usage limits" of the Gmail API's documentation, per-method quota usage (250 units per user and
second).
"""

from collections.abc import Mapping

_UNITS = {
    "getProfile": 1,
    "watch": 100,
    "drafts.create": 10,
    "drafts.list": 5,
    "drafts.update": 15,
    "history.list": 2,
    "labels.get": 1,
    "labels.list": 1,
    "messages.get": 5,
    "messages.list": 5,
    "messages.send": 100,
}
_PREFIX = "gmail.users."


def units(calls: Mapping[str, int]) -> int:
    """Units of so many calls by method ("gmail.users.messages.get")."""
    return sum(_UNITS[name.removeprefix(_PREFIX)] * count for name, count in calls.items())


def sentence(calls: Mapping[str, int]) -> str:
    """For the log: "12,431 units, 5.1 a message"."""
    total, messages = units(calls), calls.get(f"{_PREFIX}messages.get", 0)
    return f"{total:,} units" + (f", {total / messages:.1f} a message" if messages else "")
