"""The Models page over a real home and a hub on loopback: fetched, paused, taken up by the next start."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.application import Desk
from app.theme import Theme
from app.views.models.page import ModelsPage
from app.views.models.row import ModelRow
from fluffy_core import Core, ModelStatus, load_settings, models, network
from fluffy_core import config as core_config
from tests.app.driver import Opened
from tests.app.fakes import FakeMail
from tests.fakes import gguf_files, models_home
from tests.fakes.models_home import SMALL, ModelsHome
from tests.fakes.web_server import Asked, Reply, WebServer, serve


class Hub:
    """Breaks off after a third of the file as long as it is `shaky`."""

    def __init__(self, made: ModelsHome) -> None:
        self.made = made
        self.shaky = True

    def __call__(self, asked: Asked) -> Reply:
        content = self.made.contents[Path(asked.path).stem]
        start = int(asked.headers.get("range", "bytes=0-")[6:-1])
        size = len(content)
        if self.shaky and start:
            return Reply(503)
        said = {"ETag": '"v"', "Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return Reply(206 if start else 200, content[start:], said, drop_at=size // 3 if self.shaky else None)


@pytest.fixture
def made(tmp_path: Path) -> ModelsHome:
    return models_home.make(tmp_path / "computer")


@pytest.fixture
def hub(made: ModelsHome) -> Hub:
    return Hub(made)


@pytest.fixture
def web(hub: Hub) -> Iterator[WebServer]:
    with serve(hub) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, made: ModelsHome, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    (made.paths.resources).symlink_to(core_config.resources_folder(), target_is_directory=True)
    monkeypatch.setattr(core_config, "resources_folder", lambda: made.paths.resources)
    monkeypatch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FLUFFY_MODELS", str(made.paths.models))
    monkeypatch.setenv("FLUFFY_HUB_ROOT", web.url)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    return tmp_path / "home"


@contextmanager
def started(home: Path, theme: Theme, qtbot: QtBot) -> Iterator[tuple[Opened, Core, ModelsPage]]:
    """One run of the program, the Models page in view."""
    with Core.open(load_settings(home)) as core:
        desk = Desk(core, theme)
        opened = Opened(desk, FakeMail(0), qtbot)
        desk.start()
        opened.press("0")
        page = desk.window.page
        assert isinstance(page, ModelsPage)
        opened.settle(lambda: page.shown is not None)
        yield opened, core, page
        desk.close()


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def row(page: ModelsPage) -> ModelRow:
    found = page.here.rows.shown.get(SMALL) or page.there.rows.shown[SMALL]
    assert isinstance(found, ModelRow)
    return found


def test_a_download_over_two_runs_of_the_program(
    home: Path, hub: Hub, web: WebServer, theme: Theme, qtbot: QtBot
) -> None:
    size = len(hub.made.contents[SMALL])
    with started(home, theme, qtbot) as (opened, _core, page):
        row(page).act.click()
        opened.bot.waitUntil(lambda: row(page).act.text() == "Pause", timeout=8000)
        opened.bot.waitUntil(lambda: len(web.asked) >= 2, timeout=8000)
        row(page).act.click()
        opened.bot.waitUntil(lambda: row(page).act.text() == "Resume", timeout=8000)
        assert "Paused:" in words(row(page))
    hub.shaky = False
    with started(home, theme, qtbot) as (opened, core, page):
        assert row(page).act.text() == "Resume"
        row(page).act.click()
        opened.bot.waitUntil(lambda: SMALL in page.here.rows.shown, timeout=8000)
        opened.settle(lambda: "Tiny Chat writes summaries and drafts" in words(page.use_card))
        assert web.asked[-1].headers["range"] == f"bytes={size // 3}-"
        assert {one.reason for one in network.connections(core.store)} == {"fetching the model Tiny Chat"}
        row(page).more.click()
        box = opened.window.findChildren(QMessageBox)[-1]
        next(one for one in box.buttons() if one.text() == "Remove").click()
        opened.bot.waitUntil(lambda: SMALL in page.there.rows.shown, timeout=8000)
        assert page.shown is not None
        assert next(one for one in page.shown.models if one.id == SMALL).status is ModelStatus.MISSING


def test_a_file_of_ones_own_and_one_of_another_program(
    home: Path, tmp_path: Path, theme: Theme, qtbot: QtBot
) -> None:
    lies = gguf_files.write(tmp_path / "user" / ".lmstudio" / "models" / "a" / "b" / "Studio.gguf")
    with started(home, theme, qtbot) as (opened, core, page):
        page.add(gguf_files.write(tmp_path / "My Own.gguf"))
        opened.settle(lambda: "My Own writes summaries and drafts" in words(page.use_card))
        opened.settle(lambda: bool(page.found))
        page.others.rows.shown[str(lies)].use.click()
        opened.settle(lambda: "Studio writes summaries and drafts" in words(page.use_card))
        assert models.chosen(core.store) == "studio"
        page.add(tmp_path / "none.gguf")
        opened.settle(lambda: "none.gguf cannot be read" in words(page))
