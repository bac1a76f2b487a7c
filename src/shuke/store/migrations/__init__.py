"""Migrations: how does an operations database of an older version become today's?

Each file of `versions/` is one step forward; there is no way back but a copy made before.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from shuke.errors import Unavailable
from shuke.languages import N_


def config(connection: Connection) -> Config:
    """Alembic's settings for one open connection; there is no alembic.ini."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def run(connection: Connection) -> None:
    """Take every step that the database lacks, within the transaction of the connection."""
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        raise Unavailable(
            N_("The operations database was made by a newer version of Shuke. Install that version.")
        ) from error
