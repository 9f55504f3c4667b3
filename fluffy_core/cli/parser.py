"""The tree of commands. It names the functions behind them; only the chosen one's module is loaded."""

import argparse
import re
import sys
from typing import TYPE_CHECKING, NoReturn

from fluffy_core import __version__
from fluffy_core.cli import account_options
from fluffy_core.errors import UsageError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction["Parser"]

LARGEST_ID = 2**63 - 1
_EXCLUSION = re.compile(r"-[^-]")
"""`-word` in a query leaves mail with the word out. Argparse lets a parser say which words that look like
options are numbers; for a search these are.
"""


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would end the program."""

    def error(self, message: str) -> NoReturn:
        """Show the usage and complain."""
        self.print_usage(sys.stderr)
        raise UsageError(message[:1].upper() + message[1:] + ".")


def build() -> Parser:
    """The parser; every leaf sets `command` to "module.function" inside fluffy_core.cli."""
    root = Parser(prog="fluffy", description="Your mail as a CRM, on this computer only.")
    root.add_argument("--version", action="version", version=f"fluffy {__version__}")
    root.add_argument("--home", help="folder of the home to use (default: your own)")
    root.add_argument("--json", action="store_true", help="answer as JSON with stable keys")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        _start,
        _accounts,
        _mail,
        _sending,
        _insight,
        _learning,
        _tags,
        _meetings,
        _jobs,
        _models,
        _care,
    ):
        add(commands)
    return root


def _anywhere() -> Parser:
    """The root's options once more, so that they may also follow the command."""
    again = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    again.add_argument("--home", help=argparse.SUPPRESS)
    again.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    return again


def _leaf(commands: "Commands", name: str, command: str, *, text: str, alias: str = "") -> Parser:
    also = [alias] if alias else []
    leaf = commands.add_parser(name, help=text, description=text, parents=[_anywhere()], aliases=also)
    leaf.set_defaults(command=command)
    return leaf


def _group(commands: "Commands", name: str, text: str, *, alone: str = "", **defaults: object) -> "Commands":
    """Commands below a word; `alone` is the one that the word by itself stands for, with its `defaults`."""
    group = commands.add_parser(name, help=text, description=text, parents=[_anywhere()])
    if alone:
        group.set_defaults(command=alone, **defaults)
    return group.add_subparsers(required=not alone, metavar="[WHAT]" if alone else "WHAT")


