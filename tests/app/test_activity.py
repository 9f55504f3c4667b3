"""Activity: failures first with their cure, progress, pause, cancel, retry, discard, history, five states."""

import threading
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QWidget

import fluffy_core
from app.views.activity.page import ActivityPage
from app.widgets.empty import EmptyState
from fluffy_core import Changed, DoneRun, Job, JobState, Progress, StoreError
from tests.app.driver import Open, Opened
from tests.app.fake_jobs import job
from tests.app.fakes import NOW, FakeMail

DAY = 86_400
DAMAGED = "The model file is damaged: fetch it again."


def activity(opened: Opened) -> ActivityPage:
    opened.press("3")
    page = opened.window.page
    assert isinstance(page, ActivityPage)
    opened.settle(lambda: page.shown is not None)
    return page


def over(open_window: Open, *rows: Job) -> tuple[Opened, ActivityPage]:
    """The page over these rows."""
    mail = FakeMail()
    mail.job_rows = rows
    opened = open_window(mail)
    return opened, activity(opened)


def words(page: QWidget) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.text() and one.isVisible()]


def find(page: QWidget, said: str) -> QPushButton:
    """A button by what is written on it or by what it is called."""
    buttons = (one for one in page.findChildren(QPushButton) if one.isVisible())
    return next(one for one in buttons if said in (one.text(), one.accessibleName()))


def dead(
    at: int, name: str = "summarize-email-thread", error: str = DAMAGED, failure: str = "ModelError"
) -> Job:
    return job(at, name, JobState.DEAD, error=error, failure=failure)


def change(opened: Opened, *rows: Job) -> None:
    """Other rows, and a look at them that began after they were there."""
    opened.mail.job_rows = rows
    page = opened.window.page
    assert isinstance(page, ActivityPage)
    page.refresh()
    opened.settle(lambda: page._op is None)
    QApplication.processEvents()  # what is added to a layout in view is shown by a queued call


def test_failures_come_first_with_cause_consequence_and_cure(opened: Opened) -> None:
    said = words(activity(opened))
    assert said.index("NEEDS YOU · 1") < said.index("RUNNING · 1") < said.index("WAITING · 1")
    assert said.index("Summarising a conversation") < said.index("One conversation has no new summary.")
    assert DAMAGED in said
    assert "Fetch the model again with “fluffy models pull”, then try again." in said
    assert "1 waiting, the oldest for 2 min · 1 job done in the last hour" in said


def test_progress_moves_the_bar(opened: Opened) -> None:
    page = activity(opened)
    opened.bot.waitUntil(lambda: any(one.value() == 321 for one in page.findChildren(QProgressBar)))
    told = Progress(1, "sync-emails-initial", 5000, 10000, "5,000 of 10,000 messages", 240.0)  # type: ignore[arg-type]
    opened.mail.core.bus.publish(told)
    opened.bot.waitUntil(lambda: any(one.value() == 500 for one in page.findChildren(QProgressBar)))
    assert "50 % · about 4 min left" in words(page)
    assert "5,000 of 10,000 messages" in words(page)


def test_the_ledger_knows_how_long_it_takes(open_window: Open) -> None:
    running = job(
        1,
        "x",
        JobState.RUNNING,
        progress_done=1,
        progress_total=4,
        eta_at=time.time() + 600,
        heartbeat_at=time.time(),
    )
    _, page = over(open_window, running)
    assert "25 % · about 10 min left" in words(page)
    assert not any("sign of life" in one for one in words(page))


def test_silence_is_said_until_the_job_moves_again(open_window: Open) -> None:
    silent = job(1, "x", JobState.RUNNING, heartbeat_at=time.time() - 40)
    opened, page = over(open_window, silent)
    assert any(one.startswith("No sign of life for 4") for one in words(page))
    opened.mail.core.bus.publish(Progress(1, "x", 1, 2, "one of two"))  # type: ignore[arg-type]
    opened.bot.waitUntil(lambda: not any("sign of life" in one for one in words(page)))


