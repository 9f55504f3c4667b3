"""Time zone names of calendars to IANA names."""

import pytest

from fluffy_core.mail.pim.calendar_zones import Zones, zone


def defined(standard: str, daylight: str = "", location: str = "") -> list[str]:
    lines = ["TZID:Mine", "BEGIN:STANDARD", f"TZOFFSETTO:{standard}", "END:STANDARD"]
    if daylight:
        lines += ["BEGIN:DAYLIGHT", f"TZOFFSETTO:{daylight}", "END:DAYLIGHT"]
    return [f"X-LIC-LOCATION:{location}", *lines] if location else lines


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("/Europe/Berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("GMT", "UTC"),
        ("utc", "UTC"),
    ],
)
def test_known_names(tzid: str, name: str) -> None:
    zones = Zones([], "Asia/Tokyo")
    assert zones.resolve(tzid) == name
    assert zones.guessed == {}


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (defined("+0100", "+0200"), "Europe/Berlin"),
        (defined("-0500", "-0400"), "America/New_York"),
        (defined("+0530"), "Asia/Kolkata"),
        (defined("+0300"), "Etc/GMT-3"),
        (defined("-0300"), "Etc/GMT+3"),
        (defined("+0000"), "UTC"),
        (defined("+0100", location="Africa/Lagos"), "Africa/Lagos"),
        (defined("+0017"), "Asia/Tokyo"),
        (defined("nonsense"), "Asia/Tokyo"),
    ],
)
def test_zones_defined_in_the_file(lines: list[str], name: str) -> None:
    zones = Zones([lines], "Asia/Tokyo")
    assert zones.resolve("Mine") == name
    assert zones.guessed == {"Mine": name}


def test_unknown_names_fall_back_to_the_reader() -> None:
    assert Zones([], "Asia/Tokyo").resolve("Nowhere") == "Asia/Tokyo"
    assert Zones([], "also nowhere").resolve("Nowhere") == "UTC"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000, "Europe"])
def test_zone_refuses_what_is_no_zone_name(name: str) -> None:
    assert zone(name) is None
