import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from pypdf import PdfReader

from visits.reports.content import Check, Comparison, Item, content_digest, from_stored, short_hash, to_stored
from visits.reports.render import pdf
from visits.reports.words import Answer, Extent, Facet, SignerKind

VALIDATED = ("B. Yao, chef de visite", datetime(2026, 11, 23, 10, 27, tzinfo=UTC))


@pytest.fixture
def printed(a_report, signatures):
    """The bytes of a report, all that is not said taken from a validated one."""

    def render(report=None, **changes):
        report = report or a_report()
        facts = {
            "number": "2026 CIAB1 CV 09 318",
            "version": report.version,
            "digest": content_digest(report),
            "signatures": signatures,
            "validation": VALIDATED,
            "push": ("SYDAM World", "SW-2026-774 190", datetime(2026, 11, 23, 10, 29, tzinfo=UTC)),
            "previous_number": "CV 09 317",
            "verify_url": "https://visites.example/v/4f7a",
            "language": "fr",
            "tz": "Africa/Abidjan",
        }
        return pdf(report, **(facts | changes))

    return render


def pages(document: bytes) -> list[str]:
    """The text of each page, every space plain."""
    return [
        re.sub(r"\s+", " ", page.extract_text().replace("\u200b", "")) for page in PdfReader(io.BytesIO(document)).pages
    ]


def text(document: bytes) -> str:
    return " ".join(pages(document))


@pytest.mark.parametrize(
    "words",
    [
        "Certificat de visite",
        "Différence de quantité",
        "2026 CIAB1 CV 09 318",
        "Version 1 · page 1 sur 2",
        "À vérifier : visites.example/v/4f7a",
        "Bureau CIAB1 Abidjan-Port",
        "2026 CIAB1 C 48 119",
        "Transit Calao, agrément CDA 0412",
        "Rouge, règle R-117 (quantités)",
        "Visite physique, partielle 30 %",
        "5,2571° N, 4,0095° O",
        "lundi 23 novembre 2026 9 h 17 à 10 h 21",
        "6 min, engin de levage",
        "A. Kouassi, inspecteur",
        "J. Tanoh, déclarant, dès 9 h 12",
        "CALU 604 218 6 CI 047 9930 intact CI 048 2106 9 h 21, dépoté à 30 %",
        "240 pièces 312 pièces +72 pièces comptage contradictoire P4, P5, V1",
        "sondage 10 %",
        "Excédent de quantité. 72 pièces de plus que déclaré. Reconnu par le déclarant.",
        "Droits et taxes à compléter : 1 486 500 FCFA. Circuit proposé : jaune, pour liquidation.",
        "Fondement : Code des douanes, article 75.",
        "« L’excédent vient d’une erreur de colisage du fournisseur.",
        "J. Tanoh, 10 h 25. Rapport lu à l’intéressé : oui.",
        "Inspecteur des douanes, vérificateur signé à 10 h 23",
        "signé avec réserves à 10 h 25",
        "Signé par deux agents : il fait foi jusqu’à inscription de faux.",
        "Validé par B. Yao, chef de visite à 10 h 27 · reçu par SYDAM World à 10 h 29",
        "accusé SW-2026-774 190 · suit CV 09 317.",
        "Empreintes des preuves P1–P10, V1 : page 2.",
        "heure locale : Abidjan (UTC+0)",
    ],
)
def test_the_first_page_says_it(printed, words):
    assert words in pages(printed())[0]


def test_the_digest_is_short_in_front_and_whole_at_the_end(printed, a_report):
    digest = content_digest(a_report())

    first, *_, last = pages(printed())

    assert short_hash(digest) in first
    assert digest in last


def test_the_last_page_has_the_digest_of_each_piece_of_evidence(printed, a_report):
    last = pages(printed())[-1]

    assert all(piece.sha256 in last for piece in a_report().evidence)
    assert a_report().previous_digest in last


def test_the_report_is_an_archive_and_accessible(printed):
    document = printed()
    reader = PdfReader(io.BytesIO(document))

    about = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2<" in about
    assert "<pdfaid:conformance>B<" in about
    assert "<pdfuaid:part>1<" in about
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert reader.metadata.title == "Certificat de visite 2026 CIAB1 CV 09 318"
    assert reader.metadata.creation_date_raw.startswith("D:20261123")


