"""Tracking: by which links does a letter let it be seen that it was read?

Only where the company has switched that on. A link leads over our server, which counts it and sends the
reader on at once. Nobody can make one without the project's key, so it leads only where the letter said.
"""

import re
from dataclasses import dataclass, replace
from html import escape, unescape

from itsdangerous import BadData, URLSafeSerializer

from shuke.channels.message import Message
from shuke.errors import WrongCall
from shuke.languages import N_

_SALT = "shuke.tracking"

_IN_HTML = re.compile(r'(<a\b[^>]*?\shref=")(https?://[^"]+)"', re.IGNORECASE)
_IN_TEXT = re.compile(r"https?://[^\s<>\"'()（）「」]*[^\s<>\"'()（）「」.,;:!?。，；：！？]")


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What a link says: which message it stands in, and where it leads."""

    message_key: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """What of its letters a company has counted, and where its server is found."""

    clicks: bool
    opens: bool
    address: str
    key: bytes

    def of(self, message: Message) -> Message:
        """The letter with its links, but for the one that ends it, leading over our server."""
        if not (self.address and message.is_marketing):
            return message
        text, html = message.text, message.html
        if self.clicks:
            text = _IN_TEXT.sub(lambda found: self._link(found[0], message), text)
            html = _IN_HTML.sub(lambda found: f'{found[1]}{self._in_html(found[2], message)}"', html)
        if self.opens and html:
            token_ = token(Tracked(message_key=message.key), key=self.key)
            picture = f'<img src="{escape(self._place("o", token_))}" width="1" height="1" alt="">'
            html = html.replace("</body>", f"{picture}</body>") if "</body>" in html else html + picture
        return replace(message, text=text, html=html)

    def _in_html(self, url: str, message: Message) -> str:
        return escape(self._link(unescape(url), message))

    def _link(self, url: str, message: Message) -> str:
        if url == message.unsubscribe:
            return url
        return self._place("l", token(Tracked(message_key=message.key, url=url), key=self.key))

    def _place(self, what: str, token_: str) -> str:
        return f"{self.address.rstrip('/')}/{what}/{token_}"


def token(tracked: Tracked, *, key: bytes) -> str:
    return str(URLSafeSerializer(key, salt=_SALT).dumps([tracked.message_key, tracked.url]))


def read(text: str, *, key: bytes) -> Tracked:
    """What the link of a token says; raises `WrongCall` where we did not make it."""
    try:
        message_key, url = URLSafeSerializer(key, salt=_SALT).loads(text)
    except (BadData, ValueError, TypeError):
        raise WrongCall(N_("This link is not valid.")) from None
    return Tracked(message_key=message_key, url=url)
