"""What must be in a report before it is signed, and what its findings suggest. Pure; the officer decides."""

import re
from collections.abc import Iterable, Iterator

from visits.reports.content import AgencyVerdict, Content, Finding, Money, Offence, Sample
from visits.reports.words import (
    DIFFERENCES,
    PARTY,
    RESULTS,
    AgencyAnswer,
    Facet,
    FindingKind,
    Mode,
    Result,
)
from visits.texts import N_

#: Results that say the goods were not visited: nothing is asked about goods then.
UNVISITED = frozenset({Result.GOODS_ABSENT, Result.PARTY_ABSENT, Result.NOT_EXECUTED})

#: Findings that are a remark, not a difference with the declaration.
REMARKS = frozenset({FindingKind.MARKS, FindingKind.CONDITION, FindingKind.OTHER})
REMARKED = frozenset({Facet.MARKS, Facet.CONDITION})

GAPS: dict[str, str] = {
    "result": N_("Choisir le résultat de la visite."),
    "conclusion": N_("Écrire la conclusion."),
    "legal-basis": N_("Citer l'article sur lequel repose la visite."),
    "place": N_("Dire où la visite a été faite."),
    "officer": N_("Nommer au moins un vérificateur."),
    "start": N_("L'heure de début manque."),
    "end": N_("L'heure de fin manque."),
    "times": N_("La fin est avant le début."),
    "suspension-open": N_("Une suspension n'est pas terminée."),
    "suspension-reason": N_("Dire pourquoi la visite a été suspendue."),
    "invited": N_("Dire si l'intéressé a été invité à assister et à signer."),
    "read-out": N_("Dire si le rapport a été lu à l'intéressé."),
    "party": N_("Nommer la personne présente, ou choisir la carence."),
    "seal-after": N_("Un conteneur ouvert n'a pas de nouveau plomb."),
    "container": N_("Un conteneur de l'ordre de visite n'est pas décrit."),
    "item": N_("Un article de l'ordre de visite n'a pas été vérifié."),
    "agency": N_("L'avis d'un organisme convoqué manque."),
    "finding-evidence": N_("Une différence n'a pas de preuve."),
    "evidence-unknown": N_("Une preuve citée n'est pas dans la liste."),
    "evidence-digest": N_("L'empreinte d'une preuve manque."),
    "result-too-good": N_("Le résultat dit conforme alors qu'une différence est notée."),
    "duty": N_("Chiffrer les droits à compléter."),
    "offence": N_("Nommer l'infraction et son article."),
    "seizure": N_("Désigner la marchandise saisie."),
    "sample": N_("Décrire le prélèvement envoyé au laboratoire."),
    "laboratory": N_("Nommer le laboratoire du prélèvement."),
}


def missing(content: Content) -> list[str]:
    """The codes of what must still be said before anybody signs, in the order of `GAPS`."""
    found = {*_always(content), *_proofs(content), *_result(content)}
    if content.result not in UNVISITED:
        found |= {*_visited(content)}
    return [code for code in GAPS if code in found]


