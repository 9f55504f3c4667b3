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
    "On Mon, Apr 3, 2023 at 4:19 PM Jane Doe <jane@x.example> wrote:",
    "Am Mo., 3. Apr. 2023 um 16:19 Uhr schrieb Jane Doe <jane@x.example>:",
    "Le lun. 3 avr. 2023 à 16:19, Jane Doe <jane@x.example> a écrit :",
    "El lun, 3 abr 2023 a las 16:19, Jane Doe (<jane@x.example>) escribió:",
    "Il giorno lun 3 apr 2023 alle ore 16:19 Jane Doe <jane@x.example> ha scritto:",
    "Em seg., 3 de abr. de 2023 às 16:19, Jane Doe <jane@x.example> escreveu:",
    "Jane Doe <jane@x.example> escreveu (segunda, 3/04/2023 à(s) 16:19):",
    "Op ma 3 apr 2023 om 16:19 schreef Jane Doe <jane@x.example>:",
    "Den mån 3 apr. 2023 kl 16:19 skrev Jane Doe <jane@x.example>:",
    "Den man. 3. apr. 2023 kl. 16.19 skrev Jane Doe <jane@x.example>:",
    "man. 3. apr. 2023 kl. 16:19 skrev Jane Doe <jane@x.example>:",
    "ma 3. huhtik. 2023 klo 16.19 Jane Doe (jane@x.example) kirjoitti:",
    "pon., 3 kwi 2023 o 16:19 Jane Doe <jane@x.example> napisał(a):",
    "po 3. 4. 2023 v 16:19 odesílatel Jane Doe <jane@x.example> napsal:",
    "po 3. 4. 2023 o 16:19 Jane Doe <jane@x.example> napísal(a):",
    "Jane Doe <jane@x.example> ezt írta (időpont: 2023. ápr. 3., H, 16:19):",
    "În lun., 3 apr. 2023 la 16:19, Jane Doe <jane@x.example> a scris:",
    "пн, 3 апр. 2023 г. в 16:19, Jane Doe <jane@x.example>:",
    "пн, 3 квіт. 2023 р. о 16:19 Jane Doe <jane@x.example> пише:",
    "Jane Doe <jane@x.example>, 3 Nis 2023 Pzt, 16:19 tarihinde şunu yazdı:",
    "Στις Δευ 3 Απρ 2023 στις 4:19 μ.μ., ο χρήστης Jane Doe <jane@x.example> έγραψε:",
    "2023年4月3日(月) 16:19 Jane Doe <jane@x.example>:",
    "Jane Doe <jane@x.example> 于2023年4月3日周一 16:19写道：",
    "Jane Doe <jane@x.example> 於 2023年4月3日 週一 下午4:19寫道：",
    "2023년 4월 3일 (월) 오후 4:19, Jane Doe <jane@x.example>님이 작성:",
    (
        "\u202bבתאריך יום ב׳, 3 באפר׳ 2023 ב-16:19 מאת \u202aJane Doe\u202c\u200f "
        "<\u202ajane@x.example\u202c\u200f>:\u202c"
    ),
    "في الاثنين، 3 أبريل 2023 في 4:19 م تمت كتابة ما يلي بواسطة Jane Doe <jane@x.example>:",
    "Vào Th 2, 3 thg 4, 2023 vào lúc 16:19 Jane Doe <jane@x.example> đã viết:",
    "Pada tanggal Sen, 3 Apr 2023 pukul 16.19 Jane Doe <jane@x.example> menulis:",
    "Missatge de Jane Doe <jane@x.example> del dia dl., 3 d’abr. 2023 a les 16:19:",
    "pon, 3. tra 2023. u 16:19 Jane Doe <jane@x.example> napisao je:",
    "На пн, 3.04.2023 г. в 16:19 Jane Doe <jane@x.example> написа:",
    "2023-04-03, pr, 16:19 Jane Doe <jane@x.example> rašė:",
    "Kuupäev E, 3. aprill 2023 kell 16:19 kirjutas Jane Doe <jane@x.example>:",
    "On 3 Apr 2023, at 16:19, Jane Doe <jane@x.example> wrote:",
    "On Apr 3, 2023, at 4:19 PM, Jane Doe <jane@x.example> wrote:",
    "Am 03.04.2023 um 16:19 schrieb Jane Doe <jane@x.example>:",
    "Le 3 avr. 2023 à 16:19, Jane Doe <jane@x.example> a écrit :",
    "Il giorno 3 apr 2023, alle ore 16:19, Jane Doe <jane@x.example> ha scritto:",
    "El 3 abr 2023, a las 16:19, Jane Doe <jane@x.example> escribió:",
    "Op 3 apr. 2023 om 16:19 heeft Jane Doe <jane@x.example> het volgende geschreven:",
    "3 apr. 2023 kl. 16:19 skrev Jane Doe <jane@x.example>:",
    "3. apr. 2023 kl. 16:19 skrev Jane Doe <jane@x.example>:",
    "Jane Doe <jane@x.example> kirjoitti 3.4.2023 kello 16.19:",
    "Wiadomość napisana przez Jane Doe <jane@x.example> w dniu 03.04.2023, o godz. 16:19:",
    "Em 3 de abr. de 2023, à(s) 16:19, Jane Doe <jane@x.example> escreveu:",
    "No dia 03/04/2023, às 16:19, Jane Doe <jane@x.example> escreveu:",
    "3 апр. 2023 г., в 16:19, Jane Doe <jane@x.example> написал(а):",
    "2023/04/03 16:19、Jane Doe <jane@x.example>のメール:",
    "在 2023年4月3日，16:19，Jane Doe <jane@x.example> 写道：",
    "Jane Doe <jane@x.example> şunları yazdı (3 Nis 2023 16:19):",
    "3. 4. 2023 v 16:19, Jane Doe <jane@x.example>:",
    "2023. ápr. 3. dátummal, 16:19 időpontban Jane Doe <jane@x.example> írta:",
    "On Monday, April 3, 2023 at 04:19:13 PM GMT+1, Jane Doe <jane@x.example> wrote:",
    "Em segunda-feira, 3 de abril de 2023 16:19:13 BRT, Jane Doe <jane@x.example> escreveu:",
    "El lunes, 3 de abril de 2023, 16:19:13 CEST, Jane Doe <jane@x.example> escribió:",
    "Am Montag, 3. April 2023 um 16:19:13 MESZ hat Jane Doe <jane@x.example> Folgendes geschrieben:",
    "Le lundi 3 avril 2023 à 16:19:13 UTC+2, Jane Doe <jane@x.example> a écrit :",
    "Il lunedì 3 aprile 2023 alle ore 16:19:13 CEST, Jane Doe <jane@x.example> ha scritto:",
    "On 03/04/2023 16:19, Jane Doe wrote:",
    "Am 03.04.23 um 16:19 schrieb Jane Doe:",
    "Le 03/04/2023 à 16:19, Jane Doe a écrit :",
    "El 3/4/23 a las 16:19, Jane Doe escribió:",
    "Il 03/04/23 16:19, Jane Doe ha scritto:",
    "Op 3-4-2023 om 16:19 schreef Jane Doe:",
    "W dniu 3.04.2023 o 16:19, Jane Doe pisze:",
    "Dne 03. 04. 23 v 16:19 Jane Doe napsal(a):",
    "Den 2023-04-03 kl. 16:19, skrev Jane Doe:",
    "Den 03.04.2023 kl. 16.19 skrev Jane Doe:",
    "Em 03/04/2023 16:19, Jane Doe escreveu:",
    "03.04.2023 16:19, Jane Doe пишет:",
    "2023. 04. 03. 16:19 keltezéssel, Jane Doe írta:",
    "Jane Doe kirjoitti 3.4.2023 klo 16.19:",
    "On Monday, April 3rd, 2023 at 4:19 PM, Jane Doe <jane@x.example> wrote:",
    "On Mon, Apr 03, 2023 at 04:19:13PM +0100, Jane Doe wrote:",
    'On 4/3/23, 4:19 PM, "Jane Doe" <jane@x.example> wrote:',
    "Am Montag, 3. April 2023, 16:19:13 CEST schrieb Jane Doe:",
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


