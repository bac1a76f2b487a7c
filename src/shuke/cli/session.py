"""Session: in which project does somebody type, and who is it?"""

import getpass
from datetime import UTC, datetime

from shuke.app import Project, open_project
from shuke.views.viewer import Viewer, at_home

__all__ = ["now", "open_project", "project", "viewer"]


def now() -> datetime:
    """The one place where the command line reads the clock."""
    return datetime.now(UTC)


def project() -> Project:
    """The project of the current folder, or of the nearest one above."""
    return open_project(".")


def viewer() -> Viewer:
    """Whoever may read the folder is its owner; the audit log knows them by their name on this machine."""
    return at_home(_name(), "cli", now=now())


def _name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "owner"
