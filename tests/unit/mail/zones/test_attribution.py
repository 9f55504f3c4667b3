"""Attribution lines of many mail programs, and prose that only looks like one."""

import pytest

from fluffy_core.mail.zones import attribution, zones

ATTRIBUTIONS = [
    "On Mon, Apr 2, 2012 at 6:26 PM, Jane Doe <jane@x.example> wrote:",
    "On 04/02/2012 06:26 PM, Jane Doe wrote:",
    "On 3 Apr 2012, at 16:19, Jane Doe wrote:",
    "At 10:11 AM 3/12/2020, Jane Doe wrote:",
    "--- On Wed, 4/4/12, jane@x.example <jane@x.example> wrote:",
    "Am 12.03.2020 um 10:11 schrieb Jane Doe:",
    "Am Do., 12. März 2020 um 10:11 Uhr schrieb Jane Doe <jane@x.example>:",
    "Le 12 mars 2020 à 10:11, Jane Doe <jane@x.example> a écrit :",
    "Le jeu. 12 mars 2020 à 10:11, Jane Doe a écrit\u00a0:",
    "El jue, 12 mar 2020 a las 10:11, Jane Doe (<jane@x.example>) escribió:",
    "Il giorno gio 12 mar 2020 alle ore 10:11 Jane Doe <jane@x.example> ha scritto:",
    "Op do 12 mrt. 2020 om 10:11 schreef Jane Doe <jane@x.example>:",
    "Em qui., 12 de mar. de 2020 às 10:11, Jane Doe <jane@x.example> escreveu:",
    "czw., 12 mar 2020 o 10:11 Jane Doe <jane@x.example> napisał(a):",
    "W dniu 12.03.2020 o 10:11, Jane Doe pisze:",
    "Den tors 12 mars 2020 kl 10:11 skrev Jane Doe <jane@x.example>:",
    "Den 12. mar. 2020 kl. 10.11 skrev Jane Doe <jane@x.example>:",
    "to 12. maalisk. 2020 klo 10.11 Jane Doe (jane@x.example) kirjoitti:",
    "čt 12. 3. 2020 v 10:11 odesílatel Jane Doe <jane@x.example> napsal:",
    "Jane Doe <jane@x.example> ezt írta (időpont: 2020. márc. 12., Cs, 10:11):",
    "02.04.2012 14:20 пользователь Jane Doe <jane@x.example> написал:",
    "чт, 12 мар. 2020 г. в 10:11, Jane Doe <jane@x.example>:",
    "Thu, 26 Jun 2014 14:00:51 +0400 от Jane Doe <jane@x.example>:",
    '26.06.2014, 14:41, "Jane Doe" <jane@x.example>:',
    "Jane Doe <jane@x.example> 于2020年3月12日周四 上午10:11写道：",
    "2020年3月12日(木) 10:11 Jane Doe <jane@x.example>:",
    "2020년 3월 12일 (목) 오전 10:11, Jane Doe <jane@x.example>님이 작성:",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_everything_below_an_attribution_is_quoted(line: str) -> None:
    assert zones.new_text(f"Hello\n\n{line}\n\nOld words without a mark\nand more") == "Hello"


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_marked_lines_end_with_their_mark(line: str) -> None:
    assert zones.new_text(f"Hello\n\n{line}\n> Old words\n\nGood bye") == "Hello\n\nGood bye"


@pytest.mark.parametrize("line", [line for line in ATTRIBUTIONS if line.count(" ") > 5])
def test_wrapped_by_the_sender(line: str) -> None:
    words = line.split(" ")
    cut = len(words) * 2 // 3
    wrapped = " ".join(words[:cut]) + "\n" + " ".join(words[cut:])
    assert zones.new_text(f"Hello\n\n{wrapped}\n> Old words") == "Hello"


def test_wrapped_over_three_lines_below_text() -> None:
    text = "Hello.\nOn Monday, April 2, 2012 at 6:26 PM,\nJane Doe\n<jane@x.example> wrote:\n> Old"
    assert zones.new_text(text) == "Hello."


@pytest.mark.parametrize(
    "text",
    [
        "We need three things:\n\nmilk, bread, butter",
        "Please note the following:\nit rains",
        "As Jane wrote:\n\nall is well",
        "Call me at 10:30:\nit is urgent",
        "The notes he wrote: see below",
        "Agenda for 12.03.2020:\n\n1. Budget",
    ],
)
def test_prose_with_a_colon_stays(text: str) -> None:
    assert zones.new_text(text) == text


def test_author_and_date() -> None:
    said = attribution.author("On Mon, Apr 2, 2012 at 6:26 PM, Jane Doe <jane@x.example> wrote:")
    assert said[0] == "Jane Doe <jane@x.example>"
    assert "2012" in said[1]
    assert attribution.author("jane@x.example writes:")[0] == "<jane@x.example>"
    assert attribution.author("Jane Doe wrote:") == ("Jane Doe", "")
