"""The rest of the printed report: coded findings, agencies, samples, the course, the evidence."""

from collections.abc import Iterator
from datetime import timedelta

from visits.reports import words
from visits.reports.content import Content, Evidence, Finding, Place, Sample, Suspension
from visits.reports.sheet import Pair, Pairs, Row, Table, finding, present
from visits.reports.voice import Voice, box_number, first_upper, joined
from visits.texts import N_
from visits.web import language


def details(content: Content, voice: Voice) -> list[Pairs]:
    """Findings in the officer's words, offences, agencies, scans, samples; an empty part is left out."""
    numbers = {item.number for item in content.items} - {None}
    parts = [
        Pairs(
            title=voice.say(N_("Autres constatations")),
            rows=[_finding(one, voice) for one in content.findings if one.item not in numbers],
        ),
        Pairs(
            title=voice.say(N_("Infractions")),
            rows=[
                (
                    one.article,
                    [joined((one.name, voice.say(N_("marchandise saisie")) if one.seized else ""))],
                )
                for one in content.offences
            ],
        ),
        Pairs(
            title=voice.say(N_("Avis des organismes")),
            rows=[
                (
                    one.agency,
                    [
                        joined(
                            (
                                first_upper(voice.say(words.AGENCIES[one.answer])),
                                one.officer,
                                voice.at(one.at) if one.at else "",
                            )
                        ),
                        one.text,
                    ],
                )
                for one in content.verdicts
            ],
        ),
        Pairs(
            title=voice.say(N_("Scanner")),
            rows=[
                (
                    one.reference,
                    [joined((voice.say(words.SCANS[one.verdict]), voice.at(one.at))), one.remark],
                )
                for one in content.scans
            ],
        ),
        Pairs(
            title=voice.say(N_("Prélèvements")),
            rows=[(one.code, list(_sample(one, voice))) for one in content.samples],
        ),
    ]
    return [part for part in parts if part.rows]


def _finding(one: Finding, voice: Voice) -> Pair:
    about = joined((_about(one.item, one.container, voice), joined(one.evidence)), by=" · ")
    return voice.say(words.FINDINGS[one.kind]), [about, finding(one, voice)]


def _about(item: int | None, container: str, voice: Voice) -> str:
    number = voice.say(N_("article %(number)s"), number=item) if item is not None else ""
    return joined((number, box_number(container)))


def _sample(one: Sample, voice: Voice) -> Iterator[str]:
    yield joined((one.description, _about(one.item, "", voice), one.quantity, voice.at(one.taken_at)))
    parts = voice.say(N_("%(parts)s parts"), parts=one.parts) if one.parts > 1 else ""
    seals = voice.say(N_("plombs %(seals)s"), seals=joined(one.seals)) if one.seals else ""
    yield joined((parts, seals, one.laboratory))
    yield one.outcome


def course(content: Content, voice: Voice) -> Pairs:
    """How the visit went, for whoever reads the file later."""
    result = voice.say(words.RESULTS[content.result]) if content.result else ""
    rows: list[Pair] = [
        (voice.say(N_("Visite")), [content.visit]),
        (voice.say(N_("Résultat")), [joined((result, content.result or ""))]),
        (voice.say(N_("Suite de")), [content.follows]),
        (voice.say(N_("Forme")), [first_upper(voice.say(words.MODES[content.mode]))]),
        (voice.say(N_("Consignes")), list(content.order.instructions)),
        (voice.say(N_("Organismes")), [joined(content.order.agencies)]),
        (voice.say(N_("Présences")), [joined((present(party, voice), party.firm)) for party in content.parties]),
        (voice.say(N_("Suspensions")), [_pause(one, voice) for one in content.suspensions]),
        (voice.say(N_("Position")), [_position(content.place, voice)]),
        (voice.say(N_("Documents pris")), list(content.documents_taken)),
        (voice.say(N_("Invité à assister")), [first_upper(voice.yes(content.invited_to_attend))]),
        (voice.say(N_("Rapport lu")), [first_upper(voice.yes(content.read_to_party))]),
        (voice.say(N_("Appareil")), list(_device(content, voice))),
        (voice.say(N_("Papier")), [content.paper_reason]),
    ]
    return Pairs(
        title=voice.say(N_("Déroulement")),
        rows=[(label, [line for line in lines if line]) for label, lines in rows if any(lines)],
    )


def _pause(one: Suspension, voice: Voice) -> str:
    until = voice.at(one.until) if one.until else "…"
    return joined((voice.say(N_("%(start)s à %(end)s"), start=voice.at(one.since), end=until), one.reason))


def _position(place: Place, voice: Voice) -> str:
    if place.accuracy_metres is None:
        return ""
    return voice.say(N_("relevée à %(metres)s m près"), metres=place.accuracy_metres)


def _device(content: Content, voice: Voice) -> Iterator[str]:
    device = content.device
    if device is None:
        return
    yield voice.say(N_("%(code)s, reçu local %(receipt)s"), code=device.code, receipt=device.receipt)
    if device.offline:
        yield voice.say(N_("visite faite sans réseau"))
    if device.lag_seconds is not None:
        lag = language.duration(timedelta(seconds=device.lag_seconds), voice.lang)
        yield voice.say(N_("rapport reçu %(lag)s après la fin de la visite"), lag=lag)
    if device.clock_doubtful:
        yield voice.say(N_("l'heure de l'appareil est incertaine"))


def evidence(content: Content, voice: Voice) -> Table:
    """Every piece with the digest that proves it unchanged."""
    head = (N_("Preuve"), N_("Heure"), N_("Objet"), N_("Empreinte SHA-256"))
    return Table(
        title=voice.say(N_("Preuves et empreintes")),
        shape="evidence",
        head=[voice.say(name) for name in head],
        rows=[_piece(one, content, voice) for one in content.evidence],
    )


def _piece(one: Evidence, content: Content, voice: Voice) -> Row:
    where = ""
    if one.latitude is not None and one.longitude is not None:
        where = voice.coordinates(one.latitude, one.longitude)
    item, container = one.item, one.container
    if item is None and not container:
        item, container = _cited(one.code, content)
    kind = voice.say(words.EVIDENCE[one.kind])
    what = joined((one.caption, _about(item, container, voice), where))
    return Row(cells=[f"{one.code} {kind}", voice.at(one.at), what, one.sha256])


def _cited(code: str, content: Content) -> tuple[int | None, str]:
    """The first item or container that rests on this piece."""
    for item in content.items:
        if any(code in row.evidence for row in item.comparisons):
            return item.number, ""
    return None, next((box.number for box in content.containers if code in box.evidence), "")


def span(content: Content) -> str:
    """The codes of the evidence, first to last of each letter: `P1–P10, V1`."""
    letters: dict[str, list[str]] = {}
    for one in content.evidence:
        letters.setdefault(one.code[:1], []).append(one.code)
    return joined(codes[0] if len(codes) == 1 else f"{codes[0]}–{codes[-1]}" for codes in letters.values())
