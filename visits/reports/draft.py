"""What the inspector writes before signing: kept as it is typed, nothing of it decided by the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from visits.declarations.queries import case_of
from visits.errors import BadInput, NotFound, Stale
from visits.journey.states import STATE_NAMES, State, WrongState
from visits.reports import queries
from visits.reports.content import AgencyVerdict, Money, Offence, Value
from visits.reports.tables import Report
from visits.reports.words import AgencyAnswer, LaneColour, Quality, Result
from visits.sites.policies import Policies, policy
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_

#: The longest text, the longest line, and how many lines of a list are kept.
TEXT, LINE, LINES = 6000, 300, 40
#: No duty is written with more digits.
DIGITS = 15
#: Who may be named as present when nobody checked in.
PRESENT = (Quality.DECLARANT, Quality.IMPORTER, Quality.TERMINAL, Quality.WITNESS)


class Taken(Value, frozen=True):
    """The sample as the officer describes it; without an hour, that of the end of the visit."""

    description: str
    quantity: str = ""
    seals: tuple[str, ...] = ()
    laboratory: str = ""
    at: datetime | None = None


class Draft(Value, frozen=True):
    """The officer's own part of the report; the rest comes from what was recorded at the visit."""

    #: Counts the savings, so that two windows do not overwrite each other.
    revision: int = 0
    result: Result | None = None
    conclusion: str = ""
    explanation: str = ""
    legal_basis: str | None = None
    proposed_lane: LaneColour | None = None
    lane_reason: str = ""
    duty: Money | None = None
    offences: tuple[Offence, ...] = ()
    read_to_party: bool | None = None
    invited_to_attend: bool | None = None
    documents_taken: tuple[str, ...] = ()
    #: Present without having checked in.
    present: str = ""
    present_quality: Quality = Quality.DECLARANT
    #: Other officers of the office who made the visit; they may sign too.
    colleagues: tuple[UUID, ...] = ()
    verdicts: tuple[AgencyVerdict, ...] = ()
    sample: Taken | None = None
    #: Hours of a visit made on paper; machine times go before them.
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed, read field by field; a field that cannot be read is named in the refusal."""

    form: Mapping[str, str]

    def line(self, name: str) -> str:
        """One line, its blanks tidied."""
        return " ".join(self.form.get(name, "").split())[:LINE]

    def text(self, name: str) -> str:
        """Several lines as they are."""
        return self.form.get(name, "").replace("\r\n", "\n").strip()[:TEXT]

    def lines(self, name: str) -> tuple[str, ...]:
        """A list, one thing a line."""
        rows = (" ".join(row.split())[:LINE] for row in self.form.get(name, "").splitlines())
        return tuple(row for row in rows if row)[:LINES]

    def choice(self, name: str, kind: type, label: str) -> object:
        """One of the coded words, or nothing."""
        chosen = self.form.get(name, "")
        try:
            return kind(chosen) if chosen else None
        except ValueError:
            raise BadInput(field=label) from None

    def said(self, name: str) -> bool | None:
        """Yes, no, or not said."""
        return {"yes": True, "no": False}.get(self.form.get(name, ""))

    def amount(self, name: str, label: str) -> Decimal | None:
        """A sum as people write it: « 1 486 500 », « 12,50 »."""
        typed = "".join(each for each in self.form.get(name, "") if not each.isspace()).replace(",", ".")
        if not typed:
            return None
        try:
            sum_ = Decimal(typed)
        except InvalidOperation:
            raise BadInput(field=label) from None
        if not sum_.is_finite() or len(typed.lstrip("-")) > DIGITS:
            raise BadInput(field=label)
        return sum_

    def moment(self, name: str, zone: ZoneInfo, label: str) -> datetime | None:
        """A local day and hour of the browser's own field, or nothing."""
        typed = self.form.get(name, "")
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=zone) if typed else None
        except ValueError:
            raise BadInput(field=label) from None


def draft_of(report: Report | None, office: Office) -> Draft:
    """What was written so far; the office's usual article stands in an untouched draft."""
    draft = msgspec.convert(report.draft, Draft) if report and report.draft else Draft()
    if draft.legal_basis is None:
        draft = msgspec.structs.replace(draft, legal_basis=policy(office, Policies).legal_basis)
    return draft


