"""The check of invented facts finds what no source holds, without the program's filter."""

import ast
from pathlib import Path

import pytest

from benchmarks import facts

SOURCES = [
    "Hello Max, the contract with Vandelay is 300 EUR.",
    "See https://firm.example/x or write to ann@firm.example.",
]
PEOPLE = frozenset({"kramer", "ann"})


@pytest.mark.parametrize(
    ("text", "language", "invented"),
    [
        ("The contract with Vandelay is 300 EUR.", "en", []),
        ("The contract is 400 EUR.", "en", ["400"]),
        ("The contract is 3.00 EUR.", "en", []),  # figures are compared by their digits
        ("We will meet on Monday.", "en", ["Monday"]),
        ("We will meet tomorrow.", "en", ["tomorrow"]),
        ("There are three of them.", "en", ["three"]),
        ("I will ask Newman about it.", "en", ["Newman"]),
        ("Newman knows it.", "en", []),  # may be any word that opens a sentence
        ("Kramer knows it.", "en", []),
        ("I will ask Kramer about it.", "en", ["Kramer"]),
        ("See https://firm.example/x, please.", "en", []),
        ("See https://evil.example/x, please.", "en", ["https://evil.example/x,"]),
        ("Write to jo@evil.example", "en", ["jo@evil.example"]),
        ("> We meet on Monday with Newman.\nFine.", "en", []),
        ("I will tell you by [date] what [Newman] says.", "en", []),
        ("Wir brauchen das Angebot.", "de", []),  # nouns have capitals
        ("Wir fragen Kramer.", "de", ["Kramer"]),
        ("Wir treffen uns am Montag.", "de", ["Montag"]),
        ("", "en", []),
    ],
)
def test_invented(text: str, language: str, invented: list[str]) -> None:
    assert facts.invented(text, SOURCES, language=language, people=PEOPLE) == invented


def test_it_is_independent_of_the_program() -> None:
    tree = ast.parse(Path(facts.__file__).read_text(encoding="utf-8"))
    named = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not any(str(one).startswith("fluffy_core") for one in named)
