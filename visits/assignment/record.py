"""The record of a day's draws: what the public may replay, and the full one for those who control the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from scheduling import (
    DRAW_FORMAT,
    POSTING,
    STAYED,
    Finding,
    letter,
    line_digest,
    otherwise,
    people_digest,
    verify_draws,
)
from visits.assignment import posting_rows, queries, share, witness_rows
from visits.assignment.tables import Draw, DrawSeed, DrawWitness, Posting
from visits.chain import canonical
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_

Json = dict[str, Any]

#: What each finding of a replay means.
FINDINGS: dict[str, str] = {
    "malformed": N_("La ligne ne peut pas être lue."),
    "version": N_("Cette version du fichier n'est pas connue ici."),
    "share": N_("Un contrôle tiré au sort ne suit pas du secret."),
    "sealed": N_("Le secret n'est pas encore révélé."),
    "late": N_("L'empreinte a été publiée après l'ouverture des réservations."),
    "broken": N_("Le secret gardé ne correspond pas à l'empreinte publiée. L'alerte est donnée."),
    "commitment": N_("Le secret ne correspond pas à l'empreinte publiée."),
    "witness": N_("La valeur du témoin ne suit pas de son empreinte."),
    "mixed": N_("Le tirage n'a pas été fait avec la valeur du témoin."),
    "position": N_("Un tirage manque, ou les tirages ont changé de place."),
    "missing": N_("Un tirage manque."),
    "added": N_("Une ligne a été ajoutée."),
    "other": N_("Aucune journée de cette copie n'est dans les fichiers vérifiés."),
    "promise": N_("Ce qui était publié plus tôt a changé."),
    "number": N_("Le nombre ne suit pas du secret."),
    "weights": N_("Un agent possible n'a pas de part."),
    "fair": N_("Une part ne suit pas des visites et du temps de service."),
    "chance": N_("Les chances ne sont pas celles des parts."),
    "letters": N_("Les agents ne sont pas dans l'ordre."),
    "chosen": N_("Le nombre désigne un autre agent."),
    "posting": N_("Une affectation à un terminal ne suit pas du secret."),
    "order": N_("L'ordre des agents ne suit pas du secret."),
    "turn": N_("Les tournées ne sont pas dans l'ordre tiré."),
    "kept": N_("Quelqu'un a été écarté pour une autre tournée, ou ne l'a pas été, sans raison."),
    "people": N_("Les personnes derrière les lettres ont changé."),
    "digest": N_("La ligne a changé après le tirage."),
}


def line_of(draw: Draw | Posting, *, named: bool = False) -> Json:
    """One draw as the record tells it; `named` adds who the letters are, for the full record only."""
    return _line(draw) | {"digest": draw.digest.hex()} | ({"who": _behind(draw)} if named else {})


def digest_of(draw: Draw | Posting) -> bytes:
    """The digest of a draw's public line, which also binds the people behind its letters."""
    return bytes.fromhex(line_digest(_line(draw)))


def _line(draw: Draw | Posting) -> Json:
    return _posted(draw) if isinstance(draw, Posting) else _told(draw)


def _behind(draw: Draw | Posting) -> Json:
    return _whom(draw) if isinstance(draw, Posting) else _who(draw)


def _who(draw: Draw) -> Json:
    known = [each for each in (*draw.candidates, *draw.excluded) if "on_duty" in each]
    loads = {each["resource"]: [each["visits"], each["on_duty"]] for each in known}
    return {
        "candidates": [each["resource"] for each in draw.candidates],
        "excluded": [[each["resource"], each["rule"]] for each in draw.excluded],
    } | ({"loads": loads} if loads else {})


def _told(draw: Draw) -> Json:
    rules = [each["rule"] for each in draw.excluded]
    return {
        "position": draw.position,
        "purpose": draw.purpose,
        "subject": draw.subject,
        **({"visits": draw.visits} if draw.visits else {}),
        **({"waived": draw.waived} if draw.waived else {}),
        "at": instant(draw.at),
        "witness": draw.witness.hex(),
        "candidates": [
            {"letter": letter(place), "weight": each["weight"], "chance": each["chance"]}
            for place, each in enumerate(draw.candidates)
        ],
        "excluded": {code: rules.count(code) for code in sorted(set(rules))},
        "number": draw.number.hex(),
        "chosen": _chosen(draw),
        "people": people_digest(_who(draw)),
    }


def _chosen(draw: Draw) -> str:
    """The letter of whoever was drawn; a person who was no candidate has none."""
    ids = [each["resource"] for each in draw.candidates]
    return letter(ids.index(str(draw.chosen))) if str(draw.chosen) in ids else ""


def _whom(posting: Posting) -> Json:
    """The officer behind a posting, where he or she was before, and the terminals by code."""
    return {
        "officer": str(posting.resource_id),
        "was": posting.was or None,
        "candidates": [each["terminal"] for each in posting.candidates],
        "excluded": [[code, STAYED] for code in posting.excluded],
    }