def test_the_same_report_gives_the_same_bytes(printed):
    assert printed() == printed()


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
def test_the_whole_report_is_printed_in_each_language(printed, full_report, language):
    shown = text(printed(full_report, language=language))

    for said in (
        "Laboratoire central",
        "Marquage à compléter.",
        "SC-88",
        "article 300",
        "facture 118",
        "Coques",
    ):
        assert said in shown


def test_english_hours_and_figures_are_english(printed):
    shown = text(printed(language="en"))

    assert "09:17" in shown
    assert "1,486,500 FCFA" in shown


def test_the_whole_report_says_each_difference(printed, full_report):
    shown = text(printed(full_report))

    assert "origine Chine Viêt Nam différent" in shown
    assert "valeur 100,00 € 150,25 € +50,25 €" in shown
    assert "Conformes : poids net 12,5 kg." in shown
    assert "TC 1-50 non trouvé différent" in shown
    assert "Non déclaré – Coques de téléphone non déclaré 200 pièces +200 pièces" in shown
    assert "120 colis comptés, 12 ouverts 12 400,5 kg" in shown
    assert "CODINORM – Jaune, règle N-4, norme" in shown
    assert "Différence avec droits à compléter, DISCREPANCY_DUTY" in shown
    assert "M. Zadi, exploitant de terminal, dès 9 h jusqu’à 9 h 50, Terminal 2" in shown
    assert "9 h 40 à 9 h 46, engin de levage" in shown
    assert "relevée à 8 m près" in shown
    assert "l’heure de l’appareil est incertaine" in shown


def test_goods_are_written_as_on_the_tablet_and_stored_as_they_were_declared(printed, a_report):
    item = Item(
        number=1,
        description="Disques de frein",
        hs="87083000",
        comparisons=(
            Comparison(facet=Facet.QUANTITY, declared="420", found="468", unit="Carton"),
            Comparison(facet=Facet.SPECIES, declared="87083000", found="87089900"),
            Comparison(facet=Facet.ORIGIN, declared="TR", found="TR"),
        ),
    )
    report = a_report(items=(item,))
    before = content_digest(report)

    said = text(printed(report)).replace("\u00a0", " ")

    for words in ("8708.30.00", "420 cartons", "468 cartons", "+48 cartons", "8708.99.00", "origine Turquie"):
        assert words in said
    assert content_digest(report) == before
    assert from_stored(to_stored(report)).items[0].comparisons[0].unit == "Carton"


def test_an_unvalidated_copy_says_so_on_every_page(printed):
    assert all("Copie non validée" in page for page in pages(printed(validation=None)))
    assert "non validée" not in text(printed())


def test_a_report_without_number_shows_its_local_receipt(printed):
    shown = pages(printed(number=None, validation=None, push=None, previous_number=None))[0]

    assert "Reçu local T12-0042" in shown
    assert "Numéro donné à la réception par le bureau" in shown


def test_a_refusal_to_sign_is_said_in_words(printed, signatures, a_signature):
    refusal = a_signature(verdict=Answer.REFUSED, remarks="Je conteste le comptage.")

    shown = text(printed(signatures=(*signatures[:1], refusal)))

    assert "Refus de signer" in shown
    assert "a refusé de signer à 10 h 25" in shown
    assert "« Je conteste le comptage. »" in shown
    assert "fait foi jusqu’à preuve contraire" in shown


def test_a_signature_without_strokes_says_what_stands_for_them(printed, signatures, a_signature):
    officer = msgspec.structs.replace(signatures[0], strokes_svg_path=None)
    declarant = a_signature(strokes_svg_path="nonsense", verdict=Answer.SIGNED, remarks="", unconfirmed=True)

    shown = text(printed(signatures=(officer, declarant)))

    assert "Signature électronique" in shown
    assert "Nom saisi" in shown
    assert "non confirmé par code" in shown
    assert "Aucune réserve." in shown


def test_a_reserve_of_an_agency_is_not_called_the_declarants(printed, signatures, a_signature):
    agency = a_signature(signer_name="F. Aka", kind=SignerKind.AGENCY)

    shown = text(printed(signatures=(*signatures[:2], agency)))

    assert "Réserves du déclarant" not in shown
    assert "F. Aka, 10 h 25." in shown


