#!/usr/bin/env python3
"""The tool of this repository: `python3 dev.py run` starts FluffyMail, `python3 dev.py test` is all of CI.

Standard library only. It keeps what it makes in `.venv` (libraries), `.home` (the demo home) and `build`
(screenshots, the log of the last installation); deleting those folders starts afresh.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import importlib.util
import io
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
WINDOWS = sys.platform == "win32"
LINUX = sys.platform.startswith("linux")
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
PIP_INSTALL = ("-m", "pip", "install", "--disable-pip-version-check")
CHECKED = ("fluffy_core", "app", "tests", "benchmarks")

LIBRARIES = {
    "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1",
    "libasound.so.2": "libasound2", "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1", "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2", "libnss3.so": "libnss3",
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libxkbfile.so.1": "libxkbfile1",
    "libXcomposite.so.1": "libxcomposite1", "libXdamage.so.1": "libxdamage1",
    "libXrandr.so.2": "libxrandr2", "libXtst.so.6": "libxtst6",
}  # fmt: skip
"""What Qt and its web view load on Linux, and the Debian package that carries it."""

FONTS = Path("/usr/share/fonts")
PEERS = {"mu": "maildir-utils", "notmuch": "notmuch", "mbsync": "isync"}
SERVERS = {"dovecot": "dovecot-imapd"}
"""Programs that benchmarks compare with and tests run against, and their Debian packages."""
TESTED_MODELS = ("all-minilm-l6-v2", "smollm2-135m-instruct", "all-minilm-l6-v2-float32")


class Stop(Exception):
    """Something on this computer is in the way; the message is what the user reads."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """Prints one line of progress at once."""
    print(text, flush=True)


# --- running other programs ---


def python(*arguments: str | Path) -> list[str]:
    """A command for the interpreter of `.venv`; scripts beside it would break when the folder is moved."""
    return [str(PYTHON), *map(str, arguments)]


def call(command: Sequence[str], *, env: dict[str, str] | None = None) -> int:
    """Runs a program in the project folder with our terminal until it ends; returns its exit code."""
    with subprocess.Popen(command, cwd=ROOT, env=env) as process:
        return outlive(process)


def quiet(*command: str) -> subprocess.CompletedProcess[str]:
    """Asks another program a short question."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def outlive(process: subprocess.Popen[bytes], tick: Callable[[], None] = lambda: None) -> int:
    """Waits for a child, calling `tick` five times a second; when we are stopped, so is the child."""
    try:
        while True:
            try:
                return process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                tick()
    except BaseException as stopped:
        if not WINDOWS and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGTERM)  # with the compilers that it started
        elif not isinstance(stopped, KeyboardInterrupt):  # Ctrl+C reached the child by itself
            process.terminate()
        try:
            process.wait(timeout=10)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
        raise


def work(label: str, command: Sequence[str]) -> str:
    """Runs a long installation step behind one line with the time it takes; returns "" or what went wrong."""
    BUILD.mkdir(exist_ok=True)
    log = BUILD / "setup.log"
    started = time.monotonic()
    live = sys.stdout.isatty()

    def tick() -> None:
        if live:
            print(f"\r{label} … {time.monotonic() - started:.0f} s", end="", flush=True)

    print(f"{label} …", end="" if live else "\n", flush=True)
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        failed = outlive(process, tick)
    end = f"{'failed' if failed else 'done'} after {time.monotonic() - started:.0f} s"
    say(f"\r{label} … {end}" if live else f"  {end}")
    return reason(log.read_text(encoding="utf-8", errors="replace")) if failed else ""


def reason(log: str) -> str:
    """A sentence for the failure that an installer's log tells of, else its last lines."""
    if re.search(r"No space left|not enough space", log, re.IGNORECASE):
        return "The disk is full. Make room and run this again; nothing has to be deleted first."
    if re.search(r"Temporary failure|resolve|Failed to establish|timed out|\(from versions: none\)", log):
        return "The network cannot be reached. Connect and run this again; it goes on where it stopped."
    return "\n".join(["The last lines of build/setup.log:", *log.strip().splitlines()[-8:]])