def _posted(posting: Posting) -> Json:
    """Terminals are no secret; who was posted is, and so is what would tell two periods of one officer."""
    codes = [each["terminal"] for each in posting.candidates]
    return {
        "position": posting.position,
        "purpose": POSTING,
        "subject": str(posting.place),
        "period": [posting.first_day.isoformat(), posting.last_day.isoformat()],
        "sizes": posting.sizes,
        "places": posting.places,
        "terminals": codes,
        "at": instant(posting.at),
        "witness": posting.witness.hex(),
        "candidates": [
            {"letter": letter(place), "weight": each["weight"], "chance": each["chance"]}
            for place, each in enumerate(posting.candidates)
        ],
        "excluded": {STAYED: len(posting.excluded)} if posting.excluded else {},
        "number": posting.number.hex(),
        "chosen": letter(codes.index(posting.chosen)) if posting.chosen in codes else "",
        "people": people_digest(_whom(posting)),
    }


def instant(at: datetime) -> str:
    """An instant as the evidence chain writes it."""
    return str(canonical(at).decode().strip('"'))


async def published(work: Work, office: Office, day: date) -> Json:
    """What anybody may know of a day: the commitment and the digests of its draws at once, all the rest once the seed
    is revealed."""
    seed = await queries.seed_of_day(work, office.id, day)
    draws = await _lines(work, office, day)
    told = await _day(work, office, day, seed, draws)
    if told["seed"] is not None:
        told["draws"] = [line_of(each) for each in draws]
    return told


async def findings(work: Work, office: Office, day: date) -> list[Finding]:
    """Replay a day from the full record, and compare each line with the digest in the office's evidence chain."""
    seed = await queries.seed_of_day(work, office.id, day)
    if seed is None:
        return [Finding(0, "sealed")]
    draws = await _lines(work, office, day)
    record = await _day(work, office, day, seed, draws)
    if seed.revealed is None:
        return [Finding(0, "broken")] if seed.revealed_at else verify_draws(record)
    record["draws"] = [line_of(each, named=True) for each in draws]
    found = verify_draws(record)
    known = await queries.digests_kept(work, [each.id for each in draws])
    if await share.wrong(work, office, day, seed.revealed, seed.witness or b""):
        found.append(Finding(0, "share"))
    wrong = {each.line for each in found}
    found += [
        Finding(place, "digest")
        for place, each in enumerate(draws, start=1)
        if place not in wrong and known.get(each.id) != each.digest.hex()
    ]
    return sorted(found, key=lambda each: each.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One draw of a day whose witness came late: who was drawn, and who would have been."""

    draw: Draw
    drawn: str
    would: str


async def with_late_value(work: Work, seed: DrawSeed) -> list[Compared]:
    """Every draw of a day made again with the value that came too late, from the record and the revealed seed."""
    assert seed.revealed is not None
    assert seed.witness_late is not None
    draws = await queries.draws_of_day(work, seed.office_id, seed.day)
    would = otherwise(seed.revealed, [line_of(each, named=True) for each in draws], seed.witness_late)
    known = await queries.names_of(work, {UUID(each) for each in would.values()} | {each.chosen for each in draws})
    return [
        Compared(draw=each, drawn=known.get(each.chosen, ""), would=known.get(UUID(would[each.position]), ""))
        for each in draws
    ]


async def _lines(work: Work, office: Office, day: date) -> list[Draw | Posting]:
    """Everything drawn with the seed of a day, in order."""
    drawn = await queries.draws_of_day(work, office.id, day)
    postings = await posting_rows.postings_of_day(work, office.id, day)
    return sorted([*drawn, *postings], key=lambda each: each.position)


async def _day(work: Work, office: Office, day: date, seed: DrawSeed | None, draws: Sequence[Draw | Posting]) -> Json:
    mandate = await witness_rows.of_day(work, office.id, day)
    booked = await queries.first_booked(work, office.id, day)
    return {
        "format": DRAW_FORMAT,
        "office": office.code,
        "day": day.isoformat(),
        "commitment": seed.commitment.hex() if seed else None,
        "committed_at": instant(seed.committed_at) if seed else None,
        "booked_at": instant(booked) if booked else None,
        "seed": seed.revealed.hex() if seed and seed.revealed else None,
        "revealed_at": instant(seed.revealed_at) if seed and seed.revealed_at else None,
        "witness": _witness(mandate, seed) if mandate else None,
        "drawn": len(draws),
        "digests": [each.digest.hex() for each in draws],
        "draws": [],
    }


def _witness(mandate: DrawWitness, seed: DrawSeed | None) -> Json:
    """Who promised the day's value, and what became of it: counted, too late to count, or not known."""
    return {
        "name": mandate.name,
        "anchor": mandate.anchor.hex(),
        "first_day": mandate.days.lower.isoformat(),
        "given_at": instant(mandate.given_at),
        "value": seed.witness.hex() if seed and seed.witness else None,
        "late": seed.witness_late.hex() if seed and seed.witness_late else None,
        "brought_at": instant(seed.witness_at) if seed and seed.witness_at else None,
        "settled_at": instant(seed.settled_at) if seed and seed.settled_at else None,
    }
