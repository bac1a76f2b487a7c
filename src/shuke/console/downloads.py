"""Downloads: how does one take the rows of a page away?"""

from typing import BinaryIO, cast, get_args

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.console.request_context import Member
from shuke.console.responses import PageRoute
from shuke.console.table_requests import TableRequest
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views.downloads import MEDIA_TYPES, FileFormat, download
from shuke.web.file_responses import sent

router = APIRouter(route_class=PageRoute)


@router.get("/download/{name}")
def take(context: Member, name: str, format: str = "csv") -> Response:  # noqa: A002 - the name in the address
    """The rows that the address asks for, all of them; noted in the audit log."""
    context.principal.require(Capability.EXPORT)
    if format not in get_args(FileFormat):
        raise WrongCall(N_("There is no format {format}."), format=format[:20])
    file_format = cast(FileFormat, format)
    if elsewhere := context.unseen(None):
        return context.go(elsewhere)
    asked = TableRequest.of(context.params)

    def write(file: BinaryIO) -> None:
        download(
            context.project, name, asked.everything, file, file_format=file_format, viewer=context.viewer
        )

    return sent(write, f"{name}.{file_format}", MEDIA_TYPES[file_format])
