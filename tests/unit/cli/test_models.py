"""Commands about models, with a catalog and a hub of our own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core import config
from fluffy_core.cli.models import _line, _seconds
from fluffy_core.core import Core
from fluffy_core.domain.models import Bench
from fluffy_core.services.models import bench as model_bench
from fluffy_core.services.models import shelf as model_shelf
from tests.fakes import gguf_files, models_home
from tests.fakes.models import Scripted
from tests.fakes.models_home import EMBEDS, HUGE, LARGE, SMALL, ModelsHome
from tests.fakes.web_server import Asked, Reply, WebServer, serve
from tests.unit.cli.conftest import Fluffy


@pytest.fixture
def made(key_file: Path, tmp_path: Path) -> ModelsHome:
    del key_file
    return models_home.make(tmp_path)


@pytest.fixture
def hub(made: ModelsHome) -> Iterator[WebServer]:
    def give(asked: Asked) -> Reply:
        return Reply(content=made.contents[Path(asked.path).stem], headers={"ETag": '"v"'})

    with serve(give) as web:
        yield web


@pytest.fixture
def home(made: ModelsHome, hub: WebServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a home that is not made yet."""
    monkeypatch.setattr(config, "resources_folder", lambda: made.paths.resources)
    monkeypatch.setenv("FLUFFY_MODELS", str(made.paths.models))
    monkeypatch.setenv("FLUFFY_HUB_ROOT", hub.url)
    monkeypatch.setenv("HOME", str(made.paths.home.parent / "user"))
    monkeypatch.delenv("OLLAMA_MODELS", raising=False)
    monkeypatch.delenv("HF_HOME", raising=False)
    return made.paths.home


def test_the_list_has_stable_keys(fluffy: Fluffy, home: Path) -> None:
    ran = fluffy("--home", home, "--json", "models", "list")
    assert ran.code == 0
    assert [one["id"] for one in ran.json] == [EMBEDS, SMALL, LARGE, HUGE]
    small = ran.json[1]
    assert (small["licence"], small["ram_hint_mb"], small["status"]) == ("MIT", 64, "missing")
    assert (small["fits"], small["fit"], small["in_use"], small["bench"]) == (True, "fits", False, None)
    assert small["download_bytes"] == small["bytes"] > 0
    assert ran.json[3]["fits"] is False
    assert not home.exists()  # looking at models makes no home


def test_the_list_in_words(fluffy: Fluffy, home: Path, made: ModelsHome) -> None:
    made.install(SMALL)
    out = fluffy("--home", home, "models", "list").out
    lines = [" ".join(one.split()) for one in out.splitlines()]
    at = lines.index("tiny-chat in use 0 MB needs 0 GB of memory, fits this computer")
    assert lines[at + 1] == "For tests, MIT"
    assert "huge-chat 0 MB needs 1048576 GB of memory, too large for this computer's memory" in lines
    starts = {one.index(" needs ") for one in out.splitlines() if " needs " in one}
    assert len(starts) == 1  # columns
    assert out.endswith("Language model in use: tiny-chat.\n")


def test_pulling_before_there_is_a_home(fluffy: Fluffy, home: Path, made: ModelsHome) -> None:
    ran = fluffy("--home", home, "--json", "models", "pull", SMALL, LARGE)
    assert (ran.code, ran.json) == (0, {"models": [SMALL, LARGE]})
    assert (made.paths.models / SMALL / "model.gguf").read_bytes() == made.contents[SMALL]
    assert not home.exists()


def test_pulling_with_a_home_is_listed_and_obeys_the_switch(
    fluffy: Fluffy, home: Path, hub: WebServer
) -> None:
    fluffy("--home", home, "privacy", "--offline", "on")
    ran = fluffy("--home", home, "models", "pull", SMALL)
    assert (ran.code, ran.err) == (1, "Working offline.\n")
    assert hub.asked == []
    fluffy("--home", home, "privacy", "--offline", "off")
    assert fluffy("--home", home, "models", "pull", SMALL).out == f"Installed: {SMALL}.\n"
    rows = fluffy("--home", home, "--json", "privacy").json["connections"]
    assert rows[0]["reason"] == "fetching the model Tiny Chat"
    assert rows[0]["received"] > 80_000
    assert rows[1]["refused"] == "Working offline."


def test_an_unknown_model_fetches_nothing(fluffy: Fluffy, home: Path, hub: WebServer) -> None:
    ran = fluffy("--home", home, "models", "pull", SMALL, "vast")
    assert ran.code == 1
    assert "There is no model called 'vast'" in ran.err
    assert hub.asked == []


