"""Reads the command line, runs one command, prints its answer; never a traceback for a user's mistake."""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fluffy_core import config
from fluffy_core.cli import parser as tree
from fluffy_core.cli.answer import Answer, as_json, printable
from fluffy_core.config import Settings
from fluffy_core.errors import KnownError, UsageError

OK, FAILED, MISUSED, STOPPED = 0, 1, 2, 130

Command = Callable[[Settings, argparse.Namespace], Answer]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (failed, reason on stderr) or 2 (usage).

    With --json, stdout gets one JSON document whatever happens: {"error": sentence} for a failure.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    json_wanted = "--json" in words
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know few characters
    try:
        return _run(tree.build().parse_args(words))
    except UsageError as error:
        return _complain(str(error), MISUSED, json_wanted=json_wanted)
    except KnownError as error:
        return _complain(str(error), FAILED, json_wanted=json_wanted)
    except KeyboardInterrupt:
        sentence = "Stopped. What was begun goes on with `fluffy run`."
        return _complain(sentence, STOPPED, json_wanted=json_wanted)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _run(arguments: argparse.Namespace) -> int:
    import logging

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    settings = config.load(Path(arguments.home) if arguments.home else None)
    answer = command(arguments.command)(settings, arguments)
    if arguments.json:
        print(as_json(answer.data))
    elif answer.text:
        print(printable(answer.text))
    sys.stdout.flush()
    return answer.code


def command(place: str) -> Command:
    """The function that "module.function" names; its module is loaded now."""
    module, _, function = place.partition(".")
    found: Command = getattr(importlib.import_module(f"fluffy_core.cli.{module}"), function)
    return found


def _complain(sentence: str, code: int, *, json_wanted: bool) -> int:
    if json_wanted:
        print(as_json({"error": sentence}))
    print(printable(sentence), file=sys.stderr)
    return code
