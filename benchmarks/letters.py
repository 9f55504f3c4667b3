"""Mail to measure with: real mail where it is, else invented; and the same mail told again in other words."""

import os
import random
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FIRST = datetime(2018, 1, 2, 9, tzinfo=UTC)
"""When invented mail begins."""
OWNER = "Owner <owner@home.example>"
SHIFT_DAYS = 61
"""How far apart two tellings of the same mail lie."""
STAYING = 0.01
"""An address in more than this share of the messages is the owner's or a list's, and stays as it is."""
OWNING = 0.001
"""An owner wrote, and was written to in, more than this share of the messages."""
OWNING_SHARE = 0.05
"""… and more than this share of what the first of them did."""
MOST_OWNERS = 5

FLAGS = re.IGNORECASE | re.MULTILINE
_SEPARATOR = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\n]*\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_ID_HEADER = re.compile(rb"^(?:Message-ID|In-Reply-To|References):.*(?:\r?\n[ \t].*)*", FLAGS)
_DATE_HEADER = re.compile(rb"^Date:[ \t]*([^\r\n]+)", FLAGS)
_PEOPLE_HEADER = re.compile(rb"^(?:From|To|Cc|Reply-To|Delivered-To|Return-Path):.*(?:\r?\n[ \t].*)*", FLAGS)
_FROM_HEADER = re.compile(rb"^From:[^\r\n]*", FLAGS)
_TO_HEADER = re.compile(rb"^(?:To|Cc):.*(?:\r?\n[ \t].*)*", FLAGS)
_LIST_HEADER = re.compile(rb"^List-(?:Id|Post|Unsubscribe):", FLAGS)
_SUBJECT_HEADER = re.compile(rb"^Subject:[^\r\n]*", FLAGS)
_ADDRESS = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_RARE_WORD = re.compile(rb"(?<![\w=@./+-])([cps][a-z]{6,})(?![\w=@./+-])")
_ANY_WORD = re.compile(rb"(?<![\w=@./+-])([a-z]{4,})(?![\w=@./+-])")


def real_folder() -> Path:
    """Where the real mail lies: FLUFFY_REALDATA, else `shared/data` beside the checkout."""
    return Path(os.environ.get("FLUFFY_REALDATA") or PROJECT.parent / "shared" / "data")


def real(scratch: Path) -> list[bytes]:
    """Every real message; [] where there is no real mail."""
    archive = real_folder() / "mail.tar.xz"
    if not archive.is_file():
        return []
    with tarfile.open(archive) as packed:
        packed.extractall(scratch, filter="data")
    return gathered(scratch)


def gathered(folder: Path) -> list[bytes]:
    """Every message below an unpacked folder, sources mixed, in the same order every time."""
    found = [path.read_bytes() for path in sorted(folder.rglob("*.eml"))]
    for path in sorted(folder.rglob("*.mbox")):
        found += messages_of_mbox(path.read_bytes())
    random.Random(11).shuffle(found)
    return found


def messages_of_mbox(content: bytes) -> list[bytes]:
    """The messages of an mbox (mboxrd), unescaped."""
    return [_ESCAPED.sub(rb"\1", part) for part in _SEPARATOR.split(content) if part.strip()]


def enough(messages: Sequence[bytes], count: int) -> Iterator[bytes]:
    """`count` messages: the given ones, then the same told again and again, so that none is a duplicate."""
    staying = frequent_addresses(messages)
    for number in range(count):
        telling, at = divmod(number, len(messages))
        yield retold(messages[at], telling, staying=staying) if telling else messages[at]


def frequent_addresses(messages: Sequence[bytes]) -> frozenset[bytes]:
    """Addresses that stand in more than `STAYING` of the messages, lower case."""
    counted: Counter[bytes] = Counter()
    for content in messages:
        head = content[: head_length(content)]
        counted.update(
            {one.lower() for found in _PEOPLE_HEADER.findall(head) for one in _ADDRESS.findall(found)}
        )
    return frozenset(one for one, count in counted.items() if count > STAYING * len(messages))