def test_a_file_of_ones_own_is_added_chosen_and_removed(
    fluffy: Fluffy, home: Path, made: ModelsHome, tmp_path: Path
) -> None:
    path = gguf_files.write(tmp_path / "My Own.gguf")
    assert fluffy("--home", home, "--json", "models", "add", path).json == {"id": "my-own"}
    assert fluffy("--home", home, "--json", "models", "use", "my-own").json == {"in_use": "my-own"}
    listed = fluffy("--home", home, "--json", "models", "list").json
    assert [(one["id"], one["origin"], one["in_use"]) for one in listed][-1] == ("my-own", "added", True)
    freed = fluffy("--home", home, "--json", "models", "remove", "my-own").json["freed_bytes"]
    assert freed > path.stat().st_size
    assert path.exists()
    assert fluffy("--home", home, "models", "use", "my-own").code == 1


def test_a_file_that_is_no_model_is_refused(fluffy: Fluffy, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "page.gguf"
    path.write_text("<html>")
    ran = fluffy("--home", home, "models", "add", path)
    assert (ran.code, ran.out) == (1, "")
    assert "page.gguf is no GGUF file" in ran.err


def test_choosing_none_and_the_best_again(fluffy: Fluffy, home: Path, made: ModelsHome) -> None:
    made.install(SMALL)
    ran = fluffy("--home", home, "models", "use", "none")
    assert "No language model is in use: summaries and drafts are made from the mail's own" in ran.out
    assert fluffy("--home", home, "--json", "models", "use", "best").json == {"in_use": SMALL}
    assert "huge-chat is not installed" in fluffy("--home", home, "models", "use", HUGE).err


def test_a_server_is_named_used_and_let_go(fluffy: Fluffy, home: Path) -> None:
    url = "http://127.0.0.1:8080"
    assert fluffy("--home", home, "--json", "models", "server", url).json == {"in_use": url, "server": url}
    assert fluffy("--home", home, "--json", "models", "server").json["server"] == url
    assert fluffy("--home", home, "--json", "models", "server", "off").json == {"in_use": "", "server": ""}
    ran = fluffy("--home", home, "models", "server", "http://192.168.0.9")
    assert ran.code == 2
    assert "is not on this computer" in ran.err


def test_models_of_other_programs(fluffy: Fluffy, home: Path, tmp_path: Path) -> None:
    assert "No other program has a language model here." in fluffy("--home", home, "models", "find").out
    path = gguf_files.write(tmp_path / "user" / ".lmstudio" / "models" / "a" / "b" / "Found.gguf")
    (found,) = fluffy("--home", home, "--json", "models", "find").json["found"]
    assert (found["name"], found["origin"], found["key"]) == ("Found", "LM Studio", str(path))
    assert str(path) in fluffy("--home", home, "models", "find").out
    assert fluffy("--home", home, "--json", "models", "find", "--use", path).json == {"id": "found"}
    assert fluffy("--home", home, "models", "find", "--use", path).code == 0  # a second name for it
    assert fluffy("--home", home, "models", "find", "--use", tmp_path / "no.gguf").code == 1


def test_the_bench_is_kept_and_shown(
    fluffy: Fluffy, home: Path, made: ModelsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.install(SMALL)
    monkeypatch.setattr(Scripted, "language_model", SMALL)

    def opened(core: Core, settings: config.Settings, store: object) -> None:
        original(core, settings, store)  # type: ignore[arg-type]
        core.models = Scripted(lambda prompt: "word " * prompt.max_tokens)  # type: ignore[assignment]
        core.models.close = lambda: None  # type: ignore[method-assign]

    original = Core.__init__
    monkeypatch.setattr(Core, "__init__", opened)
    ran = fluffy("--home", home, "--json", "models", "bench")
    assert ran.code == 0
    assert set(ran.json) == {
        "model", "reads_per_second", "writes_per_second", "summary_seconds", "draft_seconds", "measured_at",
    }  # fmt: skip
    assert SMALL in model_bench.kept(made.paths.models)
    listed = fluffy("--home", home, "--json", "models", "list").json
    assert listed[1]["bench"]["writes_per_second"] == ran.json["writes_per_second"]
    assert "Summaries take about" in fluffy("--home", home, "models", "bench").out


def test_without_a_language_model_there_is_nothing_to_measure(fluffy: Fluffy, home: Path) -> None:
    ran = fluffy("--home", home, "models", "bench")
    assert (ran.code, ran.out) == (1, "")
    assert "No language model is installed" in ran.err


def test_seconds_are_said_as_people_do() -> None:
    assert [_seconds(one) for one in (0.2, 6.4, 89.0, 90.0, 170.0)] == [
        "1 s",
        "6 s",
        "89 s",
        "2 min",
        "3 min",
    ]


def test_a_name_that_steers_a_terminal_is_harmless(fluffy: Fluffy, home: Path, tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "evil \x1b[2J.gguf")
    assert fluffy("--home", home, "models", "add", path).code == 0
    out = fluffy("--home", home, "models", "list").out
    assert "\x1b" not in out
    assert json.dumps(out)


def test_a_line_names_where_a_model_is_from(made: ModelsHome) -> None:
    made.install(SMALL)
    small = next(one for one in model_shelf.views(None, made.paths) if one.id == SMALL)
    assert Bench(1.0, 1.0, 1.0).summary_seconds == 1_340
    assert _line(small).split()[:3] == ["tiny-chat", "in", "use"]
