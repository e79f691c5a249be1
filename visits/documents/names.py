"""File names: never used on disk, cleaned before they are kept, and written safely into a header (pure)."""

import unicodedata
from urllib.parse import quote

from visits.documents.sniff import ENDINGS

LONGEST = 120
#: Categories with no place in a name: controls, formats (that turn the reading direction), surrogates, separators.
_BARRED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RESERVED = frozenset('/\\:*?"<>|')


def clean_name(raw: str, media_type: str) -> str:
    """The last part of a path, readable, of bounded length, with the ending its content has."""
    last = raw.replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each) not in _BARRED)
    name = "".join("_" if each in _RESERVED else each for each in kept)
    name = " ".join(name.split()).strip(". ") or "document"
    endings = ENDINGS[media_type]
    ending = next((each for each in endings if name.lower().endswith(each)), None)
    if ending is not None:
        stem, ending = name[: -len(ending)], name[-len(ending) :]
    else:
        stem, ending = name, endings[0]
    return (stem[: LONGEST - len(ending)].rstrip(". ") or "document") + ending


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition (RFC 6266): a plain name for old programs, and the true one (RFC 8187)."""
    kind = "inline" if inline else "attachment"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join("_" if each in '"\\;%' or not each.isprintable() else each for each in plain).strip() or "document"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
