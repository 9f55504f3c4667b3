"""HTML mail in a locked WebEngine view: no script, no storage, no network, no navigation.

Importing this module loads WebEngine, so it is imported only when somebody asks for a message "as designed".
Mail is drawn without the graphics processor: a page of text needs none, and drivers take programs down.
"""

import os

_FLAGS = '--host-resolver-rules="MAP * ~NOTFOUND" --disable-background-networking --no-pings --disable-gpu'
os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = (
    f"{os.environ.get('QTWEBENGINE_CHROMIUM_FLAGS', '')} {_FLAGS}".strip()
)

from PySide6.QtCore import QObject, QSizeF, Qt, QUrl, Signal  # noqa: E402
from PySide6.QtGui import QContextMenuEvent  # noqa: E402
from PySide6.QtWebEngineCore import (  # noqa: E402
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: E402
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget  # noqa: E402

from app.actions.links import is_safe  # noqa: E402

PROFILE = "mail"
TALLEST = 6000
"""Pixels; a longer message scrolls inside its view."""
OFF = (
    QWebEngineSettings.WebAttribute.JavascriptEnabled,
    QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows,
    QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard,
    QWebEngineSettings.WebAttribute.LocalStorageEnabled,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls,
    QWebEngineSettings.WebAttribute.PluginsEnabled,
    QWebEngineSettings.WebAttribute.PdfViewerEnabled,
    QWebEngineSettings.WebAttribute.FullScreenSupportEnabled,
    QWebEngineSettings.WebAttribute.ScreenCaptureEnabled,
    QWebEngineSettings.WebAttribute.WebGLEnabled,
    QWebEngineSettings.WebAttribute.DnsPrefetchEnabled,
    QWebEngineSettings.WebAttribute.HyperlinkAuditingEnabled,
    QWebEngineSettings.WebAttribute.NavigateOnDropEnabled,
    QWebEngineSettings.WebAttribute.AutoLoadIconsForPage,
    QWebEngineSettings.WebAttribute.ErrorPageEnabled,
    QWebEngineSettings.WebAttribute.AllowRunningInsecureContent,
    QWebEngineSettings.WebAttribute.AllowGeolocationOnInsecureOrigins,
)


class Gate(QWebEngineUrlRequestInterceptor):
    """Nothing but data: URLs passes; counts what it refused."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.refused: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Refuse."""
        url = info.requestUrl()
        if url.scheme() != "data":
            self.refused.append(url.toString())
            info.block(True)


class LockedPage(QWebEnginePage):
    """Shows what it was given; a clicked link is told, any other navigation is refused."""

    link_clicked = Signal(str)

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        """Only our own setHtml (a data: URL typed by nobody) may load."""
        address = QUrl(url)
        typed = QWebEnginePage.NavigationType.NavigationTypeTyped
        if is_main_frame and kind == typed and address.scheme() in ("data", "about"):
            return True
        text = address.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if kind == QWebEnginePage.NavigationType.NavigationTypeLinkClicked and is_safe(text):
            self.link_clicked.emit(text)
        return False

    def createWindow(self, _kind: QWebEnginePage.WebWindowType) -> QWebEnginePage:
        """A link with a target: it is judged like any other and opens no window here."""
        return self


def locked_profile() -> QWebEngineProfile:
    """The one profile of all mail: nameless, so off the record; it outlives every page, as Qt asks."""
    app = QApplication.instance()
    assert app is not None
    found = app.findChild(QWebEngineProfile, PROFILE)
    if found is not None:
        return found
    profile = QWebEngineProfile(app)
    profile.setObjectName(PROFILE)
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
    profile.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies)
    profile.setUrlRequestInterceptor(Gate(profile))
    profile.downloadRequested.connect(lambda download: download.cancel())
    settings = profile.settings()
    for attribute in OFF:
        settings.setAttribute(attribute, False)
    family = QApplication.font().family()
    for kind in (QWebEngineSettings.FontFamily.StandardFont, QWebEngineSettings.FontFamily.SansSerifFont):
        settings.setFontFamily(kind, family)
    settings.setFontSize(QWebEngineSettings.FontSize.DefaultFontSize, 15)
    return profile


class HtmlView(QWebEngineView):
    """One sanitised HTML document, as high as it is up to a limit."""

    link_clicked = Signal(str)

    def __init__(self, html: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        page = LockedPage(locked_profile(), self)
        page.link_clicked.connect(self.link_clicked)
        page.contentsSizeChanged.connect(self._fit)
        page.setBackgroundColor(Qt.GlobalColor.white)
        self.setPage(page)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(320)
        self.setAccessibleName("Message as its sender designed it")
        page.setHtml(html, QUrl("about:blank"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """No menu: it offers saving, viewing source and other ways out."""
        event.accept()

    def _fit(self, size: QSizeF) -> None:
        self.setFixedHeight(min(max(int(size.height()), 80), TALLEST))
