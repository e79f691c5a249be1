"""French spaces: put where they belong, and nowhere else."""

import pytest

from visits.web.typo import NARROW as NN
from visits.web.typo import NBSP as NB
from visits.web.typo import typo

SPACED = {
    "question mark": ("Pourquoi ?", f"Pourquoi{NN}?"),
    "semicolon": ("pris ; choisissez", f"pris{NN}; choisissez"),
    "exclamation mark": ("Attention !", f"Attention{NN}!"),
    "colon": ("Au plus tôt : mardi", f"Au plus tôt{NB}: mardi"),
    "quotes": ("« à vous d'agir »", f"«{NB}à vous d’agir{NB}»"),
    "quotes without spaces": ("«fait»", f"«{NB}fait{NB}»"),
    "apostrophe": ("C'est l'heure d'Abidjan", "C’est l’heure d’Abidjan"),
    "thousands": ("1 284 dossiers", f"1{NN}284 dossiers"),
    "millions": ("1 486 500 FCFA", f"1{NN}486{NN}500{NB}FCFA"),
    "hours and minutes": ("2 h 10", f"2{NB}h{NB}10"),
    "minutes": ("38 min", f"38{NB}min"),
    "kilograms": ("8 400 kg", f"8{NN}400{NB}kg"),
    "percent in a text with places": ("84 %% des visites", f"84{NB}%% des visites"),
    "percent at the end": ("84 %", f"84{NB}%"),
    "euro": ("12 €", f"12{NB}€"),
    "kilometres": ("12 km", f"12{NB}km"),
    "metres": ("à 200 m d'ici", f"à 200{NB}m d’ici"),
    "number sign": ("Plan n° 3", f"Plan n°{NB}3"),
    "dash": ("Terminal 2 – aire B", f"Terminal 2{NB}– aire B"),
    "unit after a place": ("%(count)s h de retard", f"%(count)s{NB}h de retard"),
    "minutes as a place": ("%(hours)s h %(minutes)s", f"%(hours)s{NB}h{NB}%(minutes)s"),
    "place before a colon": ("%(field)s : vide", f"%(field)s{NB}: vide"),
    "place after a number sign": ("n° %(reference)s", f"n°{NB}%(reference)s"),
}

KEPT = {
    "a place": "%(ce_que)s",
    "a place after a figure": "2 %(visites)s",
    "a tag and its attributes": "<a href=\"/x?a=1 ; b : 2\" title='x'>",
    "an address": "https://visites.example/v?n=1:2",
    "an e-mail address": "bureau@douanes.example",
    "a time of other languages": "10:30",
    "a word that begins like a unit": "2 minutieux, 3 heures, 4 kilos",
    "a text already spaced": f"Pourquoi{NN}? 2{NB}h{NB}10 «{NB}oui{NB}»",
    "a year": "24 novembre 2026",
    "an entity": "a &amp; b",
    "nothing": "",
}


@pytest.mark.parametrize(("typed", "read"), SPACED.values(), ids=SPACED)
def test_french_gets_its_spaces(typed: str, read: str) -> None:
    assert typo(typed) == read


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_is_not_a_sentence_stays_as_it_is(text: str) -> None:
    assert typo(text) == text


@pytest.mark.parametrize("typed", [typed for typed, _ in SPACED.values()], ids=SPACED)
def test_twice_changes_nothing(typed: str) -> None:
    assert typo(typo(typed)) == typo(typed)
