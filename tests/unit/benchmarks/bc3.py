"""A small corpus in the form of BC3, of invented threads."""

from pathlib import Path

THREADS = (
    (
        "The fair",
        (
            ("Ann", ("Hi all,", "We want a brochure for the fair in May.", "The weather is fine.")),
            (
                "Ben",
                ("&gt; We want a brochure for the fair in May.", "How many pages does the brochure need?"),
            ),
            ("Ann", ("The brochure needs nine pages for the fair.", "--", "Ann Lee, Head of Fairs")),
        ),
        ("Ann wants a brochure of nine pages for the fair.", ("1.2", "3.1")),
    ),
    (
        "Parking",
        (
            ("Cat", ("Somebody parks on my place every day.", "Could whoever it is move the car?")),
            ("Dan", ("Sorry, I will move the car today.",)),
        ),
        ("Cat asks for the parking place and Dan moves the car.", ("1.2", "2.1")),
    ),
)


def write(folder: Path) -> Path:
    """Put corpus.xml and annotation.xml into a folder; two annotators said the same."""
    corpus, notes = [], []
    for number, (name, mails, (summary, chosen)) in enumerate(THREADS):
        docs = "".join(
            f"<DOC><From>{sender}</From><Subject>{name}</Subject><Text>"
            + "".join(
                f'<Sent id="{at}.{place}">{text.replace("&", "&amp;")} </Sent>'
                for place, text in enumerate(said, 1)
            )
            + "</Text></DOC>"
            for at, (sender, said) in enumerate(mails, 1)
        )
        corpus.append(f"<thread><name>{name}</name><listno>{number}</listno>{docs}</thread>")
        note = (
            f"<annotation><summary><sent>{summary}</sent></summary><sentences>"
            + "".join(f'<sent id="{one}" />' for one in chosen)
            + "</sentences></annotation>"
        )
        notes.append(f"<thread><listno>{number}</listno>{note}{note}</thread>")
    (folder / "corpus.xml").write_text(f"<root>{''.join(corpus)}</root>", encoding="utf-8")
    (folder / "annotation.xml").write_text(f"<root>{''.join(notes)}</root>", encoding="utf-8")
    return folder