def differences(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that say the goods are not as declared."""
    return [finding for finding in findings if finding.kind not in REMARKS]


def suggest_result(
    findings: Iterable[Finding],
    *,
    offences: Iterable[Offence] = (),
    duty: Money | None = None,
    samples: Iterable[Sample] = (),
    verdicts: Iterable[AgencyVerdict] = (),
    goods_presented: bool = True,
    party_present: bool = True,
    executed: bool = True,
) -> Result:
    """The result these findings point to: the gravest first. A proposal, never a decision."""
    noted, charged = list(findings), list(offences)
    answers = {verdict.answer for verdict in verdicts}
    waiting = any(not sample.outcome for sample in samples)
    cases = [
        (not goods_presented, Result.GOODS_ABSENT),
        (not executed and not party_present, Result.PARTY_ABSENT),
        (not executed, Result.NOT_EXECUTED),
        (any(offence.seized for offence in charged), Result.PROHIBITED_SEIZED),
        (bool(charged), Result.OFFENCE),
        (waiting or AgencyAnswer.PENDING_LAB in answers, Result.PENDING_LAB),
        (AgencyAnswer.PENDING_DOCUMENT in answers, Result.PENDING_DOCUMENT),
        (duty is not None and duty.amount != 0, Result.DISCREPANCY_DUTY),
        (bool(differences(noted)), Result.DISCREPANCY_NO_DUTY),
        (bool(noted) or AgencyAnswer.CONDITIONAL in answers, Result.CONFORM_REMARK),
    ]
    return next((result for holds, result in cases if holds), Result.CONFORM)


def summary_title(content: Content) -> str:
    """The verdict in a few French words: « Différence de quantité »."""
    if content.result is None:
        return N_("Résultat à choisir")
    if content.result not in {Result.DISCREPANCY_DUTY, Result.DISCREPANCY_NO_DUTY}:
        return RESULTS[content.result]
    titles = {DIFFERENCES[finding.kind] for finding in differences(content.findings)}
    if len(titles) > 1:
        return N_("Plusieurs différences")
    return titles.pop() if titles else RESULTS[content.result]


def _always(content: Content) -> Iterator[str]:
    if content.result is None:
        yield "result"
    if not content.conclusion.strip():
        yield "conclusion"
    if not content.legal_basis.strip():
        yield "legal-basis"
    if not content.place.name.strip():
        yield "place"
    if not content.officers:
        yield "officer"
    if not content.invited_to_attend:
        yield "invited"
    present = any(party.quality in PARTY for party in content.parties)
    if present and content.read_to_party is None:
        yield "read-out"
    if content.started and content.ended and content.ended < content.started:
        yield "times"


def _visited(content: Content) -> Iterator[str]:
    if content.started is None:
        yield "start"
    if content.ended is None:
        yield "end"
    if not content.parties and content.mode is not Mode.DESK:
        yield "party"
    for pause in content.suspensions:
        if pause.until is None:
            yield "suspension-open"
        if not pause.reason.strip():
            yield "suspension-reason"
    explained = {finding.container for finding in content.findings if _in_words(finding)}
    if any(box.opened_at and not box.seals_after and box.number not in explained for box in content.containers):
        yield "seal-after"
    # What was made on paper is told in the officer's words.
    if not content.paper_reason:
        if set(content.order.containers) - {box.number for box in content.containers}:
            yield "container"
        checked = {item.number for item in content.items if item.comparisons or item.remark}
        if set(content.order.items) - checked:
            yield "item"
    if set(content.order.agencies) - {verdict.agency for verdict in content.verdicts}:
        yield "agency"


def _proofs(content: Content) -> Iterator[str]:
    explained = {(finding.item, finding.container) for finding in content.findings if _in_words(finding)}
    if any(
        not finding.evidence and (finding.item, finding.container) not in explained
        for finding in differences(content.findings)
    ):
        yield "finding-evidence"
    known = {piece.code for piece in content.evidence}
    cited = {code for finding in content.findings for code in finding.evidence}
    cited |= {code for box in content.containers for code in box.evidence}
    cited |= {code for item in content.items for row in item.comparisons for code in row.evidence}
    if cited - known:
        yield "evidence-unknown"
    if any(not re.fullmatch(r"[0-9a-f]{64}", piece.sha256) for piece in content.evidence):
        yield "evidence-digest"


def _in_words(finding: Finding) -> bool:
    """The officer's own words, which also say why something the order asks for is not there."""
    return finding.kind is FindingKind.OTHER and bool(finding.text.strip())


def _result(content: Content) -> Iterator[str]:
    rows = [row for item in content.items for row in item.comparisons]
    differing = any(row.differs for row in rows if row.facet not in REMARKED)
    if content.result in {Result.CONFORM, Result.CONFORM_REMARK}:
        if differing or differences(content.findings):
            yield "result-too-good"
    elif content.result is Result.DISCREPANCY_DUTY and (content.duty is None or not content.duty.amount):
        yield "duty"
    elif content.result is Result.PENDING_LAB and not content.samples:
        yield "sample"
    elif content.result is Result.PROHIBITED_SEIZED and not any(it.seized for it in content.offences):
        yield "seizure"
    if content.result in {Result.OFFENCE, Result.PROHIBITED_SEIZED} and (
        not content.offences or any(not it.article.strip() for it in content.offences)
    ):
        yield "offence"
    if any(not sample.laboratory.strip() and not sample.outcome for sample in content.samples):
        yield "laboratory"
