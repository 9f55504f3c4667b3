"""Which attachments are worth reading as a contract, by what they are called and how they came."""

import re

_WORDS = re.compile(
    r"(?<![^\W\d_])(?:"
    r"contracts?|agreements?|nda|msa|sow|dpa|terms|lease|licen[sc]e|engagement[ _-]letter|"
    r"statement[ _-]of[ _-]work|order[ _-]form|addendum|amendment|retainer|"
    r"[^\W\d_]*vertr(?:a|ä|ae)ge?s?|vereinbarung(?:en)?|[^\W\d_]*vereinbarung|auftragsbest(?:a|ä|ae)tigung|agb|"
    r"contrats?|avenant|convention|bail|contratos?|acuerdo|contratt[oi]|accordo|overeenkomst"
    r")(?![^\W\d_])",
    re.IGNORECASE,
)
READABLE = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
"""The media types whose text can be read, with their ends of names."""


def is_contract_like(name: str, subject: str) -> bool:
    """Whether a file, or the subject of the mail it came with, is called like a contract."""
    return bool(_WORDS.search(name[:300]) or _WORDS.search(subject[:300]))
