"""The BC3 corpus as it is read: new text alone, in the words that were written."""

from pathlib import Path

from benchmarks import labelled

CORPUS = """<root><thread><name>Plan</name><listno>1</listno><DOC><From>Ann</From><Subject>Plan</Subject>
<Text>
<Sent id="1.1">R &amp;amp;amp; D writes to &amp;lt;us&amp;gt;.</Sent>
<Sent id="1.2">&amp;gt; Quoted, escaped twice.</Sent>
<Sent id="1.3">&amp;amp;gt; Quoted, escaped three times.</Sent>
<Sent id="1.4">Bob wrote:</Sent>
<Sent id="1.5">The plan   stands.</Sent>
<Sent id="1.6">--</Sent>
<Sent id="1.7">Ann, of the office</Sent>
</Text></DOC></thread></root>"""
NOTES = """<root><thread><listno>1</listno><annotation><summary><sent>Plan stands.</sent></summary>
<sentences><sent id="1.5"/></sentences><labels><prop id="1.5"/></labels></annotation></thread></root>"""


def read(folder: Path) -> labelled.Thread:
    (folder / "corpus.xml").write_text(CORPUS, "utf-8")
    (folder / "annotation.xml").write_text(NOTES, "utf-8")
    (thread,) = labelled.threads(folder)
    return thread


def test_quotes_attributions_and_signatures_are_left_out_however_they_are_escaped(tmp_path: Path) -> None:
    (mail,) = read(tmp_path).mails
    assert [number for _, _, number in mail.spans] == ["1.1", "1.5"]
    assert [mail.body[start:end] for start, end, _ in mail.spans] == [
        "R & D writes to <us>.",
        "The plan stands.",
    ]


def test_what_people_made_of_a_thread_goes_by_the_ids_of_its_sentences(tmp_path: Path) -> None:
    (note,) = read(tmp_path).annotations
    assert (note.summary, note.chosen, note.labels) == (
        "Plan stands.",
        frozenset({"1.5"}),
        frozenset({("prop", "1.5")}),
    )
