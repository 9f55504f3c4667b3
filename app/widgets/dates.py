"""Dates as people say them; exact ones for tooltips. Times are Unix seconds, days those of this computer."""

from PySide6.QtCore import QDateTime, QLocale

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 7
THIS_YEAR = range(-299, 300)
"""Days away that need no year."""
COUNTED = 60
"""Days up to which people count them."""
HOLD = "\u00a0"
"""A space at which no line ends."""


def short(when: float, now: float) -> str:
    """As "10:42", "Yest.", "Fri", "18 Nov", "Nov 2023"; "" for no date."""
    if not when:
        return ""
    moment, today = QDateTime.fromSecsSinceEpoch(int(when)), QDateTime.fromSecsSinceEpoch(int(now))
    days = moment.date().daysTo(today.date())
    locale = QLocale()
    if days == 0:
        return locale.toString(moment.time(), "HH:mm")
    if days == 1:
        return "Yest."
    if 1 < days < WEEK:
        return locale.toString(moment.date(), "ddd")
    if days in THIS_YEAR:
        return locale.toString(moment.date(), "d MMM")
    return locale.toString(moment.date(), "MMM yyyy")


def spoken(when: float, now: float) -> str:
    """As "today 10:42", "yesterday 17:03", "Fri 18 Nov 09:12", "18 Nov 2023"."""
    if not when:
        return "no date"
    moment, today = QDateTime.fromSecsSinceEpoch(int(when)), QDateTime.fromSecsSinceEpoch(int(now))
    days = moment.date().daysTo(today.date())
    locale = QLocale()
    clock = locale.toString(moment.time(), "HH:mm")
    if days in (0, 1):
        return f"{'today' if days == 0 else 'yesterday'} {clock}"
    if days in THIS_YEAR:
        return f"{locale.toString(moment.date(), 'ddd d MMM')} {clock}"
    return locale.toString(moment.date(), "d MMM yyyy")


def clock(when: float) -> str:
    """As "10:42"."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(when)).time(), "HH:mm")


def day(when: float, now: float) -> str:
    """As "today", "yesterday", "18 Nov", "18 Nov 2023"."""
    if not when:
        return "no date"
    moment, today = QDateTime.fromSecsSinceEpoch(int(when)), QDateTime.fromSecsSinceEpoch(int(now))
    days = moment.date().daysTo(today.date())
    if days in (0, 1):
        return "today" if days == 0 else "yesterday"
    words = QLocale().toString(moment.date(), "d MMM" if days in THIS_YEAR else "d MMM yyyy")
    return words.replace(" ", HOLD)


def exact(when: float) -> str:
    """Date and time in full, for tooltips."""
    if not when:
        return "This message carries no date that can be right"
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(when)), QLocale.FormatType.LongFormat)


def ago(when: float, now: float) -> str:
    """As "just now", "2 min ago", "3 h ago", "5 days ago"; the day itself when that is long ago."""
    seconds = max(0, int(now - when))
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE}{HOLD}min{HOLD}ago"
    if seconds < DAY:
        return f"{seconds // HOUR}{HOLD}h{HOLD}ago"
    if seconds >= COUNTED * DAY:
        return day(when, now)
    return "yesterday" if seconds < 2 * DAY else f"{seconds // DAY}{HOLD}days{HOLD}ago"


def left(seconds: float | None) -> str:
    """As "about 3 min left", "a few seconds left"; "" when it cannot be said."""
    if seconds is None:
        return ""
    if seconds < MINUTE / 3:
        return "a few seconds left"
    if seconds < 1.5 * MINUTE:
        return "about a minute left"
    if seconds < 1.5 * HOUR:
        return f"about {round(seconds / MINUTE)} min left"
    return f"about {round(seconds / HOUR)} h left"