def owners(messages: Sequence[bytes]) -> list[str]:
    """Addresses that often both write and are written to, lists left out: whose mailboxes these are."""
    sent: Counter[bytes] = Counter()
    received: Counter[bytes] = Counter()
    for content in messages:
        head = content[: head_length(content)]
        if not _LIST_HEADER.search(head):
            sent.update(
                {one.lower() for found in _FROM_HEADER.findall(head) for one in _ADDRESS.findall(found)}
            )
            received.update(
                {one.lower() for found in _TO_HEADER.findall(head) for one in _ADDRESS.findall(found)}
            )
    both = {one: min(count, received[one]) for one, count in sent.items()}
    likely = sorted(both, key=lambda one: (-both[one], one))[:MOST_OWNERS]
    enough_mail = max(OWNING * len(messages), OWNING_SHARE * max(both.values(), default=0))
    return [one.decode("ascii", "replace") for one in likely if both[one] > enough_mail]


def head_length(content: bytes) -> int:
    """Bytes before the empty line that ends the headers."""
    ends = [at for at in (content.find(b"\n\n"), content.find(b"\r\n\r\n")) if at >= 0]
    return min(ends, default=len(content))


def retold(content: bytes, telling: int, *, staying: frozenset[bytes] = frozenset()) -> bytes:
    """The same message as a new one: ids, date, people and words changed, its place in its thread kept.

    The body of a message in several parts keeps its words: changing them could break its borders.
    """
    end = head_length(content)
    head, body = content[:end], content[end:]
    mark = b"t%d" % telling
    head = _ID_HEADER.sub(lambda found: found[0].replace(b"<", b"<" + mark + b"."), head)
    head = _DATE_HEADER.sub(lambda found: b"Date: " + _later(found[1], telling), head)
    head = _PEOPLE_HEADER.sub(lambda found: _other_people(found[0], mark, staying), head)
    head = _SUBJECT_HEADER.sub(lambda found: _ANY_WORD.sub(rb"\1" + _ending(telling), found[0]), head)
    if not re.search(rb"^Message-ID:", head, FLAGS):
        head = b"Message-ID: <%s.%08x.%d@bench.example>\n" % (mark, zlib.crc32(content), len(content)) + head
    lower = head.lower()
    if b"multipart/" not in lower and b"base64" not in lower:
        body = _RARE_WORD.sub(rb"\1" + _ending(telling), body)
    return head + body


def _ending(telling: int) -> bytes:
    return bytes(97 + int(digit) for digit in str(telling))


def _later(date: bytes, telling: int) -> bytes:
    try:
        when = parsedate_to_datetime(date.decode("ascii", "replace")) + timedelta(days=SHIFT_DAYS * telling)
        return format_datetime(when).encode()
    except (ValueError, OverflowError, TypeError, IndexError):
        return date


def _other_people(header: bytes, mark: bytes, staying: frozenset[bytes]) -> bytes:
    def other(found: re.Match[bytes]) -> bytes:
        return found[0] if found[0].lower() in staying else mark + b"." + found[0]

    return _ADDRESS.sub(other, header)


def invented(count: int, *, seed: int = 7) -> list[bytes]:
    """Made-up plain mail among 400 people, with threads, for where there is no real mail."""
    chance = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(12_000)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    text = chance.choices(words, weights, k=400_000)  # frequencies as in languages (Zipf)
    people = [f"{words[n + 400].capitalize()} <p{n}@c{n % 60}.example>" for n in range(400)]
    return [_letter(number, chance, text=text, people=people) for number in range(count)]


def _letter(number: int, chance: random.Random, *, text: Sequence[str], people: Sequence[str]) -> bytes:
    parent = number - chance.randint(1, 40) if number > 40 and chance.random() < 0.5 else None
    topic = (number if parent is None else parent) % 5000
    at, length = chance.randrange(len(text) - 800), int(chance.lognormvariate(4.6, 0.7)) + 5
    body = text[at : at + min(length, 700)]
    other, mine = chance.choice(people), chance.random() < 0.2
    fields: Mapping[str, str] = {
        "From": OWNER if mine else other,
        "To": other if mine else OWNER,
        "Subject": ("" if parent is None else "Re: ") + " ".join(text[topic * 7 : topic * 7 + 5]),
        "Date": format_datetime(FIRST + timedelta(hours=5 * number)),
        "Message-ID": f"<m{number}@bench.example>",
        **({} if parent is None else {"References": f"<m{parent}@bench.example>"}),
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines = [" ".join(body[start : start + 12]) for start in range(0, len(body), 12)]
    return "\n".join([*(f"{name}: {value}" for name, value in fields.items()), "", *lines, ""]).encode()
