"""Validation: can every database, engine and program represent what was sent?

Half of a character (a lone surrogate) is text to Python alone, and to nobody else; NaN is no JSON.
"""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from shuke.errors import WrongCall
from shuke.languages import N_


class UnencodableText(WrongCall):
    def __init__(self) -> None:
        super().__init__(N_("The request holds invalid characters, or numbers that are not finite."))


class ValidatedRequest(Request):
    """A request whose JSON and forms hold nothing but text and numbers that can be said again."""

    @classmethod
    def of(cls, request: Request) -> "ValidatedRequest":
        """The same request, whose address can be read; its body is looked at when it is."""
        if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
            raise UnencodableText
        return cls(request.scope, request.receive)

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            value = json.loads(await self.body(), parse_constant=_no_number)
            _check(json.dumps(value, ensure_ascii=False))
            self._json = value
        return self._json

    async def _get_form(self, **limits: Any) -> FormData:
        try:
            form = await super()._get_form(**limits)
        except UnicodeError:  # of a character set that the sender has named
            raise UnencodableText from None
        try:
            for text in _texts(form):
                _check(text)
        except UnencodableText:
            await form.close()  # nobody else will know of its files
            raise
        return form


def _texts(form: FormData) -> Iterator[str]:
    for name, value in form.multi_items():
        yield name
        yield (value.filename or "") if isinstance(value, UploadFile) else value


def _check(text: str) -> None:
    # NUL ends a text for operating systems, and PostgreSQL keeps none.
    if "\0" in text or not _can_be_sent(text):
        raise UnencodableText


def _can_be_sent(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_number(_: str) -> NoReturn:
    raise UnencodableText
