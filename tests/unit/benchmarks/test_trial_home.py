"""A temporary home holds the mail it was given, and goes."""

from pathlib import Path

import pytest

from benchmarks import trial_home
from benchmarks.programs import BenchmarkError
from fluffy_core.services.reading import inbox

LETTER = (
    "From: Ada <ada@example.org>\r\nTo: me@example.com\r\nSubject: {}\r\nMessage-ID: <{}@x>\r\n\r\nHello.\r\n"
)


def test_mail_is_there_and_the_home_is_not_kept(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(LETTER.format(f"Boats {number}", number).encode())
    with trial_home.imported([tmp_path], me=["me@example.com"]) as core:
        home = core.settings.paths.home
        assert inbox.counts(core.store).everything == 3
        assert core.store.all("SELECT count(*) FROM categories") == [(3,)]
    assert not home.exists()


def test_what_is_no_mail_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(BenchmarkError, match="There is no file or folder"),
        trial_home.imported([tmp_path / "nowhere"]),
    ):
        pass
