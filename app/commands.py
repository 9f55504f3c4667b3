"""Every command with its keys and words: shortcuts, the `?` overlay and the palette all read this table."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """`keys` are Qt key sequences; `shown` is how the overlay writes them."""

    id: str
    group: str
    text: str
    keys: tuple[str, ...]
    shown: str = ""


Handlers = dict[str, Callable[[], object]]

COMMANDS = (
    Command("next", "Move", "Next in the list", ("J",), "j"),
    Command("previous", "Move", "Previous in the list", ("K",), "k"),
    Command("open", "Move", "Open, read on", ("O",), "o  Enter"),
    Command("back", "Move", "Back to the list", ("U",), "u"),
    Command("newer", "Move", "Next message in the conversation", ("N",), "n"),
    Command("older", "Move", "Previous message in the conversation", ("P",), "p"),
    Command("escape", "Move", "Close what is open, clear the search", ("Esc",), "Esc"),
    Command("draft", "Act", "Suggest a reply", ("D",), "d"),
    Command("reply", "Act", "Reply", ("R",), "r"),
    Command("reply-all", "Act", "Reply to everybody", ("A",), "a"),
    Command("forward", "Act", "Forward", ("F",), "f"),
    Command("suggest", "Act", "Suggest what to write", ("Ctrl+J",), "Ctrl J"),
    Command("send", "Act", "Send what you write", ("Ctrl+Return", "Ctrl+Enter"), "Ctrl Enter"),
    Command("discard", "Act", "Throw away what you write", ("Ctrl+Shift+D",), "Ctrl Shift D"),
    Command("done", "Act", "Done: put the conversation away", ("E",), "e"),
    Command("label", "Act", "Say what the conversation is", ("L",), "l"),
    Command("needs-reply", "Act", "It needs a reply", ("Shift+R",), "Shift r"),
    Command("no-reply", "Act", "It needs no reply", ("Shift+N",), "Shift n"),
    Command("unread", "Act", "Mark as unread", ("Shift+U",), "Shift u"),
    Command("read", "Act", "Mark as read", ("Shift+I",), "Shift i"),
    Command("designed", "Act", "Show the message as designed", ("V",), "v"),
    Command("undo", "Act", "Undo the last change", ("Z",), "z"),
    Command("search", "Find", "Search", ("/",), "/"),
    Command("ask", "Find", "Ask my mail", ("Ctrl+/",), "Ctrl /"),
    Command("palette", "Find", "Find a command", ("Ctrl+K",), "Ctrl K"),
    Command("side", "Look", "Show or hide the person", ("I",), "i"),
    Command("keys", "Look", "All keys", ("?",), "?"),
    Command("theme", "Look", "Light, dark or as the system", (), ""),
    Command("notices", "Look", "Notifications and quiet hours", (), ""),
    Command("today", "Go", "Today", ("5", "G, T"), "5  g t"),
    Command("inbox", "Go", "Inbox", ("1", "G, I"), "1  g i"),
    Command("people", "Go", "People", ("2", "G, P"), "2  g p"),
    Command("owed", "Go", "What is owed", ("4", "G, O"), "4  g o"),
    Command("rules", "Go", "Learned rules", ("7", "G, U"), "7  g u"),
    Command("activity", "Go", "Activity", ("3", "G, A"), "3  g a"),
    Command("models", "Go", "Models", ("0", "G, L"), "0  g l"),
    Command("accounts", "Go", "Accounts", ("8", "G, M"), "8  g m"),
    Command("privacy", "Go", "Privacy", ("9", "G, R"), "9  g r"),
    Command("drafts", "Go", "Drafts, and mail on its way", ("G, D",), "g d"),
    Command("compose", "File", "Write a message", ("C",), "c"),
    Command("connect", "File", "Connect an account", ("Ctrl+Shift+O",), "Ctrl Shift O"),
    Command("sync", "File", "Fetch new mail now", ("F5",), "F5"),
    Command("offline", "File", "Work offline, or go online again", (), ""),
    Command("import", "File", "Import mail, calendars, contacts", ("Ctrl+O",), "Ctrl O"),
    Command("quit", "File", "Quit", ("Ctrl+Q",), "Ctrl Q"),
)