def stamp(name: str) -> Path:
    """The file that says a step was done; another project file, interpreter or catalogue asks anew."""
    sources = [ROOT / "pyproject.toml", VENV / "pyvenv.cfg", ROOT / "models" / "catalog.toml"]
    facts = b"".join(path.read_bytes() for path in sources if path.exists())
    where = f"{ROOT}{os.environ.get('FLUFFY_MODELS', '')}".encode()
    return VENV / f"fluffy-{name}-{hashlib.sha256(facts + where).hexdigest()[:16]}"


def mark_done(name: str) -> None:
    """Leaves the stamp of a step and takes away the outdated ones."""
    for old in VENV.glob(f"fluffy-{name}-*"):
        old.unlink()
    stamp(name).touch()


# --- the system ---


def missing_packages() -> list[str]:
    """Debian packages this computer lacks for the window and for making `.venv`; [] on other systems."""
    ldconfig = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/sbin:/usr/sbin")
    if not LINUX or ldconfig is None:
        return []
    known = quiet(ldconfig, "-p").stdout
    missing = [package for library, package in LIBRARIES.items() if f"\t{library} " not in known]
    if not FONTS.is_dir() or not any(FONTS.rglob("*.[ot]tf")):
        missing.append("fonts-dejavu")
    if not PYTHON.exists() and not can_make_venv():
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    return missing


def can_make_venv() -> bool:
    """Whether the interpreter came with `venv` and `ensurepip` (Debian packs them apart)."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def install_packages(packages: Sequence[str]) -> None:
    """Installs Debian packages as root or by sudo without a password; else says the one command to type."""
    apt = shutil.which("apt-get")
    if apt is None:
        raise Stop(f"Please install what your system calls {', '.join(packages)}, then run this again.", 2)
    packages = [renamed(package) for package in packages]
    typed = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {shlex.join(packages)}"
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if rights and not (shutil.which("sudo") and quiet("sudo", "-n", "true").returncode == 0):
        wanted = f"FluffyMail needs {len(packages)} system packages"
        raise Stop(f"{wanted}. Type this, then run me again:\n\n  {typed}\n", 2)
    apt_get = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-y", "-o", "DPkg::Lock::Timeout=300"]
    work("Refreshing the list of system packages", [*apt_get, "update"])
    install = [*apt_get, "install", "--no-install-recommends", *packages]
    if trouble := work(f"Installing {len(packages)} system packages", install):
        raise Stop(f"{trouble}\nOr type this yourself, then run me again:\n\n  {typed}\n", 2)


def renamed(package: str) -> str:
    """The name since the 64-bit time transition (Ubuntu 24.04, Debian 13), where the package list has it."""
    new = quiet("apt-cache", "policy", f"{package}t64").stdout
    return f"{package}t64" if "Candidate:" in new and "Candidate: (none)" not in new else package


# --- the environment ---


def prepare(*extras: str) -> None:
    """Makes `.venv` and installs the project with `extras`, or sees in a moment that this was done before."""
    if missing := missing_packages():
        install_packages(missing)
    if PYTHON.exists() and all(stamp(extra).exists() for extra in extras):
        return
    make_venv()
    install = python(*PIP_INSTALL, "-e", f".[{','.join(extras)}]")
    if trouble := work("Installing the libraries (some minutes the first time)", install):
        raise Stop(trouble)
    for extra in extras:
        mark_done(extra)


def make_venv() -> None:
    """Makes `.venv`; one whose interpreter does not start any more is made anew."""
    if PYTHON.exists() and quiet(*python("-c", "import pip")).returncode == 0:
        return
    if not can_make_venv():
        raise Stop("This Python has no venv module. Install Python from python.org, then run this again.", 2)
    if trouble := work("Making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)]):
        raise Stop(trouble)


def language_model_runtime(*, build: bool) -> bool:
    """Whether llama-cpp-python is there, after trying a ready-made one or building it here."""
    if quiet(*python("-c", "import importlib.util as i; assert i.find_spec('llama_cpp')")).returncode == 0:
        return True
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    os.environ.setdefault("CMAKE_ARGS", "-DGGML_NATIVE=OFF")  # fit for other computers as well
    how = ["--no-binary" if build else "--only-binary", "llama-cpp-python"]
    label = "Building llama-cpp-python (4 minutes or more)" if build else "Looking for llama-cpp-python"
    return not work(label, python(*PIP_INSTALL, *how, *project["optional-dependencies"]["llm"]))


def try_language_model() -> None:
    """Looks once for a ready-made language model runtime; nothing that opens first needs one."""
    if not stamp("llm").exists():
        if not language_model_runtime(build=False):
            say("Going on without a language model, as everything can (`dev.py llm` builds its runtime).")
        mark_done("llm")


def pull_models(*wanted: str) -> None:
    """Fetches models of the catalogue, the small ones by default; all that needs none works without."""
    done = "-".join(("models", *wanted))
    if stamp(done).exists():
        return
    if trouble := work("Fetching models", fluffy("models", "pull", *wanted)):
        say(f"The models could not be fetched; everything that needs none works. {trouble}")
    else:
        mark_done(done)


def install_programs(programs: dict[str, str]) -> None:
    """Installs programs where nobody has to be asked; what lacks one is skipped and says so itself."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    missing = [package for program, package in programs.items() if not shutil.which(program, path=path)]
    if missing and LINUX:
        with contextlib.suppress(Stop):
            install_packages(missing)
            if SERVERS["dovecot"] in missing:  # Debian starts it for all the network
                quiet(
                    "sh", "-c", "sudo -n systemctl disable --now dovecot || systemctl disable --now dovecot"
                )


