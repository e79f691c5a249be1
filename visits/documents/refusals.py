"""Why a document is not taken."""

from visits.errors import Refusal
from visits.texts import N_


class FileRefused(Refusal):
    """The file itself cannot be taken; sending it again would not help."""

    code, status = "file-refused", 422
    says = N_("Ce fichier ne peut pas être accepté.")


class FileEmpty(FileRefused):
    """The file has no content."""

    code = "file-empty"
    says = N_("Ce fichier est vide. Choisissez-le à nouveau.")


class FileKindRefused(FileRefused):
    """What the file holds is not among the kinds taken, whatever its name says."""

    code, status = "file-kind-refused", 415
    says = N_("Ce fichier n'est pas du bon type. Sont acceptés : PDF, JPEG, PNG, TIFF, XML, Word et Excel.")


class FileBroken(FileRefused):
    """The file begins as one of the kinds taken but cannot be read to its end."""

    code = "file-broken"
    says = N_("Ce fichier est abîmé ou incomplet. Enregistrez-le à nouveau, puis envoyez-le.")


class FileLocked(FileRefused):
    """The file is protected by a password: nobody could read it."""

    code = "file-locked"
    says = N_("Ce fichier est protégé par un mot de passe. Enlevez la protection, puis envoyez-le.")


class FileMixed(FileRefused):
    """The file is two things at once, or holds what runs: macros, an archive behind a picture, a document type."""

    code = "file-mixed"
    says = N_("Ce fichier contient autre chose qu'un document (macro, archive cachée). Enregistrez-le en PDF.")


class FileUnpacksTooFar(FileRefused):
    """A compressed file that would unpack to far more than a document is."""

    code = "file-unpacks-too-far"
    says = N_("Ce fichier est trop comprimé pour être ouvert sans risque. Enregistrez-le en PDF.")


class PictureTooLarge(FileRefused):
    """More pixels than can be shown."""

    code = "picture-too-large"
    says = N_("Cette image a trop de points : %(most)s millions au plus.")


class FileInfected(FileRefused):
    """A scanner found harmful code."""

    code = "file-infected"
    says = N_("L'antivirus a reconnu un programme nuisible dans ce fichier. Il n'est pas conservé.")


class SameFileRefused(FileRefused):
    """The very file customs sent back: nothing in it was corrected."""

    code = "same-file-refused"
    says = N_("C'est le fichier que la douane a refusé. Envoyez un fichier corrigé.")


class ScannerDown(Refusal):
    """The scanner of this installation does not answer; nothing is taken unscanned."""

    code, status = "scanner-down", 503
    says = N_("Le contrôle antivirus ne répond pas. Rien n'est perdu. Réessayez dans quelques minutes.")


class FileTooLarge(Refusal):
    """One file over the limit."""

    code, status = "file-too-large", 413
    says = N_("Ce fichier est trop lourd : %(most)s Mo au plus.")


class PackageFull(Refusal):
    """All files of the visit together would be over the limit."""

    code, status = "package-full", 413
    says = N_("Le dossier est plein : %(most)s Mo au plus pour toutes les pièces. Il reste %(left)s Mo.")


class NothingChosen(Refusal):
    """The form came without a file."""

    code, status = "nothing-chosen", 422
    says = N_("Choisissez un fichier.")


class PackageIncomplete(Refusal):
    """Documents that must be there are not."""

    code, status = "package-incomplete", 409
    says = N_("Le dossier ne peut pas partir. Pièces à ajouter : %(count)s.")


class DefectsLeft(Refusal):
    """The officer accepts the package, and defects are ticked."""

    code, status = "defects-left", 422
    says = N_("Des défauts sont cochés. Décochez-les pour accepter le dossier, ou renvoyez-le.")


class NoDefect(Refusal):
    """The officer sends the package back without saying what is wrong."""

    code, status = "no-defect", 422
    says = N_("Cochez au moins un défaut pour renvoyer le dossier.")


class RuleMalformed(Refusal):
    """A rule of the checklist names a document or a condition that does not exist."""

    code, status = "rule-malformed", 422
    says = N_("Cette règle n'est pas complète : %(field)s.")
