"""Exit codes, one JSON document whatever happens, no traceback for a user's mistake, safe terminals."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import keyring.backends.fail
import pytest

import fluffy_core
from fluffy_core.cli import parser as tree
from fluffy_core.cli.main import command, main
from fluffy_core.services.reading import inbox
from tests.fakes import mailboxes
from tests.unit.cli.conftest import Fluffy
from tests.unit.services.homes import letter

READING = [
    ("digest",),
    ("analytics",),
    ("analytics", "--by", "month", "--limit", "3"),
    ("threads",),
    ("threads", "--section", "needs-reply"),
    ("threads", "--section", "waiting", "--limit", "2"),
    ("threads", "--query", "invoice"),
    ("thread", "show", "1"),
    ("search", "invoice", "after:2020", "--words-only"),
    ("search", "invoice", "-newsletter", "has:attachment"),
    ("contacts",),
    ("contacts", "1"),
    ("contacts", "--proposals"),
    ("contacts", "--query", "an", "--limit", "3"),
    ("categories",),
    ("categories", "--importance", "bulk"),
    ("followups",),
    ("summarize", "1"),
    ("jobs", "list"),
    ("jobs", "list", "--state", "succeeded", "--limit", "3"),
    ("jobs", "show", "1"),
    ("jobs", "stats"),
    ("models", "list"),
    ("me",),
    ("privacy",),
    ("doctor",),
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_every_reading_command_answers_in_words_and_in_json(
    fluffy: Fluffy, demo_home: Path, words: tuple[str, ...]
) -> None:
    text = fluffy("--home", demo_home, *words)
    assert (text.code, text.err) == (0, "")
    assert len(text.out.strip()) > 5
    data = fluffy("--home", demo_home, "--json", *words)
    assert (data.code, data.err) == (0, "")
    assert data.out.count("\n") == 1
    assert isinstance(data.json, dict | list)


MISTAKES = [
    (("thread", "show", "999999"), 2, "There is no thread 999999."),
    (("thread", "done", "999999"), 2, "There is no thread 999999."),
    (("summarize", "999999"), 2, "There is no thread 999999."),
    (("contacts", "999999"), 2, "There is no person 999999."),
    (("contacts", "--merge", "3"), 2, "Say which person"),
    (("contacts", "1", "--merge", "999999"), 2, "There is no person 999999."),
    (("contacts", "1", "--merge", "1"), 2, "These are not two people."),
    (("contacts", "1", "--split", "nobody@x.example"), 2, "not one of several addresses"),
    (("contacts", "1", "--rename", " "), 2, "A person needs a name."),
    (("jobs", "show", "999999"), 2, "There is no job 999999."),
    (("jobs", "retry", "999999"), 2, "cannot be tried again"),
    (("jobs", "cancel", "999999"), 2, "not waiting or running"),
    (("jobs", "discard", "999999"), 2, "not dead or cancelled"),
    (("jobs", "list", "--state", "asleep"), 2, "“asleep” is not a state"),
    (("jobs", "run", "make-coffee"), 2, "There is no job called “make-coffee”"),
    (("jobs", "run", "extract-contacts"), 2, "extract-contacts takes force, message_ids."),
    (("jobs", "run", "check-follow-ups", "{"), 2, "The arguments are not JSON"),
    (("jobs", "run", "check-follow-ups", "[" * 100_000), 2, "The arguments are not JSON"),
    (("jobs", "run", "check-follow-ups", "[1]"), 2, "must be a JSON object"),
    (("import", "/nowhere/at/all"), 1, "/nowhere/at/all"),
    (("import", __file__), 1, "test_main.py"),
    (("import", __file__, "--me", "nonsense"), 2, "“nonsense” is not a mail address."),
    (("me", "nonsense"), 2, "“nonsense” is not a mail address."),
    (("restore", "/nowhere/at/all"), 1, "There is no backup /nowhere/at/all."),
    (("backup", "/nowhere/at/all"), 2, "The folder /nowhere/at is not there."),
    (("backup", __file__), 2, "is there already"),
    (("export", __file__), 2, "is there already"),
    (("export", "/nowhere/at/all"), 1, "cannot be written"),
    (("models", "pull", "no-such-model"), 1, "no-such-model"),
    (("models", "remove", "no-such-model"), 1, "no-such-model"),
    (("init", "--recover", "nonsense"), 1, "recovery code"),
    (("thread", "show", "x"), 2, "“x” is not a number from 0 up"),
    (("thread", "show", "-1"), 2, "-1"),
    (("thread", "show", "9" * 40), 2, "is not a number from 0 up"),
    (("jobs", "show", str(2**63)), 2, "is not a number from 0 up"),
    (("threads", "--limit", "many"), 2, "is not a number from 0 up"),
    (("threads", "--section", "elsewhere"), 2, "invalid choice"),
    (("search",), 2, "query"),
    (("ask",), 2, "question"),
    (("dance",), 2, "invalid choice"),
    ((), 2, "COMMAND"),
]


@pytest.mark.parametrize(("words", "code", "said"), MISTAKES, ids=[" ".join(one[0])[:40] for one in MISTAKES])
def test_mistakes_get_a_sentence_and_an_exit_code(
    fluffy: Fluffy, demo_home: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    plain = fluffy("--home", demo_home, *words)
    assert (plain.code, plain.out) == (code, "")
    assert said in plain.err
    data = fluffy("--home", demo_home, "--json", *words)
    assert data.code == code
    assert list(data.json) == ["error"]
    assert said in data.json["error"]
    assert data.json["error"] in data.err


def test_options_may_follow_the_command(fluffy: Fluffy, demo_home: Path) -> None:
    before = fluffy("--home", demo_home, "--json", "jobs", "pause")
    assert fluffy("jobs", "pause", "--json", "--home", demo_home) == before
    assert fluffy("jobs", "--json", "pause", "--home", demo_home) == before
    assert list(before.json) == ["everything", "kinds", "on_battery", "held"]
    assert fluffy("--home", demo_home, "jobs", "resume").code == 0


@pytest.mark.parametrize(
    "query", ['"', "(((", "AND OR NOT", "from:", "has:nonsense", "before:never", "*", "-", "a" * 5000, "\x00"]
)
def test_no_query_is_an_error(fluffy: Fluffy, demo_home: Path, query: str) -> None:
    ran = fluffy("--home", demo_home, "--json", "search", "--words-only", "--", query)
    assert ran.code == 0
    assert list(ran.json) == ["count", "messages", "notes"]


def test_what_a_query_did_not_say_is_told(fluffy: Fluffy, demo_home: Path) -> None:
    nothing = fluffy("--home", demo_home, "search", ")(*")
    assert nothing.out.splitlines()[0] == "Nothing found."
    ran = fluffy("--home", demo_home, "search", "invoice", "before:never", "has:wings")
    assert "“never” is not a date" in ran.out
    assert "“has:wings” is not known" in ran.out


@pytest.mark.parametrize(
    "words",
    [("threads",), ("thread", "show", "3"), ("search", "evil"), ("contacts",), ("digest",), ("categories",)],
)
def test_nothing_in_mail_steers_the_terminal(
    fluffy: Fluffy, small_home: Path, words: tuple[str, ...]
) -> None:
    for options in ((), ("--json",)):
        ran = fluffy("--home", small_home, *options, *words)
        assert ran.code == 0
        assert "nvoice" in ran.out or "vil" in ran.out
        assert [char for char in ran.out if not (char.isprintable() or char == "\n")] == []


def test_without_a_key_the_reason_is_said(
    fluffy: Fluffy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fluffy("--home", tmp_path / "home", "threads").code == 0
    (tmp_path / "home" / "key.json").unlink()
    ran = fluffy("--home", tmp_path / "home", "threads")
    assert (ran.code, ran.out) == (1, "")
    assert "fluffy init --recover" in ran.err
    monkeypatch.delenv("FLUFFY_KEY_FILE")
    monkeypatch.setattr("keyring.get_keyring", keyring.backends.fail.Keyring)
    ran = fluffy("--home", tmp_path / "other", "--json", "threads")
    assert ran.code == 1
    assert "FLUFFY_PASSPHRASE" in ran.json["error"]


def test_a_key_file_that_does_not_fit_is_said(
    fluffy: Fluffy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fluffy("--home", tmp_path / "home", "threads").code == 0
    (tmp_path / "wrong.key").write_text("ab" * 32, "ascii")
    monkeypatch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "wrong.key"))
    assert fluffy("--home", tmp_path / "home", "threads").code == 1
    (tmp_path / "wrong.key").write_text("not a key", "ascii")
    assert "key file" in fluffy("--home", tmp_path / "home", "threads").err


def test_a_home_that_is_a_file_or_a_foreign_database_is_said(fluffy: Fluffy, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be made" in fluffy("--home", tmp_path / "file", "threads").err
    home = tmp_path / "home"
    assert fluffy("--home", home, "threads").code == 0
    (home / "fluffy.db").write_bytes(b"this is no database " * 1000)
    ran = fluffy("--home", home, "threads")
    assert (ran.code, ran.out) == (1, "")
    assert str(home / "fluffy.db") in ran.err


def test_every_leaf_names_a_function_that_is_there() -> None:
    found = set()
    pending: list[object] = [tree.build()]
    while pending:
        parser = pending.pop()
        assert isinstance(parser, tree.Parser)
        for action in parser._actions:
            if isinstance(action.choices, dict):
                pending += action.choices.values()
        if place := parser.get_default("command"):
            found.add(place)
            assert command(place).__doc__
    assert len(found) >= 28


def fresh(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """`python -m fluffy_core` in a process of its own."""
    return subprocess.run(
        [sys.executable, *words], capture_output=True, check=False, timeout=120, env=environment,
        cwd=Path(fluffy_core.__file__).parent.parent,
    )  # fmt: skip


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("import", "--help"), ("dance",)])
def test_help_and_version_start_without_the_core(words: tuple[str, ...]) -> None:
    code = f"""
