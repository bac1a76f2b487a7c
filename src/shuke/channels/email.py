"""E-mail: how does a message reach a mailbox?"""

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from shuke.channels.message import Message, NotSent, Refused
from shuke.channels.providers import sendgrid
from shuke.languages import N_

#: How many seconds a server may take to answer.
PATIENCE = 30

#: Every byte of a letter is one that all mail servers hand on as it is, or no signature would hold.
_POLICY = SMTP.clone(cte_type="7bit")

#: The headers that are signed; RFC 8058 asks it of those by which a letter is ended.
_SIGNED = [
    name.encode()
    for name in (
        "From", "To", "Subject", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Content-Language", "List-Unsubscribe", "List-Unsubscribe-Post",
        "Auto-Submitted",
    )
]  # fmt: skip

_PORTS = {"smtp": 25, "smtps": 465, "submission": 587}


@dataclass(frozen=True, kw_only=True)
class Email:
    """Over SMTP: `smtp://` as it comes, with STARTTLS where the server offers it, or `smtps://`.

    `submission://` insists on STARTTLS. What may be ended carries the headers by which a mail program ends it
    with one click (RFC 8058). With a key of the sender's domain letters are signed (DKIM). The `Message-ID`
    is made of the message's key, so that a mailbox that gets the same one twice can tell.
    """

    server: str
    sender: str
    user: str = ""
    password: str = ""
    reply_to: str = ""
    bounces: str = ""  # the folder or mailbox to which what cannot be delivered comes back: see `mailbox`
    bounces_password: str = ""  # where it is another one
    dkim_key: str = ""  # a private key in PEM, or its file; without one the server signs, or nobody
    dkim_selector: str = ""  # under which the public one stands in the DNS of the sender's domain
    provider: str = ""  # whose server it is, where that wants to be told by what we know a letter

    kind: ClassVar[str] = "email"
    writes_to: ClassVar[str] = "email"
    consent: ClassVar[str] = "email"

    def __post_init__(self) -> None:
        if urlsplit(self.server).scheme not in _PORTS or not urlsplit(self.server).hostname:
            raise ValueError("server")
        Address(addr_spec=parseaddr(self.sender)[1])
        if bool(self.dkim_key) != bool(self.dkim_selector):
            raise ValueError("dkim_selector")
        if self.dkim_key:
            self._signature(b"From: a\r\n\r\n")

    def send(self, message: Message) -> str:
        written = self.written(message)
        try:
            with self._connected() as server:
                if self.dkim_key and message.to.isascii():
                    content = written.as_bytes()
                    server.sendmail(
                        parseaddr(self.sender)[1], [message.to], self._signature(content) + content
                    )
                else:
                    server.send_message(written)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _answered(max(codes, default=0)) from None
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(
                N_("The mail server cannot be reached ({error})."), error=type(error).__name__
            ) from None
        return str(written["Message-ID"])

    def written(self, message: Message) -> EmailMessage:
        """As it goes over the wire; raises `Refused` for an address that is none."""
        mail = EmailMessage(policy=_POLICY)
        name, address = parseaddr(self.sender)
        try:
            mail["From"] = Address(name, addr_spec=address)
            mail["To"] = Address(addr_spec=message.to)
            mail["Subject"] = message.subject.replace("\r", " ").replace("\n", " ")
        except (ValueError, IndexError, MessageError):
            raise Refused(N_("This is no e-mail address.")) from None
        mail["Message-ID"] = f"<{sha256(message.key.encode()).hexdigest()[:32]}@{address.partition('@')[2]}>"
        if self.provider == "sendgrid":
            mail[sendgrid.HEADER] = sendgrid.header(mail["Message-ID"])
        mail["Content-Language"] = message.language
        if self.reply_to:
            mail["Reply-To"] = self.reply_to
        if message.unsubscribe:
            mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if not message.is_marketing:
            mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail

    def _signature(self, content: bytes) -> bytes:
        """By which a receiver knows that a letter is the sender's and was not changed (RFC 6376)."""
        import dkim  # a twentieth of a second that only who signs waits for

        domain = parseaddr(self.sender)[1].partition("@")[2]
        try:
            key = self.dkim_key if "PRIVATE KEY" in self.dkim_key else Path(self.dkim_key).read_text("ascii")
            signed: bytes = dkim.sign(
                content, self.dkim_selector.encode(), domain.encode(), key.encode(),
                canonicalize=(b"relaxed", b"relaxed"), include_headers=_SIGNED,
            )  # fmt: skip
        except (dkim.DKIMException, OSError):
            raise ValueError("dkim_key") from None
        return signed

    def _connected(self) -> smtplib.SMTP:
        place, safely = urlsplit(self.server), ssl.create_default_context()
        host, port = place.hostname or "", place.port or _PORTS[place.scheme]
        if place.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=safely)
        else:
            server = smtplib.SMTP(host, port, timeout=PATIENCE)
            server.ehlo_or_helo_if_needed()
            if place.scheme == "submission" or server.has_extn("starttls"):
                server.starttls(context=safely)
        if self.user:
            server.login(self.user, self.password)
        return server


def _answered(code: int) -> NotSent:
    """What an answer of a mail server means: 5xx stands, all else may pass (RFC 5321, 4.2.1)."""
    kind = Refused if 500 <= code < 600 else NotSent
    return kind(N_("The mail server answered {code}."), code=code)
