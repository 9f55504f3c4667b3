"""The country of a signature."""

import pytest

from fluffy_core.mail.zones import regions


@pytest.mark.parametrize(
    ("text", "email", "region"),
    [
        ("10115 Berlin, Germany", "jane@x.example", "DE"),
        ("London, United Kingdom", "jane@x.com", "GB"),
        ("Wien, Österreich", "jane@x.com", "AT"),
        ("", "jane@x.fr", "FR"),
        ("", "jane@x.co.uk", "GB"),
        ("Houston, TX 77002", "jane@x.com", "US"),
        ("Calgary, AB T2P 3H7", "jane@x.com", "CA"),
        ("London SW1A 1AA", "jane@x.com", "GB"),
        ("713-345-8008", "jane@x.com", "US"),
        ("offices in Germany and France", "jane@x.com", ""),
        ("", "jane@x.co", ""),
        ("", "", ""),
    ],
)
def test_guess(text: str, email: str, region: str) -> None:
    assert regions.guess(text, email) == region
