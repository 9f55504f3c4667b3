"""Filling a home from the command line: import, demo, run, me, init; what it says and what the keys are."""

from pathlib import Path

import pytest
from filelock import FileLock

from fluffy_core.store import database
from tests.fakes import mailboxes
from tests.unit.cli.conftest import Fluffy
from tests.unit.services.homes import ME, hard_to_pack, letter

IMPORT_KEYS = {"messages", "stored", "duplicates", "unread", "threads", "contacts", "seconds"}


def test_an_import_reports_its_counts_and_a_second_one_stores_nothing(fluffy: Fluffy, tmp_path: Path) -> None:
    box = mailboxes.write(tmp_path / "a.mbox", mailboxes.MBOX)
    ran = fluffy("--home", tmp_path / "home", "--json", "import", box, "--me", "ben@example.org")
    assert ran.code == 0
    assert set(ran.json) >= IMPORT_KEYS
    assert {key: ran.json[key] for key in IMPORT_KEYS - {"seconds"}} == {
        "messages": 3, "stored": 3, "duplicates": 0, "unread": 0, "threads": 3, "contacts": 1,
    }  # fmt: skip
    assert 0 < ran.json["seconds"] < 60
    assert (ran.json["me"], ran.json["me_confirmed"]) == (["ben@example.org"], True)
    again = fluffy("--home", tmp_path / "home", "import", box)
    assert again.code == 0
    assert again.out.startswith("3 of 3 messages read, 3 of them known already.")


def test_what_was_kept_unread_is_listed(fluffy: Fluffy, tmp_path: Path) -> None:
    mailboxes.write(tmp_path / "in" / "a.eml", letter())
    mailboxes.write(tmp_path / "in" / "b.eml", b"")
    ran = fluffy("--home", tmp_path / "home", "import", tmp_path / "in")
    assert ran.code == 0
    assert "1 of 2 messages read, 1 kept unread." in ran.out
    assert "  kept unread: " in ran.out
    assert "b.eml" in ran.out


def test_a_damaged_file_among_good_ones_fails_after_reading_the_good_ones(
    fluffy: Fluffy, tmp_path: Path
) -> None:
    members = {"Takeout/Mail/A.mbox": mailboxes.MBOX, "Takeout/Mail/B.mbox": mailboxes.mbox(*hard_to_pack(9))}
    packed = mailboxes.zipped(tmp_path / "takeout.zip", members)
    content = bytearray(packed.read_bytes())
    content[-4000:-2000] = bytes(2000)
    packed.write_bytes(content)
    ran = fluffy("--home", tmp_path / "home", "--json", "import", packed)
    assert ran.code == 1
    assert ran.json["stored"] == 3
    assert "takeout.zip: " in ran.json["problems"][0]


def test_the_inferred_owner_is_shown_for_confirmation(fluffy: Fluffy, tmp_path: Path) -> None:
    sent = mailboxes.mbox(*(letter(f"n{n}", sender=f"Me <{ME}>", to="a@x.example", hour=n) for n in range(8)))
    box = mailboxes.write(tmp_path / "Sent.mbox", sent)
    home = tmp_path / "home"
    ran = fluffy("--home", home, "import", box)
    assert f"These look like your addresses: {ME}. Confirm with `fluffy me ADDRESS …`." in ran.out
    assert fluffy("--home", home, "me").out == f"{ME} (not confirmed)\n"
    assert fluffy("--home", home, "me", ME.upper()).out == f"{ME}\n"
    assert fluffy("--home", home, "--json", "me").json == [{"email": ME, "confirmed": True}]


def test_an_owner_nobody_can_guess_is_asked_for(fluffy: Fluffy, tmp_path: Path) -> None:
    box = mailboxes.write(
        tmp_path / "a.mbox", mailboxes.mbox(letter(), letter(to="x@y.example", sender="z@z.example"))
    )
    ran = fluffy("--home", tmp_path / "home", "import", box)
    assert "Say it with `fluffy me ADDRESS …`." in ran.out
    assert "No address is known" in fluffy("--home", tmp_path / "home", "me").out


def test_confirming_another_owner_works_out_the_people_anew(fluffy: Fluffy, tmp_path: Path) -> None:
    home = tmp_path / "home"
    box = mailboxes.write(
        tmp_path / "a.mbox",
        mailboxes.mbox(letter(), letter("B", sender="b@x.example", to="b2@x.example", hour=1)),
    )
    fluffy("--home", home, "import", box, "--me", ME)
    assert [one["email"] for one in fluffy("--home", home, "--json", "contacts").json["contacts"]] == [
        "ada@example.com"
    ]
    assert fluffy("--home", home, "me", "b2@x.example").code == 0
    assert [one["email"] for one in fluffy("--home", home, "--json", "contacts").json["contacts"]] == [
        "b@x.example"
    ]


