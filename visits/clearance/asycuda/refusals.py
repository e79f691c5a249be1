"""Why a SAD XML file is not taken. The codes are a public contract; no sentence repeats what a file holds."""

from visits.errors import Refusal
from visits.texts import N_


class Unreadable(Refusal):
    """The file is not a declaration that can be taken; nothing of it is kept."""

    code, status = "unreadable", 422
    says = N_("Ce fichier ne peut pas être lu.")


class NotXml(Unreadable):
    """Not an XML text at all: empty, a zip, a PDF."""

    code = "not_xml"
    says = N_("Ce fichier n'est pas un texte XML. Envoyez l'export XML d'ASYCUDA World.")


class NotWellFormed(Unreadable):
    """An XML error at `line` and `column`."""

    code = "not_well_formed"
    says = N_("Le fichier XML est abîmé à la ligne %(line)s, colonne %(column)s. Exportez-le de nouveau.")


class BadEncoding(Unreadable):
    """The bytes do not fit the encoding they declare."""

    code = "bad_encoding"
    says = N_("Les caractères du fichier ne suivent pas l'encodage annoncé. Exportez-le de nouveau.")


class DoctypeForbidden(Unreadable):
    """A DOCTYPE is present: no real export has one, and entities begin there."""

    code = "doctype_forbidden"
    says = N_("Le fichier contient un DOCTYPE. Par sécurité, il n'est pas lu.")


class WrongRoot(Unreadable):
    """The root is not `ASYCUDA` without a namespace."""

    code = "wrong_root"
    says = N_("Ce fichier XML n'est pas une déclaration ASYCUDA World.")


class FileTooLarge(Unreadable):
    """Over the cap on bytes."""

    code, status = "file_too_large", 413
    says = N_("Le fichier dépasse %(limit)s octets.")


class TooDeep(Unreadable):
    """Elements nested beyond the cap."""

    code = "too_deep"
    says = N_("Le fichier emboîte plus de %(limit)s niveaux.")


class TooManyElements(Unreadable):
    """More elements than the cap."""

    code = "too_many_elements"
    says = N_("Le fichier compte plus de %(limit)s éléments.")


class TooManyItems(Unreadable):
    """More items than the cap."""

    code = "too_many_items"
    says = N_("La déclaration compte plus de %(limit)s articles.")


class TooManyContainers(Unreadable):
    """More container entries than the cap."""

    code = "too_many_containers"
    says = N_("La déclaration compte plus de %(limit)s lignes de conteneur.")


class FieldTooLong(Unreadable):
    """One text longer than the cap."""

    code = "field_too_long"
    says = N_("Le champ %(field)s dépasse %(limit)s caractères.")


class DuplicateBlock(Unreadable):
    """A single block occurs twice: two readers would believe different ones."""

    code = "duplicate_block"
    says = N_("Le bloc %(field)s est présent deux fois. Rien ne dit lequel est le bon.")


class BadDate(Unreadable):
    """Not M/D/YY or M/D/YYYY, or no such day."""

    code = "bad_date"
    says = N_("La date %(field)s ne s'écrit pas mois/jour/année, ou ce jour n'existe pas.")


class DateInFuture(Unreadable):
    """Registered more than a day after now."""

    code = "date_in_future"
    says = N_("La date d'enregistrement est dans le futur.")


class IncompleteRegistrationKey(Unreadable):
    """Some but not all of number, date and office."""

    code = "incomplete_registration_key"
    says = N_("L'enregistrement est incomplet : bureau, numéro et date vont ensemble.")


class InvalidNumber(Unreadable):
    """Not digits with an optional fraction and an optional E0 to E15."""

    code = "invalid_number"
    says = N_("Le champ %(field)s n'est pas un nombre lisible.")


class NoItems(Unreadable):
    """A declaration without an item: there is nothing to visit."""

    code = "no_items"
    says = N_("La déclaration n'a aucun article. Il n'y a rien à visiter.")
