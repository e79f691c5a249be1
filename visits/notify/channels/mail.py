"""E-mail over SMTP (RFC 5321), with the calendar entry beside the text (RFC 5546, iMIP RFC 6047)."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from io import BytesIO

import aiosmtplib
import segno

from visits.notify.port import Down, Outgoing, Refused, Sent, Settings, line

TIMEOUT = 15.0
DEFAULT_SENDER = "visites@localhost"
#: How the connection is kept private.
STARTTLS, TLS, NONE = "starttls", "tls", "none"


class Smtp:
    """One connection for each message: notices are few, and a connection kept open dies unseen."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, message: Outgoing) -> Sent:
        """Hand the message to the server; its answer may name its own id."""
        settings = self._settings
        security = settings.text("security", STARTTLS)
        mail = composed(message, settings.text("sender", DEFAULT_SENDER))
        try:
            errors, answer = await aiosmtplib.send(
                mail,
                hostname=settings.text("host", "localhost"),
                port=settings.number("port", 587),
                username=settings.text("username") or None,
                password=settings.secret("password") or None,
                use_tls=security == TLS,
                start_tls=security == STARTTLS,
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as fault:
            first = fault.recipients[0]
            raise _refused(first.code, first.message) from fault
        except aiosmtplib.SMTPAuthenticationError as fault:
            raise Down("wrong_settings", f"{fault.code}") from fault
        except aiosmtplib.SMTPResponseException as fault:
            raise _refused(fault.code, fault.message) from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            cut = isinstance(fault, aiosmtplib.SMTPReadTimeoutError | aiosmtplib.SMTPServerDisconnected)
            raise Down("provider_down", type(fault).__name__, maybe=cut) from fault
        if errors:
            code, said = next(iter(errors.values()))
            raise _refused(code, said)
        return Sent(provider_id=str(mail["Message-ID"]) if mail["Message-ID"] else line(answer, 100))


def composed(message: Outgoing, sender: str) -> EmailMessage:
    """The message with its text, its calendar entry and the id that is the same at every try."""
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2] or "localhost"
    mail = EmailMessage()
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["From"] = _address(name or "Visites", address or DEFAULT_SENDER)
    mail["To"] = message.to
    mail["Subject"] = line(message.subject)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.text)
    if message.invitation is not None:
        parameters = {"method": message.invitation.method, "charset": "utf-8"}
        mail.add_alternative(message.invitation.content, maintype="text", subtype="calendar", params=parameters)
        mail.add_attachment(message.invitation.content, maintype="application", subtype="ics", filename="visite.ics")
    if message.confirmation:
        drawn = BytesIO()
        segno.make(message.confirmation, error="m", micro=False).save(drawn, kind="png", scale=6)
        mail.add_attachment(drawn.getvalue(), maintype="image", subtype="png", filename="rendez-vous.png")
    return mail


def is_address(text: str) -> bool:
    """Can this be an e-mail address? Whether somebody reads it, only a code sent there tells."""
    if len(text) > 254 or any(each.isspace() for each in text):
        return False
    try:
        read = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        return False
    return bool(read.username) and read.addr_spec == text and "." in read.domain.strip(".") and text.isascii()


def _address(name: str, address: str) -> Address:
    username, _, domain = address.rpartition("@")
    return Address(display_name=name, username=username, domain=domain)


def _refused(code: int, said: str) -> Refused | Down:
    """What a code of the server means: 4xx may pass, 5xx will not (RFC 5321 §4.2, RFC 3463)."""
    if code < 500:
        return Down("mailbox_full" if " 4.2.2" in f" {said}" else "provider_down", f"{code} {said}")
    if "5.2.2" in said or code == 552:
        return Refused("mailbox_full", f"{code} {said}")
    unknown = code in (550, 551, 553) and not any(f"5.7.{each}" in said for each in range(10))
    return Refused("unknown_address" if unknown else "refused", f"{code} {said}")
