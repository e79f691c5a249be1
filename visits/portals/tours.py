"""The first steps of each role (pure): three to five short steps, each with the screen it speaks of."""

from dataclasses import dataclass

from visits.journey.states import State
from visits.roles import Role
from visits.texts import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to know, and where it is done."""

    title: str
    text: str
    #: The screen; where it belongs to a case, the reader's oldest case in one of `states` is opened instead.
    href: str
    link: str
    states: frozenset[State] = frozenset()
    #: The drawing beside it, by its name in tour/pictures.html.
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """The steps of a role; `name` is its address and what is remembered."""

    name: str
    role: Role
    #: The first page of the role, where the tour is proposed.
    home: str
    steps: tuple[Step, ...]


_TURNS = Step(
    title=N_("Voir qui doit agir"),
    text=N_(
        "La liste a deux groupes : ce qui attend un geste de vous, et ce que d'autres tiennent. Le pavillon dit chez"
        " qui le dossier se trouve, et depuis quand."
    ),
    href="/declarant",
    link=N_("Voir mes déclarations"),
    picture="turns",
)
_PIECES = Step(
    title=N_("Déposer les pièces"),
    text=N_("La liste dit ce qui manque. Une photo nette suffit. Un envoi coupé reprend où il s'est arrêté."),
    href="/declarant",
    link=N_("Déposer des pièces"),
    states=frozenset({State.PACKAGE}),
    picture="pieces",
)
_BOOKING = Step(
    title=N_("Choisir un rendez-vous"),
    text=N_("L'heure choisie vous est retenue 5 min. « Pourquoi ? » explique chaque heure barrée."),
    href="/declarant",
    link=N_("Choisir une heure"),
    states=frozenset({State.TO_BOOK}),
    picture="slots",
)
_SIGNING = Step(
    title=N_("Venir, puis signer le rapport"),
    text=N_(
        "Montrez le code du rendez-vous, même sans réseau. Après la visite, vous signez, vous signez avec réserves,"
        " ou vous ne signez pas : vos mots entrent dans le rapport tels quels."
    ),
    href="/declarant/done",
    link=N_("Voir un rendez-vous ou un rapport"),
    states=frozenset({State.BOOKED, State.SIGNED}),
    picture="signing",
)

TOURS: tuple[Tour, ...] = (
    Tour(
        name="firm",
        role=Role.FIRM_ADMIN,
        home="/declarant",
        steps=(
            _TURNS,
            _PIECES,
            _BOOKING,
            _SIGNING,
            Step(
                title=N_("Tenir votre cabinet"),
                text=N_(
                    "Invitez vos déclarants par un lien à usage unique, et fermez l'accès de qui s'en va. Un geste,"
                    " et l'accès est fermé partout."
                ),
                href="/declarant/firm",
                link=N_("Ouvrir mon cabinet"),
                picture="firm",
            ),
        ),
    ),
    Tour(
        name="declarant",
        role=Role.DECLARANT,
        home="/declarant",
        steps=(_TURNS, _PIECES, _BOOKING, _SIGNING),
    ),
    Tour(
        name="importer",
        role=Role.IMPORTER,
        home="/declarant",
        steps=(
            _TURNS,
            Step(
                title=N_("Mandater un cabinet"),
                text=N_("Le cabinet mandaté dépose les pièces et prend rendez-vous pour vous. Vous suivez tout."),
                href="/declarant/firm",
                link=N_("Ouvrir mon entreprise"),
                picture="firm",
            ),
            _SIGNING,
        ),
    ),
    Tour(
        name="chief",
        role=Role.VISIT_CHIEF,
        home="/chief",
        steps=(
            Step(
                title=N_("Prendre la file par le haut"),
                text=N_("Le plus ancien est en premier. Chaque ligne dit son âge et a un seul bouton."),
                href="/chief",
                link=N_("Ouvrir la file"),
                picture="queue",
            ),
            Step(
                title=N_("Laisser le tirage choisir"),
                text=N_(
                    "Personne ne choisit un vérificateur : le tirage le fait. Pour un remplacement, vous demandez, un"
                    " second chef confirme, le tirage décide."
                ),
                href="/chief/assignment",
                link=N_("Voir les affectations"),
                picture="draw",
            ),
            Step(
                title=N_("Valider ou renvoyer un rapport"),
                text=N_("Un renvoi dit pourquoi. Les deux versions restent. Qui a signé ne valide pas."),
                href="/chief",
                link=N_("Ouvrir un rapport à valider"),
                states=frozenset({State.SIGNED}),
                picture="report",
            ),
            Step(
                title=N_("Quand le système de dédouanement se tait"),
                text=N_(
                    "Les rapports attendent et partent seuls. Au besoin, saisissez l'accusé ou le bon à enlever à"
                    " la main."
                ),
                href="/chief/messages",
                link=N_("Voir les messages"),
                picture="outage",
            ),
        ),
    ),
    Tour(
        name="supervisor",
        role=Role.SUPERVISOR,
        home="/supervisor/board",
        steps=(
            Step(
                title=N_("Les décisions d'abord"),
                text=N_("Chacune dit sa raison et ses deux issues : sans vérificateur, en retard, en attente, arrêté."),
                href="/supervisor/board",
                link=N_("Ouvrir la journée"),
                picture="decision",
            ),
            Step(
                title=N_("La journée ensuite"),
                text=N_(
                    "Une ligne par vérificateur. Vert : fait. Bleu : en cours. Ambre : dépasse ou à risque. Le tableau"
                    " dit la même chose que le dessin."
                ),
                href="/supervisor/board?view=table",
                link=N_("Voir la journée en tableau"),
                picture="day",
            ),
            Step(
                title=N_("Les chiffres enfin"),
                text=N_("Aucun chiffre sans son nombre de visites. Chaque chiffre s'ouvre sur les visites comptées."),
                href="/chief/declarations",
                link=N_("Voir les déclarations"),
                picture="figure",
            ),
        ),
    ),
    Tour(
        name="inspector",
        role=Role.INSPECTOR,
        home="/inspector/day",
        steps=(
            Step(
                title=N_("Partir de la prochaine visite"),
                text=N_("Elle est en premier, avec son lieu, son heure et un seul bouton. Les autres suivent."),
                href="/inspector/day",
                link=N_("Voir ma journée"),
                picture="visit",
            ),
            Step(
                title=N_("Noter ce qui est trouvé"),
                text=N_(
                    "Un article à la fois : déclaré, trouvé, écart. Le bouton principal nomme ce qui manque encore."
                ),
                href="/inspector/day",
                link=N_("Ouvrir une visite"),
                states=frozenset({State.BOOKED, State.RUNNING, State.SUSPENDED, State.AT_DESK}),
                picture="finding",
            ),
            Step(
                title=N_("Travailler sans réseau"),
                text=N_(
                    "Tout est gardé sur la tablette. La barre noire compte ce qui attend et depuis quand. Rien n'est"
                    " à refaire au retour du réseau."
                ),
                href="/inspector/day",
                link=N_("Voir ma journée"),
                picture="offline",
            ),
            Step(
                title=N_("Finir au bureau"),
                text=N_(
                    "Les dossiers à vérifier et les rapports qui vous reviennent attendent dans « À traiter », le plus"
                    " ancien en premier."
                ),
                href="/inspector/queue",
                link=N_("Voir ce qui attend au bureau"),
                picture="desk",
            ),
        ),
    ),
    Tour(
        name="agency",
        role=Role.AGENCY_OFFICER,
        home="/agency",
        steps=(
            Step(
                title=N_("Voir vos visites conjointes"),
                text=N_("Elles sont là avec leur heure et leur lieu dès que le rendez-vous est pris."),
                href="/agency",
                link=N_("Ouvrir la liste"),
                picture="joint",
            ),
            Step(
                title=N_("Dire que vous êtes là"),
                text=N_("Le jour venu, un geste dit votre arrivée. L'heure notée vous protège si d'autres tardent."),
                href="/agency",
                link=N_("Ouvrir une visite conjointe"),
                states=frozenset({State.BOOKED, State.RUNNING, State.SUSPENDED}),
                picture="here",
            ),
            Step(
                title=N_("Donner votre avis"),
                text=N_("Il porte sur votre seul domaine et vous le signez vous-même."),
                href="/agency",
                link=N_("Ouvrir une visite conjointe"),
                states=frozenset({State.RUNNING, State.SUSPENDED, State.ENDED}),
                picture="opinion",
            ),
        ),
    ),
    Tour(
        name="terminal",
        role=Role.TERMINAL,
        home="/terminal",
        steps=(
            Step(
                title=N_("Lire ce qu'il faut placer"),
                text=N_("La liste dit quel conteneur, où, et avant quelle heure : aujourd'hui et demain."),
                href="/terminal",
                link=N_("Ouvrir la liste"),
                picture="place",
            ),
            Step(
                title=N_("Dire « Placé »"),
                text=N_("Un geste par conteneur. Le vérificateur et le déclarant le voient tout de suite."),
                href="/terminal",
                link=N_("Ouvrir la liste"),
                picture="placed",
            ),
            Step(
                title=N_("Revenir sur un geste"),
                text=N_("Une erreur s'annule tant que la visite n'a pas commencé. L'historique garde les deux gestes."),
                href="/terminal",
                link=N_("Ouvrir la liste"),
                picture="undo",
            ),
        ),
    ),
    Tour(
        name="admin",
        role=Role.ADMIN,
        home="/admin/people",
        steps=(
            Step(
                title=N_("Personnes et rôles"),
                text=N_(
                    "Un rôle commence et finit un jour donné. Une suppléance porte le nom de la personne remplacée et"
                    " ouvre sa file jusqu'au dernier jour."
                ),
                href="/admin/people",
                link=N_("Voir les personnes"),
                picture="deputy",
            ),
            Step(
                title=N_("Bureaux et horaires"),
                text=N_(
                    "Avant d'enregistrer, la page montre les rendez-vous qui tomberaient hors des heures. Le chef de"
                    " visite les trouve ensuite dans sa file."
                ),
                href="/admin/offices",
                link=N_("Voir les bureaux"),
                picture="calendar",
            ),
            Step(
                title=N_("Règles et pièces"),
                text=N_("Chaque règle dit ce qu'elle change, pour tout le pays ou pour un bureau, et qui l'a changée."),
                href="/admin/policies",
                link=N_("Voir les règles"),
                picture="rule",
            ),
            Step(
                title=N_("Ce que vous ne voyez pas"),
                text=N_(
                    "Un administrateur n'ouvre jamais un dossier. L'inspection des services lit le journal, et sa"
                    " lecture est notée."
                ),
                href="/help/admin",
                link=N_("Lire l'aide"),
                picture="closed",
            ),
        ),
    ),
)

#: Roles that begin where another begins.
_LIKE = {Role.OFFICE_HEAD: Role.VISIT_CHIEF}


def tours_of(roles: frozenset[Role]) -> list[Tour]:
    """The tours of somebody, the most specific first; who heads a firm needs not the clerk's too."""
    wanted = {_LIKE.get(role, role) for role in roles}
    if Role.FIRM_ADMIN in wanted:
        wanted.discard(Role.DECLARANT)
    return [tour for tour in TOURS if tour.role in wanted]


def tour_called(name: str, roles: frozenset[Role]) -> Tour | None:
    """One of somebody's tours."""
    return next((tour for tour in tours_of(roles) if tour.name == name), None)
