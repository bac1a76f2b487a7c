"""Posted: what does another server answer to what it is sent over HTTP?"""

from typing import Any

from shuke.channels.message import NotSent, Refused
from shuke.languages import N_

#: How many seconds a server may take to answer.
PATIENCE = 20

#: Answers that ask to be tried later (RFC 9110, RFC 6585).
_LATER = (408, 425, 429)


def post(address: str, **what: Any) -> Any:
    """The answer, where the server took it; raises `NotSent`, or `Refused` where trying again is of no use.

    Nobody is followed elsewhere: an answer that points to another address is a refusal.
    """
    import requests  # a tenth of a second that only who sends waits for

    try:
        answer = requests.post(address, timeout=PATIENCE, allow_redirects=False, **what)
    except requests.RequestException as error:
        # Its words name the address, which may hold a secret.
        raise NotSent(N_("The server cannot be reached ({error})."), error=type(error).__name__) from None
    if answer.status_code in _LATER or answer.status_code >= 500:
        raise NotSent(N_("The server answered {code}."), code=answer.status_code)
    if answer.status_code >= 300:
        raise Refused(N_("The server answered {code}."), code=answer.status_code)
    return answer
