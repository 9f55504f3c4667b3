"""HTML made safe to show: no scripts, styles sheets, forms or anything fetched from elsewhere."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape, unescape

from fluffy_core.config import resources_folder
from fluffy_core.mail.html.text import to_text

MAX_HTML = 4_000_000
_MAX_DEPTH = 500
_MAX_ENTITIES = 30_000
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# A declaration may hold words, numbers, colours and the functions that compute one.
_DECLARATION = re.compile(
    r"\s*[a-zA-Z-]{1,40}\s*:(?:[\w\s#%.,'\"+!/*-]|\b(?:rgba?|hsla?|calc)\([\w\s%.,+*/-]*\)){1,500}",
    re.IGNORECASE,
)
_HREF = re.compile(r"(?:https?://[^/\\\s]|mailto:[^\s])", re.IGNORECASE)
_REMOTE = re.compile(r"https?://[^/\\\s]", re.IGNORECASE)
_INLINE = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp|bmp|x-icon);base64,[A-Za-z0-9+/=\s]*\Z", re.IGNORECASE
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")


@dataclass(frozen=True, slots=True)
class _Rules:
    """What may stay, as `resources/mail/html.toml` says."""

    tags: set[str]
    silenced: set[str]
    endless: set[str]
    styles: set[str]
    attributes: dict[str, set[str]]


@cache
def _rules() -> _Rules:
    path = resources_folder() / "mail" / "html.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return _Rules(
        tags=set(found["tags"]),
        silenced=set(found["silenced"]),
        endless=set(found["endless"]),
        styles=set(found["styles"]),
        attributes={tag: set(allowed) for tag, allowed in found["attributes"].items()},
    )


def sanitise(html: str, *, inline_images: Mapping[str, str], remote_images: bool = False) -> str:
    """A fragment of `html` that cannot run, hide, post or fetch anything.

    `inline_images` maps Content-IDs to data: URIs of raster images; other pictures are dropped, those
    from the web too unless `remote_images`. Links lead only to http, https and mailto.
    """
    html = _fewer_entities(html[:MAX_HTML])
    if _too_deep(html) or html.count("&") > _MAX_ENTITIES:
        return f"<pre>{escape(to_text(html))}</pre>"
    import nh3

    rules = _rules()

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if _HREF.match(value.strip()) else None
        if name == "src":
            return _picture(value.strip(), inline_images, remote_images=remote_images)
        if name == "style":
            return _style(value)
        return value

    return nh3.clean(
        html,
        tags=rules.tags,
        clean_content_tags=rules.silenced,
        attributes=rules.attributes,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        filter_style_properties=rules.styles,
    )


def _picture(source: str, inline_images: Mapping[str, str], *, remote_images: bool) -> str | None:
    """What an image may show: an attached picture, or one from the web when the user allows it."""
    if source[:4].lower() == "cid:":
        data = inline_images.get(source[4:]) or inline_images.get(_unquoted(source[4:]))
        return data if data and _INLINE.match(data) else None
    return source if remote_images and _REMOTE.match(source) else None


def _unquoted(content_id: str) -> str:
    from urllib.parse import unquote

    return unquote(content_id)


def _style(value: str) -> str | None:
    """Declarations without anything that can load, and none that leave their place."""
    kept = [part for part in value[:5000].split(";") if _DECLARATION.fullmatch(part)]
    return (
        ";".join(name.lower() + ":" + rest for name, _, rest in (part.partition(":") for part in kept))
        or None
    )


def _fewer_entities(html: str) -> str:
    """`html` with harmless entities as characters when it has so many that cleaning turns quadratic.

    Hard spaces become entities again on the way out, so a flood of them becomes plain spaces.
    """
    if html.count("&") > _MAX_ENTITIES:
        html = _ENTITY.sub(lambda match: _character(match.group()), html)
    return html.replace("\u00a0", " ") if html.count("\u00a0") > _MAX_ENTITIES else html


def _character(entity: str) -> str:
    text = unescape(entity)
    return entity if any(char in "<>&\"'=`\0\r" for char in text) else text


def _too_deep(html: str) -> bool:
    """Whether elements nest so deep that the sanitiser's tree building turns quadratic."""
    if html.count("<") < _MAX_DEPTH:
        return False
    endless = _rules().endless
    depth = 0
    for end, name in _TAG.findall(html):
        if name.lower() in endless:
            continue
        depth = max(0, depth - 1) if end else depth + 1
        if depth > _MAX_DEPTH:
            return True
    return False