@pytest.mark.parametrize(
    "line",
    [
        "Jane Doe:",
        "Jane Doe asked:",
        "At 1:16 PM -0400 8/22/02, Jane Doe remarked:",
        "On Wed, 31 Jul 2002 14:40 or so it is rumoured,\nJane Doe thought:",
        "Jane Doe's [jane@x.example] 53 lines of wisdom included:",
    ],
)
def test_without_a_verb_that_is_known_it_takes_marks_right_below(line: str) -> None:
    assert zones.new_text(f"{line}\n> Old words\n\nGood bye") == "Good bye"
    assert zones.new_text(f"{line}\n\nNew words") == f"{line}\n\nNew words"


@pytest.mark.parametrize("line", ["Hi Jane:", "Liebe Jane:", "Definitional nit to pick:", "about this:"])
def test_other_lines_above_marks_stay(line: str) -> None:
    assert zones.new_text(f"Hello\n\n{line}\n> Old words") == f"Hello\n\n{line}"


def test_the_line_above_that_only_begins_like_one_stays() -> None:
    text = "In my opinion that is right\nOn Mon, Apr 3, 2023 at 4:19 PM, Jane Doe wrote:\n> Old words"
    assert zones.new_text(text) == "In my opinion that is right"


@pytest.mark.parametrize(
    "wrapped",
    [
        "On Mon, Apr 03, 2023\nat 04:19:13PM +0100, Jane Doe wrote:",
        "Jane Doe <jane@x.example>, 3 Nis\n2023 Pzt, 16:19 tarihinde şunu yazdı:",
        "Em seg., 3 de abr. de\n2023 às 16:19, Jane Doe <jane@x.example> escreveu:",
        "Jane Doe\n<jane@x.example> 于2023年4月3日周一 16:19写道：",
    ],
)
def test_wrapped_where_the_second_line_looks_whole(wrapped: str) -> None:
    assert zones.new_text(f"Hello\n\n{wrapped}\n\nOld words") == "Hello"


def test_author_and_date() -> None:
    said = attribution.author("On Mon, Apr 2, 2012 at 6:26 PM, Jane Doe <jane@x.example> wrote:")
    assert said[0] == "Jane Doe <jane@x.example>"
    assert "2012" in said[1]
    assert attribution.author("jane@x.example writes:")[0] == "<jane@x.example>"
    assert attribution.author("Jane Doe wrote:") == ("Jane Doe", "")
