"""Colours as CSS writes them."""

import pytest

from fluffy_core.mail.html import colours
from fluffy_core.mail.html.colours import BLACK, WHITE


@pytest.mark.parametrize(
    "written",
    [
        "white",
        "#fff",
        "#ffff",
        "#ffffff",
        "#ffffffff",
        "rgb(255,255,255)",
        "rgb(255 255 255/1)",
        "rgb(100%,100%,100%)",
        "hsl(0,0%,100%)",
        "hsl(120deg 50% 100%)",
        "hwb(0 100% 0%)",
        "color(srgb 1 1 1)",
        "lab(100% 0 0)",
        "oklch(1 0 0)",
        "color-mix(in srgb,white,#fff)",
        "color-mix(in srgb,black 0%,white)",
        "light-dark(white,black)",
        "canvas",
    ],
)
def test_white_in_every_form(written: str) -> None:
    assert colours.read(written) == pytest.approx(WHITE)


@pytest.mark.parametrize(
    ("written", "channels"),
    [
        ("navy", (0, 0, 128, 1)),
        ("rebeccapurple", (102, 51, 153, 1)),
        ("hsl(0.5turn,100%,50%)", (0, 255, 255, 1)),
        ("hwb(240 0% 0%)", (0, 0, 255, 1)),
        ("rgba(10,20,30,.5)", (10, 20, 30, 0.5)),
        ("rgb(1 2 3/50%)", (1, 2, 3, 0.5)),
        ("oklab(0% 0 0)", (0, 0, 0, 1)),
        ("transparent", (0, 0, 0, 0)),
        ("color-mix(in srgb,white,black)", (127.5, 127.5, 127.5, 1)),
        ("color-mix(in srgb,rgb(0,0,200) 25%,black)", (0, 0, 50, 1)),
        ("color-mix(in oklab,white,black 80%)", (51, 51, 51, 1)),
    ],
)
def test_others(written: str, channels: tuple[float, ...]) -> None:
    assert colours.read(written) == pytest.approx(channels, abs=0.5)


@pytest.mark.parametrize(
    "written", ["", "inherit", "#12", "#1234567", "rgb(1)", "color-mix(in srgb,red,inherit)", "whit"]
)
def test_what_is_no_colour(written: str) -> None:
    assert colours.read(written) is None


def test_the_colours_of_a_background() -> None:
    assert colours.within("linear-gradient(to right,#fff,black 50%)") == (WHITE, BLACK)
    assert colours.within("url(x.png) no-repeat") == ()


def test_what_cannot_be_told_apart() -> None:
    assert colours.are_alike((250.0, 250.0, 245.0, 1.0), WHITE)
    assert colours.are_alike((0.0, 0.0, 0.0, 0.05), WHITE)
    assert not colours.are_alike((200.0, 200.0, 200.0, 1.0), WHITE)
    assert not colours.are_alike(BLACK, WHITE)
