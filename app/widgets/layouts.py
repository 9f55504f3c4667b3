"""Layouts whose contents are made anew."""

from PySide6.QtWidgets import QLayout


def empty(layout: QLayout) -> None:
    """Take out all that a layout holds, the lines in it too; hidden at once, gone when Qt has a moment."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (line := item.layout()) is not None:
            empty(line)
