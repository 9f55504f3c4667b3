"""What a job may be asked with: typed arguments, their defaults and limits, checked when it is asked for."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from fluffy_core.errors import UsageError

MAX_ARGS_BYTES = 64_000
"""Jobs carry ids and dates; whoever needs more carries mail."""
_SHORT = 400
"""Letters of a text that is not worth measuring: no job has so many arguments that it would matter."""
_NAMES = {int: "a number", str: "a text", list: "a list", bool: "true or false", float: "a number"}


class _Required:
    """Stands for a default that there is none of."""


REQUIRED = _Required()


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument: its type, and what it may be.

    `default` is a value, or a function that makes one. `choices` holds for texts, `least` and `most` for
    numbers, `of` for what a list holds.
    """

    kind: type
    default: object | Callable[[], object] = field(default=REQUIRED)
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    of: type = int

    def checked(self, where: Callable[[], str], value: object) -> object:
        """The value; UsageError when it does not fit. `where` names job and argument for the sentence."""
        if not isinstance(value, self.kind) or (isinstance(value, bool) and self.kind is not bool):
            raise UsageError(f"{where()} is not {_NAMES.get(self.kind, self.kind.__name__)}.")
        if isinstance(value, list) and not all(type(one) is self.of for one in value):
            raise UsageError(f"{where()} is not a list of {'numbers' if self.of is int else 'texts'}.")
        if self.choices and value not in self.choices:
            raise UsageError(f"{where()} is not one of {', '.join(self.choices)}.")
        if isinstance(value, int):
            self._check_range(where, value)
        return value

    def _check_range(self, where: Callable[[], str], value: int) -> None:
        if not -(2**63) <= value < 2**63:
            raise UsageError(f"{where()} is too large a number.")
        if self.least is not None and value < self.least:
            raise UsageError(f"{where()} is less than {self.least}.")
        if self.most is not None and value > self.most:
            raise UsageError(f"{where()} is more than {self.most}.")


@cache
def _plain(kind: type) -> Arg:
    return Arg(kind)


def checked(job: str, wanted: Mapping[str, type | Arg], given: Mapping[str, object]) -> dict[str, object]:
    """The arguments with defaults filled in; UsageError when they do not fit, or are too many bytes."""
    if not given.keys() <= wanted.keys():
        raise UsageError(f"{job} takes {', '.join(sorted(wanted)) or 'no arguments'}.")
    found: dict[str, object] = {}
    for name, spec in wanted.items():
        arg = spec if isinstance(spec, Arg) else _plain(spec)
        if name in given:
            found[name] = arg.checked(partial("{}: {}".format, job, name), given[name])
        elif isinstance(arg.default, _Required):
            raise UsageError(f"{job} takes {', '.join(sorted(wanted))}.")
        else:
            found[name] = arg.default() if callable(arg.default) else arg.default
    large = any(map(_may_be_large, found.values()))
    if large and len(json.dumps(found).encode()) > MAX_ARGS_BYTES:
        raise UsageError(f"{job}: the arguments are too large; jobs carry ids only.")
    return found


def _may_be_large(value: object) -> bool:
    return isinstance(value, list) or (isinstance(value, str) and len(value) > _SHORT)


def described(wanted: Mapping[str, type | Arg]) -> str:
    """The arguments as a table names them: "account_id, batch_size = 500"."""
    return ", ".join(_described(name, spec) for name, spec in wanted.items())


def _described(name: str, spec: type | Arg) -> str:
    if not isinstance(spec, Arg) or isinstance(spec.default, _Required):
        return name
    default = spec.default() if callable(spec.default) else spec.default
    return f"{name} = {json.dumps(default)}"