@pytest.mark.parametrize(
    ("button", "asked"),
    [
        ("Retry: Summarising a conversation", ("retry", 2)),
        ("Discard: Summarising a conversation", ("discard", 2)),
        ("Cancel: Reading mail", ("cancel", 1)),
    ],
)
def test_every_button_reaches_the_core(opened: Opened, button: str, asked: tuple[str, int]) -> None:
    page = activity(opened)
    find(page, button).click()
    opened.settle(lambda: bool(opened.mail.core.jobs.asked))
    assert opened.mail.core.jobs.asked == [asked]


def test_discarding_can_be_undone_and_says_so(opened: Opened) -> None:
    find(activity(opened), "Discard").click()
    opened.bot.waitUntil(opened.window.toast.isVisible)
    assert opened.window.toast.accessibleName() == "Discarded"
    assert find(opened.window.toast, "Undo").isVisible()
    opened.mail.undoable.append(("Discarded Summarising a conversation", set()))
    opened.press("Z")
    opened.settle(lambda: opened.mail.undoable == [])


def test_all_failures_of_a_kind_at_once(open_window: Open) -> None:
    opened, page = over(open_window, dead(1), dead(2), dead(3, "extract-contacts"))
    said = words(page)
    assert said.count(DAMAGED) == 2
    assert "2 failed" in said
    find(page, "Retry all: Summarising a conversation").click()
    find(page, "Discard all: Summarising a conversation").click()
    find(page, "Retry: Finding people").click()
    asked = opened.mail.core.jobs.asked
    opened.settle(lambda: len(asked) == 3)
    kind = "summarize-email-thread"
    assert asked == [("retry all", kind), ("discard all", kind), ("retry", 3)]


def test_different_causes_of_a_kind_are_dealt_with_apart(open_window: Open) -> None:
    gone = "The file a.mbox is not there any more."
    rows = (dead(1, error=gone), dead(2, error="No mail in it."), dead(3, error="No mail in it."))
    opened, page = over(open_window, *rows)
    said = words(page)
    assert {gone, "No mail in it. (2 times)"} <= set(said)
    find(page, "Discard: No mail in it.").click()
    opened.settle(lambda: bool(opened.mail.core.jobs.asked))
    assert opened.mail.core.jobs.asked == [("discard", 2), ("discard", 3)]


def test_more_causes_than_fit_are_counted(open_window: Open) -> None:
    _, page = over(open_window, *(dead(at, error=f"Reason {at}.") for at in range(9)))
    assert "9 failed" in words(page)
    assert "and 4 other reasons" in words(page)


def test_more_running_jobs_than_fit_are_counted(open_window: Open) -> None:
    _, page = over(open_window, *(job(at, "x", JobState.RUNNING) for at in range(23)))
    assert len([one for one in page.findChildren(QProgressBar) if one.isVisibleTo(page)]) == 20
    assert "and 3 more like these" in words(page)


def test_pause_all_and_resume(opened: Opened) -> None:
    page = activity(opened)
    find(page, "Pause all").click()
    opened.bot.waitUntil(lambda: page.shown is not None and page.shown.pauses.everything)
    find(page, "Resume all").click()
    opened.settle(lambda: not opened.mail.core.jobs.paused)


def test_one_kind_is_paused_where_it_waits_and_stays_listed(opened: Opened) -> None:
    page = activity(opened)
    find(page, "Pause: Finding people").click()
    opened.bot.waitUntil(lambda: "1 waiting, paused" in words(page))
    opened.mail.job_rows = ()
    opened.mail.core.bus.changed(Changed.JOBS)
    opened.bot.waitUntil(lambda: "none waiting, paused" in words(page))
    assert opened.mail.core.jobs.paused_kinds == {"extract-contacts"}
    find(page, "Resume: Finding people").click()
    opened.settle(lambda: not opened.mail.core.jobs.paused_kinds)


def test_what_it_can_do_is_folded_and_says_when(opened: Opened) -> None:
    page = activity(opened)
    assert "not available yet" not in words(page)
    find(page, "What FluffyMail can do: folded").click()
    said = words(page)
    assert said[said.index("Looking for unanswered mail") + 1] == "daily 09:00"
    assert said[said.index("Reading a contract") + 1] == "not available yet"
    assert not any(
        one.accessibleName() == "Pause: Reading a contract"
        for one in page.findChildren(QPushButton)
        if one.isVisible()
    )
    find(page, "What FluffyMail can do: shown").click()
    assert "daily 09:00" not in words(page)


