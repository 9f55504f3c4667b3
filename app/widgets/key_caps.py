"""Keys as they are shown: each in a cap, two ways with "or" between them."""

from PySide6.QtWidgets import QLabel

from app.widgets.labels import label


def key_caps(shown: str) -> list[QLabel]:
    """The labels for keys as written, as "5  g t": two spaces between two ways."""
    made: list[QLabel] = []
    for at, way in enumerate(shown.split("  ") if shown else ()):
        made += [label("or", "small")] * bool(at) + [label(key, "cap") for key in way.split()]
    return made
