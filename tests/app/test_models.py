"""The Models page: what is in use, here, to be fetched, found; every button; every state."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton, QWidget

from app.views.models.found_row import FoundRow
from app.views.models.page import ModelsPage
from app.views.models.row import ModelRow
from app.views.models.words import best_to_get, memory_words, seconds_words, speed_words
from fluffy_core import NO_MODEL, DownloadState, Fit, KnownError, ModelError, ModelStatus, model_shelf
from tests.app.driver import Open, Opened
from tests.app.fake_models import BENCH, EMBEDDER, FOUND, GB, HUGE, LARGE, MIDDLE, SMALL
from tests.app.fakes import FakeMail


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def show(opened: Opened) -> ModelsPage:
    opened.press("0")
    page = opened.window.page
    assert isinstance(page, ModelsPage)
    opened.settle(lambda: page.shown is not None and page.found is not None)
    return page


def news(opened: Opened, page: ModelsPage) -> None:
    """Something changed; wait until the page has seen it."""
    opened.mail.models.tell()
    opened.settle(lambda: page.shown is not None and page.shown.models == opened.mail.models.rows)


def row(page: ModelsPage, model_id: str) -> ModelRow:
    found = page.here.rows.shown.get(model_id) or page.there.rows.shown[model_id]
    assert isinstance(found, ModelRow)
    return found


def buttons(one: ModelRow) -> list[str]:
    return [button.text() for button in one.stops() if button.isVisible()]


def asked(opened: Opened, *what: object) -> bool:
    return what in opened.mail.models.asked


def test_models_are_here_or_can_be_fetched(opened: Opened) -> None:
    page = show(opened)
    assert list(page.here.rows.shown) == ["minilm", "small"]
    assert list(page.there.rows.shown) == ["middle", "large", "huge"]
    said = words(page)
    assert "which has 23 GB of memory and 300 GB free" in said
    assert "Small | In use | What Small is for · Apache-2.0 | 98 MB · needs 2 GB of memory" in said
    assert (
        "Large | What Large is for · Apache-2.0 | 3.0 GB · needs 16 GB of memory · The best that fits" in said
    )
    assert "40 GB · needs 96 GB of memory · Too large for this computer, which has 23 GB" in said
    assert {one.partition("_")[0] for one in opened.mail.models.callers} == {"query"}


def test_each_model_has_the_one_button_that_means_something(opened: Opened) -> None:
    page = show(opened)
    assert buttons(row(page, "minilm")) == ["Remove"]
    assert buttons(row(page, "small")) == ["Remove"]
    assert buttons(row(page, "middle")) == ["Get"]
    assert row(page, "middle").act.accessibleName() == "Get: Middle"
    assert row(page, "large").act.property("kind") == "primary"
    assert row(page, "middle").act.property("kind") == "plain"


def test_what_has_no_room_cannot_be_fetched(opened: Opened) -> None:
    opened.mail.models.rows = (SMALL, replace(LARGE, fit=Fit.DISK))
    page = show(opened)
    assert not row(page, "large").act.isEnabled()
    assert "No room: 300 GB are free" in words(row(page, "large"))


def test_getting_pausing_resuming(opened: Opened) -> None:
    page = show(opened)
    downloads = opened.mail.models.downloads
    row(page, "middle").act.click()
    opened.settle(lambda: asked(opened, "start", "middle"))
    downloads.say("middle", DownloadState.RUNNING, 400_000_000, GB)
    news(opened, page)
    one = row(page, "middle")
    opened.settle(lambda: buttons(one) == ["Pause", "Discard"])
    assert "400 MB of 1.0 GB" in words(one)
    assert "40 % · about 3 min left" in words(one)
    one.act.click()
    opened.settle(lambda: asked(opened, "pause", "middle"))
    downloads.say("middle", DownloadState.PAUSED, 500_000_000, GB)
    news(opened, page)
    opened.settle(lambda: buttons(one) == ["Resume", "Discard"])
    assert "Paused: 500 MB of 1.0 GB are here" in words(one)
    assert "left" not in words(one)
    opened.mail.models.asked.clear()
    one.act.click()
    opened.settle(lambda: asked(opened, "start", "middle"))
    one.more.click()
    opened.settle(lambda: asked(opened, "discard", "middle"))


def test_a_bar_moves_without_looking_again(opened: Opened) -> None:
    page = show(opened)
    downloads = opened.mail.models.downloads
    downloads.say("middle", DownloadState.RUNNING, 100_000_000, GB)
    news(opened, page)
    opened.settle(lambda: "100 MB of 1.0 GB" in words(row(page, "middle")))
    looks = opened.mail.models.asked.count(("views",))
    downloads.say("middle", DownloadState.RUNNING, 900_000_000, GB)
    opened.bot.waitUntil(lambda: "90 %" in words(row(page, "middle")), timeout=4000)
    downloads.say("middle", DownloadState.CHECKING, GB, GB)
    opened.bot.waitUntil(lambda: "All here, being checked" in words(row(page, "middle")), timeout=4000)
    assert opened.mail.models.asked.count(("views",)) == looks


def test_a_download_survives_another_page(opened: Opened) -> None:
    page = show(opened)
    opened.mail.models.downloads.say("middle", DownloadState.RUNNING, 100_000_000, GB)
    opened.press("1")
    opened.settle(lambda: not page.isVisible())
    opened.mail.models.downloads.say("middle", DownloadState.RUNNING, 700_000_000, GB)
    opened.press("0")
    opened.settle(lambda: "700 MB of 1.0 GB" in words(row(page, "middle")))


def test_what_an_earlier_run_began_is_resumed(opened: Opened) -> None:
    begun = replace(MIDDLE, status=ModelStatus.PARTIAL, partial_bytes=250_000_000)
    opened.mail.models.rows = (SMALL, begun)
    page = show(opened)
    assert buttons(row(page, "middle")) == ["Resume", "Discard"]
    assert "250 MB of 1.0 GB are here" in words(row(page, "middle"))
    row(page, "middle").act.click()
    opened.settle(lambda: asked(opened, "start", "middle"))


def test_a_download_that_failed_says_why(opened: Opened) -> None:
    page = show(opened)
    opened.mail.models.downloads.say("middle", DownloadState.FAILED, 0, GB, "hub.example cannot be found.")
    news(opened, page)
    opened.settle(lambda: buttons(row(page, "middle")) == ["Try again", "Discard"])
    assert "hub.example cannot be found." in words(row(page, "middle"))
    opened.mail.models.downloads.say("large", DownloadState.WAITING, 0, GB)
    news(opened, page)
    opened.settle(lambda: "Waiting for the download before it" in words(row(page, "large")))


def test_a_finished_download_moves_up(opened: Opened) -> None:
    page = show(opened)
    opened.mail.models.downloads.say("middle", DownloadState.RUNNING, 1, GB)
    news(opened, page)
    opened.mail.models.downloads.now.clear()
    opened.mail.models.rows = (SMALL, replace(MIDDLE, status=ModelStatus.READY))
    news(opened, page)
    opened.settle(lambda: list(page.here.rows.shown) == ["small", "middle"])
    opened.bot.waitUntil(lambda: buttons(row(page, "middle")) == ["Use", "Remove"])


def test_offline_nothing_can_be_fetched(opened: Opened) -> None:
    opened.mail.accounts.offline = True
    page = show(opened)
    assert "Offline: nothing is fetched until you go online again." in words(page)
    assert not row(page, "middle").act.isEnabled()
    opened.mail.accounts.offline = False
    page.refresh()
    opened.settle(row(page, "middle").act.isEnabled)


def test_choosing_a_model(opened: Opened) -> None:
    opened.mail.models.rows = (SMALL, replace(MIDDLE, status=ModelStatus.READY))
    page = show(opened)
    assert "Small writes summaries and drafts" in words(page.use_card)
    row(page, "middle").act.click()
    opened.settle(lambda: "Middle writes summaries and drafts" in words(page.use_card))
    assert buttons(row(page, "small")) == ["Use", "Remove"]
    page.use_card.best.click()
    opened.settle(lambda: "Small writes summaries and drafts" in words(page.use_card))
    assert asked(opened, "use", "")


def test_none_is_honest_about_what_works(opened: Opened) -> None:
    page = show(opened)
    page.use_card.none.click()
    opened.settle(lambda: "No language model is in use" in words(page.use_card))
    assert asked(opened, "use", NO_MODEL)
    assert "Without one, summaries are the most telling sentences" in words(page.use_card)
    assert not page.use_card.measure.isVisible()
    assert page.use_card.best.isVisible()


def test_without_any_model_there_is_nothing_to_choose(opened: Opened) -> None:
    opened.mail.models.rows = (replace(EMBEDDER, status=ModelStatus.MISSING), MIDDLE)
    page = show(opened)
    assert "No language model is in use" in words(page.use_card)
    assert not page.use_card.best.isVisible()
    assert not page.here.isVisible()


def test_a_server_is_named(opened: Opened) -> None:
    opened.mail.models.server = "http://127.0.0.1:8080"
    page = show(opened)
    assert "The server at http://127.0.0.1:8080 writes" in words(page.use_card)
    assert "Summaries take about 9 s here" in words(page.use_card)
    assert page.use_card.best.isVisible()


def test_measuring_says_how_long_a_summary_takes(opened: Opened) -> None:
    opened.mail.core.models = SimpleNamespace(language_model="small")
    page = show(opened)
    models = opened.mail.models
    assert "was not measured yet" in words(page.use_card)
    models.measuring.clear()
    page.use_card.measure.click()
    assert "Measuring: about twenty seconds" in words(page.use_card)
    assert not page.use_card.measure.isEnabled()
    page.use_card.measure.click()
    models.measuring.set()
    opened.settle(lambda: "Summaries take about 9 s here, drafts about 9 s." in words(page.use_card))
    assert models.asked.count(("measure",)) == 1
    assert asked(opened, "keep", "small")
    button = page.use_card.measure
    assert (button.text(), button.isEnabled()) == ("Measure again", True)
    opened.bot.waitUntil(lambda: button.width() >= button.sizeHint().width())
    assert page.use_card.none.x() > button.geometry().right()


def test_a_measurement_that_fails_says_why(opened: Opened) -> None:
    opened.mail.core.models = SimpleNamespace(language_model="small")
    page = show(opened)
    opened.mail.models.fault = ModelError("The language model cannot be loaded.")
    page.use_card.measure.click()
    opened.settle(
        lambda: "This could not be measured. The language model cannot be loaded." in words(page.use_card)
    )
    opened.mail.models.fault = None
    page.use_card.measure.click()
    opened.settle(lambda: "Summaries take about" in words(page.use_card))
    assert "could not be measured" not in words(page.use_card)


def test_removing_asks_first(opened: Opened) -> None:
    page = show(opened)
    row(page, "small").more.click()
    box = opened.window.findChildren(QMessageBox)[-1]
    assert "Remove Small?" in box.text()
    assert "It can be fetched again." in box.informativeText()
    next(one for one in box.buttons() if one.text() == "Remove").click()
    opened.settle(lambda: asked(opened, "remove", "small"))
    opened.settle(lambda: "small" in page.there.rows.shown)


def test_removing_the_one_that_searches_says_what_follows(opened: Opened) -> None:
    page = show(opened)
    row(page, "minilm").more.click()
    box = opened.window.findChildren(QMessageBox)[-1]
    assert "Search by meaning is off until then." in box.informativeText()
    box.close()
    assert not any(one[0] == "remove" for one in opened.mail.models.asked)


def test_a_model_of_another_program_is_used_where_it_lies_and_let_go(opened: Opened) -> None:
    page = show(opened)
    (found,) = page.others.rows.shown.values()
    assert isinstance(found, FoundRow)
    assert "Found | LM Studio · mit | 2.0 GB · needs 8 GB of memory · Fits this computer" in words(found)
    found.use.click()
    opened.settle(lambda: asked(opened, "use found", FOUND.key) and asked(opened, "use", "found"))
    opened.settle(lambda: "found" in page.here.rows.shown)
    opened.settle(lambda: "hold no language model that can be used here" in words(page))
    row(page, "found").more.click()
    opened.settle(lambda: asked(opened, "remove", "found"))


def test_a_file_that_is_gone_says_so(opened: Opened) -> None:
    gone = replace(MIDDLE, id="own", origin="added", status=ModelStatus.DAMAGED)
    opened.mail.models.rows = (SMALL, gone, replace(LARGE, status=ModelStatus.DAMAGED))
    page = show(opened)
    assert "The file is not there any more" in words(row(page, "own"))
    assert buttons(row(page, "own")) == ["Remove"]
    assert "Damaged: fetch it anew" in words(row(page, "large"))
    assert buttons(row(page, "large")) == ["Get", "Remove"]


def test_a_chosen_file_is_added_and_used(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    page = show(opened)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/tmp/My Own.gguf", ""))
    page.add_button.click()
    assert "Adding My Own.gguf …" in words(page)
    opened.settle(lambda: asked(opened, "use", "own"))
    opened.settle(lambda: "My Own writes summaries and drafts" in words(page.use_card))
    assert "Adding" not in words(page)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    opened.mail.models.asked.clear()
    page.add_button.click()
    assert not any(one[0] == "add" for one in opened.mail.models.asked)


def test_a_file_that_is_no_model_says_why(opened: Opened) -> None:
    page = show(opened)
    opened.mail.models.fault = ModelError("page.gguf is no GGUF file.")
    page.add(Path("/tmp/page.gguf"))
    opened.settle(lambda: "page.gguf is no GGUF file." in words(page))
    assert "Adding" not in words(page)
    opened.mail.models.fault = None


def drop(page: ModelsPage, *names: str) -> bool:
    """Drag files over the page and let go; whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name) for name in names])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPointF(9, 9), action, data, button, none)
    page.dragEnterEvent(entered)
    if entered.isAccepted():
        page.dropEvent(QDropEvent(QPointF(9, 9), action, data, button, none))
    return entered.isAccepted()


