"""Reads the command line, runs one command, prints its answer; never a traceback for a user's mistake."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fluffy_core import config
from fluffy_core.cli import parser as tree
from fluffy_core.cli.answer import Answer
from fluffy_core.errors import KnownError, UsageError

OK, FAILED, MISUSED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (failed, reason on stderr) or 2 (usage)."""
    arguments = tree.build().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        return _run(arguments)
    except UsageError as error:
        return _complain(str(error), MISUSED)
    except KnownError as error:
        return _complain(str(error), FAILED)
    except KeyboardInterrupt:
        return _complain("Stopped. What was begun goes on with `fluffy run`.", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _run(arguments: argparse.Namespace) -> int:
    settings = config.load(Path(arguments.home) if arguments.home else None)
    answer: Answer = arguments.command(settings, arguments)
    if arguments.json:
        print(json.dumps(answer.data, ensure_ascii=False, indent=None, default=str))
    elif answer.text:
        print(_printable(answer.text))
    return answer.code


def _printable(text: str) -> str:
    """Mail may hold terminal control codes: print none of them."""
    return "".join(char if char in "\n\t" or char.isprintable() else "�" for char in text)


def _complain(sentence: str, code: int) -> int:
    print(_printable(sentence), file=sys.stderr)
    return code
