"""The country that a signature belongs to, so that its phone numbers can be read."""

import re

_COUNTRIES = """
    US:usa,u.s.a.,united states GB:uk,u.k.,united kingdom,england,scotland,wales,great britain
    DE:germany,deutschland FR:france AT:austria,österreich CH:switzerland,schweiz,suisse,svizzera
    IT:italy,italia ES:spain,españa PT:portugal NL:netherlands,the netherlands,nederland
    BE:belgium,belgië,belgique LU:luxembourg IE:ireland DK:denmark,danmark SE:sweden,sverige
    NO:norway,norge FI:finland,suomi IS:iceland PL:poland,polska CZ:czech republic,czechia,česká
    republika SK:slovakia,slovensko HU:hungary,magyarország RO:romania BG:bulgaria GR:greece
    TR:turkey,türkiye RU:russia,россия UA:ukraine,україна IL:israel IN:india CN:china JP:japan
    KR:korea,south korea AU:australia NZ:new zealand CA:canada MX:mexico,méxico BR:brazil,brasil
    AR:argentina CL:chile CO:colombia ZA:south africa SG:singapore HK:hong kong AE:united arab
    emirates
"""
_NAMES: dict[str, str] = {
    name: code
    for code, names in re.findall(r"([A-Z]{2}):(.*?)(?=\s+[A-Z]{2}:|\s*$)", _COUNTRIES, re.DOTALL)
    for name in " ".join(names.split()).split(",")
}
_COUNTRY = re.compile(
    r"(?<!\w)(" + "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True))) + r")(?!\w)"
)
_TOP_LEVEL = frozenset(_NAMES.values()) - {"US"}
_US_ZIP = re.compile(r"\b[A-Z]{2}\.?,?\s{1,3}\d{5}(?:-\d{4})?\b")
_CANADIAN_ZIP = re.compile(r"\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b")
_BRITISH_ZIP = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b")
_NORTH_AMERICAN_PHONE = re.compile(r"(?<![\d+])\(?[2-9]\d{2}\)?[ .\-/]{1,2}[2-9]\d{2}[ .\-]\d{4}(?!\d)")


def guess(text: str, email: str) -> str:
    """Return the ISO 3166 code of the country in a signature, "" when nothing tells it."""
    countries = {_NAMES[name] for name in _COUNTRY.findall(text.casefold())}
    if len(countries) == 1:
        return countries.pop()
    top = email.rpartition(".")[2].upper()
    top = "GB" if top == "UK" else top
    if top in _TOP_LEVEL and top != "CO":  # .co is bought by companies of any country
        return top
    for pattern, code in ((_US_ZIP, "US"), (_CANADIAN_ZIP, "CA"), (_BRITISH_ZIP, "GB")):
        if pattern.search(text):
            return code
    return "US" if _NORTH_AMERICAN_PHONE.search(text) else ""
