"""The inspection act as a block of text to key into another system: 72 columns, and plain ASCII when asked. Pure."""

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from visits.reports.words import FACETS, FINDINGS, LANES, RESULTS, Facet, FindingKind, LaneColour, Result
from visits.texts import N_
from visits.web.language import say

WIDTH = 72
LABEL = 20
_RULE = "-" * WIDTH
#: What has no decomposition of its own.
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "…": "...",
        "×": "x",
        "°": "o",
        "→": "->",
    }
)
_VERDICTS = {"signed": N_("a signé"), "reserved": N_("a signé avec réserves"), "refused": N_("a refusé de signer")}


def act_text(report: Mapping[str, Any], *, lang: str, zone: tzinfo, ascii_only: bool = False) -> str:
    """The block for one report as it goes out (see `envelope`)."""
    lines = [_RULE, *_lines(report, lang, zone), _RULE]
    text = "\n".join(lines) + "\n"
    return plain(text) if ascii_only else text


def plain(text: str) -> str:
    """The same in letters every keyboard and every old screen has; nothing but ASCII is left."""
    folded = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = (each for each in folded if not unicodedata.combining(each))
    return "".join(each if each == "\n" or " " <= each <= "~" else "?" for each in kept)


def _lines(report: Mapping[str, Any], lang: str, zone: tzinfo) -> Iterator[str]:
    content: Mapping[str, Any] = report.get("content") or {}
    key, number = report["declaration"], report["number"]

    def row(label: str, *values: str | None) -> Iterator[str]:
        yield from _row(say(label, lang), ", ".join(value for value in values if value))

    yield say(N_("CERTIFICAT DE VISITE"), lang)
    yield from row(N_("Déclaration"), f"{key['office']} {key['year']} {key['serial']} {key['number']}")
    yield from row(N_("Visite"), f"{report['visit']} / {report['version']}")
    if number.get("number"):
        yield from row(N_("Rapport"), f"{number['office']}-{number['year']}-{number['number']}")
    yield from row(N_("Lieu"), (content.get("place") or {}).get("name"))
    yield from row(N_("Début"), _moment(content.get("started"), zone))
    yield from row(N_("Fin"), _moment(content.get("ended"), zone))
    yield from row(N_("Vérificateurs"), *(officer.get("name") for officer in content.get("officers") or ()))
    yield _RULE
    for box in content.get("containers") or ():
        yield from row(N_("Conteneur"), box["number"], _seals(box, lang))
    for item in content.get("items") or ():
        yield from row(N_("Article"), " ".join(filter(None, (str(item.get("number") or ""), item.get("description")))))
        for compared in item.get("comparisons") or ():
            yield from _row("", _compared(compared, lang))
    for finding in content.get("findings") or ():
        kind = say(FINDINGS[FindingKind(finding["kind"])], lang)
        yield from row(N_("Constatation"), ": ".join(filter(None, (kind, finding.get("text")))))
    yield _RULE
    result, lane = content.get("result"), content.get("proposed_lane")
    if result:
        yield from row(N_("Résultat"), f"{result} – {say(RESULTS[Result(result)], lang)}")
    yield from row(N_("Conclusion"), content.get("conclusion"))
    yield from row(N_("Base légale"), content.get("legal_basis"))
    if lane:
        yield from row(N_("Circuit proposé"), say(LANES[LaneColour(lane)], lang))
    duty = content.get("duty")
    if duty:
        yield from row(N_("Droits à compléter"), f"{duty['amount']} {duty['currency']}")
    for one in report.get("signatures") or ():
        told = f"{one['name']} {say(_VERDICTS[one['verdict']], lang)}"
        yield from row(N_("Signature"), ": ".join(filter(None, (told, one.get("remarks")))))
    yield from row(N_("Empreinte"), _groups(report["digest"]))


def _row(label: str, value: str) -> Iterator[str]:
    """A label and its value, broken at the width, further lines under the first."""
    if not value:
        return
    broken = textwrap.wrap(value, WIDTH - LABEL, break_on_hyphens=False) or [""]
    for place, line in enumerate(broken):
        yield f"{label[: LABEL - 2] if place == 0 else '':<{LABEL}}{line}"


def _compared(compared: Mapping[str, Any], lang: str) -> str:
    facet = say(FACETS[Facet(compared["facet"])], lang)
    unit = f" {compared['unit']}" if compared.get("unit") else ""
    sides = say(
        N_("déclaré %(declared)s, trouvé %(found)s"),
        lang,
        declared=str(compared.get("declared") or "-"),
        found=str(compared.get("found") or "-"),
    )
    return f"{facet}: {sides}{unit}"


def _seals(box: Mapping[str, Any], lang: str) -> str:
    def numbers(seals: Sequence[Mapping[str, Any]] | None) -> str:
        return " ".join(seal["number"] for seal in seals or ()) or "-"

    if not box.get("seals_before") and not box.get("seals_after"):
        return ""
    return say(
        N_("plombs %(before)s, puis %(after)s"),
        lang,
        before=numbers(box.get("seals_before")),
        after=numbers(box.get("seals_after")),
    )


def _moment(at: str | None, zone: tzinfo) -> str:
    """Year first, so that it can be keyed into any field."""
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M}" if at else ""


def _groups(digest: str) -> str:
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))