def test_waiting_for_another_try_says_when_and_can_be_tried_now(open_window: Open) -> None:
    row = job(1, "x-y", JobState.WAITING_RETRY, error="No network.", attempt=2, run_after=time.time() + 3000)
    opened, page = over(open_window, row)
    assert {"No network.", "Tried 2 times; next try in 50 min."} <= set(words(page))
    find(page, "Try now").click()
    opened.settle(lambda: opened.mail.core.jobs.asked == [("retry", 1)])
    change(opened, job(1, "x-y", JobState.WAITING_RETRY, error="No network.", attempt=2, run_after=NOW - 9))
    opened.settle(lambda: "Tried 2 times; waits for its turn." in words(page))


def test_what_waits_for_another_try_for_the_same_reason_is_one_card(open_window: Open) -> None:
    again, name = JobState.WAITING_RETRY, "summarize-email-thread"
    rows = [job(at, name, again, error="The model ended.", attempt=at) for at in (1, 2)]
    opened, page = over(open_window, *rows, job(3, name, again, error="No disk."))
    said = words(page)
    assert said[said.index("TO BE TRIED AGAIN · 3") + 1] == "Summarising a conversation · 2"
    assert "Tried 2 times; waits for its turn." in said
    find(page, "Cancel all").click()
    find(page, "Try all now").click()
    asked = opened.mail.core.jobs.asked
    opened.settle(lambda: len(asked) == 4)
    assert asked == [("cancel", 1), ("cancel", 2), ("retry", 1), ("retry", 2)]


def test_filters_by_kind_and_account(open_window: Open) -> None:
    mail = FakeMail()
    mail.ledger.named = ((7, "Archive"), (8, "Post"))
    mail.job_rows = (
        job(1, "sync-emails-initial", JobState.RUNNING, args={"account_id": 7}),
        job(2, "sync-emails-initial", JobState.RUNNING, args={"account_id": 8}),
        job(3, "extract-contacts", JobState.SUCCEEDED),
    )
    opened = open_window(mail)
    page = activity(opened)
    page.now.accounts.choose(8)
    opened.bot.waitUntil(lambda: "RUNNING · 1" in words(page))
    assert list(page.now.running.cards.shown) == [2]
    page.now.accounts.choose(None)
    page.now.kinds.choose("extract-contacts")
    opened.bot.waitUntil(lambda: "Nothing here" in words(page))
    assert page.history.model.rowCount() == 2
    assert page.now.kinds.accessibleName() == "Kind of work shown: Finding people"


def test_the_menu_of_kinds_names_what_is_available(opened: Opened) -> None:
    menu = activity(opened).now.kinds.menu()
    menu.aboutToShow.emit()
    titles = [one.text() for one in menu.actions()]
    assert titles[0] == "All kinds"
    assert "Finding people" in titles
    assert "Reading a contract" not in titles


def test_history_by_day_newest_first(open_window: Open) -> None:
    done = JobState.SUCCEEDED
    midday = NOW - NOW % DAY + DAY // 2
    rows = (
        job(1, "sync-emails-initial", done, result="Read 394 messages, 1 set aside", finished_at=NOW),
        job(2, "extract-contacts", JobState.CANCELLED, finished_at=midday - 3 * DAY),
        job(3, "extract-contacts", done, result="Found 3 people", finished_at=midday - 3 * DAY - 60),
    )
    opened, page = over(open_window, *rows)
    history = page.history
    opened.bot.waitUntil(lambda: len(history.model.known()) == 3)
    titles = [one.title for one in history.model.sections]
    assert titles[0] == "Today"
    assert [len(one.ids) for one in history.model.sections] == [1, 2]
    said = [history.model.index(row).data() for row in range(history.model.rowCount())]
    assert said[1].startswith("Reading mail, ")
    assert said[1].endswith(": Read 394 messages, 1 set aside")
    assert said[3].endswith(": Cancelled; what was done stays")
    tips = [history.model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(2)]
    assert tips[1] == f"<span>{said[1]}</span>"


