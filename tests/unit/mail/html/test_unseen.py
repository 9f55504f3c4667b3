"""Declarations that take an element out of sight."""

import pytest

from fluffy_core.mail.html import css, unseen


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "mso-hide:all",
        "content-visibility:hidden",
        "opacity:0",
        "opacity:1%",
        "opacity:-1",
        "zoom:.01",
        "filter:opacity(0%)",
        "filter:alpha(opacity=0)",
        "filter:blur(20px)",
        "mask-image:linear-gradient(transparent,transparent)",
        "max-height:0",
        "max-height:1px;overflow:hidden",
        "overflow:auto;height:0",
        "block-size:0;overflow:hidden",
        "overflow:clip;max-inline-size:1px",
        "backface-visibility:hidden;transform:rotateY(180deg)",
        "transform:rotateX(-270deg)",
        "-webkit-mask-image:linear-gradient(transparent,transparent)",
        "overflow-x:clip;width:0em",
        "padding-left:9999px;overflow:hidden",
        "letter-spacing:-1em",
        "text-indent:-99em",
        "text-indent:100%",
        "left:-9999px",
        "left:200%",
        "bottom:-2000px",
        "inset:-9999px auto auto 0",
        "margin-top:-900px",
        "clip:rect(0 0 0 0)",
        "clip:rect(1px,1px,1px,1px)",
        "clip-path:inset(50%)",
        "clip-path:circle(0)",
        "clip-path:polygon(0 0,0 0,0 0)",
        "transform:scale(0)",
        "transform:rotate(3deg) scaleX(.001)",
        "transform:translate(-200vw,0)",
        "transform:rotateY(90deg)",
        "transform:matrix(0,0,0,0,0,0)",
        "-webkit-transform:scale(0)",
        "scale:0",
    ],
)
def test_out_of_sight(style: str) -> None:
    assert unseen.is_gone(css.declarations(style))


@pytest.mark.parametrize(
    "style",
    [
        "",
        "display:block",
        "opacity:.6",
        "zoom:0",
        "zoom:100%",
        "filter:blur(1px)",
        "height:0",
        "width:1px",
        "overflow:hidden",
        "overflow:hidden;width:100%",
        "overflow:auto;height:1px",
        "backface-visibility:hidden;transform:rotateY(20deg)",
        "backface-visibility:hidden;transform:rotateY(360deg)",
        "max-height:none",
        "letter-spacing:-.5px",
        "text-indent:2em",
        "left:-20px",
        "left:100px",
        "margin:0 auto",
        "margin:0 -9999px;padding:0 9999px",
        "clip:auto",
        "clip:rect(0,200px,100px,0)",
        "clip-path:inset(5px)",
        "clip-path:circle(40%)",
        "transform:scale(1.2)",
        "transform:rotate(90deg)",
        "transform:translate(-50%,-50px)",
        "transform:none",
    ],
)
def test_in_sight(style: str) -> None:
    assert not unseen.is_gone(css.declarations(style))
