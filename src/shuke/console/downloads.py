"""Downloads: how does one take the rows of a page away?"""

import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast, get_args

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from shuke.access.roles import Capability
from shuke.console.answers import Page
from shuke.console.asked import Asked
from shuke.console.visits import Member
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views.downloads import MEDIA_TYPES, FileFormat, download

router = APIRouter(route_class=Page)

IN_MEMORY = 8 * 2**20  # bytes; what is larger goes through a file
PIECE = 2**18


@router.get("/download/{name}")
def take(visit: Member, name: str, format: str = "csv") -> Response:  # noqa: A002 - the name in the address
    """The rows that the address asks for, all of them; noted in the audit log."""
    visit.principal.require(Capability.EXPORT)
    if format not in get_args(FileFormat):
        raise WrongCall(N_("There is no format {format}."), format=format[:20])
    file_format = cast(FileFormat, format)
    if elsewhere := visit.unseen(None):
        return visit.go(elsewhere)
    asked = Asked.of(visit.params)

    def write(file: BinaryIO) -> None:
        download(visit.project, name, asked.everything, file, file_format=file_format, viewer=visit.viewer)

    return sent(write, f"{name}.{file_format}", MEDIA_TYPES[file_format])


def sent(write: Callable[[BinaryIO], None], name: str, media_type: str) -> Response:
    """A file, whole before the first byte of it leaves: a download that breaks off would be believed."""
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed when sent
    try:
        write(file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_pieces(file), media_type=media_type, headers=headers)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
