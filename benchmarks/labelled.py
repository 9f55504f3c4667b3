"""The labelled sentences and threads that the intelligence is measured on, read from beside the checkout."""

import html
import os
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_PROJECT = Path(__file__).resolve().parent.parent
_QUOTED = re.compile(r">|(?:--|__)\s*$|.{0,80}\b(?:wrote|writes|said):$")
_SIGNATURE = re.compile(r"(?:--|__)")
_ESCAPED = 2
"""Times, beside those of XML."""


def data_folder() -> Path:
    """Where the labels are: FLUFFY_REALDATA, else `shared/data` beside the project."""
    return Path(os.environ.get("FLUFFY_REALDATA") or _PROJECT.parent / "shared" / "data")


def sentences(path: Path | None = None) -> list[tuple[bool, str]]:
    """(label, sentence) of a file of `Yes|No<TAB>text` lines."""
    path = path or data_folder() / "labels" / "intent-train.tsv"
    rows = (line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return [(label == "Yes", text) for label, text in rows]


@dataclass(frozen=True, slots=True)
class Annotation:
    """One person's reading of a thread: a summary, the sentences it rests on, labelled sentences."""

    summary: str
    chosen: frozenset[str]
    labels: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Mail:
    """The new text of one message; `spans` says where in `body` each corpus sentence lies."""

    sender: str
    subject: str
    body: str
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of the BC3 corpus with what several people made of it."""

    name: str
    mails: tuple[Mail, ...]
    annotations: tuple[Annotation, ...]


def threads(folder: Path | None = None) -> list[Thread]:
    """The threads of a folder with `corpus.xml` and `annotation.xml` (the BC3 corpus)."""
    folder = folder or data_folder() / "labels" / "bc3-dev"
    notes = {
        each.findtext("listno", ""): tuple(_annotation(note) for note in each.findall("annotation"))
        for each in ElementTree.parse(folder / "annotation.xml").getroot().findall("thread")
    }
    return [
        Thread(
            each.findtext("name", ""),
            tuple(_mail(doc) for doc in each.findall("DOC")),
            notes[each.findtext("listno", "")],
        )
        for each in ElementTree.parse(folder / "corpus.xml").getroot().findall("thread")
    ]


def _annotation(note: ElementTree.Element) -> Annotation:
    summary = " ".join(each.text or "" for each in note.iterfind("summary/sent"))
    chosen = frozenset(each.get("id", "") for each in note.iterfind("sentences/sent"))
    return Annotation(
        summary, chosen, frozenset((each.tag, each.get("id", "")) for each in note.iterfind("labels/*"))
    )


def _mail(doc: ElementTree.Element) -> Mail:
    """A message without quoted lines, attributions and what follows a signature mark."""
    body, spans = "", []
    for each in doc.iterfind("Text/Sent"):
        text = _unescaped(each.text or "")
        if _SIGNATURE.match(text):
            break
        if _QUOTED.match(text.strip()):
            continue
        start = len(body)
        body += " ".join(text.split())
        if len(body) > start:
            spans.append((start, len(body), each.get("id", "")))
            body += "\n\n"
    return Mail(doc.findtext("From", ""), doc.findtext("Subject", ""), body, tuple(spans))


def _unescaped(text: str) -> str:
    """Text of the corpus as it was written: there it is escaped up to three times."""
    for _ in range(_ESCAPED):
        text = html.unescape(text)
    return text
