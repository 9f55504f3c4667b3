"""Zones and signatures against marked mail that nobody here wrote; skipped where it is absent."""

import email
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from fluffy_core.domain.zones import ZoneKind
from fluffy_core.mail.zones import zones
from tests.fakes.effort import within

pytestmark = pytest.mark.realdata

LONGEST_MESSAGES = 400


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_new_text_of_every_client_is_found(realdata: Path) -> None:
    folder = realdata / "zones" / "talon" / "tests" / "fixtures" / "standard_replies"
    wrong = []
    for path in sorted(folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        expected = path.with_name(path.stem + "_reply_text")
        wanted = expected.read_text("utf-8") if expected.exists() else "Hello"
        if body is None or squeezed(zones.new_text(body.get_content())) != squeezed(wanted):
            wrong.append(path.name)
    assert wrong == []


def test_the_new_text_of_html_replies_is_found(realdata: Path) -> None:
    from fluffy_core.mail.html.text import to_text

    folder = realdata / "zones" / "talon" / "tests" / "fixtures" / "html_replies"
    texts = {path.name: to_text(path.read_text("utf-8")) for path in sorted(folder.glob("*.html"))}
    wrong = [
        name
        for name, text in texts.items()
        if squeezed(zones.new_text(text)) != "Hi. I am fine. Thanks, Alex"
    ]
    assert texts
    assert wrong == []


def marked(realdata: Path) -> Iterator[tuple[list[str], set[int], str]]:
    """Lines without marks, the indices of the marked ones that are not blank, and the sender."""
    for path in sorted((realdata / "zones" / "forge-signatures" / "dataset").glob("[PN]/*_body")):
        lines = path.read_text("utf-8", errors="replace").split("\n")
        sender = path.with_name(path.name.replace("_body", "_sender")).read_text("utf-8", errors="replace")
        plain = [line.removeprefix("#sig#") for line in lines]
        yield (
            plain,
            {i for i, line in enumerate(lines) if line != plain[i] and plain[i].strip()},
            sender.strip(),
        )


@pytest.mark.parametrize("with_sender", [True, False])
def test_signature_lines_are_found(realdata: Path, with_sender: bool) -> None:
    hits = misses = extra = 0
    for lines, wanted, sender in marked(realdata):
        found = {
            i
            for zone in zones.split("\n".join(lines), sender=sender if with_sender else "")
            if zone.kind is ZoneKind.SIGNATURE
            for i in range(zone.start, zone.end)
            if lines[i].strip()
        }
        hits, misses, extra = (
            hits + len(found & wanted),
            misses + len(wanted - found),
            extra + len(found - wanted),
        )
    f1 = 2 * hits / (2 * hits + misses + extra)
    assert f1 >= (0.95 if with_sender else 0.94)


def test_business_mail_is_split_fast(realmail: Path) -> None:
    paths = sorted((realmail / "enron").glob("*/*.eml"))[:LONGEST_MESSAGES]
    texts = [path.read_bytes().partition(b"\n\n")[2].decode("utf-8", "replace") for path in paths]
    # usually a fifth of that
    found = within(len(texts) / 1_000, lambda: [zones.split(text) for text in texts])
    assert sum(any(zone.kind is ZoneKind.BODY for zone in zones_) for zones_ in found) > 0.9 * len(texts)
