"""A whole visit report, plain and unchanging; tests replace what matters to them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from visits.reports import content as c
from visits.reports import words as w

M10 = "M4 30c8-22 14-24 12-8s-6 14 4 2 12-16 10-2 10 4 18-6 14 10 24-4"
M20 = "M4 22c10-18 20-18 14 0s2 10 14-6 16 14 26 4 16-12 20 2"
M30 = "M6 8c0 16-4 26 4 24S24 12 28 12s-6 22 6 18 12-16 20-14-4 14 10 12 14-8 22-6"


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


def counted(number: int, what: str, hs: str, declared: str, found: str, check: c.Check, *codes: str) -> c.Item:
    quantity = c.Comparison(
        facet=w.Facet.QUANTITY, declared=declared, found=found, unit="pièces", check=check, evidence=codes
    )
    return c.Item(number=number, description=what, hs=hs, comparisons=(quantity,))


def boxed(number: str, before: str, after: str, opened: datetime, evidence: tuple[str, ...], **how: Any) -> c.Container:
    return c.Container(
        number=number,
        seals_before=(c.Seal(number=before),),
        seals_after=(c.Seal(number=after),),
        opened_at=opened,
        evidence=evidence,
        **how,
    )


def evidence(code: str, minute: int, **about: Any) -> c.Evidence:
    kind = w.EvidenceKind.VIDEO if code.startswith("V") else w.EvidenceKind.PHOTO
    return c.Evidence(code=code, kind=kind, sha256=sha256(code.encode()).hexdigest(), at=at(9, minute), **about)


REPORT = c.Content(
    report=UUID("01934f5e-0000-7000-8000-000000000318"),
    visit="V-00CH3R-7",
    version=1,
    office=c.Office(
        administration="République de Côte d’Ivoire – Douanes",
        code="CIAB1",
        name="Abidjan-Port",
        section="section visites",
    ),
    declaration=c.DeclarationKey(
        office="CIAB1",
        year=2026,
        serial="C",
        number="48119",
        registered_on=date(2026, 11, 20),
        declarant="Transit Calao",
        licence="CDA 0412",
        importer="Comptoir Bandama SARL",
    ),
    lanes=(c.Lane(colour=w.LaneColour.RED, hits=(c.RuleHit(code="R-117", text="quantités"),)),),
    order=c.Order(
        level=w.Level.PHYSICAL,
        extents=(w.Extent.PARTIAL,),
        percent=Decimal(30),
        containers=("CALU6042186",),
        items=(1, 2, 3),
        instructions=("Compter l’article 2 en entier.",),
    ),
    mode=w.Mode.ON_SITE,
    place=c.Place(
        name="Terminal 2, Vridi, aire C",
        latitude=Decimal("5.2571"),
        longitude=Decimal("-4.0095"),
        accuracy_metres=8,
        fence=w.Fence.INSIDE,
    ),
    officers=(
        c.Officer(name="A. Kouassi", grade="inspecteur", quality=w.Quality.INSPECTOR),
        c.Officer(name="R. Coulibaly", grade="contrôleur", quality=w.Quality.INSPECTOR),
    ),
    started=at(9, 17),
    ended=at(10, 21),
    suspensions=(c.Suspension(since=at(9, 40), until=at(9, 46), reason="engin de levage"),),
    parties=(c.Party(name="J. Tanoh", quality=w.Quality.DECLARANT, firm="Transit Calao", arrived=at(9, 12)),),
    containers=(
        boxed(
            "CALU6042186",
            "CI 047 9930",
            "CI 048 2106",
            at(9, 21),
            ("P1", "P2", "P9"),
            unstuffed_percent=Decimal(30),
        ),
        boxed(
            "EBRU3175900",
            "CI 047 9931",
            "CI 048 2107",
            at(9, 58),
            ("P6", "P7", "P10"),
            extent=w.Extent.TAILGATE,
        ),
    ),
    items=(
        counted(1, "Batteries au plomb", "8507.10", "960", "960", c.Check(method=w.Extent.COUNT), "P3"),
        counted(
            2,
            "Batteries au lithium",
            "8507.60",
            "240",
            "312",
            c.Check(method=w.Extent.COUNT, contradictory=True),
            "P4",
            "P5",
            "V1",
        ),
        counted(
            3,
            "Chargeurs",
            "8504.40",
            "500",
            "500",
            c.Check(method=w.Extent.PARTIAL, percent=Decimal(10)),
            "P8",
        ),
    ),
    findings=(
        c.Finding(
            kind=w.FindingKind.QUANTITY_MORE,
            text="72 pièces de plus que déclaré.",
            item=2,
            evidence=("P4", "P5", "V1"),
            acknowledged=True,
        ),
    ),
    evidence=(
        *(evidence(f"P{n}", 20 + n, item=2 if n in (4, 5) else None) for n in range(1, 11)),
        evidence("V1", 41, item=2, caption="comptage des cartons"),
    ),
    duty=c.Money(amount=Decimal(1486500), currency="XOF"),
    result=w.Result.DISCREPANCY_DUTY,
    proposed_lane=w.LaneColour.YELLOW,
    lane_reason="pour liquidation",
    conclusion="Les articles 1 et 3 sont conformes. L’article 2 présente un excédent de 72 pièces, reconnu "
    "par le déclarant.",
    legal_basis="Code des douanes, article 75",
    read_to_party=True,
    invited_to_attend=True,
    device=c.Device(code="T12", receipt="T12-0042", offline=True, lag_seconds=240),
    previous_digest=sha256(b"CV 09 317").hexdigest(),
)

SIGNATURES = (
    c.Signature(
        signer_name="A. Kouassi",
        quality="Inspecteur des douanes, vérificateur",
        kind=w.SignerKind.OFFICER,
        verdict=w.Answer.SIGNED,
        at=at(10, 23),
        strokes_svg_path=M10,
    ),
    c.Signature(
        signer_name="R. Coulibaly",
        quality="Contrôleur des douanes",
        kind=w.SignerKind.OFFICER,
        verdict=w.Answer.SIGNED,
        at=at(10, 24),
        strokes_svg_path=M20,
    ),
    c.Signature(
        signer_name="J. Tanoh",
        quality="Pour le déclarant Transit Calao",
        kind=w.SignerKind.DECLARANT,
        verdict=w.Answer.RESERVED,
        at=at(10, 25),
        remarks="L’excédent vient d’une erreur de colisage du fournisseur. Nous demandons la régularisation "
        "sans pénalité.",
        read_out=True,
        strokes_svg_path=M30,
    ),
)


#: Every field says something: what the report can hold, all at once.
FULL = msgspec.structs.replace(
    REPORT,
    lanes=(
        *REPORT.lanes,
        c.Lane(colour=w.LaneColour.YELLOW, agency="CODINORM", reason="norme", hits=(c.RuleHit(code="N-4"),)),
    ),
    order=msgspec.structs.replace(REPORT.order, agencies=("CODINORM",), position="fond du conteneur"),
    officers=(
        *REPORT.officers,
        c.Officer(name="E. Yapo", grade="", quality=w.Quality.BRIGADE, body="Brigade"),
    ),
    parties=(
        *REPORT.parties,
        c.Party(name="M. Zadi", quality=w.Quality.TERMINAL, firm="Terminal 2", arrived=at(9, 0), left=at(9, 50)),
    ),
    containers=(
        c.Container(
            number="CALU6042186",
            seals_before=(c.Seal(number="CI 047 9930", state=w.SealState.BROKEN, by="douane"),),
            seals_after=(c.Seal(number="CI 048 2106"),),
            opened_at=at(9, 21),
            extent=w.Extent.FULL,
            packages_counted=120,
            packages_opened=12,
            gross_kilograms=Decimal("12400.5"),
            evidence=("P1",),
        ),
        *REPORT.containers[1:],
    ),
    items=(
        *REPORT.items,
        c.Item(
            number=4,
            description="Téléphones",
            hs="8517.13",
            comparisons=(
                c.Comparison(facet=w.Facet.QUANTITY, declared="50", found="50", unit="pièces"),
                c.Comparison(facet=w.Facet.ORIGIN, declared="CN", found="VN", evidence=("P3",)),
                c.Comparison(facet=w.Facet.NET_WEIGHT, declared="12.5", found="12.5"),
                c.Comparison(facet=w.Facet.VALUE, declared="100", found="150.25", unit="EUR"),
                c.Comparison(facet=w.Facet.MARKS, declared="TC 1-50"),
            ),
            remark="Emballages ouverts à la main.",
        ),
        c.Item(
            description="Coques de téléphone",
            comparisons=(c.Comparison(facet=w.Facet.QUANTITY, found="200", unit="pièces"),),
        ),
    ),
    findings=(
        *REPORT.findings,
        c.Finding(kind=w.FindingKind.SEAL, text="Plomb rompu.", container="CALU6042186", evidence=("P1",)),
    ),
    samples=(
        c.Sample(
            code="E1",
            description="électrolyte",
            taken_at=at(10, 2),
            item=2,
            quantity="50 ml",
            parts=3,
            seals=("L 001", "L 002"),
            laboratory="Laboratoire central",
            outcome="conforme",
        ),
    ),
    evidence=(
        msgspec.structs.replace(
            REPORT.evidence[0],
            container="CALU6042186",
            latitude=Decimal("5.2571"),
            longitude=Decimal("-4.0095"),
        ),
        *REPORT.evidence[1:],
    ),
    scans=(c.Scan(reference="SC-88", verdict=w.ScanVerdict.SUSPECT, at=at(8, 5), remark="masse au fond"),),
    verdicts=(
        c.AgencyVerdict(
            agency="CODINORM",
            answer=w.AgencyAnswer.CONDITIONAL,
            officer="F. Aka",
            text="Marquage à compléter.",
            at=at(10, 10),
        ),
    ),
    documents_taken=("facture 118",),
    offences=(c.Offence(name="fausse déclaration de quantité", article="article 300", seized=True),),
    explanation="Comptage des cartons par rangée.",
    follows="V-00CH2Q-1",
    paper_reason="tablette en panne jusqu’à 9 h",
    device=c.Device(code="T12", receipt="T12-0042", offline=True, lag_seconds=240, clock_doubtful=True),
)


@pytest.fixture
def a_report() -> Callable[..., c.Content]:
    """The report of a visit with a difference of quantity, with other fields."""

    def build(**changes: Any) -> c.Content:
        return msgspec.structs.replace(REPORT, **changes)

    return build


@pytest.fixture
def a_signature() -> Callable[..., c.Signature]:
    """The declarant's signature with other fields."""

    def build(**changes: Any) -> c.Signature:
        return msgspec.structs.replace(SIGNATURES[2], **changes)

    return build


@pytest.fixture
def signatures() -> tuple[c.Signature, ...]:
    return SIGNATURES


@pytest.fixture
def full_report() -> c.Content:
    return FULL
