"""As much of CSS as it takes to see what a mail hides."""

import pytest

from fluffy_core.mail.html import css


@pytest.mark.parametrize(
    ("style", "declared"),
    [
        ("COLOR : Red ; margin:0  auto", {"color": "red", "margin": "0 auto"}),
        ("color:red;color:blue", {"color": "blue"}),
        ("color:red!important;color:blue", {"color": "red"}),
        ("color:red ! important;color:blue !important", {"color": "blue"}),
        ("display:none;display:bogus", {"display": "none"}),
        ("display:inline-block", {"display": "inline-block"}),
        ("d\\69 splay:none", {"display": "none"}),
        ("a:'x;display:none'", {"a": "x"}),
        ("/* color:red; */top:1px", {"top": "1px"}),
        ("color:rgb( 1 , 2 , 3 )", {"color": "rgb(1,2,3)"}),
        ("nothing; :x; y:", {}),
    ],
)
def test_declarations(style: str, declared: dict[str, str]) -> None:
    assert css.declarations(style) == declared


@pytest.mark.parametrize(
    ("sheet", "selectors"),
    [
        ("a{b:c} d , e{f:g}", ["a", "d , e"]),
        ("@media screen{a{b:c}}", ["a"]),
        ("@media (max-width:600px){a{b:c}} d{e:f}", ["d"]),
        ("@media (width >= 40em){a{b:c}}", ["a"]),
        ("@media (min-width:2000px),(min-width:10px){a{b:c}}", ["a"]),
        ("@media (prefers-color-scheme:dark){a{b:c}}", []),
        ("@media not screen{a{b:c}}", []),
        ("@media not print{a{b:c}}", ["a"]),
        ("@page{a:b} @font-face{a:b}", []),
        ("a:hover,b{c:d}", ["b"]),
        ("a::after{c:d}", []),
        ("a{b:c;d{e:f}}", [":is(a) :is(d)", "a"]),
        ("/*a{b:c}*/ d{e:f", ["d"]),
        ("[x='}']{b:c} d{e:f}", ['[x="x"]', "d"]),
    ],
)
def test_rules(sheet: str, selectors: list[str]) -> None:
    assert [one.selector.strip() for one in css.rules(sheet)] == selectors


def test_the_more_specific_rule_is_greater() -> None:
    written = ["p", "div p", ".a", "p.a", "p[x]:first-child", "#a", "#a p"]
    found = [css.Rule(one, "").specificity for one in written]
    assert found == sorted(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("selector", "steps"),
    [
        ("p", 10),
        ("div p > a", 10),
        ("[a~=b]", 10),
        ("a~b", 100),
        ("a, b~c:nth-child(2)", 1_000),
        ("a" + "~b" * 90, 10_000),
    ],
)
def test_steps_of_selectors_at_the_worst(selector: str, steps: int) -> None:
    assert css.Rule(selector, "").steps(10) == steps


def test_rules_are_counted() -> None:
    assert sum(1 for _ in css.rules("a{b:c}" * 3_000)) == css.MAX_RULES


@pytest.mark.parametrize(
    ("value", "pixels"),
    [
        ("0", 0),
        ("-12.5px", -12.5),
        ("3pt", 4),
        ("2em", 32),
        ("calc(4px)", 4),
        ("-100vw", -1_000),
        ("1e-3px", 0.001),
    ],
)
def test_lengths(value: str, pixels: float) -> None:
    assert css.length(value) == pytest.approx(pixels)


def test_no_length() -> None:
    assert css.length("auto") is None
    assert list(css.lengths("0 auto -3px")) == [0, -3]


def test_variables_are_filled_in() -> None:
    declared = {"display": "var(--a)", "color": "var(--b,red)", "top": "var(--c)"}
    assert css.resolved(declared, {"--a": "none"}) == {"display": "none", "color": "red", "top": ""}
