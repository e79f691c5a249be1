"""The people, firms and places of the sample port. People carry a role and a number, firms the word Exemple."""

from dataclasses import dataclass, field
from typing import Any

from visits.roles import Role

#: Shown on the sign-in page while training; every sample person has it.
PASSWORD = "visites-exemple"  # noqa: S105  (a password everybody may read)

TENANT = {
    "host": "127.0.0.1",
    "name": "Douanes – administration d'exemple",
    "country": "CI",
    "currency": "XOF",
    "language": "fr",
}
OFFICE: dict[str, Any] = {
    "code": "CIAB1",
    "name": "Abidjan-Port",
    "tz": "Africa/Abidjan",
    "country": "CI",
    "currency": "XOF",
}


@dataclass(frozen=True, slots=True)
class SampleSite:
    """A terminal with its bays and, maybe, a scanner."""

    code: str
    name: str
    address: str
    latitude: float
    longitude: float
    bays: tuple[str, ...]
    scanners: tuple[str, ...] = ()


SITES = (
    SampleSite("TC01", "Terminal 1", "Boulevard du Port, Treichville", 5.2931, -4.0094, ("Aire A", "Aire B", "Aire C")),
    SampleSite("TC02", "Terminal 2", "Vridi", 5.2571, -4.0095, ("Aire D", "Aire E", "Aire F"), ("Scanner 1",)),
)

AGENCIES = (
    ("PHYTO", "Protection des végétaux", "Végétaux et emballages en bois"),
    ("VETO", "Services vétérinaires", "Animaux et produits d'origine animale"),
    ("NORMES", "Normalisation", "Conformité aux normes"),
)

#: Brokers first, then importers: code, name, importer. Enough of them that no inspector meets one too often.
BROKERS = ("00847P", "00911K", "00932M", "01004C", "01127R", "01233T", "01358W", "01460Z")
IMPORTERS = ("2604817K", "2604818L", "2604819M")
FIRMS = (
    *((code, f"Transit {number} Exemple", False) for number, code in enumerate(BROKERS, start=1)),
    *((code, f"Importateur {number} Exemple", True) for number, code in enumerate(IMPORTERS, start=1)),
)


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody to sign in as."""

    login: str
    name: str
    role: Role
    firm: str | None = None
    agency: str | None = None
    office: bool = True
    quality: str = ""
    also: tuple[Role, ...] = field(default=())
    #: Languages spoken beside the office's own.
    speaks: tuple[str, ...] = ()


#: Inspectors who can hold a visit in another language, by their number.
SPEAKERS: dict[int, tuple[str, ...]] = {3: ("en",), 6: ("en", "pt"), 9: ("en", "pt"), 11: ("en",)}


def people() -> list[SamplePerson]:
    """Everybody, in the order the sign-in page shows them."""
    return [
        *(
            SamplePerson(f"declarant{number}", f"Déclarant {number}", Role.DECLARANT, firm=code, office=False)
            for number, code in enumerate(BROKERS, start=1)
        ),
        SamplePerson("cabinet1", "Responsable 1", Role.FIRM_ADMIN, firm="00847P", office=False, also=(Role.DECLARANT,)),
        SamplePerson("importateur1", "Importateur 1", Role.IMPORTER, firm="2604817K", office=False),
        *(
            SamplePerson(
                f"verificateur{number}",
                f"Vérificateur {number}",
                Role.INSPECTOR,
                quality="inspecteur des douanes",
                speaks=SPEAKERS.get(number, ()),
            )
            for number in range(1, 13)
        ),
        SamplePerson("chef1", "Chef de visite 1", Role.VISIT_CHIEF),
        SamplePerson("chef2", "Chef de visite 2", Role.VISIT_CHIEF),
        SamplePerson("bureau1", "Chef de bureau 1", Role.OFFICE_HEAD),
        SamplePerson("superviseur1", "Superviseur 1", Role.SUPERVISOR),
        SamplePerson("organisme1", "Agent phytosanitaire 1", Role.AGENCY_OFFICER, agency="PHYTO"),
        SamplePerson("organisme2", "Agent vétérinaire 1", Role.AGENCY_OFFICER, agency="VETO"),
        SamplePerson("terminal1", "Exploitant 1", Role.TERMINAL),
        SamplePerson("integrite1", "Inspection des services 1", Role.INTEGRITY),
        SamplePerson("ethique1", "Responsable éthique 1", Role.ETHICS_OFFICER),
        SamplePerson("admin1", "Administrateur 1", Role.ADMIN, office=False),
        SamplePerson("integrateur1", "Intégrateur 1", Role.INTEGRATOR, office=False),
    ]


#: Minutes of the local day: officers work with a noon break, bays and scanners all day.
OFFICER_DAY = [[450, 720], [780, 1050]]
PLACE_DAY = [[420, 1110]]
WEEKDAYS = (1, 2, 3, 4, 5)
SATURDAY = [[480, 720]]
