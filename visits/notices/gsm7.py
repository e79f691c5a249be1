"""The alphabet of a text message (3GPP 23.038): what fits in 160 septets, plain letters for the rest. Pure."""

import unicodedata

#: Septets of one message that is not cut in parts.
ONE_MESSAGE = 160

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPE = 0x1B
#: Characters of the extension table cost two septets: the escape and their own.
_EXTENSION = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F,
    "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_CODES = {character: code for code, character in enumerate(_BASIC) if code != ESCAPE}
_LETTERS = {code: character for character, code in _CODES.items()} | {0x09: "Ç"}
_EXTENDED = {code: character for character, code in _EXTENSION.items()}

#: Written otherwise where taking the accent away is not enough.
_PLAIN = {
    "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‑": "-", "−": "-",
    "…": "...", "œ": "oe", "Œ": "OE", "·": "-", "•": "-", "°": "o", "\t": " ", "→": "->", "×": "x",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "`": "'", "ŋ": "n", "ɔ": "o", "ɛ": "e",
}  # fmt: skip


def septets(text: str) -> int:
    """How many septets a text takes; ValueError for a character that is not in the alphabet."""
    return len(encode(text))


def is_gsm7(text: str) -> bool:
    """Is every character in the alphabet?"""
    return all(each in _CODES or each in _EXTENSION for each in text)


def encode(text: str) -> bytes:
    """One octet a septet, as SMPP takes the default alphabet; ValueError for a character that is not in it."""
    found = bytearray()
    for each in text:
        if each in _CODES:
            found.append(_CODES[each])
        elif each in _EXTENSION:
            found += bytes((ESCAPE, _EXTENSION[each]))
        else:
            raise ValueError(f"not in the GSM alphabet: {each!r}")
    return bytes(found)


def decode(octets: bytes) -> str:
    """The text of unpacked septets; an unknown escape reads as the letter after it, as the standard asks."""
    found, escaped = [], False
    for octet in octets:
        code = octet & 0x7F
        if code == ESCAPE:
            escaped = True
            continue
        letter = _LETTERS.get(code, " ")
        found.append(_EXTENDED.get(code, letter) if escaped else letter)
        escaped = False
    return "".join(found)


def plain(text: str) -> str:
    """The same text in the alphabet: what is in it stays, accents it lacks go, the rest is a question mark."""
    return "".join(_one(each) for each in unicodedata.normalize("NFC", text))


def shortened(text: str, most: int) -> str:
    """At most so many septets, ending with a point where something was cut."""
    if septets(text) <= most:
        return text
    kept = ""
    for each in text:
        if septets(kept + each) > most - 1:
            break
        kept += each
    return (kept.rstrip(" .,;:-") + ".") if most > 0 else ""


def _one(character: str) -> str:
    if character in _CODES or character in _EXTENSION:
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Mn", "Cs"):
        return ""
    letters = "".join(
        _PLAIN.get(each, each) for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each)
    )
    return letters if letters and is_gsm7(letters) else "?"
