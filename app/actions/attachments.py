"""Saving an attachment where the user says; nothing is ever opened from here."""

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from app.background import ChangeOp
from app.context import Context
from app.widgets.text import clean
from fluffy_core import AttachmentRow, DiskFullError, UnreadableError, reader

_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
NO_SPACE = 28


def fit_name(name: str) -> str:
    """A file name that names one file in one folder on every system, whatever the mail called it."""
    made = _UNFIT.sub("_", clean(name, 150)).strip(" .")
    return f"_{made}" if _DEVICES.match(made) else made or "attachment"


def save_attachment(context: Context, parent: QWidget, attachment: AttachmentRow) -> None:
    """Ask where to, then write the bytes there."""
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    suggested = str(Path(downloads) / fit_name(attachment.name))
    chosen, _filter = QFileDialog.getSaveFileName(parent, "Save attachment", suggested)
    if chosen:
        save_to(context, parent, attachment, target=Path(chosen))


def save_to(context: Context, parent: QWidget, attachment: AttachmentRow, *, target: Path) -> None:
    """Write the bytes of an attachment to a file and say so."""

    def work() -> None:
        _row, content = reader.attachment(context.core.store, attachment.id)
        _write(target, content)

    op = ChangeOp(context.background, parent, work)
    op.success(
        lambda _none: context.notices.done.emit(f"Saved {target.name} in {target.parent.name}", False)
    ).run()


def _write(target: Path, content: bytes) -> None:
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        if error.errno == NO_SPACE:
            raise DiskFullError(
                f"There is no room to save {target.name}. Free some space and try again."
            ) from error
        raise UnreadableError(f"{target.name} cannot be saved there: {error.strerror}.") from error
