"""The tree of commands."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from fluffy_core.cli import care, insight, jobs, mail, models, start
from fluffy_core.cli.answer import Answer
from fluffy_core.config import Settings

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Command = Callable[[Settings, argparse.Namespace], Answer]


def build() -> argparse.ArgumentParser:
    """The parser; every leaf sets `command`."""
    root = argparse.ArgumentParser(prog="fluffy", description="Your mail as a CRM, on this computer only.")
    root.add_argument("--home", help="folder of the home to use (default: your own)")
    root.add_argument("--json", action="store_true", help="answer as JSON with stable keys")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    for add in (_start, _mail, _insight, _jobs, _models, _care):
        add(commands)
    return root


def _leaf(commands: "Commands", name: str, command: Command, text: str) -> argparse.ArgumentParser:
    leaf = commands.add_parser(name, help=text, description=text)
    leaf.set_defaults(command=command)
    return leaf


def _group(commands: "Commands", name: str, text: str) -> "Commands":
    return commands.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="WHAT")


def _limited(leaf: argparse.ArgumentParser, default: int) -> None:
    leaf.add_argument("--limit", type=int, default=default, help=f"at most this many (default {default})")


def _start(commands: "Commands") -> None:
    init = _leaf(commands, "init", start.init, "make a home, or open one again with its recovery code")
    init.add_argument("--recover", metavar="CODE", help="the recovery code of an existing database")
    init.add_argument("--show-recovery-code", action="store_true", help="print the code to write down")
    read = _leaf(commands, "import", start.import_, "read mail, calendars and address books from files")
    read.add_argument("paths", nargs="+", metavar="PATH")
    read.add_argument("--me", action="append", default=[], metavar="ADDRESS", help="an address of yours (repeatable)")
    _leaf(commands, "demo", start.demo, "fill the home with the demo mailbox")
    run = _leaf(commands, "run", start.run, "run the home's jobs without a window")
    run.add_argument("--until-idle", action="store_true", help="stop when nothing is left to do")
    me = _leaf(commands, "me", start.me, "show or confirm which addresses are yours")
    me.add_argument("addresses", nargs="*", metavar="ADDRESS")


def _mail(commands: "Commands") -> None:
    search = _leaf(commands, "search", mail.search, "find messages: words, from: to: subject: has: before: after: in: category:")
    search.add_argument("query", nargs="+")
    _limited(search, 20)
    search.add_argument("--words-only", action="store_true", help="no meaning search")
    threads = _leaf(commands, "threads", mail.threads, "list threads")
    threads.add_argument("--section", choices=("needs-reply", "waiting", "everything"), default="everything")
    threads.add_argument("--query", default="")
    _limited(threads, 30)
    thread = _group(commands, "thread", "one thread")
    _leaf(thread, "show", mail.thread_show, "print a thread").add_argument("id", type=int)
    for name, done in (("done", True), ("reopen", False)):
        leaf = _leaf(thread, name, mail.thread_done, f"mark a thread {'done' if done else 'not done'}")
        leaf.add_argument("id", type=int)
        leaf.set_defaults(done=done)
    export = _leaf(commands, "export", mail.export, "write all mail to one mbox file")
    export.add_argument("path", metavar="FILE")
    _leaf(commands, "undo", mail.undo, "take back the last thing that was done")


def _insight(commands: "Commands") -> None:
    summarize = _leaf(commands, "summarize", insight.summarize, "summarise a thread now")
    summarize.add_argument("id", type=int)
    contacts = _leaf(commands, "contacts", insight.contacts, "list people, or show one")
    contacts.add_argument("id", type=int, nargs="?")
    contacts.add_argument("--query", default="")
    contacts.add_argument("--proposals", action="store_true", help="pairs that are likely one person")
    contacts.add_argument("--merge", type=int, metavar="OTHER", help="make OTHER part of ID")
    contacts.add_argument("--split", metavar="ADDRESS", help="split an address off ID")
    _limited(contacts, 30)
    categories = _leaf(commands, "categories", insight.categories, "how mail was sorted, and why")
    categories.add_argument("--importance", choices=("important", "fyi", "bulk"), default="")
    _limited(categories, 20)
    follow = _leaf(commands, "followups", insight.followups, "your mail that waits for an answer")
    _limited(follow, 30)
    _leaf(commands, "digest", insight.digest, "what needs a reply, who waits, the people behind it")


def _jobs(commands: "Commands") -> None:
    group = _group(commands, "jobs", "background jobs")
    listed = _leaf(group, "list", jobs.list_, "what ran, runs and waits")
    listed.add_argument("--state", default="")
    _limited(listed, 30)
    for name, command, text in (
        ("show", jobs.show, "everything about a job"), ("retry", jobs.retry, "try a job again"),
        ("cancel", jobs.cancel, "cancel a job"), ("discard", jobs.discard, "forget a failed job"),
    ):  # fmt: skip
        _leaf(group, name, command, text).add_argument("id", type=int)
    run = _leaf(group, "run", jobs.run, "ask for a job by hand")
    run.add_argument("name")
    run.add_argument("arguments", nargs="?", default="{}", help="its arguments as JSON")
    _leaf(group, "stats", jobs.stats, "how many jobs of each kind and state")


def _models(commands: "Commands") -> None:
    group = _group(commands, "models", "the models on this computer")
    _leaf(group, "list", models.list_, "known models and whether they are here")
    pull = _leaf(group, "pull", models.pull, "fetch models, checked by checksum")
    pull.add_argument("ids", nargs="*", metavar="ID")
    pull.add_argument("--small", action="store_true", help="the small ones that belong to every installation")
    _leaf(group, "remove", models.remove, "delete a model's files").add_argument("id")


def _care(commands: "Commands") -> None:
    doctor = _leaf(commands, "doctor", care.doctor, "check that everything is as it should be")
    doctor.add_argument("--repair", action="store_true", help="build the search index anew")
    _leaf(commands, "privacy", care.privacy, "every connection this program makes")
    backup = _leaf(commands, "backup", care.backup, "copy the encrypted database")
    backup.add_argument("path", metavar="FILE")
    restore = _leaf(commands, "restore", care.restore, "put a backup in the place of this home's database")
    restore.add_argument("path", metavar="FILE")
