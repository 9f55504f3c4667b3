"""The tree of errors: its drawing is what it is, and everything known is a sentence."""

import re

from fluffy_core import errors
from fluffy_core.errors import BugError, FluffyError, KnownError, StoreError, TransientError


def tree(root: type[FluffyError] = FluffyError, depth: int = 0) -> list[tuple[int, str]]:
    ours = [one for one in root.__subclasses__() if one.__module__ == errors.__name__]
    return [(depth, root.__name__)] + [line for one in ours for line in tree(one, depth + 1)]


def test_the_drawing_in_the_docstring_is_the_tree() -> None:
    drawn = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"(?: {4})?([│ ├└─]*)(\w+Error)\b", line)
        if found:
            drawn.append((len(found[1]) // 4, found[2]))
    assert sorted(drawn) == sorted(tree())


def test_environment_and_bugs_are_apart() -> None:
    assert not issubclass(BugError, KnownError)
    assert issubclass(StoreError, KnownError)


def test_a_transient_error_may_say_how_long() -> None:
    assert TransientError("Slow down.", retry_after=3.5).retry_after == 3.5
    assert TransientError("The network is away.").retry_after is None
    assert str(TransientError("Slow down.", retry_after=3.5)) == "Slow down."
