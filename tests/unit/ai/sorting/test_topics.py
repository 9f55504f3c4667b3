"""Names, pairs of words, lists and companies that a mailbox is about; words of any mailbox are left out."""

from collections.abc import Iterable

from fluffy_core.ai.sorting import topics
from fluffy_core.ai.sorting.topics import Outline
from fluffy_core.domain.learning import Scope, Trait

PEOPLE = [f"p{n}@x.example" for n in range(9)]


def outline(
    number: int, subject: str, *, people: Iterable[str] = (), personal: bool = True, nouns: bool = False,
    list_id: str = "", companies: Iterable[str] = (), day: int | None = None,
) -> Outline:  # fmt: skip
    words = tuple((word.casefold(), word) for word in subject.split())
    who = frozenset(people or {PEOPLE[number % 4]})
    when = frozenset({number if day is None else day})
    return Outline(number, words, who, when, personal, nouns, list_id, frozenset(companies))


def noise(count: int, start: int = 1000) -> list[Outline]:
    return [outline(start + n, f"thing{n} other{n} words{n}") for n in range(count)]


def found(outlines: list[Outline], common: Iterable[str] = ()) -> dict[str, Trait]:
    made = topics.discover(
        [*outlines, *noise(200)], common=frozenset(common), company_names={"acme.example": "Acme"}
    )
    return {one.name: one.trait for one in made}


def test_names_are_found_and_named_as_they_are_mostly_written() -> None:
    some = [outline(n, f"about Apollo part{n}") for n in range(5)] + [outline(7, "re APOLLO again")]
    assert found(some) == {"Apollo": Trait(Scope.TOPIC, "apollo")}


def test_words_that_stand_in_lower_case_somewhere_are_no_names() -> None:
    some = [outline(n, f"Finance part{n}") for n in range(6)]
    assert found(some, common={"finance"}) == {}
    mixed = [outline(n, f"{'Finance' if n % 2 else 'finance'} part{n}") for n in range(6)]
    assert found(mixed) == {}


def test_two_words_that_go_together_are_one_topic() -> None:
    some = [outline(n, f"part{n} Direct Access") for n in range(6)]
    assert found(some, common={"direct", "access"}) == {"Direct Access": Trait(Scope.TOPIC, "direct access")}
    assert found(some) == {
        "Direct Access": Trait(Scope.TOPIC, "direct access")
    }  # the words alone are the same
    apart = [outline(n, f"Direct part{n}") for n in range(20)] + [
        outline(n, f"x{n} Access") for n in range(20, 40)
    ]
    assert "Direct Access" not in found([*some, *apart], common={"direct", "access"})


def test_words_of_any_mailbox_are_no_topic() -> None:
    some = [outline(n, f"Conference Call part{n}") for n in range(8)]
    some += [outline(20 + n, f"October part{n}") for n in range(8)]
    assert found(some) == {}


def test_a_habit_of_one_sender_or_of_one_day_is_no_topic() -> None:
    assert found([outline(n, f"Picks part{n}", people={"a@x.example"}) for n in range(8)]) == {}
    assert found([outline(n, f"Picks part{n}", day=1) for n in range(8)]) == {}
    assert found([outline(n, f"Picks part{n}") for n in range(4)]) == {}


def test_what_is_everywhere_names_nothing() -> None:
    assert found([outline(n, f"Acme part{n}") for n in range(60)]) == {}


def test_languages_that_give_capitals_to_nouns_prove_nothing() -> None:
    assert found([outline(n, f"Besprechung Teil{n}", nouns=True) for n in range(8)]) == {}


def test_lists_and_companies() -> None:
    some = [
        outline(
            n, f"part{n}", personal=False, list_id="boats.list.example", people={PEOPLE[n], PEOPLE[n + 1]}
        )
        for n in range(6)
    ]
    some += [outline(20 + n, f"part{n}", personal=False, list_id="123.x.example") for n in range(6)]
    some += [outline(40 + n, f"part{n}", companies={"acme.example"}) for n in range(6)]
    some += [outline(60 + n, f"part{n}", companies={"o.example"}) for n in range(6)]
    assert found(some) == {
        "boats": Trait(Scope.LIST, "boats.list.example"),
        "Acme": Trait(Scope.DOMAIN, "acme.example"),
        "O": Trait(Scope.DOMAIN, "o.example"),
    }


def test_few_and_the_largest_first() -> None:
    some = [
        outline(100 * n + k, f"Name{chr(65 + n)}{'x' * n} part{k}")
        for n in range(15)
        for k in range(5 + n % 3)
    ]
    made = topics.discover([*some, *noise(400, 5000)], common=(), company_names={})
    assert len(made) == topics.MOST[Scope.TOPIC]
    sizes = [len(one.threads) for one in made]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_mail_gives_the_same_topics_in_any_order() -> None:
    some = [outline(n, f"Apollo part{n} Direct Access") for n in range(6)] + noise(200)
    forward = topics.discover(some, common=(), company_names={})
    assert topics.discover(some[::-1], common=(), company_names={}) == forward != []


def test_nothing_is_about_nothing() -> None:
    assert topics.discover([], common=(), company_names={}) == []
    assert topics.discover([outline(1, "")], common=(), company_names={}) == []
