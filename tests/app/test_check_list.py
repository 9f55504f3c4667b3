"""Checks as they happen: told in words too, changed in place, begun anew."""

import pytest
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.widgets.check_list import CheckList, Outcome
from app.widgets.field import Field


@pytest.fixture
def checks(theme: Theme, qtbot: QtBot) -> CheckList:
    made = CheckList(theme)
    qtbot.addWidget(made)
    return made


def test_it_is_out_of_the_way_until_something_is_checked(checks: CheckList) -> None:
    assert checks.isHidden()
    checks.say("a", "Found it", Outcome.DONE)
    assert not checks.isHidden()


def test_a_step_that_is_told_again_changes_in_place(checks: CheckList) -> None:
    checks.say("a", "Reaching the server …", Outcome.NOW)
    checks.say("b", "Encrypted", Outcome.DONE)
    checks.say("a", "The server answers", Outcome.DONE)
    assert checks.words == ["Done: The server answers", "Done: Encrypted"]


def test_a_failure_marks_what_was_under_way_only(checks: CheckList) -> None:
    checks.say("a", "Encrypted", Outcome.DONE)
    checks.say("b", "Signing in …", Outcome.NOW)
    checks.fail()
    assert checks.words == ["Done: Encrypted", "Failed: Signing in"]


def test_beginning_anew_keeps_what_still_holds(checks: CheckList) -> None:
    checks.say("a", "Found it", Outcome.DONE)
    checks.say("b", "Encrypted", Outcome.DONE)
    checks.forget("a")
    assert checks.words == ["Done: Found it"]
    checks.forget()
    assert checks.words == []
    assert checks.isHidden()


def test_marks_follow_light_and_dark(checks: CheckList, theme: Theme) -> None:
    checks.say("a", "Encrypted", Outcome.DONE)
    checks.resize(300, 40)
    light = checks.grab().toImage()
    theme.choose("dark")
    try:
        assert checks.grab().toImage() != light
    finally:
        theme.choose("light")


def test_outcomes_look_different(checks: CheckList) -> None:
    checks.resize(300, 40)
    seen = []
    for outcome in Outcome:
        checks.say("a", "Signing in", outcome)
        seen.append(checks.grab().toImage())
    assert seen[0] != seen[1] != seen[2] != seen[0]


def test_a_field_has_a_name_and_gives_a_secret_away_once(qtbot: QtBot) -> None:
    field = Field("Password", hint="As typed.", secret=True)
    qtbot.addWidget(field)
    field.line.setText(" pass word ")
    assert field.line.displayText() != field.line.text()
    assert (field.line.accessibleName(), field.line.accessibleDescription()) == ("Password", "As typed.")
    assert field.take() == " pass word "
    assert field.take() == ""


def test_a_plain_field_is_trimmed(qtbot: QtBot) -> None:
    field = Field("Server")
    qtbot.addWidget(field)
    field.line.setText("  imap.example.com ")
    assert field.text == "imap.example.com"
