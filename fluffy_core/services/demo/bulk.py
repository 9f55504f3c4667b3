"""Newsletters, receipts and notices: small tables of issues, each a message of its own."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from html import escape
from pathlib import Path
from typing import Any

from fluffy_core.services.demo.clock import Clock, stamped
from fluffy_core.services.demo.letters import token
from fluffy_core.services.demo.mime import Parcel

_PAGE = """<html><body style="margin:0;background:#f4f1ec">
<table width="100%" cellpadding="0"><tr><td align="center">
<table width="600" style="background:#ffffff;font-family:Georgia,serif"><tr><td style="padding:24px">
{logo}<h1 style="font-size:22px;color:{colour}">{title}</h1>
{blocks}
<p style="font-size:11px;color:#888888">{foot}</p></td></tr></table></td></tr></table></body></html>
"""


@dataclass(frozen=True, slots=True)
class _Issue:
    key: str
    number: int
    source: Mapping[str, Any]
    fields: Mapping[str, Any]


def bulk_parcels(path: Path, clock: Clock, owner: tuple[str, str]) -> Iterator[Parcel]:
    """The parcels of bulk.toml, sender by sender."""
    for key, source in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for number, fields in enumerate(source["issues"]):
            yield _parcel(_Issue(key, number, source, fields), clock, owner)


def _parcel(issue: _Issue, clock: Clock, owner: tuple[str, str]) -> Parcel:
    source, day = issue.source, issue.fields["day"]
    hour, minute = map(int, source["at"].split(":"))
    wall = min(clock.raw(day, time(hour, (minute + issue.number * 13 % 7) % 60)), clock.newest)
    lang, domain = source.get("lang", "en"), source["from"].partition("@")[2]
    values = {"own": f"{{date:{day:+d}d}}", **issue.fields}

    def fill(form: str) -> str:
        return clock.speak(form.format_map(_Lenient(values)), said=wall.date(), lang=lang).strip()

    foot = fill(source.get("foot", ""))
    text = fill(source["text"])
    return Parcel(
        id=f"{token(issue.key, issue.number, size=24)}@{domain}",
        when=stamped(wall),
        sender=(source["name"], source["from"]),
        to=(owner,),
        subject=fill(source["subject"]),
        text=f"{text}\n\n{foot}\n" if foot else f"{text}\n",
        html=_html(source, text, title=fill(source.get("title", source["subject"])), foot=foot),
        headers=_headers(source, domain, token(issue.key, issue.number, "out", size=10)),
        images=((f"head@{domain}", source["logo"]),) if "logo" in source else (),
        files=tuple((file, fill(shown)) for file, shown in source.get("files", {}).items()),
    )


class _Lenient(dict[str, Any]):
    """Leaves `{weekday:+2d}` for the clock, which speaks later."""

    def __missing__(self, key: str) -> "_Word":
        return _Word(key)


class _Word:
    def __init__(self, key: str) -> None:
        self._key = key

    def __format__(self, spec: str) -> str:
        return f"{{{self._key}:{spec}}}"


def _headers(source: Mapping[str, Any], domain: str, mark: str) -> tuple[tuple[str, str], ...]:
    if source.get("kind", "newsletter") == "newsletter":
        return (
            ("List-Id", f"{source['name']} <news.{domain}>"),
            ("List-Unsubscribe", f"<https://{domain}/u/{mark}>, <mailto:leave-{mark}@{domain}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("Precedence", "bulk"),
            ("X-Mailer", "Postwheel 4.2"),
        )
    return (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"))


def _html(source: Mapping[str, Any], text: str, *, title: str, foot: str) -> str:
    if not source.get("html", True):
        return ""
    domain = source["from"].partition("@")[2]
    logo = (
        f'<img src="cid:head@{domain}" width="140" alt="{escape(source["name"])}">'
        if "logo" in source
        else ""
    )
    blocks = "\n".join(f"<p>{escape(block)}</p>".replace("\n", "<br>\n") for block in text.split("\n\n"))
    return _PAGE.format(
        logo=logo,
        title=escape(title),
        blocks=blocks,
        foot=escape(foot),
        colour=source.get("colour", "#333333"),
    )
