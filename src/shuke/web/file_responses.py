"""File responses: how is a file sent completely?"""

import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from fastapi import Response
from fastapi.responses import StreamingResponse

IN_MEMORY = 8 * 2**20  # bytes; what is larger goes through a file
PIECE = 2**18


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
