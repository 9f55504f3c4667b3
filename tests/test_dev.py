"""The tool at the desk: what it asks of a computer, what it does once, what it says when something fails."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dev


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("Temporary failure in name resolution", "The network cannot be reached."),
        (
            "ERROR: Could not find a version that satisfies x (from versions: none)",
            "The network cannot be reached.",
        ),
        ("error: metadata-generation-failed", "The last lines of build/setup.log:"),
    ],
)
def test_reason_names_the_cause(log: str, sentence: str) -> None:
    assert dev.reason(log).startswith(sentence)


def test_stamp_follows_the_project_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path)
    (tmp_path / "pyproject.toml").write_text("one")
    before = dev.stamp("desktop")
    dev.mark_done("desktop")
    assert before.exists()
    (tmp_path / "pyproject.toml").write_text("two")
    assert not dev.stamp("desktop").exists()
    dev.mark_done("desktop")
    assert not before.exists()


@pytest.mark.skipif(not dev.LINUX, reason="asks the Linux loader")
def test_missing_libraries_become_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    present = "".join(
        f"\\t{name} (libc6) => /lib/{name}\\n" for name in dev.LIBRARIES if name != "libEGL.so.1"
    )
    loader = tmp_path / "ldconfig"
    loader.write_text(f"#!/bin/sh\nprintf '{present}'\n")
    loader.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(dev, "FONTS", tmp_path / "none")
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    assert dev.missing_packages() == ["libegl1", "fonts-dejavu"]


def test_without_rights_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(dev, "renamed", lambda package: package)
    with pytest.raises(dev.Stop, match="apt-get install -y --no-install-recommends libegl1") as stopped:
        dev.install_packages(["libegl1"])
    assert stopped.value.code == 2


def test_a_home_of_ones_own_keeps_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLUFFY_KEY_FILE", raising=False)
    monkeypatch.setattr(dev, "call", lambda *_, **__: pytest.fail("the demo is not for this home"))
    (tmp_path / "fluffy.db").touch()
    dev.open_home(tmp_path)
    assert "FLUFFY_KEY_FILE" not in os.environ


def test_a_new_home_gets_the_demo_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def succeed(command: list[str], **_: object) -> int:
        calls.append(command)
        return 0

    monkeypatch.setenv("FLUFFY_KEY_FILE", "elsewhere")
    monkeypatch.setattr(dev, "call", succeed)
    for _ in range(2):
        dev.open_home(tmp_path / "home")
    assert [command[-1] for command in calls] == ["demo"]
    assert os.environ["FLUFFY_KEY_FILE"] == str(tmp_path / "home" / "demo.key")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (dev.Stop("No rights.", 2), 2, "No rights."),
        (KeyboardInterrupt(), 130, "Run the same command again"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "The disk is full."),
    ],
)
def test_failures_are_sentences(
    error: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(dev, "parse", fail)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert dev.main() == code
    assert words in capsys.readouterr().err


def test_all_checks_run_and_the_failed_are_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "ROOT", Path.cwd())
    steps = {
        "first": [sys.executable, "-c", "raise SystemExit(3)"],
        "second": [sys.executable, "-c", "print('ran')"],
    }
    assert dev.check(steps) == 1
    out, err = capfd.readouterr()
    assert "ran" in out
    assert err.strip() == "Failed: first"


def test_a_wrong_command_exits_2() -> None:
    done = subprocess.run(
        [sys.executable, str(dev.ROOT / "dev.py"), "dance"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize(("imported", "code"), [("json", 0), ("small.high", 1)])
def test_the_check_of_the_layers_fails_when_one_is_broken(tmp_path: Path, imported: str, code: int) -> None:
    (tmp_path / "small").mkdir()
    for name, text in {"__init__": "", "high": "import small.low\n", "low": f"import {imported}\n"}.items():
        (tmp_path / "small" / f"{name}.py").write_text(text)
    contract = 'name = "high above low"\ntype = "layers"\nlayers = ["small.high", "small.low"]\n'
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.importlinter]\nroot_package = "small"\n[[tool.importlinter.contracts]]\n{contract}'
    )
    command = [sys.executable, *dev.lint_steps()["imports"][1:]]
    found = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert found.returncode == code, found.stdout.decode()


@pytest.mark.skipif(not dev.LINUX, reason="installs Debian packages")
def test_programs_that_tests_can_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail server is installed where it may be, not left running, and done without otherwise."""
    there: set[str] = {"sh"}
    asked: list[list[str]] = []
    stopped: list[tuple[str, ...]] = []

    def which(name: str, path: str | None = None) -> str | None:
        return name if name in there else None

    def install(packages: list[str]) -> None:
        asked.append(packages)
        if len(asked) == 1:
            raise dev.Stop("nobody may")
        there.add("dovecot")

    monkeypatch.setattr(shutil, "which", which)
    monkeypatch.setattr(dev, "install_packages", install)
    monkeypatch.setattr(dev, "quiet", lambda *command: stopped.append(command))
    dev.install_programs(dev.SERVERS)
    assert stopped == []
    dev.install_programs(dev.SERVERS)
    assert "systemctl disable --now dovecot" in stopped[0][-1]
    dev.install_programs(dev.SERVERS)
    assert asked == [["dovecot-imapd"]] * 2
