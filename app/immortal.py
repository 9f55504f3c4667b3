"""Keeps None, True and False alive under PySide6 6.12 on CPython 3.11.

PySide6 6.12 returns them without counting the reference (measured: one lost for each call that returns
nothing). From Python 3.12 on they are immortal (PEP 683) and that is harmless; in 3.11 their count comes down
to zero after some ten thousand calls and the interpreter aborts ("none_dealloc: deallocating None").
"""

import ctypes
import sys

HEAD_START = 1 << 55
ENOUGH = 1 << 50
"""A million calls a second take 35 years to use that up."""


def keep_alive() -> None:
    """Give them the head start that Python 3.12 gives them; once is enough, more does no harm."""
    if sys.version_info >= (3, 12):
        return
    for one in (None, True, False, Ellipsis, NotImplemented):
        if sys.getrefcount(one) < ENOUGH:
            ctypes.c_ssize_t.from_address(id(one)).value += HEAD_START