# --- the app ---


def fluffy(*arguments: str | Path) -> list[str]:
    """The command line program of `.venv`, also after the folder was moved."""
    return python("-m", "fluffy_core", *arguments)


def environment(*, offscreen: bool) -> dict[str, str]:
    """Our variables for the window; Chromium's sandbox refuses root, so for root it has to be off."""
    env = os.environ.copy()
    if offscreen:
        env["QT_QPA_PLATFORM"] = "offscreen"
    if LINUX and os.geteuid() == 0:
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return env


def has_display() -> bool:
    """Whether a window can open here; only Linux runs without a window system."""
    return not LINUX or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def open_home(home: Path) -> None:
    """Names the demo home's key file; fills a new or half-filled home with the demo mailbox."""
    key, filled = home / "demo.key", home / "demo.done"
    if (home / "fluffy.db").exists() and not key.exists():
        return  # a home of the user's own, with a key of its own
    os.environ["FLUFFY_KEY_FILE"] = str(key)
    if not filled.exists():
        home.mkdir(parents=True, exist_ok=True)
        say(f"Filling a new home with the demo mailbox: {home}")
        must("The demo mailbox could not be read in.", fluffy("--home", home, "demo"))
        filled.touch()


def must(trouble: str, command: Sequence[str], *, env: dict[str, str] | None = None) -> None:
    """Runs a program that told its own story when it fails; then we only say what did not happen."""
    if code := call(command, env=env):
        raise Stop(trouble, code if code > 0 else 128 - code)