def test_models_can_be_dropped_and_mail_is_the_windows(opened: Opened) -> None:
    page = show(opened)
    assert not drop(page, "/tmp/Inbox.mbox")
    assert not drop(page, "/tmp/a.gguf", "/tmp/Inbox.mbox")
    assert drop(page, "/tmp/Dropped.GGUF")
    opened.settle(lambda: asked(opened, "add", Path("/tmp/Dropped.GGUF")))


def test_what_cannot_be_read_is_said(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KnownError("The catalog is not sound.")

    with monkeypatch.context() as patched:
        patched.setattr(model_shelf, "views", fail)
        opened.press("0")
        page = opened.window.page
        assert isinstance(page, ModelsPage)
        opened.settle(lambda: "The models cannot be shown | The catalog is not sound." in words(page))
    next(one for one in page.findChildren(QPushButton) if one.text() == "Try again").click()
    opened.settle(lambda: page.shown is not None)
    with monkeypatch.context() as patched:
        patched.setattr(model_shelf, "views", fail)
        page.refresh()
        opened.settle(lambda: "This may be out of date. The catalog is not sound." in words(page))
    assert list(page.here.rows.shown) == ["minilm", "small"]


def test_a_search_that_fails_finds_nothing(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KnownError("no")

    monkeypatch.setattr(model_shelf, "find", fail)
    page = show(opened)
    assert "hold no language model that can be used here" in words(page)


def test_tab_goes_from_top_to_bottom(opened: Opened) -> None:
    page = show(opened)
    page.add_button.setFocus()
    seen = []
    for _ in range(12):
        focus = opened.window.focusWidget()
        assert focus is not None
        seen.append(focus.accessibleName())
        opened.press("J")
    assert seen[:3] == ["Add a file …", "Measure", "Use none"]
    assert seen[3:9] == [
        "Remove: MiniLM",
        "Remove: Small",
        "Get: Middle",
        "Get: Large",
        "Get: Huge",
        "Use: Found",
    ]


def test_the_focus_stays_on_a_row_while_it_is_fetched(opened: Opened) -> None:
    page = show(opened)
    one = row(page, "middle")
    one.act.setFocus()
    opened.mail.models.downloads.say("middle", DownloadState.RUNNING, 5, GB)
    news(opened, page)
    opened.settle(lambda: one.act.text() == "Pause")
    assert opened.window.focusWidget() is one.act


def test_everything_has_a_name(opened: Opened) -> None:
    page = show(opened)
    assert row(page, "small").accessibleName().startswith("Small, in use. What Small is for")
    assert page.use_card.accessibleName().startswith("Small writes summaries and drafts")
    assert all(one.accessibleName() for one in page.findChildren(QPushButton))


def test_long_names_stay_in_a_small_window(open_window: Open) -> None:
    mail = FakeMail()
    mail.models.rows = (
        replace(SMALL, name="Extraordinarily Long Model Name With Many Words Instruct GGUF Q4_K_M " * 2),
        replace(HUGE, summary="Zusammenfassungen und Entwürfe in vielen Sprachen " * 3),
    )
    opened = open_window(mail)
    opened.window.resize(640, 400)
    page = show(opened)
    opened.bot.waitUntil(lambda: opened.window.width() == 640)
    assert page._scroll.horizontalScrollBar().maximum() == 0


def test_words_have_the_width_of_the_card(opened: Opened) -> None:
    page = show(opened)
    for one in (row(page, "small"), row(page, "middle")):
        opened.bot.waitUntil(lambda one=one: one._needs.width() > one.width() / 2)  # type: ignore[misc]


def test_words_for_figures() -> None:
    assert [memory_words(one) for one in (2_048, 15_900, 16_384, 100)] == ["2 GB", "16 GB", "16 GB", "1 GB"]
    assert [seconds_words(one) for one in (0.2, 6.4, 89.0, 150.0)] == ["1 s", "6 s", "89 s", "2 min"]
    assert "2\u00a0days\u00a0ago" in speed_words(BENCH, now=BENCH.at + 2 * 86_400)


def test_the_best_to_get_is_none_when_it_is_here() -> None:
    assert best_to_get([SMALL, MIDDLE, LARGE, HUGE]) == "large"
    assert best_to_get([SMALL, MIDDLE, replace(LARGE, status=ModelStatus.READY), HUGE]) == ""
    assert best_to_get([EMBEDDER, HUGE]) == ""
