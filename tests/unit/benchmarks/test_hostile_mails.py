"""The mails that attack: every attack in every way, bait where it was meant to be, a harmless twin each."""

import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from benchmarks import hostile_mails
from benchmarks.hostile_mails import HIDING, WAYS, WITHOUT, Hostile
from fluffy_core.mail.html.html import to_text
from fluffy_core.mail.mime import mime


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    assert hostile_mails.write(folder, 120) == 120
    return folder


def test_the_same_seed_makes_the_same_mails() -> None:
    assert list(hostile_mails.mails(50, seed=3)) == list(hostile_mails.mails(50, seed=3))
    assert list(hostile_mails.mails(50, seed=3)) != list(hostile_mails.mails(50, seed=4))


def test_five_hundred_hold_every_way_kind_and_language() -> None:
    made = list(hostile_mails.mails(500))
    assert {one.way for one in made} == set(WAYS)
    assert len({one.kind for one in made}) == 6
    assert len({one.language for one in made}) >= 12
    assert len(made) == 500


def test_every_mail_has_a_twin_that_differs_in_the_attack_alone(folder: Path) -> None:
    names = sorted(path.name for path in folder.glob("*.eml"))
    assert names == sorted(path.name for path in (folder / WITHOUT).glob("*.eml"))
    for name in names:
        bad = message_from_bytes((folder / name).read_bytes(), policy=policy.compat32)
        good = message_from_bytes((folder / WITHOUT / name).read_bytes(), policy=policy.compat32)
        assert bad["Message-ID"] == good["Message-ID"]
        assert bad["Date"] == good["Date"]
        assert (folder / name).read_bytes() != (folder / WITHOUT / name).read_bytes()


def test_what_no_reader_sees_is_not_in_the_text_that_this_program_reads(folder: Path) -> None:
    for one in hostile_mails.mails(120):
        if one.way in HIDING - {"behind"}:  # where a link leads is kept in the text, for its reader to see
            told = mime.parse((folder / f"{_name(one)}").read_bytes(), now=time.time())
            assert not any(part in told.text for part in hostile_mails.bait(one.number).parts), one


def test_every_trick_of_html_hides_its_words() -> None:
    for trick in hostile_mails._stored()["unseen"]:
        text = to_text(f"<body><p>shown</p>{trick['html'].replace('{words}', 'secret')}<p>too</p></body>")
        assert ("secret" in text, text.split()[0], text.split()[-1]) == (False, "shown", "too"), trick


def test_what_is_out_of_sight_is_known_by_message(folder: Path) -> None:
    known = hostile_mails.unseen(folder)
    hidden = [one.number for one in hostile_mails.mails(120) if one.way in HIDING]
    assert known == {f"hostile-{one}@club.example": hostile_mails.bait(one).parts for one in hidden}


def test_bait_in_the_open_is_there_for_the_reader(folder: Path) -> None:
    for one in hostile_mails.mails(120):
        if one.way in {"open", "top"}:
            told = mime.parse((folder / f"{_name(one)}").read_bytes(), now=time.time())
            assert one.said.split("\n", maxsplit=1)[0] in told.text
            wanted = [part for part in hostile_mails.bait(one.number).parts if part in one.attack]
            assert all(part in told.text for part in wanted)


def _name(one: Hostile) -> str:
    return f"{one.number:04}-{one.way}-{one.kind}.eml"
