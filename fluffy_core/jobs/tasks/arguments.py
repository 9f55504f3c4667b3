"""Job arguments as the numbers they are; the registry has checked their types."""

from collections.abc import Mapping

from fluffy_core.errors import UsageError


def number(args: Mapping[str, object], name: str) -> int:
    """An integer argument."""
    value = args[name]
    if not isinstance(value, int):
        raise UsageError(f"{name} is not a number.")
    return value


def numbers(args: Mapping[str, object], name: str) -> list[int]:
    """A list of ids."""
    value = args[name]
    if not isinstance(value, list) or not all(isinstance(one, int) for one in value):
        raise UsageError(f"{name} is not a list of numbers.")
    return value
