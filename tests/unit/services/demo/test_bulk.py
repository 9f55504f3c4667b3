"""Newsletters and receipts: what a table of issues becomes."""

from datetime import datetime
from pathlib import Path

from fluffy_core.services.demo.bulk import bulk_parcels
from fluffy_core.services.demo.clock import Clock
from fluffy_core.services.demo.mime import Parcel

TABLE = """
[letter]
name = "The Oak Letter"
from = "news@oak.example"
at = "07:55"
logo = "oak.png"
subject = "Oak {no}: {title}"
title = "{title}"
text = "{body}"
foot = "Stop any time."
issues = [
  { day = -40, no = 7, title = "Ash & oak", body = "First.\\n\\nOn {weekday:-38d}." },
  { day = -0, no = 8, title = "Elm", body = "Second." },
]

[till]
name = "Holzhandel"
from = "kasse@holz.example"
at = "03:30"
kind = "receipt"
lang = "de"
html = false
subject = "Rechnung {no}"
text = "Rechnung {no} vom {own}: {net} Euro, Zahlung am {due}"
files = { "till.pdf" = "{no}.pdf" }
issues = [ { day = -12, no = "R-1", net = "12,50", due = "{date:-2d}" } ]
"""
OWNER = ("Mara", "mara@studio.example")


def parcels(tmp_path: Path, now: str = "2026-03-18T12:00") -> list[Parcel]:
    path = tmp_path / "bulk.toml"
    path.write_text(TABLE, encoding="utf-8")
    return list(bulk_parcels(path, Clock(datetime.fromisoformat(now)), OWNER))


def test_a_newsletter(tmp_path: Path) -> None:
    first, second, _ = parcels(tmp_path)
    assert (first.subject, first.sender) == ("Oak 7: Ash & oak", ("The Oak Letter", "news@oak.example"))
    assert first.text == "First.\n\nOn Monday.\n\nStop any time.\n"
    assert first.when.isoformat() == "2026-02-06T07:55:00+01:00"
    assert first.images == (("head@oak.example", "oak.png"),)
    assert "<p>First.</p>\n<p>On Monday.</p>" in first.html
    assert '<h1 style="font-size:22px;color:#333333">Ash &amp; oak</h1>' in first.html
    headers = dict(first.headers)
    assert (headers["List-Id"], headers["Precedence"]) == ("The Oak Letter <news.oak.example>", "bulk")
    assert headers["List-Unsubscribe"] != dict(second.headers)["List-Unsubscribe"]
    assert (first.to, first.mine) == ((OWNER,), False)


def test_a_receipt(tmp_path: Path) -> None:
    receipt = parcels(tmp_path)[2]
    assert (receipt.subject, receipt.html) == ("Rechnung R-1", "")
    assert receipt.text == "Rechnung R-1 vom 6. März: 12,50 Euro, Zahlung am 16. März\n"
    assert receipt.files == (("till.pdf", "R-1.pdf"),)
    assert dict(receipt.headers)["Auto-Submitted"] == "auto-generated"
    assert "List-Id" not in dict(receipt.headers)


def test_todays_issue_is_not_from_the_future(tmp_path: Path) -> None:
    assert parcels(tmp_path, "2026-03-18T05:00")[1].when.isoformat() == "2026-03-18T04:54:00+01:00"


def test_ids_are_unique_and_stay(tmp_path: Path) -> None:
    ids = [parcel.id for parcel in parcels(tmp_path)]
    assert len(set(ids)) == 3
    assert ids == [parcel.id for parcel in parcels(tmp_path, "2027-03-18T05:00")]
