"""Giving a permission in the browser: asked, waited for, refused, stopped; and words for what goes wrong."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QWidget

from app.actions.accounts import Draft
from app.views.connecting.guide import GuideDialog, guide_in
from app.views.connecting.permission import PermissionStep
from app.views.connecting.problem import Problem, spelled
from fluffy_core import AccountKind, AccountSettings, Client, Looked, PendingSignIn, UsageError
from tests.app.driver import Opened


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


class FakePending:
    """A sign-in in a browser that is nowhere."""

    url = "https://accounts.example.com/allow"

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def finish(self, seconds: float = 300.0) -> object:
        assert seconds
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def cancel(self) -> None:
        self.asked.append("cancel")

    def close(self) -> None:
        self.asked.append("close")


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()))
    return found


GOOGLE = AccountKind.GOOGLE
Asked = list[tuple[Draft, Client]]


def permission(
    opened: Opened,
    pending: FakePending,
    asked: Asked | None = None,
    *,
    kind: AccountKind = AccountKind.GOOGLE,
) -> PermissionStep:
    def begin(draft: Draft, client: Client) -> PendingSignIn:
        if asked is not None:
            asked.append((draft, client))
        return pending  # type: ignore[return-value]

    asking = PermissionStep(opened.desk.context, begin)
    opened.bot.addWidget(asking)
    asking.prepare(
        Draft("ben@example.com", AccountSettings(kind=kind)), app_password=kind is AccountKind.GOOGLE
    )
    asking.show()
    return asking


def test_a_permission_is_asked_in_the_browser(opened: Opened, visited: list[str]) -> None:
    asked: Asked = []
    granted: list[object] = []
    asking = permission(opened, FakePending("grant"), asked)
    asking.granted.connect(granted.append)
    asking.client_id.line.setText("mine")
    asking.client_secret.line.setText("s3cret")
    asking.go.click()
    opened.settle(lambda: granted == ["grant"])
    assert visited == ["https://accounts.example.com/allow"]
    assert [(draft.address, client) for draft, client in asked] == [
        ("ben@example.com", Client("mine", "s3cret"))
    ]
    assert asking.checks.words[:2] == ["Done: Your browser is open: answer there", "Done: Permission given"]
    asking.succeed(Looked((), ()))
    assert asking.checks.words[2:] == ["Done: Signed in", "Done: 0 folders"]
    asking.leave()
    assert asking.client_secret.line.text() == ""


def test_a_client_id_is_wanted_where_there_is_none(opened: Opened) -> None:
    asked: Asked = []
    asking = permission(opened, FakePending("grant"), asked, kind=AccountKind.MICROSOFT)
    asking.go.click()
    assert "Put in your client id at Microsoft." in words(asking)
    assert asked == []
    asking.enter()
    assert not asking.instead.isVisible()


def test_with_an_id_of_our_own_nothing_is_to_be_typed(opened: Opened, visited: list[str]) -> None:
    asked: Asked = []
    opened.mail.accounts.clients[AccountKind.GOOGLE] = Client("ours")
    asking = permission(opened, FakePending("grant"), asked)
    assert not asking.client_id.isVisible()
    asking.go.click()
    opened.settle(lambda: bool(visited))
    assert [client for _, client in asked] == [Client("")]


def test_a_permission_that_is_refused_is_said(opened: Opened, visited: list[str]) -> None:
    asking = permission(opened, FakePending(UsageError("You said no.")))
    asking.client_id.line.setText("mine")
    asking.go.click()
    opened.settle(lambda: "You said no." in words(asking))
    assert asking.go.isEnabled()
    assert visited


def test_waiting_for_the_browser_can_be_stopped(opened: Opened) -> None:
    pending = FakePending("late")
    asking = permission(opened, pending)
    asking._set_busy(True)
    asking._pending = pending  # type: ignore[assignment]
    assert not asking.go.isEnabled()
    asking.cancel.click()
    assert pending.asked == ["cancel"]
    assert asking.go.isEnabled()
    assert not asking.cancel.isVisible()


def test_a_sign_in_that_begins_too_late_is_closed(opened: Opened, visited: list[str]) -> None:
    pending = FakePending("late")
    asking = permission(opened, pending)
    asking.client_id.line.setText("mine")
    asking.go.click()
    asking.leave()
    opened.settle(lambda: pending.asked == ["close"])
    assert visited == []


def test_a_fingerprint_is_written_in_two_lines() -> None:
    first, second = spelled("0a" * 32).split("\n")
    assert first == second == ":".join(["0A"] * 16)


def test_a_fault_of_ours_is_told_as_such(opened: Opened) -> None:
    problem = Problem(opened.desk.context.theme)
    opened.bot.addWidget(problem)
    problem.show_error(ZeroDivisionError("x"))
    assert "Something in FluffyMail went wrong" in words(problem)
    assert not problem.retry.isVisible()
    problem.clear()
    assert problem.isHidden()


def test_the_guide_is_read_beside_the_wizard(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = permission(opened, FakePending("grant"))
    assert asking.how.isVisible()
    asking.how.click()
    (guide,) = asking.findChildren(GuideDialog)
    assert "client id" in guide.text.toPlainText()
    tried: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        "app.views.connecting.guide.open_link", lambda _parent, url, *, ask: tried.append((url, ask))
    )
    guide.text.anchorClicked.emit(QUrl("https://console.example.com"))
    assert tried == [("https://console.example.com", True)]


def test_without_the_documents_there_is_no_guide(tmp_path: Path) -> None:
    assert guide_in(tmp_path / "resources") is None
