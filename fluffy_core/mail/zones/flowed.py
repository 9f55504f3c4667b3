"""format=flowed text (RFC 3676) put back into paragraphs."""

import re

_QUOTE = re.compile(r">*")


def unflow(text: str, *, delsp: bool = False) -> str:
    """`text` with its soft line breaks undone; quote depth marks become "> " each.

    A line that ends in a space goes on in the next line of the same depth; "-- " is never joined.
    `delsp` drops that space (DelSp=yes).
    """
    done: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        if not paragraph and (not line or (line[-1] != " " and line[0] not in "> ")):
            done.append(line)  # most lines: whole and new
            continue
        level = len(_QUOTE.match(line).group()) if line.startswith(">") else 0  # type: ignore[union-attr]
        content = line[level:]
        content = content.removeprefix(" ")
        if paragraph and (level != depth or content == "-- "):
            done.append(_quoted("".join(paragraph), depth))
            paragraph = []
        depth = level
        if content.endswith(" ") and content != "-- ":
            paragraph.append(content[:-1] if delsp else content)
        else:
            paragraph.append(content)
            done.append(_quoted("".join(paragraph), depth))
            paragraph = []
    if paragraph:
        done.append(_quoted("".join(paragraph), depth))
    return "\n".join(done)


def _quoted(line: str, depth: int) -> str:
    return "> " * depth + line if depth else line
