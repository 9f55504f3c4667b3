"""Keys as they are shown."""

import pytest
from pytestqt.qtbot import QtBot

from app.commands import COMMANDS
from app.widgets.key_caps import key_caps


@pytest.mark.parametrize(
    ("shown", "labels"),
    [
        ("", []),
        ("j", ["j"]),
        ("Ctrl Shift D", ["Ctrl", "Shift", "D"]),
        ("5  g t", ["5", "or", "g", "t"]),
    ],
)
def test_two_ways_have_a_word_between_them(qtbot: QtBot, shown: str, labels: list[str]) -> None:
    made = key_caps(shown)
    for one in made:
        qtbot.addWidget(one)
    assert [one.text() for one in made] == labels
    assert all(one.property("kind") == ("small" if one.text() == "or" else "cap") for one in made)


def test_every_command_s_keys_are_as_many_ways_as_it_has() -> None:
    for one in COMMANDS:
        ways = [way for way in one.shown.split("  ") if way]
        assert len(ways) <= max(len(one.keys), 1) + (one.id == "open")