def draft_from(form: Mapping[str, str], office: Office, agencies: tuple[str, ...] = ()) -> Draft:
    """The draft a form holds; `agencies` are those the visit order calls."""
    typed = Typed(form)
    duty = typed.amount("duty", N_("droits à compléter"))
    currency = typed.line("currency").upper()[:3] or office.currency
    offence, zone = typed.line("offence"), ZoneInfo(office.tz)
    return Draft(
        result=typed.choice("result", Result, N_("résultat")),  # type: ignore[arg-type]
        conclusion=typed.text("conclusion"),
        explanation=typed.text("explanation"),
        legal_basis=typed.line("legal_basis"),
        proposed_lane=typed.choice("proposed_lane", LaneColour, N_("circuit proposé")),  # type: ignore[arg-type]
        lane_reason=typed.line("lane_reason"),
        duty=Money(amount=duty, currency=currency) if duty is not None else None,
        offences=(Offence(name=offence, article=typed.line("article"), seized=typed.said("seized") or False),)
        if offence
        else (),
        read_to_party=typed.said("read_to_party"),
        invited_to_attend=typed.said("invited_to_attend"),
        documents_taken=typed.lines("documents_taken"),
        present=typed.line("present"),
        present_quality=_present(typed),
        colleagues=_people(typed.lines("colleagues")),
        verdicts=tuple(_verdicts(typed, agencies)),
        sample=_sample(typed, zone),
        started=typed.moment("started", zone, N_("début")),
        ended=typed.moment("ended", zone, N_("fin")),
    )


def _present(typed: Typed) -> Quality:
    chosen = typed.choice("present_quality", Quality, N_("qualité"))
    if chosen is not None and chosen not in PRESENT:
        raise BadInput(field=N_("qualité"))
    return chosen or Quality.DECLARANT  # type: ignore[return-value]


def _people(typed: tuple[str, ...]) -> tuple[UUID, ...]:
    try:
        return tuple(dict.fromkeys(UUID(each) for each in typed))
    except ValueError:
        raise BadInput(field=N_("autres vérificateurs")) from None


def _verdicts(typed: Typed, agencies: tuple[str, ...]) -> list[AgencyVerdict]:
    verdicts = []
    for code in agencies:
        answer = typed.choice(f"agency_{code}", AgencyAnswer, N_("avis de l'organisme"))
        if answer is not None:
            verdicts.append(
                AgencyVerdict(
                    agency=code,
                    answer=answer,  # type: ignore[arg-type]
                    officer=typed.line(f"agency_{code}_officer"),
                    text=typed.line(f"agency_{code}_text"),
                )
            )
    return verdicts


def _sample(typed: Typed, zone: ZoneInfo) -> Taken | None:
    what = typed.line("sample")
    if not what:
        return None
    return Taken(
        description=what,
        quantity=typed.line("sample_quantity"),
        seals=tuple(each.strip() for each in typed.line("sample_seals").split(",") if each.strip()),
        laboratory=typed.line("laboratory"),
        at=typed.moment("sample_at", zone, N_("heure du prélèvement")),
    )


def typed_of(draft: Draft, office: Office) -> dict[str, str]:
    """The draft as its form shows it: what `draft_from` reads, the other way round."""
    said = {True: "yes", False: "no", None: ""}
    offence = draft.offences[0] if draft.offences else Offence(name="", article="")
    sample = draft.sample or Taken(description="")
    fields = {
        "result": draft.result or "",
        "conclusion": draft.conclusion,
        "explanation": draft.explanation,
        "legal_basis": draft.legal_basis or "",
        "proposed_lane": draft.proposed_lane or "",
        "lane_reason": draft.lane_reason,
        "duty": format(draft.duty.amount, "f") if draft.duty else "",
        "currency": draft.duty.currency if draft.duty else office.currency,
        "offence": offence.name,
        "article": offence.article,
        "seized": said[offence.seized if offence.name else None],
        "read_to_party": said[draft.read_to_party],
        "invited_to_attend": said[draft.invited_to_attend],
        "documents_taken": "\n".join(draft.documents_taken),
        "present": draft.present,
        "present_quality": draft.present_quality,
        "colleagues": "\n".join(str(each) for each in draft.colleagues),
        "sample": sample.description,
        "sample_quantity": sample.quantity,
        "sample_seals": ", ".join(sample.seals),
        "laboratory": sample.laboratory,
        "sample_at": _local(sample.at, office),
        "started": _local(draft.started, office),
        "ended": _local(draft.ended, office),
    }
    for verdict in draft.verdicts:
        fields[f"agency_{verdict.agency}"] = verdict.answer
        fields[f"agency_{verdict.agency}_officer"] = verdict.officer
        fields[f"agency_{verdict.agency}_text"] = verdict.text
    return fields


def _local(at: datetime | None, office: Office) -> str:
    return f"{at.astimezone(ZoneInfo(office.tz)):%Y-%m-%dT%H:%M}" if at else ""


async def save(work: Work, visit_id: UUID, draft: Draft, *, revision: int) -> Draft:
    """Keep what was typed, if nobody saved since the page was shown; refused once the report is signed."""
    case = await case_of(work, visit_id, lock=True)
    if State(case.visit.state) not in (State.ENDED, State.LAB):
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event="report_draft")
    if not await queries.is_inspector(work, case.visit):
        raise NotFound()
    report = await queries.report_for_update(work, case)
    if draft_of(report, case.office).revision != revision:
        raise Stale()
    for person_id in draft.colleagues:
        if not await queries.is_officer_of(work, person_id, case.office.id):
            raise BadInput(field=N_("autres vérificateurs"))
    kept = msgspec.structs.replace(draft, revision=revision + 1)
    report.draft = msgspec.to_builtins(kept)
    return kept
