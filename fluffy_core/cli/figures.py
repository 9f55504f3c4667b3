"""`fluffy analytics`: mail counted by day, week or month, and how the last week compares."""

import argparse
import time

from fluffy_core.cli.answer import Answer, cut
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.figures import Figures, span
from fluffy_core.errors import UsageError
from fluffy_core.services.insight import analytics as counting
from fluffy_core.services.insight.analytics import Period, Report

MOST = 1000


def analytics(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """The figures, brought up to date first."""
    if arguments.limit > MOST:
        raise UsageError(f"At most {MOST:,} periods are shown.")
    with Core.open(settings) as core:
        counting.refresh(core.store)
        found = counting.report(core.store, by=arguments.by, limit=arguments.limit, now=time.time())
    if found is None:
        return Answer({"as_of": None, "periods": [], "trends": []}, "There is no mail to count yet.")
    return Answer(_data(found), _text(found))


def _data(found: Report) -> dict[str, object]:
    recent = found.recent
    return {
        "as_of": found.as_of,
        "periods": [_period(one) for one in found.periods],
        "trends": [
            {"name": one.name, "now": one.now, "usual": one.usual, "change": one.change, "text": one.text}
            for one in found.trends
        ],
        "busiest_hours": {"received": recent.busiest(), "sent": recent.busiest(sent=True)},
        "hours": {"received": recent.hours_received, "sent": recent.hours_sent},
        "top_correspondents": [
            {"contact_id": one.contact_id, "name": one.name, "received": one.received, "sent": one.sent}
            for one in found.correspondents
        ],
    }


def _period(one: Period) -> dict[str, object]:
    figures = one.figures
    return {
        "first": one.first,
        "last": one.last,
        "received": figures.received,
        "personal": figures.personal,
        "sent": figures.sent,
        "threads": figures.threads,
        "answered": figures.answered,
        "got_answer": figures.got_answer,
        "new_contacts": figures.new_contacts,
        "my_response_seconds": figures.my_response,
        "their_response_seconds": figures.their_response,
    }


def _text(found: Report) -> str:
    lines = [
        f"{'':23}  received  personal   sent  begun  answered  new people  you answer in  they answer in"
    ]
    lines += [_line(one) for one in found.periods]
    lines += ["", f"THE SEVEN DAYS TO {found.as_of}", *(f"  {one.text}" for one in found.trends)]
    busy = [
        f"most {what} between {hour} and {hour + 1} o'clock"
        for what, hour in (
            ("mail arrives", found.recent.busiest()),
            ("is sent", found.recent.busiest(sent=True)),
        )
        if hour is not None
    ]
    if busy:
        lines += ["", f"THE {counting.BUSY_DAYS} DAYS TO {found.as_of}", f"  {', '.join(busy).capitalize()}"]
    lines += [
        f"  {cut(one.name, 32):32}  {one.received:,} from, {one.sent:,} to them"
        for one in found.correspondents
    ]
    return "\n".join(lines)


def _line(one: Period) -> str:
    figures = one.figures
    return (
        f"{_dates(one):23}  {figures.received:8,}  {figures.personal:8,}  {figures.sent:5,}  "
        f"{figures.threads:5,}  {_share(figures):>8}  {figures.new_contacts:10,}  "
        f"{_span(figures.my_response):>13}  {_span(figures.their_response):>14}"
    )


def _dates(one: Period) -> str:
    return one.first if one.first == one.last else f"{one.first}–{one.last}"


def _share(figures: Figures) -> str:
    return f"{figures.answered / figures.personal:.0%}" if figures.personal else "–"


def _span(seconds: int | None) -> str:
    return "–" if seconds is None else span(seconds)
