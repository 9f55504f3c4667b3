"""HTML mail in the locked view: hostile documents reach nobody, nothing leads away, links are only told."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineSettings
from pytestqt.qtbot import QtBot

from app.views.reader.html_view import OFF, HtmlView, LockedPage, locked_profile
from app.views.reader.message_card import MessageCard
from fluffy_core import ThreadId
from tests.app.driver import Open
from tests.app.fakes import FakeMail

HOSTILE = """<!doctype html><html><head>
<base href="{u}/base/">
<link rel="stylesheet" href="{u}/style.css"><link rel="preconnect" href="{u}">
<link rel="prefetch" href="{u}/pre"><link rel="dns-prefetch" href="{u}">
<link rel="icon" href="{u}/icon"><link rel="manifest" href="{u}/manifest">
<style>@import url({u}/import.css); @font-face {{ font-family: x; src: url({u}/font) }}
body {{ background: url({u}/background); font-family: x }}
#a {{ list-style: url({u}/list); cursor: url({u}/cursor) }}</style></head>
<body><img src="{u}/img"><img srcset="{u}/srcset 1x">
<picture><source srcset="{u}/p"></picture>
<iframe src="{u}/frame"></iframe><iframe srcdoc="<img src='{u}/srcdoc'>"></iframe>
<object data="{u}/object"></object><embed src="{u}/embed">
<video src="{u}/video" poster="{u}/poster" autoplay></video><audio src="{u}/audio" autoplay></audio>
<svg><image href="{u}/svg"/><use href="{u}/use#x"/></svg><input type="image" src="{u}/input">
<table background="{u}/table"><tr><td>cell</td></tr></table>
<form action="{u}/form"><input autofocus></form>
<a id="a" href="{u}/ping" ping="{u}/pinged">link</a><p style="background: url({u}/inline)">text</p>
<img src="file:///etc/passwd"><iframe src="file:///etc/"></iframe></body></html>"""
SCRIPTED = """<!doctype html><html><head><script>fetch("{u}/fetch"); new Image().src = "{u}/image";
navigator.sendBeacon("{u}/beacon"); new WebSocket("{w}/socket"); window.open("{u}/open")</script></head>
<body onload="fetch('{u}/onload')"><form action="{u}/form"><input autofocus onfocus="form.submit()"></form>
<img src="x:" onerror="fetch('{u}/onerror')">
<iframe srcdoc="<script>fetch('{u}/inner')</script>"></iframe></html>"""
LEADING = """<!doctype html><html><head><meta http-equiv="refresh" content="0;url={u}/refresh">
<script>location = "{u}/location"</script></head><body>text</body></html>"""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A loopback server and the requests that reached it; connections count too."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def setup(self) -> None:
            hits.append("connection")
            super().setup()

        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if self.path.endswith(".css") else "text/plain")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{running.server_port}", hits
    running.shutdown()
    running.server_close()


def shown(qtbot: QtBot, html: str) -> HtmlView:
    view = HtmlView(html)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.loadFinished, timeout=30_000):
        view.show()
    return view


@pytest.mark.parametrize(
    "document", [HOSTILE, SCRIPTED, LEADING], ids=["resources", "scripts", "leading away"]
)
def test_a_hostile_document_reaches_nobody(
    qtbot: QtBot, server: tuple[str, list[str]], document: str
) -> None:
    """A view without the locks asks this server for 28 of these things (tried by hand); ours for none."""
    host, hits = server
    view = shown(qtbot, document.format(u=f"http://{host}", w=f"ws://{host}"))
    qtbot.wait(2000)
    assert hits == []
    assert view.url().scheme() in ("data", "about")


def test_a_host_name_is_not_even_looked_up(qtbot: QtBot, server: tuple[str, list[str]]) -> None:
    port = server[0].rpartition(":")[2]
    shown(qtbot, HOSTILE.format(u=f"http://localhost:{port}", w=f"ws://localhost:{port}"))
    qtbot.wait(1500)
    assert server[1] == []


def test_script_does_not_run(qtbot: QtBot) -> None:
    view = shown(qtbot, "<title>before</title><script>document.title = 'after'</script>")
    assert view.title() != "after"


def test_everything_that_can_be_off_is_off(qtbot: QtBot) -> None:
    view = shown(qtbot, "<p>x")
    settings = view.page().settings()
    assert not [one for one in OFF if settings.testAttribute(one)]
    assert not settings.testAttribute(QWebEngineSettings.WebAttribute.JavascriptEnabled)
    profile = locked_profile()
    assert profile.isOffTheRecord()
    assert profile.persistentCookiesPolicy() is QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies
    assert view.page().profile() is profile


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://example.com/a", True),
        ("mailto:ann@example.com", True),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("chrome://settings", False),
        ("data:text/html,<p>x", False),
    ],
)
def test_links_are_told_and_never_followed(qtbot: QtBot, address: str, told: bool) -> None:
    page = LockedPage(locked_profile())
    heard: list[str] = []
    page.link_clicked.connect(heard.append)
    clicked = QWebEnginePage.NavigationType.NavigationTypeLinkClicked
    assert page.acceptNavigationRequest(QUrl(address), clicked, True) is False
    assert bool(heard) is told
    page.deleteLater()
    qtbot.wait(1)


def test_only_our_own_document_may_load(qtbot: QtBot) -> None:
    page = LockedPage(locked_profile())
    kinds = QWebEnginePage.NavigationType
    for kind in (kinds.NavigationTypeRedirect, kinds.NavigationTypeOther, kinds.NavigationTypeFormSubmitted):
        assert page.acceptNavigationRequest(QUrl("https://example.com"), kind, True) is False
    assert page.acceptNavigationRequest(QUrl("data:text/html,x"), kinds.NavigationTypeTyped, True) is True
    assert page.acceptNavigationRequest(QUrl("data:text/html,x"), kinds.NavigationTypeTyped, False) is False
    page.deleteLater()
    qtbot.wait(1)


def test_the_reader_shows_html_only_when_asked(open_window: Open) -> None:
    mail = FakeMail(3, needs_reply=1, waiting=0)
    mail.html = "<p style='color: red'>Hello</p>"
    opened = open_window(mail)
    reader = opened.window.inbox.reader
    reader.open(ThreadId(1))
    opened.settle(lambda: reader.page is not None)
    assert reader.page is not None
    card = reader.page.findChildren(MessageCard)[0]
    assert not card.findChildren(HtmlView)
    opened.press("V")
    opened.settle(lambda: bool(card.findChildren(HtmlView)))
    assert card.body is not None
    assert not card.body.isVisible()
    opened.press("V")
    assert card.body.isVisible()
    assert not card.findChildren(HtmlView)[0].isVisible()
