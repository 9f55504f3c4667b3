"""Dates as people say them; exact ones for tooltips. Times are Unix seconds, days those of this computer."""

from PySide6.QtCore import QDateTime, QLocale


def short(when: float, now: float) -> str:
    """ "10:42", "Yest.", "Fri", "18 Nov", "Nov 2023"; "" for no date."""
    if not when:
        return ""
    moment, today = QDateTime.fromSecsSinceEpoch(int(when)), QDateTime.fromSecsSinceEpoch(int(now))
    days = moment.date().daysTo(today.date())
    locale = QLocale()
    if days == 0:
        return locale.toString(moment.time(), "HH:mm")
    if days == 1:
        return "Yest."
    if 1 < days < 7:
        return locale.toString(moment.date(), "ddd")
    if -300 < days < 300:
        return locale.toString(moment.date(), "d MMM")
    return locale.toString(moment.date(), "MMM yyyy")


def spoken(when: float, now: float) -> str:
    """ "today 10:42", "yesterday 17:03", "Fri 18 Nov 09:12", "18 Nov 2023"."""
    if not when:
        return "no date"
    moment, today = QDateTime.fromSecsSinceEpoch(int(when)), QDateTime.fromSecsSinceEpoch(int(now))
    days = moment.date().daysTo(today.date())
    locale = QLocale()
    clock = locale.toString(moment.time(), "HH:mm")
    if days in (0, 1):
        return f"{'today' if days == 0 else 'yesterday'} {clock}"
    if -300 < days < 300:
        return f"{locale.toString(moment.date(), 'ddd d MMM')} {clock}"
    return locale.toString(moment.date(), "d MMM yyyy")


def day(when: float, now: float) -> str:
    """ "today", "yesterday", "18 Nov", "18 Nov 2023"."""
    if not when:
        return "no date"
    moment, today = QDateTime.fromSecsSinceEpoch(int(when)), QDateTime.fromSecsSinceEpoch(int(now))
    days = moment.date().daysTo(today.date())
    if days in (0, 1):
        return "today" if days == 0 else "yesterday"
    return QLocale().toString(moment.date(), "d MMM" if -300 < days < 300 else "d MMM yyyy")


def exact(when: float) -> str:
    """Date and time in full, for tooltips."""
    if not when:
        return "This message carries no date that can be right"
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(when)), QLocale.FormatType.LongFormat)


def ago(when: float, now: float) -> str:
    """ "just now", "2 min ago", "3 h ago", "5 days ago"."""
    seconds = max(0, int(now - when))
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    if seconds < 86400:
        return f"{seconds // 3600} h ago"
    return "yesterday" if seconds < 2 * 86400 else f"{seconds // 86400} days ago"


def left(seconds: float | None) -> str:
    """ "about 3 min left", "a few seconds left"; "" when it cannot be said."""
    if seconds is None:
        return ""
    if seconds < 20:
        return "a few seconds left"
    if seconds < 90:
        return "about a minute left"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min left"
    return f"about {round(seconds / 3600)} h left"
