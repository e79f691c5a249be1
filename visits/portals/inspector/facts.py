"""What each screen of a visit needs beside the visit itself."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

from litestar import Request

from visits.declarations.lane import EXTENTS
from visits.declarations.queries import Case
from visits.fieldwork import queries, rules
from visits.fieldwork.suspensions import HOLDERS, Texts, offered
from visits.fieldwork.words import About, Deed, Facet, Kind, Method, Moment, Party
from visits.ids import new_id
from visits.journey.states import LEVEL_NAMES, SUSPENSIONS, Clock, Level
from visits.people.queries import agencies
from visits.portals.inspector.course import PHOTOS, Course, Stop, gap_text, items_of, lines_of, name_of, side, spaced
from visits.reports.words import EXTENTS as METHOD_NAMES
from visits.reports.words import FENCES, FINDINGS, QUALITIES, SEALS, Extent, Fence, FindingKind, Quality, SealState
from visits.sites.policies import policy
from visits.store.work import Work
from visits.web.language import say
from visits.web.pages import language_of

AnyRequest = Request[Any, Any, Any]
Facts = dict[str, Any]

#: People an inspector may note as present, the usual ones first.
PRESENT = (
    Party.DECLARANT,
    Party.IMPORTER,
    Party.AGENCY_OFFICER,
    Party.TERMINAL,
    Party.BRIGADE,
    Party.WITNESS,
    Party.INTERPRETER,
)
#: How a box is opened.
METHODS = (Method.TAILGATE, Method.PARTIAL, Method.FULL)
#: What the next photo of a step is likely to show.
SHOWS = {"number": About.SEAL, "seal": About.SEAL, "opening": About.OPENING, "item": About.PACKAGE}
#: Photos on the rail; the others are in the report.
SHOTS = 12


def photos(course: Course, stop: Stop | None, language: str) -> Facts:
    """The evidence rail: what belongs to the step, newest first, and what the next photo is of."""
    item, box = (stop.item, stop.box.number if stop.box else None) if stop else (None, None)
    shots = [
        piece
        for piece in reversed(course.record.evidence)
        if (piece.item == item if item is not None else box is None or piece.container == box)
    ]
    wanted = rules.item_state(course.record, item).missing_photos if item is not None else ()
    kind = stop.kind if stop else ""
    words = {each.value: say(PHOTOS[each][1], language) for each in About}
    about = wanted[0] if wanted else SHOWS.get(kind, About.OTHER)
    if kind == "item" and not wanted and any(piece.about == About.PACKAGE for piece in shots):
        about = About.OTHER
    return {
        "shots": shots[:SHOTS],
        "about": about.value,
        "item": item,
        "container": box or "",
        "words": words,
        "ask": say(PHOTOS[about][0], language),
    }


async def of_screen(work: Work, request: AnyRequest, kind: str, course: Course, stop: Stop | None) -> Facts:
    """The facts of one screen, by its template's name."""
    make = SCREENS.get(kind)
    return await make(work, request, course, stop) if make else {}