def _number(text: str) -> int:
    """An id or a limit: what a row of the database may be numbered with."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST_ID)) or int(text) > LARGEST_ID:
        raise argparse.ArgumentTypeError(f"“{text[:40]}” is not a number from 0 up")
    return int(text)


def _limited(leaf: Parser, default: int) -> None:
    leaf.add_argument("--limit", type=_number, default=default, help=f"at most this many (default {default})")


def _start(commands: "Commands") -> None:
    init = _leaf(commands, "init", "start.init", text="make a home, or open one again with its recovery code")
    init.add_argument("--recover", metavar="CODE", help="the recovery code of an existing database")
    init.add_argument("--show-recovery-code", action="store_true", help="print the code to write down")
    read = _leaf(
        commands, "import", "start.import_", text="read mail, calendars and address books from files"
    )
    read.add_argument("paths", nargs="+", metavar="PATH")
    read.add_argument(
        "--me", action="append", default=[], metavar="ADDRESS", help="an address of yours (repeatable)"
    )
    _leaf(commands, "demo", "start.demo", text="fill the home with the demo mailbox")
    run = _leaf(commands, "run", "start.run", text="run the home's jobs without a window")
    run.add_argument("--until-idle", action="store_true", help="stop when nothing is left to do")
    me = _leaf(commands, "me", "start.me", text="show or confirm which addresses are yours")
    me.add_argument("addresses", nargs="*", metavar="ADDRESS")


def _accounts(commands: "Commands") -> None:
    group = _group(commands, "account", "accounts on mail servers", alone="accounts.list_")
    kinds = _group(group, "add", "connect an account; the same one again changes it")
    imap = _leaf(kinds, "imap", "accounts.add_imap", text="sign in to an IMAP server and fetch its mail")
    imap.add_argument("--address", required=True, help="your address there")
    imap.add_argument("--host", default="", help="the server (default: found by the address)")
    imap.add_argument("--port", type=_number, default=0, help="default 993, or 143 with --starttls")
    imap.add_argument("--user", default="", help="the name to sign in with (default: the address)")
    imap.add_argument(
        "--password-env", default="", metavar="VARIABLE", help="holds the password (default: asked)"
    )
    security = imap.add_mutually_exclusive_group()
    security.add_argument("--starttls", action="store_true", help="encrypt with STARTTLS")
    security.add_argument(
        "--insecure-loopback", action="store_true", help="no encryption, to a server on this computer only"
    )
    imap.add_argument(
        "--smtp-host", default="", help="the server for sending (default: found by the address)"
    )
    imap.add_argument("--smtp-port", type=_number, default=0, help="default 465, or 587 with starttls")
    imap.add_argument("--smtp-security", choices=("tls", "starttls"), default="", help="default tls")
    imap.add_argument(
        "--smtp-files-sent", action="store_true", help="it puts what it sends among the sent messages itself"
    )
    imap.add_argument("--certificate", default="", metavar="SHA256", help="trust this certificate knowingly")
    account_options.part_of_the_mail(imap)
    for name, alias, what in (("google", "gmail", "Gmail"), ("microsoft", "outlook", "Outlook")):
        text = f"sign in to {name.capitalize()} in your browser; fetch {what}, calendar and contacts"
        leaf = _leaf(kinds, name, f"account_add.{name}", text=text, alias=alias)
        account_options.provider(leaf, push=name == "google")
    account_options.dav(
        _leaf(kinds, "caldav", "account_add.caldav", text="fetch calendars and address books from a server")
    )
    change = _leaf(group, "set", "accounts.change", text="fetch older mail too, or other folders")
    change.add_argument("account", metavar="ACCOUNT", help="its id or address")
    change.add_argument(
        "--since", type=account_options.day, metavar="DATE", help="mail that arrived since then, or “all”"
    )
    which = change.add_mutually_exclusive_group()
    which.add_argument(
        "--folder", action="append", default=[], metavar="NAME", help="only this folder (repeatable)"
    )
    which.add_argument("--usual-folders", action="store_true", help="all but drafts, junk and trash")
    _leaf(group, "list", "accounts.list_", text="which accounts there are, and how they are")
    remove = _leaf(group, "remove", "accounts.remove", text="forget an account; its mail stays here")
    remove.add_argument("account", metavar="ACCOUNT", help="its id or address")
    sync = _leaf(commands, "sync", "accounts.sync", text="fetch what is new in all accounts now, or in one")
    sync.add_argument("account", nargs="?", default="", metavar="ACCOUNT", help="its id or address")
    sync.add_argument("--dry-run", action="store_true", help="say what it would bring; store nothing")
    sync.add_argument("--again", action="store_true", help="list and fetch everything of one account anew")
    sync.add_argument(
        "--apply-deletions", action="store_true", help="yes, very many messages went from the server at once"
    )


def _mail(commands: "Commands") -> None:
    operators = "from: to: subject: has: is: in: before: after: category:"
    search = _leaf(commands, "search", "mail.search", text=f"find messages: words, {operators}")
    search.add_argument("query", nargs="+")
    search._negative_number_matcher = _EXCLUSION
    _limited(search, 20)
    search.add_argument("--words-only", action="store_true", help="no meaning search")
    ask = _leaf(
        commands, "ask", "ask.ask", text="answer a question from your mail, with the mail that says so"
    )
    ask.add_argument("question", nargs="+")
    threads = _leaf(commands, "threads", "mail.threads", text="list threads")
    threads.add_argument("--section", choices=("needs-reply", "waiting", "everything"), default="everything")
    threads.add_argument("--query", default="")
    _limited(threads, 30)
    thread = _group(commands, "thread", "one thread")
    _leaf(thread, "show", "mail.thread_show", text="print a thread").add_argument("id", type=_number)
    for name, done in (("done", True), ("reopen", False)):
        leaf = _leaf(thread, name, "mail.thread_done", text=f"mark a thread {'done' if done else 'not done'}")
        leaf.add_argument("id", type=_number)
        leaf.set_defaults(done=done)
    export = _leaf(commands, "export", "mail.export", text="write all mail to one mbox file")
    export.add_argument("path", metavar="FILE")
    _leaf(commands, "undo", "mail.undo", text="take back the last thing that was done")


def _sending(commands: "Commands") -> None:
    send = _leaf(commands, "send", "outbox.send", text="send a message; it can be taken back for 10 s")
    _letter(send)
    send.add_argument("--yes", action="store_true", help="do not ask whether it may go")
    send.add_argument("--no-wait", action="store_true", help="do not wait until it is sent")
    draft = _group(commands, "draft", "drafts: suggested ones, and those on the server")
    _suggestion(_leaf(draft, "suggest", "writing.suggest", text="suggest an answer in your own style"))
    save = _leaf(draft, "save", "outbox.save_draft", text="keep a draft among the drafts on the server")
    _letter(save)
    save.add_argument("--replace", type=_number, default=0, metavar="N", help="a newer version of this one")
    save.add_argument("--no-wait", action="store_true", help="do not wait until it is saved")
    text = "what is on its way out, and what could not be sent"
    outbox = commands.add_parser("outbox", help=text, description=text, parents=[_anywhere()])
    outbox.set_defaults(command="outbox.list_", all=False, limit=30)
    group: Commands = outbox.add_subparsers(metavar="WHAT")
    listed = _leaf(group, "list", "outbox.list_", text=text)
    listed.add_argument("--all", action="store_true", help="what was sent or saved, too")
    _limited(listed, 30)
    for name, words in (
        ("show", "print a message of the outbox"),
        ("cancel", "take a message back before it is sent"),
        ("retry", "send it now, again if need be"),
        ("confirm", "it was sent: do not send it again"),
        ("discard", "forget a message that was not sent, with its text"),
    ):
        _leaf(group, name, f"outbox.{name}", text=words).add_argument("id", type=_number, metavar="N")


def _suggestion(leaf: Parser) -> None:
    leaf.add_argument("thread", type=_number, nargs="?", metavar="THREAD", help="the thread to answer in")
    leaf.add_argument(
        "--to", default="", metavar="ADDRESS", help="the reader; without a thread, of a first mail"
    )
    leaf.add_argument("--purpose", default="", metavar="TEXT", help="what the mail is for")
    leaf.add_argument(
        "--point", action="append", default=[], metavar="TEXT", help="what it says (repeatable)"
    )
    leaf.add_argument("--tone", default="", metavar="TEXT", help="“formal”, “friendly”; as usual without")
    leaf.add_argument("--hint", default="", metavar="TEXT", help="what to do otherwise: “shorter”, “say no”")
    leaf.add_argument(
        "--model", choices=("fast", "accurate"), default="accurate", help="fast: no language model"
    )


def _letter(leaf: Parser) -> None:
    leaf.add_argument("--account", default="", help="the account that sends: its id or address")
    for name in ("to", "cc", "bcc"):
        leaf.add_argument(f"--{name}", action="append", default=[], metavar="ADDRESS", help="repeatable")
    leaf.add_argument("--subject", default=None)
    leaf.add_argument("--text", default="-", metavar="FILE", help="the text; - is the standard input")
    leaf.add_argument("--attach", action="append", default=[], metavar="FILE", help="repeatable")
    leaf.add_argument(
        "--reply-to-message", type=_number, default=None, metavar="ID", help="the message that it answers"
    )
    leaf.add_argument("--quote", action="store_true", help="with the words of that message below")


def _insight(commands: "Commands") -> None:
    summarize = _leaf(commands, "summarize", "insight.summarize", text="summarise a thread now")
    summarize.add_argument("id", type=_number)
    summarize.add_argument(
        "--model", choices=("fast", "accurate"), default="fast", help="accurate: by the language model"
    )
    _contacts(_leaf(commands, "contacts", "people.contacts", text="list people, show one, or correct one"))
    categories = _leaf(commands, "categories", "insight.categories", text="how mail was sorted, and why")
    categories.add_argument("--importance", choices=("important", "fyi", "bulk"), default="")
    _limited(categories, 20)
    follow = _leaf(commands, "followups", "insight.followups", text="your mail that waits for an answer")
    _limited(follow, 30)
    style = _leaf(commands, "style", "writing.style", text="how you write, learned from your sent mail")
    style.add_argument("--to", default="", metavar="ADDRESS", help="to this person or domain only")
    style.add_argument("--all", action="store_true", help="to everybody there is one for")
    style.add_argument("--again", action="store_true", help="learn it anew")
    style.add_argument("--forget", default="", metavar="HABIT", help="drafts follow this habit no more")
    owed = _leaf(
        commands, "commitments", "commitments.list_", text="who owes what to whom, by when", alias="owed"
    )
    side = owed.add_mutually_exclusive_group()
    side.add_argument("--mine", action="store_true", help="only what you owe")
    side.add_argument("--theirs", action="store_true", help="only what others owe you")
    owed.add_argument("--all", action="store_true", help="what is over, too, and how it ended")
    say = owed.add_mutually_exclusive_group()
    for name, words in (
        ("done", "this one is done"),
        ("wrong", "this one is none"),
        ("not-mine", "this one is not yours"),
    ):
        say.add_argument(f"--{name}", type=_number, metavar="ID", help=words)
    figures = _leaf(commands, "analytics", "figures.analytics", text="mail counted by day, week or month")
    figures.add_argument("--by", choices=("day", "week", "month"), default="week")
    _limited(figures, 8)
    _leaf(commands, "digest", "insight.digest", text="what needs a reply, what is due, who waits")


def _learning(commands: "Commands") -> None:
    scopes = ("thread", "sender", "list", "domain", "topic")
    say = _leaf(commands, "categorize", "learning.categorize", text="say what a thread is; others follow")
    say.add_argument("id", type=_number, metavar="THREAD")
    known = "important, fyi, bulk, reply, no-reply, or a name of your own"
    say.add_argument("category", metavar="CATEGORY", help=known)
    say.add_argument(
        "--scope", choices=scopes, default="", help="how far it reaches (default: mail like this)"
    )
    say.add_argument("--remove", action="store_true", help="it is not in this category")
    group = _group(commands, "rules", "what was learned from you", alone="learning.rules_list")
    _leaf(group, "list", "learning.rules_list", text="every learned rule with its examples")
    remove = _leaf(group, "remove", "learning.rules_remove", text="forget a rule, as if it had never been")
    remove.add_argument("id", type=_number, metavar="RULE")
    edit = _leaf(group, "edit", "learning.rules_edit", text="change a rule")
    edit.add_argument("id", type=_number, metavar="RULE")
    edit.add_argument("--scope", choices=scopes, default="", help="how far it reaches")
    edit.add_argument("--category", default="", help="what it says instead")
    rest = edit.add_mutually_exclusive_group()
    rest.add_argument("--pause", dest="paused", action="store_const", const=True, help="let it rest")
    rest.add_argument("--resume", dest="paused", action="store_const", const=False, help="let it hold again")


def _tags(commands: "Commands") -> None:
    group = _group(
        commands, "tags", "your categories, and projects and topics found in your mail",
        alone="learning.tags_list",
    )  # fmt: skip
    _leaf(group, "list", "learning.tags_list", text="every tag and how many threads have it")
    for name, text in (
        ("rename", "call a tag something else"),
        ("merge", "make a tag part of another"),
        ("remove", "take a tag off all mail"),
    ):
        leaf = _leaf(group, name, "learning.tags_change", text=text)
        leaf.set_defaults(what=name)
        leaf.add_argument("id", type=_number, metavar="TAG")
        if name == "rename":
            leaf.add_argument("name", metavar="NAME")
        elif name == "merge":
            leaf.add_argument("into", type=_number, metavar="OTHER")


def _contacts(leaf: Parser) -> None:
    leaf.add_argument("id", type=_number, nargs="?")
    leaf.add_argument("--query", default="", help="only people whose name, address or company holds this")
    _limited(leaf, 30)
    leaf.add_argument("--proposals", action="store_true", help="pairs that are likely one person")
    change = leaf.add_mutually_exclusive_group()
    change.add_argument("--merge", type=_number, metavar="OTHER", help="make OTHER part of ID")
    change.add_argument("--apart", type=_number, metavar="OTHER", help="OTHER is not the same person as ID")
    change.add_argument("--split", metavar="ADDRESS", help="split an address off ID")
    change.add_argument("--rename", metavar="NAME", help="correct the name of ID")


def _meetings(commands: "Commands") -> None:
    ahead = _leaf(commands, "meetings", "meetings.ahead", text="which meetings are ahead")
    ahead.add_argument("--days", type=_number, default=14, help="of so many days (default 14)")


def _jobs(commands: "Commands") -> None:
    group = _group(
        commands, "jobs", "background jobs", alone="jobs.list_", state="", kind=[], account=None, limit=30
    )
    listed = _leaf(group, "list", "jobs.list_", text="what ran, runs and waits")
    listed.add_argument("--state", default="")
    listed.add_argument(
        "--kind", action="append", default=[], metavar="NAME", help="of this kind (repeatable)"
    )
    listed.add_argument("--account", type=_number, metavar="ID", help="of this account")
    _limited(listed, 30)
    for name, text in (("show", "everything about a job"), ("cancel", "cancel a job")):
        _leaf(group, name, f"jobs.{name}", text=text).add_argument("id", type=_number)
    for name, text in (("retry", "try a job again"), ("discard", "forget a failed job")):
        leaf = _leaf(group, name, f"jobs.{name}", text=text)
        leaf.add_argument("id", type=_number, nargs="?")
        leaf.add_argument("--all-dead", action="store_true", help="every job that was given up")
        leaf.add_argument("--kind", default="", metavar="NAME", help="the dead jobs of this kind")
    run = _leaf(group, "run", "jobs.run", text="ask for a job by hand")
    run.add_argument("name")
    run.add_argument("arguments", nargs="?", default="{}", help="its arguments as JSON")
    _leaf(group, "stats", "jobs.stats", text="how many jobs of each kind and state")
    _leaf(group, "kinds", "jobs.kinds", text="every kind of job, and how it is run")
    for name, text in (("pause", "let jobs wait, also over a restart"), ("resume", "go on with jobs")):
        leaf = _leaf(group, name, f"jobs.{name}", text=text)
        leaf.add_argument("kind", nargs="?", default="", help="one kind only")
        leaf.add_argument("--on-battery", action="store_true", help="background work, while on battery")
    alerts = _leaf(group, "alerts", "jobs.alerts", text="what failed and you have not read yet")
    alerts.add_argument("--read", type=_number, metavar="ID", help="this one is read")


def _models(commands: "Commands") -> None:
    group = _group(commands, "models", "the models on this computer", alone="models.list_")
    _leaf(group, "list", "models.list_", text="known models: what fits this computer, is here, is in use")
    pull = _leaf(group, "pull", "models.pull", text="fetch models, checked by checksum; goes on where it was")
    pull.add_argument("ids", nargs="*", metavar="ID")
    pull.add_argument("--small", action="store_true", help="the small ones that belong to every installation")
    add = _leaf(group, "add", "models.add", text="use a language model from a GGUF file")
    add.add_argument("path", metavar="FILE")
    find = _leaf(group, "find", "models.find", text="models of LM Studio, Ollama and Hugging Face")
    find.add_argument("--use", metavar="FILE", help="use this one of them, where it lies")
    use = _leaf(group, "use", "models.use", text="choose the language model")
    use.add_argument("id", help='a model\'s id, "none", or "best" for the best that fits')
    server = _leaf(group, "server", "models.server", text="use a model server that runs on this computer")
    server.add_argument("url", nargs="?", default="", metavar="URL|off")
    _leaf(group, "bench", "models.bench", text="measure how fast the language model is here")
    _leaf(group, "remove", "models.remove", text="delete a model's files").add_argument("id")


def _care(commands: "Commands") -> None:
    doctor = _leaf(commands, "doctor", "care.doctor", text="check that everything is as it should be")
    doctor.add_argument("--repair", action="store_true", help="build the search index anew")
    privacy = _leaf(commands, "privacy", "care.privacy", text="every connection this program makes")
    privacy.add_argument("--offline", choices=("on", "off"), help="switch every connection off, or on again")
    _limited(privacy, 30)
    backup = _leaf(commands, "backup", "care.backup", text="copy the encrypted database")
    backup.add_argument("path", metavar="FILE")
    restore = _leaf(
        commands, "restore", "care.restore", text="put a backup in the place of this home's database"
    )
    restore.add_argument("path", metavar="FILE")