def test_nobody_has_signed_yet(printed):
    shown = text(printed(signatures=(), validation=None))

    assert "Personne n’a encore signé ce rapport." in shown
    assert "Aucun agent n’a signé ce rapport." in shown


def test_a_party_who_was_not_there_is_said_absent(printed, a_report):
    assert "Intéressé absent." in text(printed(a_report(parties=())))


@pytest.mark.parametrize(
    "name",
    [
        "#sys.version",
        "= x",
        "$x$ et *gras* _penché_",
        '#eval("1+1") // rien',
        r"\u{41} <label> @ref ~ -- ... `code`",
        '</text><script>alert("x")</script>',
        "%(number)s {page} {evidence} {{ x }}",
        "'); DROP TABLE report; --",
    ],
)
def test_what_people_write_is_printed_as_they_wrote_it(printed, a_report, name):
    declaration = msgspec.structs.replace(a_report().declaration, importer=name)

    assert name in text(printed(a_report(declaration=declaration, conclusion=f"Chez {name} même")))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("abc\u202edef", "abc[U+202E]def"),
        ("abc\u2066def\u2069", "abc[U+2066]def[U+2069]"),
        ("bip\x07 \x00", "bip[U+0007] [U+0000]"),
        ("colonne\tune", "colonne une"),
        ("\ue000 \udc80", "[U+E000] [U+DC80]"),
        ("中 😀", "[U+4E2D] [U+1F600]"),
        ("Привет Ελλάς", "Привет Ελλάς"),
    ],
    ids=["override", "isolate", "control", "tab", "private", "no font", "other alphabets"],
)
def test_what_cannot_be_printed_or_turns_the_line_is_shown_by_its_code(printed, signatures, typed, shown):
    signature = msgspec.structs.replace(signatures[0], signer_name=typed)

    assert shown in text(printed(signatures=(signature,)))


def test_lines_people_wrote_stay_lines_and_long_words_break(printed, a_report):
    report = a_report(conclusion="premier\n\nsecond " + "x" * 300)

    shown = text(printed(report))

    assert "premier second" in shown
    assert shown.count("x") >= 300


@pytest.mark.slow  # reading a dozen pages back takes longer than making them
def test_three_hundred_items_fill_pages_that_repeat_their_heads(printed, a_report):
    items = tuple(
        Item(
            number=number,
            description=f"Pièces détachées {number}",
            hs="8708.99",
            comparisons=(
                Comparison(
                    facet=Facet.QUANTITY,
                    declared="100",
                    found="100" if number % 7 else "98",
                    unit="cartons",
                    check=Check(method=Extent.PARTIAL, percent=Decimal(10)),
                ),
            ),
        )
        for number in range(1, 301)
    )

    shown = pages(printed(a_report(items=items)))

    assert 7 <= len(shown) <= 16
    assert "Pièces détachées 300" in " ".join(shown)
    assert sum("Déclaré Trouvé" in page for page in shown) >= 6
    assert f"page {len(shown)} sur {len(shown)}" in shown[-1]


def test_another_day_is_named_where_it_is_not_that_of_the_visit(printed, a_signature):
    late = a_signature(at=datetime(2026, 11, 25, 8, 0, tzinfo=UTC))

    assert "signé avec réserves le 25 nov. 2026 à 8 h" in text(printed(signatures=(late,)))


def test_hours_are_those_of_the_place(printed):
    shown = text(printed(tz="Asia/Kolkata"))

    assert "14 h 47 à 15 h 51" in shown
    assert "Kolkata (UTC+5:30)" in shown


def test_a_report_fits_letter_paper_too(printed):
    page = PdfReader(io.BytesIO(printed(paper_size="us-letter"))).pages[0]

    assert (page.mediabox.width, page.mediabox.height) == (612, 792)


def test_a_digest_of_something_else_is_never_printed(printed):
    with pytest.raises(ValueError, match="not that of the content"):
        printed(digest="0" * 64)
    with pytest.raises(ValueError, match="not that of the content"):
        printed(version=2)
