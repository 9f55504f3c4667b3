"""Activity: failures first with their cure, progress, pause, cancel, retry, discard."""

from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from app.views.activity.page import ActivityPage
from fluffy_core import Changed, JobState, Progress
from tests.app.driver import Open, Opened
from tests.app.fake_jobs import job
from tests.app.fakes import NOW, FakeMail


def activity(opened: Opened) -> ActivityPage:
    opened.press("3")
    page = opened.window.page
    assert isinstance(page, ActivityPage)
    opened.settle(lambda: page.shown is not None)
    return page


def words(page: ActivityPage) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.text()]


def press(page: ActivityPage, said: str) -> None:
    next(one for one in page.findChildren(QPushButton) if one.text() == said).click()


def test_failures_come_first_with_their_cure(opened: Opened) -> None:
    said = words(activity(opened))
    assert said.index("NEEDS YOU") < said.index("RUNNING") < said.index("DONE")
    assert said[said.index("NEEDS YOU") + 2] == "The model file is damaged: fetch it again."
    assert "Sorting mail: Sorted 394 messages" in said


def test_progress_moves_the_bar(opened: Opened) -> None:
    page = activity(opened)
    opened.bot.waitUntil(lambda: any(one.value() == 321 for one in page.findChildren(QProgressBar)))
    told = Progress(1, "sync-emails-initial", 5000, 10000, "5,000 of 10,000 messages", 240.0)  # type: ignore[arg-type]
    opened.mail.core.bus.publish(told)
    opened.bot.waitUntil(lambda: any(one.value() == 500 for one in page.findChildren(QProgressBar)))
    assert "50 % · about 4 min left" in words(page)


def test_retry_discard_and_cancel_reach_the_core(opened: Opened) -> None:
    page = activity(opened)
    for said in ("Try again", "Give up", "Cancel"):
        press(page, said)
    opened.settle(lambda: len(opened.mail.core.jobs.asked) == 3)
    assert opened.mail.core.jobs.asked == [("retry", 2), ("discard", 2), ("cancel", 1)]


def test_pause_all_and_go_on(opened: Opened) -> None:
    page = activity(opened)
    press(page, "Pause all")
    opened.settle(lambda: opened.mail.core.jobs.paused)
    opened.bot.waitUntil(lambda: any(one.text() == "Go on" for one in page.findChildren(QPushButton)))
    assert "2 jobs paused" in words(page)


def test_a_run_of_one_kind_is_one_line(open_window: Open) -> None:
    mail = FakeMail()
    mail.job_rows = tuple(job(at, "extract-contacts", JobState.SUCCEEDED, result="x") for at in range(1, 101))
    page = activity(open_window(mail))
    assert "Finding people: done 100 times" in words(page)
    assert len(words(page)) < 10


def test_waiting_for_another_try_says_when(open_window: Open) -> None:
    mail = FakeMail()
    mail.job_rows = (
        job(1, "x-y", JobState.WAITING_RETRY, error="No network.", attempt=2, run_after=NOW + 3000),
    )
    said = words(activity(open_window(mail)))
    assert any(one.startswith("No network. Tried 2 times; next try in 4") for one in said)


def test_nothing_yet_is_said(open_window: Open) -> None:
    mail = FakeMail()
    mail.job_rows = ()
    opened = open_window(mail)
    page = activity(opened)
    assert page.empty.isVisible()
    mail.job_rows = (job(1, "extract-contacts", JobState.QUEUED),)
    mail.core.bus.changed(Changed.JOBS)
    opened.bot.waitUntil(lambda: not page.empty.isVisible())
    assert "Finding people" in words(page)