import sys
from fluffy_core.cli.main import main
try:
    main({list(words)!r})
except SystemExit:
    pass
heavy = "numpy onnxruntime sqlcipher3 sqlite_utils huey filelock zstandard nh3 resiliparse"
heavy += " fluffy_core.core fluffy_core.services"
print("|", *sorted(set(heavy.split()) & set(sys.modules)))
"""
    done = fresh("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().rpartition("|")[2].strip() == ""


def test_the_version_is_the_packages() -> None:
    done = fresh("-m", "fluffy_core", "--version")
    assert done.stdout.decode().strip() == f"fluffy {fluffy_core.__version__}"


def test_a_terminal_that_knows_ascii_only_gets_escapes_and_valid_json(small_home: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = fresh("-m", "fluffy_core", "--home", str(small_home), "threads", environment=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    done = fresh("-m", "fluffy_core", "--home", str(small_home), "--json", "threads", environment=environment)
    assert done.returncode == 0
    assert json.loads(done.stdout)["count"] == 3


def test_a_reader_that_leaves_early_is_no_failure(demo_home: Path) -> None:
    code = f"""
import subprocess, sys
words = ["-m", "fluffy_core", "--home", {str(demo_home)!r}, "threads", "--limit", "1000"]
child = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
child.stdout.close()
print(child.wait(60), child.stderr.read().decode())
"""
    assert fresh("-c", code).stdout.decode().strip() == "0"


def test_interrupting_is_answered_in_words(
    fluffy: Fluffy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inbox, "ids", interrupted)
    ran = fluffy("--home", tmp_path / "home", "--json", "threads")
    assert ran.code == 130
    assert ran.json["error"].startswith("Stopped.")


def test_a_reader_that_left_already_is_no_failure_either(tmp_path: Path) -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

        def fileno(self) -> int:
            return os.open(os.devnull, os.O_WRONLY)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", Closed())
        assert main(["--home", str(tmp_path / "home"), "threads"]) == 0


def test_an_import_of_a_path_with_strange_letters(fluffy: Fluffy, tmp_path: Path) -> None:
    folder = tmp_path / "Post für mich"
    mailboxes.write(folder / "a.eml", letter())
    ran = fluffy("--home", tmp_path / "home", "import", folder)
    assert ran.code == 0
    assert "1 of 1 message read" in ran.out
    bad = fluffy("--home", tmp_path / "home", "import", folder / "no \x1b[31mthing")
    assert bad.code == 1
    assert "\x1b" not in bad.err


def test_results_show_the_words_that_matched_in_their_surroundings(fluffy: Fluffy, small_home: Path) -> None:
    ran = fluffy("--home", small_home, "search", "report", "friday")
    assert "send me the [report] by [Friday]?  (words)" in ran.out
    (first, *_) = fluffy("--home", small_home, "--json", "search", "friday").json["messages"]
    match = first["match"]
    assert [match["text"][start:stop] for start, stop in match["marks"]] == ["Friday"]
    assert match["why"] == "words"


def test_a_question_is_answered_with_the_message_that_says_so(fluffy: Fluffy, demo_home: Path) -> None:
    ran = fluffy("--home", demo_home, "ask", "How much does Daniel charge by the day, and what notice?")
    assert "[1] “By the day is great." in ran.out or "£380" in ran.out
    found = fluffy("--home", demo_home, "--json", "ask", "Who won the regatta in Lisbon in 1987?").json
    assert (found["found"], found["citations"]) == (False, [])
    assert set(found) == {"found", "question", "text", "citations", "closest", "engine", "notes"}


def test_what_is_not_in_the_mail_is_said_and_a_question_needs_words(fluffy: Fluffy, small_home: Path) -> None:
    ran = fluffy("--home", small_home, "ask", "When was Napoleon crowned?")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Not in your mail.")
    assert fluffy("--home", small_home, "ask", "?").code == 2


def test_answers_from_hostile_mail_cannot_steer_a_terminal(fluffy: Fluffy, small_home: Path) -> None:
    ran = fluffy("--home", small_home, "ask", "Who sends the evil invoice?")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


@pytest.mark.parametrize("group", ["rules", "tags", "models", "jobs", "account"])
def test_a_group_alone_lists(fluffy: Fluffy, small_home: Path, group: str) -> None:
    alone = fluffy("--home", small_home, "--json", group)
    assert (alone.code, alone.err) == (0, "")
    assert alone.out == fluffy("--home", small_home, "--json", group, "list").out


@pytest.mark.parametrize("group", ["draft", "thread"])
def test_a_group_that_lists_nothing_says_what_it_can(fluffy: Fluffy, small_home: Path, group: str) -> None:
    alone = fluffy("--home", small_home, group)
    assert (alone.code, "WHAT" in alone.err) == (2, True)
