"""Providers: who reports what became of a message, and in which words? One provider a file.

Each is a function from a callback to the events that it tells, which raises `WrongSignature` where the
callback is not theirs. Without a `secret` the callback was brought by hand, and nothing is verified.
"""

from collections.abc import Callable, Mapping

from shuke.channels.callback import Callback, MessageEvent
from shuke.channels.providers import amazon_ses, mailgun, own, sendgrid

Reads = Callable[[Callback, str], list[MessageEvent]]

#: By name; the empty one takes the shape of our own.
PROVIDERS: Mapping[str, Reads] = {
    "": own.events,
    "amazon_ses": amazon_ses.events,
    "mailgun": mailgun.events,
    "sendgrid": sendgrid.events,
}
