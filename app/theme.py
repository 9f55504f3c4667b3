"""Tokens become colours, fonts, a palette and one style sheet; light, dark and contrast follow the system."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Tokens = Mapping[str, Mapping[str, object]]
STYLES = ("light", "dark", "light-contrast", "dark-contrast")
PALETTE = {
    QPalette.ColorRole.Window: "canvas",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Base: "paper",
    QPalette.ColorRole.AlternateBase: "canvas",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.PlaceholderText: "ink2",
    QPalette.ColorRole.Button: "paper",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "paper",
    QPalette.ColorRole.ToolTipText: "ink",
    QPalette.ColorRole.Light: "hairline",
    QPalette.ColorRole.Midlight: "hairline",
    QPalette.ColorRole.Mid: "hairline",
    QPalette.ColorRole.Dark: "hairline",
    QPalette.ColorRole.Accent: "accent",
}


def load_tokens(resources: Path) -> Tokens:
    """The tables of `style/tokens.toml`."""
    return tomllib.loads((resources / "style" / "tokens.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Style:
    """Everything a widget may ask when it draws itself; `name` is the table of its colours in the tokens."""

    name: str
    tokens: Tokens
    family: str
    fonts: dict[tuple[str, bool], QFont] = field(default_factory=dict, compare=False)
    """Made once: rows ask for them at every stroke."""

    def color(self, name: str) -> QColor:
        """A colour by its token name."""
        return QColor(str(self.tokens[self.name][name]))

    def px(self, name: str) -> int:
        """A size, space, type size or duration by its token name."""
        for table in ("size", "space", "type", "motion"):
            if name in self.tokens[table]:
                return int(str(self.tokens[table][name]))
        raise KeyError(name)

    def font(self, size: str = "body", *, bold: bool = False) -> QFont:
        """The user interface font with tabular figures; semibold where weight carries the meaning."""
        key = (size, bold)
        if key not in self.fonts:
            self.fonts[key] = self._make_font(size, bold)
        return QFont(self.fonts[key])

    def _make_font(self, size: str, bold: bool) -> QFont:
        font = QFont(self.family)
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def sheet(self, template: str) -> str:
        """The style sheet with every `$token` filled in."""
        sizes = {
            name: f"{value}px"
            for table in ("size", "space", "type")
            for name, value in self.tokens[table].items()
        }
        colors = {name: str(value) for name, value in self.tokens[self.name].items()}
        return Template(template).substitute(sizes | colors, family=self.family)


class Theme(QObject):
    """The style in force; `changed` tells widgets that draw themselves to draw again."""

    changed = Signal()

    def __init__(self, app: QApplication, resources: Path, *, choice: str = "") -> None:
        super().__init__(app)
        self._app = app
        self._template = (resources / "style" / "fluffy.qss").read_text(encoding="utf-8")
        self._choice = choice
        tokens = load_tokens(resources)
        family = _family(tokens["font"], resources)
        self._styles = {name: Style(name, tokens, family) for name in STYLES}
        self._hints = app.styleHints()
        self.style = self._styles[self._wanted()]
        self._apply()
        self._hints.colorSchemeChanged.connect(self._follow)
        self._hints.accessibility().contrastPreferenceChanged.connect(self._follow)

    @property
    def moves(self) -> bool:
        """Whether things may move; not so where the system asks for less of it."""
        return self._hints.accessibility().motionPreference() is not Qt.MotionPreference.ReducedMotion

    @property
    def stark(self) -> bool:
        """Whether the system asks for high contrast."""
        return self._hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast

    def choose(self, choice: str) -> None:
        """Follow the system (""), or stay "light" or "dark"."""
        self._choice = choice
        self._follow()

    def _wanted(self) -> str:
        dark = self._hints.colorScheme() == Qt.ColorScheme.Dark
        name = self._choice or ("dark" if dark else "light")
        return f"{name}-contrast" if self.stark else name

    def _follow(self) -> None:
        wanted = self._styles[self._wanted()]
        if wanted is not self.style:
            self.style = wanted
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        palette = QPalette()
        for role, name in PALETTE.items():
            palette.setColor(role, self.style.color(name))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.style.color("ink2"))
        self._app.setPalette(palette)
        self._app.setFont(self.style.font())
        self._app.setStyleSheet(self.style.sheet(self._template))


def _family(font: Mapping[str, object], resources: Path) -> str:
    """The system's own family, or Inter where the system has only a stand-in."""
    general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    unworthy = font["unworthy"]
    assert isinstance(unworthy, list)
    if QGuiApplication.platformName() != "offscreen" and general not in unworthy:
        return general
    files = font["files"]
    assert isinstance(files, list)
    for name in files:
        QFontDatabase.addApplicationFont(str(resources / "fonts" / str(name)))
    return str(font["family"])