def test_a_long_history_is_read_as_it_comes_into_view(open_window: Open) -> None:
    rows = tuple(
        job(at, "extract-contacts", JobState.SUCCEEDED, finished_at=NOW - at) for at in range(1, 5001)
    )
    opened, page = over(open_window, *rows)
    opened.settle(lambda: len(page.history.model.known()) > 0)
    assert page.history.model.rowCount() >= 5001
    assert len(page.history.model.known()) < 1000
    bar = page.history.list.verticalScrollBar()
    page.history.list.choose(31)
    bar.setValue(1500)
    opened.settle()
    change(opened, job(6000, "extract-contacts", JobState.SUCCEEDED, finished_at=NOW), *rows)
    assert page.history.list.current_id() == 31
    assert bar.value() == 1500 + 56


def test_the_history_is_read_again_only_when_something_ended(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = activity(opened)
    asked: list[int] = []
    real = opened.mail.ledger.history

    def noted(*args: object, **more: object) -> tuple[DoneRun, ...]:
        asked.append(1)
        return real(*args, **more)

    monkeypatch.setattr(fluffy_core.activity, "history", noted)
    change(opened, *opened.mail.job_rows, dead(50))
    assert asked == []
    change(opened, *opened.mail.job_rows, job(51, "x", JobState.SUCCEEDED))
    assert asked == [1]
    page.now.kinds.choose("extract-contacts")
    opened.settle(lambda: page.shown is not None and page.shown.wanted.kind == "extract-contacts")
    assert asked == [1, 1]


def test_changes_keep_focus_scroll_and_widgets(open_window: Open) -> None:
    rows = tuple(job(at, "x", JobState.RUNNING, progress_total=10) for at in range(1, 16))
    opened, page = over(open_window, *rows)
    card = page.now.running.cards.shown[9]
    cancel = find(card, "Cancel")
    cancel.setFocus()
    bar = page.findChildren(type(page._scroll))[0].verticalScrollBar()
    bar.setValue(400)
    moved = tuple(job(at, "x", JobState.RUNNING, progress_total=10, progress_done=5) for at in range(1, 15))
    change(opened, dead(99), *moved)
    assert page.now.running.cards.shown[9] is card
    assert QApplication.focusWidget() is cancel or not opened.window.isActiveWindow()
    assert bar.value() == 400


def test_news_is_looked_at_once(opened: Opened) -> None:
    """The bridge collects for 150 ms; the look that follows waits for nothing."""
    page = activity(opened)
    assert opened.desk.context.bridge._timer.interval() <= 150
    page._on_changed(frozenset({Changed.JOBS}))
    assert page._op is not None


def test_news_while_it_looks_makes_it_look_again(opened: Opened) -> None:
    page = activity(opened)
    page.refresh()
    opened.mail.job_rows = (dead(77),)
    page.refresh()
    opened.settle(lambda: page.shown is not None and [one.job.id for one in page.shown.dead] == [77])


def test_nothing_is_read_on_the_main_thread(opened: Opened) -> None:
    page = activity(opened)
    names: set[str] = set()
    real = opened.mail.ledger.jobs

    def noted(*args: object, **more: object) -> tuple[Job, ...]:
        names.add(threading.current_thread().name)
        return real(*args, **more)  # type: ignore[arg-type]

    opened.mail.ledger.jobs = noted  # type: ignore[method-assign]
    page.refresh()
    opened.settle()
    assert threading.main_thread().name not in names


def test_empty_then_something(open_window: Open) -> None:
    opened, page = over(open_window)
    assert "Nothing to tell yet" in words(page)
    assert "Nothing waits · nothing done in the last hour" in words(page)
    assert "Nothing done yet" in words(page)
    change(opened, job(1, "extract-contacts", JobState.QUEUED))
    assert "Nothing to tell yet" not in words(page)
    change(opened, job(1, "extract-contacts", JobState.SUCCEEDED))
    assert "All quiet" in words(page)


def test_loading_shows_a_skeleton(open_window: Open) -> None:
    mail = FakeMail()
    hold = threading.Event()
    real = mail.ledger.jobs

    def slow(*args: object, **more: object) -> tuple[Job, ...]:
        hold.wait(5)
        return real(*args, **more)  # type: ignore[arg-type]

    mail.ledger.jobs = slow  # type: ignore[method-assign]
    opened = open_window(mail)
    opened.press("3")
    page = opened.window.page
    assert isinstance(page, ActivityPage)
    skeleton = page._stack.currentWidget()
    assert skeleton is not None
    assert skeleton.accessibleName() == "Loading"
    hold.set()
    opened.settle(lambda: page.shown is not None)
    assert page._stack.currentWidget() is page.panes


def test_an_error_before_anything_was_seen(open_window: Open) -> None:
    mail = FakeMail()
    mail.ledger.broken = StoreError("The disk does not answer.")
    opened = open_window(mail)
    opened.press("3")
    page = opened.window.page
    assert isinstance(page, ActivityPage)
    opened.bot.waitUntil(page.failed.isVisible)
    assert isinstance(page.failed, EmptyState)
    assert "The disk does not answer." in words(page)
    mail.ledger.broken = None
    find(page, "Try again").click()
    opened.bot.waitUntil(page.panes.isVisible)


def test_an_error_later_leaves_what_was_seen(opened: Opened) -> None:
    page = activity(opened)
    opened.mail.ledger.broken = StoreError("The disk does not answer.")
    page.refresh()
    opened.bot.waitUntil(lambda: "This may be out of date. The disk does not answer." in words(page))
    assert DAMAGED in words(page)
    opened.mail.ledger.broken = None
    page.refresh()
    opened.bot.waitUntil(lambda: not any("out of date" in one for one in words(page)))


def test_another_owner_is_said_and_looked_at_without_news(open_window: Open) -> None:
    mail = FakeMail()
    mail.core.owned_elsewhere = True
    opened = open_window(mail)
    page = activity(opened)
    assert any(one.startswith("Another window of FluffyMail does the work") for one in words(page))
    assert page._poll.isActive()
    mail.job_rows = (dead(5),)
    page._poll.timeout.emit()
    opened.settle(lambda: page.shown is not None and len(page.shown.dead) == 1)


def test_a_page_out_of_view_is_left_alone(opened: Opened) -> None:
    page = activity(opened)
    opened.press("1")
    page._poll.timeout.emit()
    assert not page._poll.isActive()
    assert page._op is None


def test_everything_is_reached_by_keys_from_top_to_bottom(opened: Opened) -> None:
    page = activity(opened)
    change(opened, *opened.mail.job_rows, dead(50, "categorize-emails"))
    find(page, "Pause all").setFocus()
    reached = []
    for _ in range(12):
        reached.append(page.window().focusWidget().accessibleName())
        page.window().focusNextChild()
    assert reached[: reached.index("What was done, newest first") + 1] == [
        "Pause all",
        "Kind of work shown: All kinds",
        "Retry: Summarising a conversation",
        "Discard: Summarising a conversation",
        "Retry: Sorting mail",
        "Discard: Sorting mail",
        "Cancel: Reading mail",
        "Pause: Finding people",
        "What FluffyMail can do: folded",
        "What was done, newest first",
    ]
    opened.press("O")
    assert page.history.list.current_id() == 3


def test_the_focus_goes_on_to_the_next_card_when_its_own_is_gone(open_window: Open) -> None:
    opened, page = over(open_window, dead(1), dead(2, "extract-contacts"))
    find(page, "Retry: Summarising a conversation").setFocus()
    change(opened, dead(2, "extract-contacts"))
    assert opened.window.focusWidget() is find(page, "Retry: Finding people")


def test_small_windows_show_one_pane_at_a_time(opened: Opened) -> None:
    page = activity(opened)
    opened.window.resize(640, 400)
    opened.bot.waitUntil(lambda: not page.history.isVisible())
    find(page, "History").click()
    opened.bot.waitUntil(page.history.isVisible)
    assert not page.now.isVisible()
    QTest.mouseClick(page.history.back, Qt.MouseButton.LeftButton)
    opened.bot.waitUntil(page.now.isVisible)