async def _people(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    case, language = course.case, language_of(request)
    return {
        "people": [
            (row, say(QUALITIES[Quality(row.party)], language), say(FENCES[Fence(row.fence)], language))
            for row in course.record.check_ins
        ],
        "qualities": [(party.value, say(QUALITIES[Quality(party)], language)) for party in PRESENT],
        "invited": await _invited(work, case),
        "presented": rules.in_place(case.visit.order, course.record.steps),
        "level": say(LEVEL_NAMES[Level(case.visit.level)], language),
        "extent": say(EXTENTS[case.visit.order["extent"]], language),
        "boxes": [(number, spaced(number)) for number in case.visit.order["containers"]],
        "goods": [name_of(item) for item in list(items_of(case).values())[:4]],
    }


async def _pause(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    language = language_of(request)
    still = rules.step_of(course.record.steps, Deed.SUSPENDED)
    reasons = offered(policy(course.case.office, Texts))
    return {
        "reasons": [(code, _cause(code, language, clock)) for code, (_, clock) in reasons.items()],
        "cause": _cause(still.body["reason"], language) if still else "",
        "remark": still.body["note"] if still else "",
    }


def _cause(code: str, language: str, holder: Clock | None = None) -> str:
    """Why a visit stands still: the service's words in the reader's language, an office's own text as it is.

    The service's words name who is waited for; to an office's text the `holder` is added where it is to be chosen.
    """
    if code in SUSPENSIONS:
        return say(SUSPENSIONS[code][0], language)
    return f"{code} – {say(HOLDERS[holder], language)}" if holder else code


async def _trouble(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    appointment = await queries.appointment_of(work, course.case.visit.id)
    return {
        "invited": await _invited(work, course.case),
        "starts_at": appointment.during.lower if appointment else None,
    }


async def _over(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    language = language_of(request)
    return {
        "gaps": [
            (gap.key, gap_text(gap.code, gap.subject, language)) for gap in rules.missing(course.plan, course.record)
        ],
        "noted": _noted(course, language),
    }


async def _number(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    language = language_of(request)
    return _box(request, course, stop) | {
        "states": [(state.value, say(SEALS[state], language)) for state in SealState],
    }


async def _opening(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    language = language_of(request)
    order = course.case.visit.order
    return _box(request, course, stop) | {
        "methods": [(each.value, say(METHOD_NAMES[Extent(each)], language)) for each in METHODS],
        "ordered": order["extent"] if order["extent"] in METHODS else Method.PARTIAL.value,
        "share": order.get("percent") or 30,
    }


async def _seal(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    return _box(request, course, stop)


def _box(request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    assert stop is not None
    assert stop.box is not None
    number, record, language = stop.box.number, course.record, language_of(request)
    return {
        "box": number,
        "box_name": spaced(number),
        "before": rules.seals_standing(record.seals, number, Moment.BEFORE),
        "after": rules.seals_standing(record.seals, number, Moment.AFTER),
        "read": rules.step_of(record.steps, Deed.NUMBER, number),
        "opened": rules.step_of(record.steps, Deed.OPENED, number),
        "counted": rules.step_of(record.steps, Deed.COUNTED, number),
        "weighed": rules.step_of(record.steps, Deed.WEIGHED, number),
        "seal_words": {state.value: say(SEALS[state], language) for state in SealState},
        "method_words": {each.value: say(METHOD_NAMES[Extent(each)], language) for each in METHODS},
        "correcting": request.query_params.get("correct", ""),
    }


async def _item(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    assert stop is not None
    assert stop.item is not None
    language, content = language_of(request), course.case.declaration.content
    item = items_of(course.case)[stop.item]
    state = rules.item_state(course.record, stop.item)
    edit = request.query_params.get("edit", "")
    currency = (content.get("totals") or {}).get("invoice_currency") or ""
    order = course.stops
    seals: Facts = {"before": [], "after": []}
    if stop.box is not None:
        seals = {
            "before": rules.seals_standing(course.record.seals, stop.box.number, Moment.BEFORE),
            "after": rules.seals_standing(course.record.seals, stop.box.number, Moment.AFTER),
        }
    return seals | {
        "item": item,
        "item_name": name_of(item),
        "state": state,
        "edit": edit,
        "lines": lines_of(item, state, language, currency=currency, edit=edit, ids=_ids()),
        "needs": [(True, words) for words in (say(PHOTOS[each][1], language) for each in About if each in state.photos)]
        + [(False, say(PHOTOS[each][1], language)) for each in state.missing_photos],
        "noted": [row for row in _noted(course, language) if row[0].item == stop.item],
        "at": (next(place for place, each in enumerate(order, start=1) if each.href == stop.href), len(order)),
        "seal_words": {each.value: say(SEALS[each], language) for each in SealState},
        "following": course.after(stop),
        "method_of": {facet.value: Method.WEIGH if "weight" in facet else Method.COUNT for facet in Facet},
    }


async def _other(work: Work, request: AnyRequest, course: Course, stop: Stop | None) -> Facts:
    language = language_of(request)
    return {
        "kinds": [(kind.value, say(FINDINGS[kind], language)) for kind in FindingKind],
        "items": [(number, f"{number} – {name_of(item)}") for number, item in items_of(course.case).items()],
        "boxes": [(number, spaced(number)) for number in course.case.visit.order["containers"]],
        "noted": _noted(course, language),
    }


def _noted(course: Course, language: str) -> list[tuple[Any, str, str]]:
    """The differences and remarks that stand: the row, what kind it is, and the figures or words."""
    found = []
    for row in rules.standing(course.record.findings):
        if row.kind == Kind.CONFORM:
            continue
        words = row.remark or row.found
        if row.facet:
            facet = Facet(row.facet)
            both = (side(facet, text, row.unit, language) for text in (row.declared, row.found))
            words = " → ".join(both)
        found.append((row, say(FINDINGS[FindingKind(row.kind)], language), words))
    return found


async def _invited(work: Work, case: Case) -> list[tuple[str, str]]:
    """The agencies of a joint visit: code and name."""
    return [(each.code, each.name) for each in await agencies(work) if each.code in case.visit.order["agencies"]]


def _ids() -> Iterator[UUID]:
    while True:
        yield new_id()


SCREENS: dict[str, Callable[[Work, AnyRequest, Course, Stop | None], Awaitable[Facts]]] = {
    "before": _people,
    "people": _people,
    "suspend": _pause,
    "still": _pause,
    "trouble": _trouble,
    "end": _over,
    "after": _over,
    "number": _number,
    "opening": _opening,
    "seal": _seal,
    "item": _item,
    "other": _other,
}