@pytest.mark.logged("full|DiskFull")
def test_a_full_disk_is_a_sentence_and_loses_nothing(
    fluffy: Fluffy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    assert fluffy("--home", home, "threads").code == 0
    letters = [letter(f"n{n}", hour=n, body=f"{n} word{n * n} " * 300 + "\n") for n in range(600)]
    box = mailboxes.write(tmp_path / "a.mbox", mailboxes.mbox(*letters))
    with monkeypatch.context() as patch:
        patch.setattr(database, "_PRAGMAS", (*database._PRAGMAS, "PRAGMA max_page_count = 150"))
        ran = fluffy("--home", home, "--json", "import", box, "--me", ME)
    assert ran.code == 1
    assert "full" in ran.json["error"]
    assert fluffy("--home", home, "--json", "doctor").json["counts"]["messages"] == 0
    again = fluffy("--home", home, "--json", "import", box, "--me", ME)
    assert again.err == ""
    assert (again.code, again.json["stored"]) == (0, 600)


def test_running_until_idle_does_what_is_left(fluffy: Fluffy, small_home: Path) -> None:
    assert fluffy("--home", small_home, "--json", "doctor").json["counts"]["summaries"] == 0
    ran = fluffy("--home", small_home, "run", "--until-idle")
    assert (ran.code, ran.out) == (0, "Everything is done.\n")
    assert fluffy("--home", small_home, "--json", "doctor").json["counts"]["summaries"] == 2
    stats = fluffy("--home", small_home, "--json", "jobs", "stats").json
    assert stats["states"] == {
        "queued": 0, "running": 0, "waiting-retry": 0, "succeeded": stats["states"]["succeeded"],
        "dead": 0, "cancelled": 0,
    }  # fmt: skip
    assert stats["kinds"]["sync-emails-initial"] == {"runs": 1, "succeeded": 1}


def test_a_home_that_somebody_else_runs_is_left_to_them(fluffy: Fluffy, small_home: Path) -> None:
    with FileLock(small_home / "owner.lock"):
        ran = fluffy("--home", small_home, "--json", "run", "--until-idle")
        assert ran.code == 1
        assert ran.json["error"].startswith("Another FluffyMail runs this home")
        assert fluffy("--home", small_home, "digest").code == 0
        assert (
            fluffy(
                "--home", small_home, "jobs", "run", "check-follow-ups", '{"lookback_days": 1, "as_of": "x"}'
            ).code
            == 0
        )
        refused = fluffy("--home", small_home, "restore", small_home / "fluffy.db")
        assert refused.code == 1
        assert "Quit it first" in refused.err


def test_a_recovery_code_opens_a_home_whose_key_is_lost(
    fluffy: Fluffy, small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fluffy("--home", small_home, "--json", "init", "--show-recovery-code").json
    assert (made["home"], made["key_provider"]) == (str(small_home), "keyfile")
    monkeypatch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "lost" / "new.key"))
    assert fluffy("--home", small_home, "threads").code == 1
    assert fluffy("--home", small_home, "init", "--recover", made["recovery_code"].lower()).code == 0
    assert fluffy("--home", small_home, "--json", "threads").json["count"] == 3


def test_the_recovery_code_of_another_home_changes_nothing(
    fluffy: Fluffy, small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (small_home / "key.json").read_bytes()
    with monkeypatch.context() as patch:
        patch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "other.key"))
        code = fluffy("--home", tmp_path / "other", "--json", "init", "--show-recovery-code").json[
            "recovery_code"
        ]
    ran = fluffy("--home", small_home, "init", "--recover", code)
    assert (ran.code, ran.err) == (1, "That recovery code belongs to another home.\n")
    assert (small_home / "key.json").read_bytes() == before
    assert fluffy("--home", small_home, "threads").code == 0


def test_a_recovery_code_prepares_a_new_computer_for_a_backup(
    fluffy: Fluffy, small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = fluffy("--home", small_home, "--json", "init", "--show-recovery-code").json["recovery_code"]
    assert fluffy("--home", small_home, "backup", tmp_path / "copy.db").code == 0
    monkeypatch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "new.key"))
    assert fluffy("--home", tmp_path / "new", "init", "--recover", code).code == 0
    assert fluffy("--home", tmp_path / "new", "restore", tmp_path / "copy.db").code == 0
    assert fluffy("--home", tmp_path / "new", "--json", "threads").json["count"] == 3