def take_shots(home: Path, folder: Path) -> None:
    """Saves pictures of the views and says where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    app = python("-m", "app", "--home", home, "--shots", folder)
    must("The screenshots could not be taken.", app, env=environment(offscreen=True))
    say(f"Screenshots: {folder} ({len(list(folder.glob('*.png')))} pictures)")


def run(arguments: argparse.Namespace) -> int:
    """Starts FluffyMail; without a display it does the same work and prints what the window would show."""
    home = Path(arguments.home).expanduser().resolve()
    prepare("desktop")
    try_language_model()
    pull_models()
    open_home(home)
    if arguments.headless or not has_display():
        must("The work could not be finished.", fluffy("--home", home, "run", "--until-idle"))
        must("The digest could not be printed.", fluffy("--home", home, "digest"))
        take_shots(home, BUILD / "shots")
        return 0
    command, variables = python("-m", "app", "--home", home), environment(offscreen=False)
    if not WINDOWS:
        sys.stdout.flush()
        os.chdir(ROOT)
        os.execve(PYTHON, command, variables)  # signals and exit code are the window's own
    return call(command, env=variables)


# --- checks ---


def lint_steps() -> dict[str, list[str]]:
    """The checks that read the source without running it."""
    tree = ["dev.py", *(name for name in CHECKED if any((ROOT / name).rglob("*.py")))]
    return {
        "format": python("-m", "ruff", "format", "--check", "."),
        "ruff": python("-m", "ruff", "check", "."),
        "mypy": python("-m", "mypy", *tree),
        # importlinter has no __main__: `-m importlinter.cli` would check nothing and call that fine.
        "imports": python("-c", "from importlinter.cli import lint_imports_command as c; c()"),
    }


def check(steps: dict[str, list[str]]) -> int:
    """Runs every step whatever the others say; names those that failed on stderr."""
    failed = []
    for name, command in steps.items():
        say(f"--- {name}")
        if call(command, env=environment(offscreen=True)):
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def pytest_command(*arguments: str) -> list[str]:
    """Tests in two processes; a file's tests stay together."""
    return python("-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *arguments)


def test(_: argparse.Namespace) -> int:
    """Everything CI does: formatting, ruff, mypy, layers, house rules and all tests, without a display."""
    prepare("desktop", "test")
    install_programs(SERVERS)
    pull_models(*TESTED_MODELS)
    return check({**lint_steps(), "tests": pytest_command("--reruns", "1", "-raR")})


def lint(_: argparse.Namespace) -> int:
    """The checks without the tests."""
    prepare("desktop", "test")
    return check(lint_steps())


def env(_: argparse.Namespace) -> int:
    """Prepares `.venv` with everything that tests and benchmarks need."""
    prepare("desktop", "test")
    pull_models(*TESTED_MODELS)
    install_programs(PEERS | SERVERS)
    say(f"Ready: {(PYTHON.parent / 'fluffy').relative_to(ROOT)}")
    return 0


def llm(_: argparse.Namespace) -> int:
    """Builds llama-cpp-python, the language model runtime, where there is no ready-made one."""
    prepare("desktop")
    if not language_model_runtime(build=True):
        raise Stop("It could not be built; it needs a C++ compiler. The log is build/setup.log.")
    return 0


def bench(arguments: argparse.Namespace) -> int:
    """Measures against the peers in one run; prints a table and writes JSON."""
    env(arguments)
    quick = ["--quick"] if arguments.quick else []
    return call(python("-m", "benchmarks", *quick, *arguments.names), env=environment(offscreen=True))


def shots(arguments: argparse.Namespace) -> int:
    """Saves screenshots of every view of the demo home, light and dark."""
    folder = Path(arguments.folder).expanduser().resolve()
    prepare("desktop")
    pull_models()
    open_home(ROOT / ".home")
    must("The work could not be finished.", fluffy("--home", ROOT / ".home", "run", "--until-idle"))
    take_shots(ROOT / ".home", folder)
    return 0


def faults(_: argparse.Namespace) -> int:
    """The long fault and fuzz runs: kills at random moments and at every commit point."""
    prepare("desktop", "test")
    pull_models(*TESTED_MODELS)
    os.environ["FLUFFY_LONG_FAULTS"] = "1"
    return check({"faults": pytest_command("-m", "fault or long", "--timeout", "14400")})


# --- the command ---


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; a wrong one exits 2 with the usage."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Run, test and measure FluffyMail.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = {}
    for function in (run, test, env, lint, llm, bench, shots, faults):
        words = function.__doc__
        made[function] = commands.add_parser(function.__name__, help=words, description=words)
        made[function].set_defaults(command=function)
    made[run].add_argument("--headless", action="store_true", help="print the digest, save screenshots")
    made[run].add_argument("--home", default=ROOT / ".home", metavar="DIR", help="another home (made if new)")
    made[bench].add_argument("names", nargs="*", metavar="NAME", help="which benchmarks, else all")
    made[bench].add_argument("--quick", action="store_true", help="less mail, one round: under 3 minutes")
    made[shots].add_argument("folder", nargs="?", default=BUILD / "shots", metavar="DIR", help="where to")
    return parser.parse_args(arguments)


def newer_python() -> None:
    """Goes on in a newer interpreter where `python3` is too old for us (macOS) and one is installed."""
    for minor in (14, 13, 12, 11):
        if found := shutil.which(f"python3.{minor}"):
            os.execv(found, [found, *sys.argv])
    raise Stop(f"FluffyMail needs Python 3.11 or newer; this is {sys.version.split()[0]}.", 2)


def main() -> int:
    """Runs the command; what is in the way on this computer ends in a sentence, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may start
            newer_python()
        arguments = parse(sys.argv[1:])
        return int(arguments.command(arguments))
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except OSError as error:
        what = "The disk is full" if error.errno == errno.ENOSPC else f"{error.filename}: {error.strerror}"
        print(f"{what}. Mend that and run the same command again; it goes on.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
