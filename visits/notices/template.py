"""What one kind of notice is made of. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Calendar(StrEnum):
    """What a notice does to the calendar of who gets it."""

    NONE = ""
    REQUEST = "REQUEST"
    #: The same message with an entry that may still change.
    TENTATIVE = "TENTATIVE"
    CANCEL = "CANCEL"


class Act(StrEnum):
    """What a person may do by answering a text message."""

    CONFIRM = "confirm"
    MOVE = "move"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One kind of notice."""

    name: str
    #: How lists call it.
    title: str
    sms: str
    subject: str
    #: The e-mail's paragraphs.
    body: tuple[str, ...]
    #: Goes out in quiet hours too.
    urgent: bool = False
    calendar: Calendar = Calendar.NONE
    #: What may be answered, if the channel takes answers; needs an appointment.
    answers: tuple[Act, ...] = ()
    #: Only worth sending while its appointment stands as told.
    stands: bool = False
    #: The page of the service it leads to; `%(visit)s` and `%(declaration)s` are ids.
    path: str = "/declarant"
    #: The facts a WhatsApp template takes, in order.
    parameters: tuple[str, ...] = ("title",)
